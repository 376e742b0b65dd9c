"""How big is a document? Its depth, aliases, root fields and directives, each fragment measured once.

A rule that follows every spread anew needs twice the time for each fragment that spreads the next one twice.
Here a fragment's measure is kept, so the work grows with the length of the document and with nothing else.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_composite_type,
)
from msgspec import Struct

from bff.http.refusal import Refusal, error_body
from bff.limits import Limits

CONNECTION_STEPS = frozenset({"edges", "node", "nodes"})
EMPTY = SelectionSetNode(selections=())


class Measure(Struct, frozen=True):
    """What a selection holds, with every fragment written out."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0  # of the selection itself, not of those below
    directives: int = 0
    stacked: int = 0  # most directives on one field


class Answered:
    """Which response names a selection gives to each type, and how often; spreads are kept by name."""

    def __init__(self) -> None:
        self.names: Counter[tuple[GraphQLNamedType | None, str]] = Counter()
        self.spreads: set[str] = set()


def is_step(parent: GraphQLNamedType | None, name: str) -> bool:
    """Whether a field only leads from a connection to its nodes, or is introspection, bounded elsewhere."""
    kind = parent.name if parent else ""
    if kind.endswith(("Connection", "Edge")):
        return name in CONNECTION_STEPS
    return kind.startswith("__")


class Ruler:
    """Measures the operations of one document against one schema."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._known: dict[str, Measure] = {}
        self._answered: dict[str, Answered] = {}

    def operation(self, operation: OperationDefinitionNode) -> Measure:
        """The measure of a whole operation."""
        inner = self.selection(operation.selection_set, self._schema.get_root_type(operation.operation))
        own = len(operation.directives or ())
        return msgspec.structs.replace(inner, directives=inner.directives + own, stacked=max(inner.stacked, own))

    def selection(
        self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None, around: Answered | None = None
    ) -> Measure:
        """Adds up one selection; the parser's own nesting limit holds the stack.

        A fragment's fields are answered in the selection `around` it, which then counts repetitions.
        """
        depth = aliases = fields = directives = stacked = 0
        answered = around or Answered()
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                inner = self.selection(node.selection_set or EMPTY, self._type(parent, node.name.value))
                depth = max(depth, inner.depth + (not is_step(parent, node.name.value)))
                answered.names[parent, (node.alias or node.name).value] += 1
                aliases += inner.aliases + (node.alias is not None)
                fields += 1
            else:
                inner = self._spread(node, parent, answered)
                depth = max(depth, inner.depth)
                aliases += inner.aliases
                fields += inner.fields
            own = len(node.directives or ())
            directives += inner.directives + own
            stacked = max(stacked, inner.stacked, own)
        repeated = 0 if around else self._repeated(answered)
        return Measure(depth, aliases + repeated, fields, directives, stacked)

    def _repeated(self, answered: Answered) -> int:
        """How many fields of a selection repeat another one, each fragment written out once, as they merge."""
        names, reached, waiting = answered.names.copy(), set(answered.spreads), list(answered.spreads)
        while waiting:
            fragment = self._answered.get(waiting.pop(), Answered())
            names.update(fragment.names)
            waiting += fragment.spreads - reached
            reached |= fragment.spreads
        return names.total() - len(names)

    def _type(self, parent: GraphQLNamedType | None, name: str) -> GraphQLNamedType | None:
        """The named type of a field; None for a field that is not there, which validation reports."""
        definition = self._schema.get_field(parent, name) if is_composite_type(parent) else None
        return get_named_type(definition.type) if definition else None

    def _spread(self, node: object, parent: GraphQLNamedType | None, answered: Answered) -> Measure:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            kind = self._schema.get_type(condition.name.value) if condition else parent
            return self.selection(node.selection_set, kind, answered)
        assert isinstance(node, FragmentSpreadNode)
        name = node.name.value
        answered.spreads.add(name)
        if name not in self._known:
            self._known[name] = Measure()  # a cycle adds nothing; validation reports it
            self._answered[name] = own = Answered()
            fragment = self._fragments.get(name)
            if fragment:
                kind = self._schema.get_type(fragment.type_condition.name.value)
                self._known[name] = self.selection(fragment.selection_set, kind, own)
        return self._known[name]


def excesses(document: DocumentNode, schema: GraphQLSchema, limits: Limits) -> Iterator[tuple[str, int, int]]:
    """Every bound that the document breaks: its name, what the document has, what is allowed."""
    fragments = {f.name.value: f for f in document.definitions if isinstance(f, FragmentDefinitionNode)}
    if len(fragments) > limits.fragments:
        yield "fragments", len(fragments), limits.fragments
        return
    ruler = Ruler(schema, fragments)
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            measure = ruler.operation(operation)
            yield "depth", measure.depth, limits.depth
            yield "aliases", measure.aliases, limits.aliases
            yield "root fields", measure.fields, limits.root_fields
            yield "directives", measure.directives, limits.directives
            yield "directives on one field", measure.stacked, limits.directives_per_field


def check_size(document: DocumentNode, schema: GraphQLSchema, limits: Limits) -> None:
    """Raises a Refusal (422) that names each bound the document breaks."""
    broken = [excess for excess in excesses(document, schema, limits) if excess[1] > excess[2]]
    if broken:
        raise Refusal(422, [too_big(name, found, most) for name, found, most in broken])


def too_big(name: str, found: int, most: int) -> dict[str, object]:
    """The error for one broken bound."""
    shown = str(found) if found < 10**9 else "more than 1000000000"
    message = f"The operation has {name} {shown}, at most {most} is allowed"
    return error_body(message, "QUERY_TOO_COMPLEX", limit=name, allowed=most)
