"""Does the program work as a newcomer runs it? A real process, asked its printed questions, then stopped."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx2 as httpx

ROOT = Path(__file__).parents[2]
BFF = (sys.executable, "-c", "from bff.cli import app; app()")


@contextmanager
def running(*arguments: str, until: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process of the command line, and what it printed up to the line that has `until`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [*BFF, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if until in line:
                break
        yield process, printed
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


def asked(curl: str, tokens: dict[str, str]) -> dict[str, Any]:
    """The answer to a printed line, sent as curl would send it."""
    line, _, data = curl.partition(" -d ")
    words = shlex.split(re.sub(r"\$(\w+)", lambda name: tokens.get(name[1], name[0]), line))
    headers = dict(word.split(": ", 1) for flag, word in pairwise(words) if flag == "-H")
    (body,) = shlex.split(data)
    response = httpx.post(words[2], content=body.encode(), headers=headers)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()["data"]
    return answer


def test_the_demo_answers_its_three_printed_questions_and_stops_when_asked(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'demo.sqlite3'}"
    with running("demo", "--port", "0", "--database", database, until='"line"') as (process, first):
        assert process.stdout is not None
        printed = first + process.stdout.readline() + process.stdout.readline()
        while printed.count("\ncurl ") < 3:
            printed += process.stdout.readline()
        tokens = dict(re.findall(r"^export (\w+)=(\S+)$", printed, re.MULTILINE))
        assert set(tokens) == {"CUSTOMER", "MERCHANT", "AGENT", "OPS", "INGEST"}
        orders, quote, exchange = (
            asked(line, tokens) for line in printed.splitlines() if line.startswith("curl ")
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) in {0, -signal.SIGTERM}
    lines = [line for edge in orders["orders"]["edges"] for line in edge["node"]["lines"]]
    assert lines
    assert all(line["returnEligibility"]["explanations"] for line in lines)
    assert quote["returnQuote"]["status"] in {"ELIGIBLE", "REVIEW"}
    assert quote["returnQuote"]["token"]
    assert exchange["node"]["exchangeOptions"]


def test_serve_refuses_a_database_without_tables_in_one_line(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    done = subprocess.run(  # noqa: S603 - our own command line
        [*BFF, "serve", "--database", database], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    lacks = "0001_initial, 0002_cases_and_money"
    assert done.stderr.strip() == f"bff: the database lacks migration {lacks}: run bff db migrate first"


def test_the_log_of_a_server_is_json() -> None:
    script = """if True:
        from bff.http.errors import masked
        from bff.http.logs import configure_logs
        configure_logs()
        masked(ValueError("x@y"), "Q")
    """
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    entry = json.loads(done.stderr)
    assert (entry["event"], entry["kind"], entry["operation"], entry["level"]) == (
        "fault",
        "builtins.ValueError",
        "Q",
        "error",
    )
    assert "x@y" not in done.stderr
