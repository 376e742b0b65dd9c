"""Do imports go one way? From the edge to the core, never back and never sideways."""

import pytest

from tests.tree.sources import ROOT, imports, modules, name_of

# Each part may import those named with it, and itself.
LOW = {
    "vocabulary",
    "user_errors",
    "money",
    "units",
    "markets",
    "calendars",
    "viewer",
    "texts",
    "limits",
    "tokens",
    "rates",
    "incidents",
}
POLICY = LOW | {"policy"}
STORAGE = POLICY | {"storage"}
RECORDS = STORAGE | {"orders", "cases", "tickets"}
# The batched loader knows nothing of this product: the schema's sources need it, and executors share it.
LIVE = STORAGE | {"cases"}
SCHEMA = RECORDS | {"live", "schema", "execution.batched"}
RESOLVERS = SCHEMA | {"resolvers"}
ALLOWED = {
    **dict.fromkeys(LOW, LOW),
    "policy": POLICY,
    "setting_values": POLICY,
    "settings": POLICY | {"setting_values"},
    "clock": POLICY | {"setting_values", "settings"},
    "storage": STORAGE,
    "orders": STORAGE,
    "cases": STORAGE | {"payments.provider"},
    "tickets": STORAGE | {"cases"},
    "live": LIVE,
    "payments": LOW,  # what is paid is told in values; nothing there knows a table
    "schema": SCHEMA,
    "resolvers": RESOLVERS,
    "execution": RESOLVERS,
    "http": RESOLVERS | {"payments.provider"},
    "worker": RECORDS | {"payments", "settings", "setting_values"},
    "app": RESOLVERS | {"http", "execution", "settings", "clock", "payments", "worker"},
    "cli": RESOLVERS | {"http", "execution", "settings", "clock", "app", "payments", "worker"},
}
# What plugins may know of the kernel: its public modules, and its kit in their tests.
PUBLIC = {
    "bff.money",
    "bff.markets",
    "bff.vocabulary",
    "bff.policy.facts",
    "bff.policy.contributions",
    "bff.policy.manifest",
    "bff.policy.hookspecs",
}
NO_DATABASE_NO_GRAPH = ("tortoise", "aiosqlite", "asyncpg", "strawberry", "graphql", "starlette", "uvicorn")


def part_of(dotted: str) -> str:
    """`bff.http.view.GraphQLView` is of the part http."""
    return dotted.split(".")[1] if "." in dotted else ""


def is_allowed(dotted: str, allowed: set[str]) -> bool:
    parts = dotted.split(".")
    return part_of(dotted) in allowed or ".".join(parts[1:3]) in allowed or parts[1] == "__version__"


@pytest.mark.parametrize("path", modules("bff"), ids=name_of)
def test_a_part_imports_only_what_lies_below_it(path: object) -> None:
    module = ROOT / str(path)
    part = module.relative_to(ROOT / "bff").with_suffix("").parts[0]
    if part == "__init__":
        assert not {name for name in imports(module) if name.startswith("bff")}
        return
    allowed = ALLOWED[part] | {part}
    wrong = {name for name in imports(module) if name.startswith("bff.") and not is_allowed(name, allowed)}
    assert wrong == set()


@pytest.mark.parametrize("path", [p for p in modules("bff") if "policy" in p.parts], ids=name_of)
def test_the_policy_kernel_knows_no_database_and_no_graph(path: object) -> None:
    wrong = {name for name in imports(ROOT / str(path)) if name.split(".")[0] in NO_DATABASE_NO_GRAPH}
    assert wrong == set()


@pytest.mark.parametrize("path", [p for p in modules("plugins") if "tests" not in p.parts], ids=name_of)
def test_a_plugin_imports_only_the_kernels_public_modules_and_never_another_plugin(path: object) -> None:
    module = ROOT / str(path)
    own = module.relative_to(ROOT / "plugins").parts[0]
    others = {folder.name for folder in (ROOT / "plugins").iterdir() if folder.is_dir()} - {own}
    for name in imports(module):
        assert not name.startswith("bff") or name.rpartition(".")[0] in PUBLIC or name in PUBLIC, name
        assert name.split(".")[0] not in others, name


def test_transactions_are_begun_in_the_storage_alone() -> None:
    begun = {name_of(p) for p in modules("bff") if "in_transaction" in p.read_text(encoding="utf-8")}
    assert {name for name in begun if not name.startswith("bff/storage/")} == set()
