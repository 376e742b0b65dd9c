"""Does `bff worker` pay what `bff serve` has promised, and end when it is asked to?"""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from bff.storage.database import Database
from tests.worker.refund_kit import a_refund, books_agree, ends

BFF = (sys.executable, "-c", "from bff.cli import app; app()")


async def test_it_pays_in_a_process_of_its_own_and_ends_soon_after_sigterm(
    database: Database, database_address: str, tmp_path: Path
) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BFF_")}
    process = await asyncio.create_subprocess_exec(
        *(*BFF, "worker", "--database", database_address),
        env=environment | {"BFF_EMBEDDED_BOOK": str(tmp_path / "paid.sqlite3"), "BFF_EMBEDDED_LATENCY": "0"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert b"Working" in await process.stdout.readline()
    refund = await a_refund(database, "pays")
    await ends(database, refund.id, "SUCCEEDED", seconds=30)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(25):
        _, said = await process.communicate()

    assert process.returncode == 0
    assert b"Traceback" not in said
    assert time.monotonic() - began < 25
    await books_agree(database)
