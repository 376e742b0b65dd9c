"""What does an operation cost? Points and nodes, by the sizes of the pages it asks for, before anything is loaded.

An object with an id of its own costs a point and is a node; a field may have a weight beside it. A page
multiplies what it holds by `first` or `last`; a plain list by its argument's length, or by the size that its
field is known to have. Each fragment is priced once.
"""

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
)
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
    """What is known about fields, by coordinate ("Order.lines"): extra points, and the usual sizes of lists."""

    weights: Mapping[str, int] = {}
    sizes: Mapping[str, int] = {}


class Pricer:
    """Prices the operations of one document for one request's variables."""

    def __init__(
        self,
        schema: GraphQLSchema,
        tariff: Tariff,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self._schema, self._tariff, self._fragments, self._variables = schema, tariff, fragments, variables
        self._known: dict[str, Price] = {}

    def operation(self, operation: OperationDefinitionNode) -> Price:
        """The price of a whole operation."""
        return self.selection(operation.selection_set, self._schema.get_root_type(operation.operation))

    def selection(self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None) -> Price:
        """Adds up one selection; one frame a level."""
        cost = nodes = 0
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                definition = getattr(parent, "fields", {}).get(node.name.value)
                if definition is None or parent is None:
                    continue  # introspection's entries, or unknown, which validation reports
                target = get_named_type(definition.type)
                inner = self.selection(node.selection_set, target) if node.selection_set else Price()
                size = self._size(node, definition, parent)
                is_node = int(has_identity(target))
                weight = self._tariff.weights.get(f"{parent.name}.{node.name.value}", 0)
                cost += weight + size * (is_node + inner.cost)
                nodes += size * (is_node + inner.nodes)
            else:
                inner = self._spread(node, parent)
                cost += inner.cost
                nodes += inner.nodes
        return Price(cost, nodes)

    def _spread(self, node: object, parent: GraphQLNamedType | None) -> Price:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            return self.selection(
                node.selection_set, self._schema.get_type(condition.name.value) if condition else parent
            )
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        if name not in self._known:
            self._known[name] = Price()
            fragment = self._fragments.get(name)
            if fragment:
                kind = self._schema.get_type(fragment.type_condition.name.value)
                self._known[name] = self.selection(fragment.selection_set, kind)
        return self._known[name]

    def _size(self, node: FieldNode, definition: GraphQLField, parent: GraphQLNamedType) -> int:
        """How many of a field's objects there may be for one parent."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        if get_named_type(definition.type).name.endswith("Connection"):
            asked = (self._value(given[name]) for name in ("first", "last") if name in given)
            return next((min(max(n, 0), LARGEST_PAGE) for n in asked if isinstance(n, int)), PAGE)
        plain_list = isinstance(get_nullable_type(definition.type), GraphQLList)
        if not plain_list or parent.name.endswith("Connection"):
            return 1
        lists = [len(value) for value in map(self._value, given.values()) if isinstance(value, list)]
        return max(lists) if lists else self._tariff.sizes.get(f"{parent.name}.{node.name.value}", LIST)

    def _value(self, value: ValueNode) -> Any:
        """A literal or variable as far as sizes need it: an int, a list, or None."""
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value)
        if isinstance(value, IntValueNode):
            return int(value.value) if len(value.value) < len(str(2**31)) + 1 else LARGEST_PAGE
        return list(value.values) if isinstance(value, ListValueNode) else None


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
