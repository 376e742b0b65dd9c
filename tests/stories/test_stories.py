"""Do the twelve stories end as printed? Told over HTTP to a server of their own, as a reader tells them."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
STORIES = ROOT / "docs" / "stories"
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
STARTS_WITHIN, TOLD_WITHIN = 120, 400  # seconds: a new database, and machines that others use too


def serving(log: Path) -> str:
    """The address that the server has printed."""
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        found = ADDRESS.search(log.read_text(encoding="utf-8"))
        if found:
            return found[0]
        time.sleep(0.1)
    raise TimeoutError(log.read_text(encoding="utf-8"))


def test_the_stories_are_told_to_a_running_server_and_end_as_printed(tmp_path: Path) -> None:
    database, log = f"sqlite:///{tmp_path / 'shop.sqlite3'}", tmp_path / "server.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
    bff = str(Path(sys.executable).with_name("bff"))
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(  # noqa: S603 - our own command line
            [bff, "demo", "--database", database, "--port", "0"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        told = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, str(STORIES / "run.py"), "--address", serving(log), "--database", database],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=TOLD_WITHIN,
            check=False,
        )
    finally:
        server.terminate()
        server.wait(30)

    assert told.returncode == 0, told.stderr + log.read_text(encoding="utf-8")
    assert told.stdout == (STORIES / "ledgers.txt").read_text(encoding="utf-8")
    assert "Traceback" not in log.read_text(encoding="utf-8")
