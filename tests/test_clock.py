"""Does the shop's clock move when a developer moves it, and for nobody else?"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from typer.testing import CliRunner

from bff.cli import app
from bff.clock import ahead, clock_file, move, shop_clock
from bff.settings import Environment, Settings

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


def on(path: Path, **differing: object) -> Settings:
    """A development server whose shop is kept in that folder."""
    return Settings(database_url=f"sqlite:///{path / 'shop.sqlite3'}", **differing)  # type: ignore[arg-type]


def test_a_moved_clock_is_ahead_by_all_its_moves(tmp_path: Path) -> None:
    file = clock_file(on(tmp_path))
    assert file == tmp_path / "shop.sqlite3.clock"

    move(file, timedelta(days=3))
    move(file, timedelta(hours=2))

    assert ahead(file) == timedelta(days=3, hours=2)
    told = shop_clock(on(tmp_path))() - datetime.now(UTC)
    assert timedelta(days=3, hours=1, minutes=59) < told <= timedelta(days=3, hours=2)


def test_production_a_stopped_clock_and_postgresql_are_never_moved(tmp_path: Path) -> None:
    assert clock_file(on(tmp_path, environment=Environment.PRODUCTION)) is None
    assert clock_file(on(tmp_path, now=NOW)) is None
    assert clock_file(Settings(database_url="postgresql://shop@127.0.0.1/shop")) is None
    move(tmp_path / "shop.sqlite3.clock", timedelta(days=1))
    assert shop_clock(on(tmp_path, now=NOW))() == NOW
    production = shop_clock(on(tmp_path, environment=Environment.PRODUCTION))()
    assert production - datetime.now(UTC) < timedelta(minutes=1)


def test_the_command_moves_it_and_tells_the_time(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    moved = CliRunner().invoke(app, ["clock", "--database", url, "--forward", "2w"])
    assert moved.exit_code == 0
    told = datetime.fromisoformat(moved.output.strip())
    assert timedelta(days=13, hours=23) < told - datetime.now(UTC) <= timedelta(days=14)
    refused = CliRunner().invoke(app, ["clock", "--database", url, "--forward", "soon"])
    assert refused.exit_code == 1
    assert ahead(tmp_path / "shop.sqlite3.clock") == timedelta(days=14)
