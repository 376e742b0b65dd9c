"""Which operation is asked for, and may it run? Documents are parsed, measured and validated once, then kept."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    SourceLocation,
    TokenKind,
    parse,
    recommended_rules,
    specified_rules,
    validate,
)
from graphql.execution import get_variable_values
from graphql.execution.values import VariableValues
from msgspec import Struct
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from bff.http.errors import request_error
from bff.http.measure import check_size
from bff.http.parameters import MOST_DIGITS, Parameters
from bff.http.price import Price, Pricer, Tariff, check_price
from bff.http.refusal import Refusal, error_body, refuse
from bff.limits import Limits

MOST_ERRORS = 20
BYTES_A_TOKEN = 600  # of a parsed document in memory, measured on the densest ones


class Document(Struct, frozen=True):
    """A document that is valid for the schema."""

    node: DocumentNode
    size: int  # bytes of memory, by estimate
    operations: Mapping[str | None, OperationDefinitionNode]
    fragments: Mapping[str, FragmentDefinitionNode]


class Operation(Struct, frozen=True):
    """One operation that may run: its document, the raw variables that were found fit, and its price."""

    document: DocumentNode
    node: OperationDefinitionNode
    name: str | None
    variables: dict[str, Any]
    price: Price

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation


class OperationStore:
    """Turns request parameters into operations; a document is worked on once and kept while it is used."""

    def __init__(
        self, schema: GraphQLSchema, limits: Limits, tariff: Tariff | None = None, *, introspection: bool = True
    ) -> None:
        self._schema = schema
        self._limits = limits
        self._tariff = tariff or Tariff()
        self._hide_suggestions = not introspection
        hidden = () if introspection else (NoSchemaIntrospectionCustomRule,)
        own = (MaybeNullValidationRule, OneOfInputValidationRule)
        self._rules = (*specified_rules, *recommended_rules, *own, *hidden)
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._kept_bytes = 0

    def operation(self, parameters: Parameters) -> Operation:
        """The operation that the parameters ask for. Raises a Refusal with what is wrong with them."""
        document = self._document(parameters.query)
        node = chosen(document, parameters.operation_name)
        variables = parameters.variables or {}
        coerced = self._coerced(node, variables)
        price = Pricer(self._schema, self._tariff, document.fragments, coerced).operation(node)
        check_price(price, self._limits)
        return Operation(document.node, node, node.name.value if node.name else None, variables, price)

    def _document(self, source: str) -> Document:
        kept = self._kept.get(source)
        if kept is not None:
            self._kept.move_to_end(source)
            return kept
        document = self._read(source)
        if len(source) <= self._limits.document_bytes:
            self._keep(source, document)
        return document

    def _keep(self, source: str, document: Document) -> None:
        """Keeps a document, and lets go of those that were used longest ago where there is no room for all."""
        self._kept[source] = document
        self._kept_bytes += document.size
        while len(self._kept) > self._limits.documents or self._kept_bytes > self._limits.documents_bytes:
            _, gone = self._kept.popitem(last=False)
            self._kept_bytes -= gone.size

    def _read(self, source: str) -> Document:
        try:
            node = parse(source, max_tokens=self._limits.tokens)
        except GraphQLSyntaxError as error:
            raise Refusal(400, [request_error(error, "GRAPHQL_PARSE_FAILED")]) from None
        tokens = check_tokens(node)
        check_size(node, self._schema, self._limits)
        errors = validate(self._schema, node, self._rules, MOST_ERRORS, self._hide_suggestions)
        if errors:
            raise Refusal(422, [request_error(error, "GRAPHQL_VALIDATION_FAILED") for error in errors])
        operations = {
            (d.name.value if d.name else None): d
            for d in node.definitions
            if isinstance(d, OperationDefinitionNode)
        }
        fragments = {d.name.value: d for d in node.definitions if isinstance(d, FragmentDefinitionNode)}
        return Document(node, tokens * BYTES_A_TOKEN + len(source), operations, fragments)

    def _coerced(self, node: OperationDefinitionNode, variables: dict[str, Any]) -> VariableValues:
        found = get_variable_values(
            self._schema, node.variable_definitions or (), variables, MOST_ERRORS, self._hide_suggestions
        )
        if isinstance(found, list):
            raise Refusal(422, [request_error(error, "BAD_USER_INPUT") for error in found])
        return found


def check_tokens(document: DocumentNode) -> int:
    """How many there are. Raises a Refusal (400) for a number with more digits than can be read."""
    token, count = (document.loc.start_token if document.loc else None), 0
    while token is not None:
        count += 1
        if token.kind in {TokenKind.INT, TokenKind.FLOAT} and len(token.value or "") > MOST_DIGITS:
            message = f"The number is too long: at most {MOST_DIGITS} digits"
            place = SourceLocation(token.line, token.column)
            body = {**error_body(message, "GRAPHQL_PARSE_FAILED"), "locations": [place.formatted]}
            raise Refusal(400, [body])
        token = token.next
    return count


def chosen(document: Document, name: str | None) -> OperationDefinitionNode:
    """The operation to run. Raises a Refusal (422) unless there is exactly one that can be meant."""
    if not document.operations:
        raise refuse(422, "OPERATION_RESOLUTION_FAILED", "The document contains no operation")
    if name is not None:
        if name not in document.operations:
            raise refuse(422, "OPERATION_RESOLUTION_FAILED", f"The document has no operation named {name[:100]!r}")
        return document.operations[name]
    if len(document.operations) > 1:
        raise refuse(
            422,
            "OPERATION_RESOLUTION_FAILED",
            "The document has several operations: say which one in operationName",
        )
    return next(iter(document.operations.values()))
