"""What does an operation cost? Points and nodes, by the sizes of the pages it asks for, before anything is loaded.

An object with an id of its own costs a point and is a node; a field may have a weight beside it. A page
multiplies what it holds by `first` or `last`; a plain list by its argument's length, else by the length of the
list that its parent was asked with, else by the size that its field is known to have. Arguments are read as
execution reads them, so nothing can be asked for in a form that is free. Each fragment is priced once.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
)
from graphql.execution import get_argument_values
from graphql.execution.values import VariableValues
from msgspec import Struct

from bff.http.refusal import refuse
from bff.limits import Limits

PAGE = 20  # what a connection gives when neither first nor last is said
LARGEST_PAGE = 100
LIST = 3  # what a plain list is taken to hold unless its field is known


class Price(Struct, frozen=True):
    """What a selection costs for one parent."""

    cost: int = 0
    nodes: int = 0


class Tariff(Struct, frozen=True, kw_only=True):
    """What is known about fields, by coordinate ("Order.lines"): extra points, extra points for each item of the
    list that a field is asked with, and the usual sizes of lists.
    """

    weights: Mapping[str, int] = {}
    weights_by_item: Mapping[str, int] = {}
    sizes: Mapping[str, int] = {}


class Pricer:
    """Prices the operations of one document for one request's variables."""

    def __init__(
        self,
        schema: GraphQLSchema,
        tariff: Tariff,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._schema, self._tariff, self._fragments, self._variables = schema, tariff, fragments, variables
        self._known: dict[tuple[str, int | None], Price] = {}

    def operation(self, operation: OperationDefinitionNode) -> Price:
        """The price of a whole operation."""
        return self.selection(operation.selection_set, self._schema.get_root_type(operation.operation))

    def selection(
        self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None, asked: int | None = None
    ) -> Price:
        """Adds up one selection; one frame a level. `asked` is the length of the list that led to the parent."""
        cost = nodes = 0
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                definition = getattr(parent, "fields", {}).get(node.name.value)
                if definition is None or parent is None:
                    continue  # introspection's entries, or unknown, which validation reports
                price = self._field(node, definition, parent, asked)
            else:
                price = self._spread(node, parent, asked)
            cost += price.cost
            nodes += price.nodes
        return Price(cost, nodes)

    def _field(
        self, node: FieldNode, definition: GraphQLField, parent: GraphQLNamedType, asked: int | None
    ) -> Price:
        coordinate = f"{parent.name}.{node.name.value}"
        target = get_named_type(definition.type)
        arguments = self._arguments(node, definition)
        listed = max(lengths(arguments, definition), default=None)
        size, leads = 1, listed
        if target.name.endswith("Connection"):
            size, leads = page_size(arguments), None
        elif is_list(definition) and not parent.name.endswith("Connection"):
            known = self._tariff.sizes.get(coordinate, LIST)
            size, leads = next(length for length in (listed, asked, known) if length is not None), None
        inner = self.selection(node.selection_set, target, leads) if node.selection_set else Price()
        is_node = int(has_identity(target))
        weight = self._tariff.weights.get(coordinate, 0)
        weight += self._tariff.weights_by_item.get(coordinate, 0) * (listed or 0)
        return Price(weight + size * (is_node + inner.cost), size * (is_node + inner.nodes))

    def _arguments(self, node: FieldNode, definition: GraphQLField) -> dict[str, Any]:
        """The arguments as the resolver will get them; none where execution will refuse them."""
        try:
            return get_argument_values(definition, node, self._variables)
        except GraphQLError:
            return {}

    def _spread(self, node: object, parent: GraphQLNamedType | None, asked: int | None) -> Price:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            kind = self._schema.get_type(condition.name.value) if condition else parent
            return self.selection(node.selection_set, kind, asked)
        assert isinstance(node, FragmentSpreadNode)
        key = node.name.value, asked
        if key not in self._known:
            self._known[key] = Price()
            fragment = self._fragments.get(node.name.value)
            if fragment:
                kind = self._schema.get_type(fragment.type_condition.name.value)
                self._known[key] = self.selection(fragment.selection_set, kind, asked)
        return self._known[key]


def page_size(arguments: Mapping[str, Any]) -> int:
    """How many nodes a connection may give."""
    asked = (arguments.get(name) for name in ("first", "last"))
    return next((min(max(size, 0), LARGEST_PAGE) for size in asked if size is not None), PAGE)


def lengths(arguments: Mapping[str, Any], definition: GraphQLField) -> Iterator[int]:
    """How long the lists in the arguments are, those inside input objects included."""
    for name, argument in definition.args.items():
        yield from lengths_within(arguments.get(argument.out_name or name), argument.type)


def lengths_within(value: Any, kind: GraphQLInputType) -> Iterator[int]:
    """How long the lists in one input value are, by its type: what a JSON scalar holds is no list of ours."""
    shape = get_nullable_type(kind)
    if isinstance(shape, GraphQLList) and isinstance(value, list):
        yield len(value)
        for item in value:
            yield from lengths_within(item, shape.of_type)
    elif isinstance(shape, GraphQLInputObjectType) and isinstance(value, dict):
        for name, field in shape.fields.items():
            yield from lengths_within(value.get(field.out_name or name), field.type)


def is_list(definition: GraphQLField) -> bool:
    """Whether a field gives a plain list."""
    return isinstance(get_nullable_type(definition.type), GraphQLList)


def has_identity(kind: GraphQLNamedType) -> bool:
    """Whether a type is a node: an object or interface with an id of its own."""
    return isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and "id" in kind.fields


def check_price(price: Price, limits: Limits) -> None:
    """Raises a Refusal (422) when an operation costs more than a request may."""
    if price.cost > limits.cost or price.nodes > limits.nodes:
        raise refuse(
            422,
            "QUERY_TOO_COMPLEX",
            f"The operation costs {min(price.cost, 10**9)} points and asks for {min(price.nodes, 10**9)} nodes; "
            f"at most {limits.cost} points and {limits.nodes} nodes are allowed. Ask for smaller pages",
        )
