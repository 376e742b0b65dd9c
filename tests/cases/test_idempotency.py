"""Does one key have one effect? Asked again, asked otherwise, and asked from many sides at once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bff.cases.idempotency import Claim, IdempotencyConflict, KeyRefused, answer, claim, forget
from bff.storage.database import Connection, Database
from tests.cases.an_order import AT


async def asked(tx: Connection, request: Any = "x", key: str = "k", principal: str = "alice") -> Claim:
    return await claim(tx, principal=principal, operation="requestReturn", key=key, request=request, at=AT)


async def answered(tx: Connection, request: Any = "x", key: str = "k", principal: str = "alice") -> Any:
    claimed = await asked(tx, request, key, principal)
    if not claimed.is_new:
        return claimed.stored
    response = {"case": f"{principal}-{key}"}
    await answer(tx, claimed, response)
    return response


async def test_the_same_request_again_gets_the_stored_answer(database: Database) -> None:
    first = await database.run_tx(lambda tx: answered(tx, {"lines": [1], "order": "o"}))
    again = await database.run_tx(lambda tx: asked(tx, {"order": "o", "lines": [1]}))

    assert (again.is_new, again.stored) == (False, first)


async def test_another_request_with_the_same_key_is_a_conflict(database: Database) -> None:
    await database.run_tx(lambda tx: answered(tx, {"quantity": 1}))

    with pytest.raises(IdempotencyConflict) as conflict:
        await database.run_tx(lambda tx: asked(tx, {"quantity": 2}))

    assert conflict.value.operation == "requestReturn"


async def test_a_key_is_its_principals_own(database: Database) -> None:
    mine = await database.run_tx(lambda tx: answered(tx, "x"))
    theirs = await database.run_tx(lambda tx: answered(tx, "y", principal="ben"))

    assert (mine, theirs) == ({"case": "alice-k"}, {"case": "ben-k"})


async def test_twenty_identical_requests_at_once_have_one_effect(database: Database) -> None:
    effects: list[int] = []

    async def work(tx: Connection) -> Any:
        claimed = await asked(tx)
        if not claimed.is_new:
            return claimed.stored
        await asyncio.sleep(0.01)
        await answer(tx, claimed, {"case": 1})
        effects.append(1)
        return {"case": 1}

    told = await asyncio.gather(*[database.run_tx(work) for _ in range(20)])

    assert told == [{"case": 1}] * 20
    assert effects == [1]


async def test_a_claim_that_was_rolled_back_leaves_the_key_free(database: Database) -> None:
    async def fails(tx: Connection) -> None:
        await answered(tx)
        raise LookupError

    with pytest.raises(LookupError):
        await database.run_tx(fails)

    assert (await database.run_tx(asked)).is_new


@pytest.mark.parametrize("key", ["", "k" * 256, "a\nb", "\x00"])
async def test_what_is_no_key_is_refused(database: Database, key: str) -> None:
    with pytest.raises(KeyRefused) as refusal:
        await database.run_tx(lambda tx: asked(tx, key=key))

    assert refusal.value.length == len(key)
    assert await database.rows("SELECT 1 FROM idempotency_keys") == []


@pytest.mark.parametrize("key", ["k", "k" * 255, "order 7 / 退货"])
async def test_any_printable_text_of_that_length_is_a_key(database: Database, key: str) -> None:
    assert (await database.run_tx(lambda tx: asked(tx, key=key))).is_new


async def test_no_key_can_be_read_from_the_table(database: Database) -> None:
    await database.run_tx(lambda tx: answered(tx, key="secret"))

    (row,) = await database.rows("SELECT * FROM idempotency_keys")
    assert not any("secret" in str(value) for name, value in row.items() if name != "response")


async def test_a_claim_that_nobody_answered_is_a_fault_and_no_answer(database: Database) -> None:
    await database.run_tx(asked)

    with pytest.raises(LookupError, match="never answered"):
        await database.run_tx(asked)


async def test_old_keys_are_forgotten_and_new_ones_are_not(database: Database) -> None:
    await database.run_tx(answered)

    assert await database.run_tx(lambda tx: forget(tx, AT)) == 0
    assert await database.run_tx(lambda tx: forget(tx, AT + timedelta(seconds=1))) == 1
