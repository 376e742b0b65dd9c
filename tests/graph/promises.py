"""What does a schema lack of a promise? Coordinates of all that is missing, and every promise kept otherwise."""

from collections.abc import Iterator

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    Undefined,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
)

Gap = tuple[str, str]  # coordinate, and what is there instead: nothing where it is missing
Fielded = GraphQLObjectType | GraphQLInterfaceType


def gaps(promised: GraphQLSchema, kept: GraphQLSchema) -> Iterator[Gap]:
    """Everything promised that is missing or different, and every addition that callers would have to know of."""
    for name, one in promised.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(one):
            continue
        other = kept.type_map.get(name)
        if other is None:
            yield name, ""
        elif type(one) is not type(other):
            yield name, f"is {type(other).__name__}"
        else:
            yield from _inside(name, one, other)


def _inside(name: str, one: GraphQLNamedType, other: GraphQLNamedType) -> Iterator[Gap]:
    if isinstance(one, GraphQLEnumType) and isinstance(other, GraphQLEnumType):
        yield from ((f"{name}.{value}", "") for value in one.values if value not in other.values)
    if isinstance(one, GraphQLInputObjectType) and isinstance(other, GraphQLInputObjectType):
        yield from _inputs(name, one, other)
    if isinstance(one, Fielded) and isinstance(other, Fielded):
        kept = {interface.name for interface in other.interfaces}
        yield from ((f"{name} implements {i.name}", "") for i in one.interfaces if i.name not in kept)
        yield from _fields(name, one, other)


def _fields(name: str, one: Fielded, other: Fielded) -> Iterator[Gap]:
    for field, promised in one.fields.items():
        place = f"{name}.{field}"
        if field not in other.fields:
            yield place, ""
            continue
        kept = other.fields[field]
        if str(promised.type) != str(kept.type):
            yield place, f"is {kept.type}, not {promised.type}"
        for argument, wanted in promised.args.items():
            if argument not in kept.args:
                yield f"{place}({argument}:)", ""
            elif shown(wanted) != shown(kept.args[argument]):
                yield f"{place}({argument}:)", f"is {shown(kept.args[argument])}, not {shown(wanted)}"
        for argument, added in kept.args.items():
            if argument not in promised.args and is_required_argument(added):
                yield f"{place}({argument}:)", "is required and was never promised"


def _inputs(name: str, one: GraphQLInputObjectType, other: GraphQLInputObjectType) -> Iterator[Gap]:
    for field, promised in one.fields.items():
        if field not in other.fields:
            yield f"{name}.{field}", ""
        elif shown(promised) != shown(other.fields[field]):
            yield f"{name}.{field}", f"is {shown(other.fields[field])}, not {shown(promised)}"
    for field, added in other.fields.items():
        if field not in one.fields and is_required_input_field(added):
            yield f"{name}.{field}", "is required and was never promised"


def shown(value: GraphQLArgument | GraphQLInputField) -> str:
    """Type and default value, as SDL writes them."""
    if value.default_value is Undefined:
        return str(value.type)
    default = getattr(value.default_value, "name", value.default_value)
    return f"{value.type} = {default!r}"
