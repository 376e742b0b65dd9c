"""Does every part of the graph and every reason explain itself? A description each, and words in each language."""

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
)

from bff.policy.kernel import kernel_texts
from bff.policy.manifest import LOCALES
from bff.policy.registry import discover, load_plugins
from bff.resolvers.schema import build_schema

BUILT_IN = {"Query", "Mutation", "Subscription", "String", "Int", "Float", "Boolean", "ID"}


def undescribed(kind: GraphQLNamedType) -> list[str]:
    """The coordinates of a type and its parts that have no description."""
    missing = [] if kind.description or kind.name in BUILT_IN else [kind.name]
    if isinstance(kind, GraphQLEnumType):
        missing += [f"{kind.name}.{name}" for name, value in kind.values.items() if not value.description]
    if isinstance(kind, GraphQLInputObjectType):
        missing += [f"{kind.name}.{name}" for name, field in kind.fields.items() if not field.description]
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in kind.fields.items():
            missing += [] if field.description else [f"{kind.name}.{name}"]
            missing += [f"{kind.name}.{name}({a}:)" for a, given in field.args.items() if not given.description]
    return missing


def test_every_element_of_the_graph_has_a_description() -> None:
    kinds = build_schema()._schema.type_map.values()
    missing = [name for kind in kinds if not kind.name.startswith("__") for name in undescribed(kind)]
    assert missing == []


def test_every_reason_has_words_for_customers_in_every_language() -> None:
    spoken = {
        f"{plugin.name}.{code}": reason.texts
        for plugin in load_plugins(discover()).plugins
        for code, reason in plugin.codes.items()
    }
    spoken |= dict(kernel_texts())
    assert len(spoken) > 30
    missing = [
        f"{code} in {locale}"
        for code, texts in spoken.items()
        for locale in LOCALES
        if not texts.get(locale, {}).get("customer")
    ]
    assert missing == []
