"""Do the books agree after any sequence of news about a refund? Random walks over all that can be heard."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bff.cases.money import audit, refund_results
from bff.cases.money.refund_results import Result
from bff.cases.refusal import Refusal
from bff.cases.standing import Author
from bff.money import Money
from bff.payments.provider import Accepted, Chargeback, Declined, News, Notification, Outcome, Succeeded, Unknown
from bff.storage.database import Database
from bff.vocabulary import AccountKind, Role
from tests.cases.an_order import AT
from tests.worker.refund_kit import ARefund, a_refund, balance
from tests.worker.test_notifications import take

LAWS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
STEPS = st.lists(
    st.tuples(
        st.sampled_from(("ask", "told", "told", "told", "retry", "retry", "report", "chargeback")),
        st.integers(0, 1),  # which tender
        st.sampled_from((Accepted("er"), Succeeded("er"), Declined("embedded.no", "er"), Unknown("embedded.odd"))),
        st.booleans(),
    ),
    max_size=20,
)
MERCHANT, INTEGRATION = Author(Role.MERCHANT, "m"), Author(Role.INGEST, "i")


class Walk:
    """One refund of two tenders, and the bank as it would be if all that was said were true."""

    def __init__(self, database: Database, refund: ARefund) -> None:
        self.database, self.refund, self.count = database, refund, 0

    async def step(self, what: str, which: int, outcome: Outcome, yes: bool) -> None:  # noqa: FBT001 - drawn
        self.count += 1
        key, run = (await self.keys())[which]
        if what == "ask":
            await self.tx(lambda tx: refund_results.prepare(tx, key, run, AT))
        elif what == "told":
            news = Notification(
                self.event(), renamed(outcome, key), key, self.refund.names[which], Money(500, "SGD")
            )
            await take(self.database, *[news] * (2 if yes else 1))
        elif what == "chargeback":
            amount = Money(100 * (which + 1), "SGD")
            news_of: News = Chargeback(self.event(), self.refund.names[which], amount, is_returned=yes)
            await take(self.database, news_of, news_of)
        with suppress(Refusal):
            if what == "retry":
                await self.tx(lambda tx: refund_results.retry(tx, self.refund.id, MERCHANT, AT))
            elif what == "report":
                result = Result(refund=self.refund.id, succeeded=yes, failure="no")
                await self.tx(lambda tx: refund_results.report(tx, result, INTEGRATION, AT))

    def event(self) -> str:
        return f"ev_{self.refund.id}_{self.count}"

    async def keys(self) -> list[tuple[str, int]]:
        rows = await self.database.rows(
            "SELECT provider_key, runs FROM refund_tenders WHERE refund_id = ? ORDER BY payment_id", self.refund.id
        )
        return [(row["provider_key"], row["runs"]) for row in rows]

    async def tx(self, work: Any) -> None:
        await self.database.run_tx(work)


def renamed(outcome: Outcome, key: str) -> Outcome:
    """Its own reference for each order."""
    if isinstance(outcome, Accepted | Succeeded):
        return type(outcome)(f"er_{key}")
    return outcome


async def paid_of(database: Database, refund: UUID) -> int:
    (row,) = await database.rows(
        "SELECT CAST(coalesce(sum(amount_minor), 0) AS BIGINT) AS paid FROM refund_tenders"
        " WHERE refund_id = ? AND status = 'SUCCEEDED'",
        refund,
    )
    return int(row["paid"])


@LAWS
@given(STEPS)
async def test_no_sequence_of_news_lets_the_books_disagree_or_a_ceiling_be_passed(
    database: Database, steps: list[tuple[str, int, Outcome, bool]]
) -> None:
    before = [await balance(database, kind) for kind in (AccountKind.CUSTOMER, AccountKind.PLATFORM)]
    walk = Walk(database, await a_refund(database, "one", "two"))
    for step in steps:
        await walk.step(*step)
        assert await audit.verify(database) == []

    paid = await paid_of(database, walk.refund.id)
    assert await balance(database, AccountKind.CUSTOMER) - before[0] == 1000 - paid
    (row,) = await database.rows(
        "SELECT held_minor, refunded_minor, captured_minor, charged_back_minor FROM orders WHERE id = ?",
        walk.refund.order.id,
    )
    assert before[1] - await balance(database, AccountKind.PLATFORM) == row["charged_back_minor"]
    assert row["refunded_minor"] + row["held_minor"] <= row["captured_minor"]
    assert 0 <= row["charged_back_minor"] <= row["captured_minor"]
