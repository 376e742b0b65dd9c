"""Are settings read as documented, and refused with the name of what is wrong and what is allowed?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from bff.limits import Limits
from bff.policy.contributions import Capability
from bff.setting_values import Payments
from bff.settings import (
    EVERYTHING,
    OWN_PLUGINS,
    SETTINGS,
    Environment,
    Settings,
    SettingsError,
    read_settings,
)

ROOT = Path(__file__).parents[2]
SECRET = "a-secret-of-production-with-32-bytes"


def problems(**variables: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refusal:
        read_settings(variables)
    return refusal.value.problems


def test_without_any_variable_the_defaults_hold() -> None:
    assert read_settings({"PATH": "/bin", "BFF_TEST_DATABASE": "x"}) == Settings()


READ: list[tuple[str, str, str, Any]] = [
    ("BFF_ENVIRONMENT", "development", "environment", Environment.DEVELOPMENT),
    ("BFF_DATABASE_URL", "postgresql://u@h:5432/d", "database_url", "postgresql://u@h:5432/d"),
    ("BFF_SIGNING_KEY", SECRET, "signing_keys", (SECRET,)),
    ("BFF_PLUGINS", "premium_tier, points", "plugins", ("premium_tier", "points")),
    ("BFF_GRANTS", "points=GRANT+relieve", "grants", {"points": Capability.GRANT | Capability.RELIEVE}),
    ("BFF_POLICIES", str(ROOT), "policies", ROOT),
    ("BFF_NOW", "2026-03-01T09:30:00+08:00", "now", datetime(2026, 3, 1, 1, 30, tzinfo=UTC)),
    ("BFF_PORT", "0", "port", 0),
    ("BFF_GRAPHIQL", "off", "graphiql", False),
    ("BFF_INTROSPECTION", "false", "introspection", False),
    ("BFF_CORS_ORIGINS", "https://shop.test, http://localhost:3000", "cors_origins", ("https://shop.test", "http://localhost:3000")),
    ("BFF_LOCALES", "zh,en", "locales", ("zh", "en")),
    ("BFF_REDIS_URL", "rediss://u:p@h:6380/1", "redis_url", "rediss://u:p@h:6380/1"),
    ("BFF_PAYMENTS", "embedded", "payments", Payments.EMBEDDED),
    ("BFF_STRIPE_URL", "http://127.0.0.1:12111/", "stripe_url", "http://127.0.0.1:12111"),
    ("BFF_EMBEDDED_BOOK", "data/paid.sqlite3", "embedded_book", Path("data/paid.sqlite3")),
    ("BFF_EMBEDDED_LATENCY", "0", "embedded_latency", 0.0),
    ("BFF_WORKER", "off", "worker", False),
    ("BFF_LIMIT_DEPTH", "12", "limits", Limits(depth=12)),
    ("BFF_LIMIT_BODY_SECONDS", "2.5", "limits", Limits(body_seconds=2.5)),
]  # fmt: skip


@pytest.mark.parametrize(("variable", "text", "name", "value"), READ, ids=[row[0] for row in READ])
def test_a_variable_is_read(variable: str, text: str, name: str, value: Any) -> None:
    assert getattr(read_settings({variable: text}), name) == value


BAD = [
    ("BFF_NOW", "0001-01-01T00:00:00+14:00", "of the years 1970 to 8999"),
    ("BFF_NOW", "9999-12-31T23:59:00Z", "of the years 1970 to 8999"),
    ("BFF_PORT", "80.7", "0 to 65535"),
    ("BFF_LIMIT_SLOTS", "inf", "a whole number above 0"),
    ("BFF_LIMIT_SLOTS", "9" * 5000, "a whole number above 0"),
    ("BFF_LIMIT_BODY_SECONDS", "inf", "a number above 0"),
    ("BFF_DATABASE_URL", "sqlite://", "sqlite:///relative.db"),
    ("BFF_DATABASE_URL", "sqlite:///", "sqlite:///relative.db"),
    ("BFF_ENVIRONMENT", "staging", "development or production"),
    ("BFF_DATABASE_URL", "mysql://x", "sqlite:///relative.db"),
    ("BFF_PORT", "65536", "0 to 65535"),
    ("BFF_PORT", "http", "0 to 65535"),
    ("BFF_GRAPHIQL", "maybe", "true or false"),
    ("BFF_NOW", "yesterday", "an instant with its offset"),
    ("BFF_NOW", "2026-03-01T09:30:00", "an instant with its offset"),
    ("BFF_GRANTS", "points=EVERYTHING", "plugin=CAPABILITY"),
    ("BFF_GRANTS", "points", "plugin=CAPABILITY"),
    ("BFF_POLICIES", "/nowhere", "a directory that exists"),
    ("BFF_CORS_ORIGINS", "*", "no wildcards"),
    ("BFF_CORS_ORIGINS", "https://*.shop.test", "no wildcards"),
    ("BFF_REDIS_URL", "localhost:6379", "redis://"),
    ("BFF_REDIS_URL", "redis://h/zero", "redis://"),
    ("BFF_LOCALES", "de", "en, zh"),
    ("BFF_PAYMENTS", "cash", "embedded or stripe"),
    ("BFF_STRIPE_URL", "http://stripe.test", "https://host"),
    ("BFF_EMBEDDED_LATENCY", "-1", "seconds, 0 or more"),
    ("BFF_LIMIT_DEPTH", "0", "a whole number above 0"),
    ("BFF_LIMIT_DEPTH", "ten", "a whole number above 0"),
    ("BFF_LIMIT_BODY_SECONDS", "nan", "a number above 0"),
    ("BFF_LIMIT_WIDTH", "1", "there are tokens"),
    ("BFF_DATABSE_URL", "sqlite://:memory:", "BFF_DATABASE_URL"),
]


@pytest.mark.parametrize(("variable", "text", "allowed"), BAD)
def test_a_bad_value_is_refused_with_its_variable_and_what_is_allowed(
    variable: str, text: str, allowed: str
) -> None:
    (problem,) = problems(**{variable: text})
    assert problem.startswith(variable)
    assert allowed in problem


def test_every_problem_is_told_at_once() -> None:
    assert len(problems(BFF_PORT="x", BFF_GRAPHIQL="x", BFF_NONSENSE="x")) == 3


def test_a_slip_of_the_hand_is_told_the_one_setting_that_it_is_near() -> None:
    assert problems(BFF_PORTS="1") == ("BFF_PORTS is no setting; did you mean BFF_PORT?",)
    (problem,) = problems(BFF_NONSENSE="1")
    assert problem.startswith("BFF_NONSENSE is no setting; there are BFF_ENVIRONMENT, BFF_DATABASE_URL, ")


def test_a_secret_is_never_repeated() -> None:
    (problem,) = problems(BFF_SIGNING_KEY="x" * 31)
    assert problem == "BFF_SIGNING_KEY cannot be read; allowed: a secret text of 32 bytes or more"
    assert SECRET not in "".join(problems(BFF_ENVIRONMENT="production", BFF_SIGNING_KEY=SECRET[:20]))


def test_production_refuses_what_only_suits_a_developer() -> None:
    assert "demo key" in problems(BFF_ENVIRONMENT="production")[0]
    assert (
        "BFF_NOW"
        in problems(BFF_ENVIRONMENT="production", BFF_SIGNING_KEY=SECRET, BFF_NOW="2026-03-01T00:00:00Z")[0]
    )


def test_stripe_needs_both_of_its_secrets_and_neither_is_repeated() -> None:
    found = problems(BFF_PAYMENTS="stripe", BFF_STRIPE_SECRET_KEY=" ")
    assert found == (
        "BFF_STRIPE_SECRET_KEY cannot be read; allowed: a secret key of Stripe's",
        "BFF_STRIPE_SECRET_KEY is not set, and BFF_PAYMENTS is stripe",
        "BFF_STRIPE_WEBHOOK_SECRET is not set, and BFF_PAYMENTS is stripe",
    )
    secrets = {"BFF_STRIPE_SECRET_KEY": "sk_test_1", "BFF_STRIPE_WEBHOOK_SECRET": "whsec_1"}
    assert read_settings({"BFF_PAYMENTS": "stripe", **secrets}).payments is Payments.STRIPE


def test_production_hides_the_schema_and_the_console_unless_asked() -> None:
    plain = read_settings({"BFF_ENVIRONMENT": "production", "BFF_SIGNING_KEY": "x" * 32})
    assert (plain.graphiql, plain.introspection) == (False, False)
    asked = read_settings({"BFF_ENVIRONMENT": "production", "BFF_SIGNING_KEY": SECRET, "BFF_INTROSPECTION": "on"})
    assert (asked.graphiql, asked.introspection) == (False, True)


def test_a_file_gives_settings_and_variables_win(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text(
        'port = 9000\nlocales = ["zh"]\nnow = 2026-03-01T09:30:00Z\n'
        '[grants]\npoints = ["GRANT"]\n[limits]\ndepth = 7\nslots = 3\n'
    )
    settings = read_settings({"BFF_CONFIG": str(file), "BFF_PORT": "9001", "BFF_LIMIT_SLOTS": "4"})
    assert (settings.port, settings.locales, settings.limits) == (9001, ("zh",), Limits(depth=7, slots=4))
    assert settings.now == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert settings.grants == {"points": Capability.GRANT}


def test_a_bad_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    assert "BFF_CONFIG" in problems(BFF_CONFIG=str(file))[0]
    file.write_text("port = \n")
    assert "BFF_CONFIG" in problems(BFF_CONFIG=str(file))[0]
    file.write_text("prot = 1\nport = 70000\n[limits]\ndepth = -1\n")
    found = problems(BFF_CONFIG=str(file))
    assert [problem.split(" ")[0].split("=")[0] for problem in found] == ["prot", "port", "limits.depth"]


def test_named_plugins_of_this_tree_may_do_all_they_want_and_others_what_is_granted() -> None:
    settings = read_settings({"BFF_PLUGINS": "premium_tier,points,other", "BFF_GRANTS": "points=GRANT"})
    named = settings.taking_part(["elsewhere"])
    assert named == ("premium_tier", "points", "other")
    assert settings.grants_of(named) == {"premium_tier": EVERYTHING, "points": Capability.GRANT}


def test_unless_named_a_developer_has_every_installed_plugin_and_production_this_trees() -> None:
    developer, production = Settings(), Settings(environment=Environment.PRODUCTION)
    assert developer.taking_part(["points"]) == (*OWN_PLUGINS[:1], "points", *OWN_PLUGINS[1:])
    assert developer.grants_of(["points"]) == {"points": EVERYTHING}
    assert production.taking_part(["points"]) == OWN_PLUGINS


def table() -> list[str]:
    """The rows that docs/configuration.md must have."""
    rows = []
    for name, setting in SETTINGS.items():
        default = shown(name, getattr(Settings(), name))
        rows.append(f"| `BFF_{name.upper()}` | {setting.about} | {setting.allowed} | {default} |")
    return rows


def shown(name: str, default: Any) -> str:
    """A default as the documentation prints it."""
    if name in {"policies", "signing_key"}:
        return {"policies": "`policies`", "signing_key": "the demo key"}[name]
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, tuple):
        return f"`{','.join(default)}`" if default else "none"
    return f"`{default}`" if default not in (None, {}) else "none"


def test_the_documentation_lists_every_setting() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("| `BFF_")] == table()


def test_the_documentation_lists_every_limit_with_its_default() -> None:
    text = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    documented: dict[str, str] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 3 and cells[0] != "limit":
            documented |= dict(zip(cells[0].split(", "), cells[1].replace(",", "").split(" "), strict=False))
    documented = {name: value for name, value in documented.items() if not name.startswith("-")}
    assert documented == {field.name: f"{field.default:.9g}" for field in structs.fields(Limits)}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:{}@h:notaport/x",
        "postgresql://u:{}@[::1",
        "postgresql://u:{}@h/x?maxsize=abc",
        "postgresql://u:{}@h/x?maxsize=0",
        "postgresql://u:{}@h/x?colour=red",
        "mysql://u:{}@h/x",
        "u:{}@h",
    ],
)
def test_a_database_url_that_is_refused_keeps_its_password_to_itself(url: str) -> None:
    (problem,) = problems(BFF_DATABASE_URL=url.format("s3cret"))
    assert problem.startswith("BFF_DATABASE_URL cannot be read; allowed: sqlite:///relative.db, ")
    assert "s3cret" not in problem


FILES = [
    ("port = inf", "port in {}=inf cannot be read; allowed: 0 to 65535"),
    ("port = 80.7", "port in {}=80.7 cannot be read; allowed: 0 to 65535"),
    ("port = true", "port in {}=True cannot be read; allowed: 0 to 65535"),
    ("limits = 5", "limits in {} is no table; write [limits] and a line for each"),
    ("[limits]\nslots = inf", "limits.slots in {}=inf cannot be read; allowed: a whole number above 0"),
    ("[limits]\nslots = true", "limits.slots in {}=True cannot be read; allowed: a whole number above 0"),
    ("[limits]\ncost = 1.9", "limits.cost in {}=1.9 cannot be read; allowed: a whole number above 0"),
    (
        "[limits]\nqueue_seconds = true",
        "limits.queue_seconds in {}=True cannot be read; allowed: a number above 0",
    ),
]


@pytest.mark.parametrize(("text", "problem"), FILES)
def test_a_bad_value_of_a_file_is_refused_by_its_name(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "shop.toml"
    file.write_text(text)
    assert problems(BFF_CONFIG=str(file)) == (problem.format(file),)


def test_a_file_that_is_nested_too_deeply_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    file.write_text("plugins = " + "[" * 3000 + "]" * 3000)
    (problem,) = problems(BFF_CONFIG=str(file))
    assert problem.startswith(f"BFF_CONFIG={file}: ")
    assert problem.endswith("; it must name a TOML file")
