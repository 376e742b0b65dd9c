"""What of a benefit is used up? One use of each quota that a request takes, while there is one."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from bff.cases.asking.quote import LineTerms
from bff.cases.refusal import Refusal
from bff.policy.contributions import Advance, Waive
from bff.policy.entitlements import Entitlement
from bff.storage.database import Connection
from bff.storage.fields import new_id
from bff.user_errors import UserErrorCode
from bff.vocabulary import Resolution


def used_by(terms: Iterable[LineTerms], resolution: Resolution) -> set[str]:
    """The quotas that a request uses up: each once, however many lines take it.

    An advance counts where it pays at once, a waiver where it relieved the customer of something.
    """
    quotas: set[str] = set()
    for one in terms:
        if one.offer is None:
            continue
        relieved = {step.code for step in (one.refund.steps if one.refund else ()) if step.rule == "waive"}
        for plugin, said in one.decided.contributions:
            if not isinstance(said, Advance | Waive) or said.line != one.line.line or not said.quota:
                continue
            if isinstance(said, Advance):
                counts = one.offer.instant_refund and resolution is Resolution.RETURN_AND_REFUND
            else:
                counts = f"{plugin}.{said.code}" in relieved
            if counts:
                quotas.add(said.quota)
    return quotas


def must_cover(quoted: Iterable[str], used: Iterable[str]) -> None:
    """Raises QUOTA_EXHAUSTED where a quote counted on a benefit that the decision of today grants no more."""
    gone = sorted(set(quoted) - set(used))
    if gone:
        message = f"{gone[0]}, which the quote counted on, is used up by now: ask for a new quote"
        raise Refusal(UserErrorCode.QUOTA_EXHAUSTED, message, "quoteToken")


async def lock(tx: Connection, order: UUID) -> None:
    """Lets the requests of one customer wait for each other, whichever orders they are about.

    Take it before quotas are read, so that a decision knows of every use; after the order's own lock.
    """
    customer = "(SELECT customer_id FROM orders WHERE id = ?)"
    await tx.execute(f"UPDATE customers SET market = market WHERE id = {customer}", order)


async def use(
    tx: Connection, customer: UUID, quotas: Iterable[str], benefits: Iterable[Entitlement], at: datetime
) -> None:
    """Counts one use of each, under the lock. Raises QUOTA_EXHAUSTED where none is left: a quote's may be gone."""
    by_code = {benefit.code: benefit for benefit in benefits}
    wanted = [by_code[quota] for quota in sorted(quotas) if quota in by_code and by_code[quota].limit is not None]
    for benefit in wanted:
        if not await _count(tx, customer, benefit, at):
            raise Refusal(
                UserErrorCode.QUOTA_EXHAUSTED,
                f"{benefit.code} is used up for this period: all {benefit.limit} have been used",
            )


async def _count(tx: Connection, customer: UUID, benefit: Entitlement, at: datetime) -> bool:
    """One more use in the period that runs, whose first use makes its row."""
    running = "customer_id = ? AND code = ? AND period_start <= ? AND (resets_at IS NULL OR resets_at > ?)"
    counted = await tx.execute(
        f"UPDATE quota_usages SET used = used + 1 WHERE {running} AND used < ?",
        *(customer, benefit.code, at, at, benefit.limit),
    )
    if counted:
        return True
    if not benefit.limit or await tx.rows(
        f"SELECT 1 FROM quota_usages WHERE {running}", customer, benefit.code, at, at
    ):
        return False
    await tx.execute(
        "INSERT INTO quota_usages (id, customer_id, code, period_start, resets_at, used)"
        " VALUES (?, ?, ?, ?, ?, 1)",
        *(new_id(), customer, benefit.code, at, benefit.resets_at),
    )
    return True
