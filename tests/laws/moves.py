"""What may anybody do next? Mutations of all roles on random cases, right or wrong, with inputs that fit."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from bff.cases.standing import standings
from bff.cases.transitions import allowed_actions
from bff.money import decimal_text
from bff.schema.ids import global_id
from bff.viewer import Viewer
from bff.vocabulary import (
    CaseAction,
    CaseStatus,
    CompensationKind,
    Disposition,
    Grade,
    LiableParty,
    RefundMethod,
    Resolution,
    ReturnMethod,
    ReturnReason,
    ReverseShipmentStatus,
    Role,
)
from tests.laws.choices import ANYBODY, OF_ACTIONS, OFTEN, OTHERS, UNVERSIONED
from tests.laws.orders import SPARE
from tests.laws.world import ACase, World

PHOTO = {"kind": "PHOTO", "url": "https://files.example/1.png"}
PROOF = [
    PHOTO,
    PHOTO,
    PHOTO,
    {"kind": "TEXT", "text": "Look"},
    {"kind": "VIDEO", "url": "https://files.example/v"},
]


class Move(Struct, frozen=True):
    """A mutation by somebody; `case` is the one that it is about, `action` what the table calls it."""

    viewer: Viewer
    name: str
    asked: dict[str, Any]
    case: UUID | None = None
    action: CaseAction | None = None
    is_allowed: bool | None = None  # by the table, where it is asked


class _Id(Struct, frozen=True):
    id: UUID


class _Line(Struct, frozen=True):
    line: UUID
    quantity: int
    received: int


class Mover:
    """Chooses moves with one die."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.die = world, random.Random(seed)  # noqa: S311 - a walk, no secret

    # ---- requests ----------------------------------------------------------------------------------

    async def request(self) -> Move:
        """A request for some of the order, with its evidence or without."""
        die, world = self.die, self.world
        seller = die.choice([line.seller for line in world.order.lines])
        mine = [
            place for place, line in enumerate(world.order.lines) if line.seller == seller or die.random() < 0.02
        ]
        places = die.sample(mine, die.randint(1, len(mine)))
        resolution = die.choice([Resolution.RETURN_AND_REFUND] * 6 + [Resolution.EXCHANGE] * 3 + [*Resolution])
        reason = die.choice(
            [ReturnReason.CHANGE_OF_MIND] * 8 + [ReturnReason.QUALITY_DEFECT] * 8 + [*ReturnReason]
        )
        asked: dict[str, Any] = {
            "orderId": world.order_id,
            "lines": [
                {
                    "orderLineId": world.lines[place],
                    "quantity": die.randint(1, world.order.lines[place].quantity + (die.random() < 0.1)),
                    "reason": reason,
                }
                for place in places
            ],
            "resolution": resolution,
            "idempotencyKey": world.key(),
        }
        if resolution is Resolution.EXCHANGE:
            asked["exchangeSku"] = f"{seller}-{die.choice((*SPARE, places[0]))}"
        if die.random() < 0.25:
            asked["refundMethod"] = RefundMethod.STORE_CREDIT
        if die.random() < 0.95:
            asked["evidence"] = PROOF
        return Move(world.ada, "requestReturn", asked)

    async def withdraw(self) -> Move:
        """A withdrawal from all of it, or from some units of one line."""
        die, world = self.die, self.world
        asked: dict[str, Any] = {"orderId": world.order_id, "idempotencyKey": world.key()}
        if die.random() < 0.6:
            place = die.randrange(len(world.lines))
            quantity = die.randint(1, world.order.lines[place].quantity)
            asked["lines"] = [{"orderLineId": world.lines[place], "quantity": quantity}]
        return Move(world.ada, "declareWithdrawal", asked)

    # ---- what the table allows, or not -------------------------------------------------------------

    async def allowed(self) -> Move | None:
        """Something that the table says somebody may do to a case now."""
        cases = await self.world.cases()
        found = await standings(self.world.database, list(cases), self.world.now)
        choices = [
            (cases[key], role, action)
            for key, now in found.items()
            for role in (Role.CUSTOMER, Role.MERCHANT, Role.AGENT)
            for action in allowed_actions(now.state, role)
            for _ in range(OFTEN.get(action, 10))
        ]
        if not choices:
            return None
        case, role, action = self.die.choice(sorted(choices, key=lambda one: (one[0].id, one[1], one[2])))
        return await self.move(case, OF_ACTIONS[action], role, action=action, is_allowed=True)

    async def anything(self) -> Move | None:
        """Any mutation by anybody, of any version: most are refused."""
        cases = list((await self.world.cases()).values())
        if not cases:
            return None
        die = self.die
        case, role = die.choice(cases), die.choice(ANYBODY)
        name = die.choice([*OF_ACTIONS.values(), *OTHERS, *OTHERS])
        action = next((action for action, of in OF_ACTIONS.items() if of == name), None)
        found = (await standings(self.world.database, [case.id], self.world.now))[case.id]
        is_allowed = None
        if action is not None and name != "respondToOffer":
            is_allowed = action in allowed_actions(found.state, role)
        if name == "addEvidence" and role is Role.CUSTOMER:
            is_allowed = None
        return await self.move(case, name, role, action=action, is_allowed=is_allowed, stale=die.random() < 0.15)

    async def other(self) -> Move | None:
        """The steps that no list shows: retries, answers to appeals, disputes taken back."""
        cases = list((await self.world.cases()).values())
        if not cases:
            return None
        role = {"withdrawDispute": Role.CUSTOMER, "resolveAppeal": Role.AGENT, "retryRefund": Role.MERCHANT}
        name = self.die.choice(OTHERS)
        return await self.move(self.die.choice(cases), name, role[name])

    async def together(self) -> Move | None:
        """Many approvals at once; each is its own."""
        cases = list((await self.world.cases()).values())
        if not cases:
            return None
        asked = [{"caseId": global_id("Case", case.id), "version": case.version} for case in cases]
        seller = self.world.sellers[self.die.choice(cases).seller]
        return Move(seller, "approveCases", {"cases": asked, "idempotencyKey": self.world.key()})

    async def move(
        self,
        case: ACase,
        name: str,
        role: Role,
        *,
        action: CaseAction | None = None,
        is_allowed: bool | None = None,
        stale: bool = False,
    ) -> Move | None:
        """That mutation of that case with a fitting input; None where there is nothing that it could name."""
        given = await getattr(self, f"_{name}")(case)
        if given is None:
            return None
        asked = {"idempotencyKey": self.world.key()} | given
        if name not in {"resolveAppeal", "retryRefund"}:
            asked["caseId"] = global_id("Case", case.id)
        if name not in UNVERSIONED:
            asked["version"] = case.version + (self.die.choice((-1, 1)) if stale else 0)
            is_allowed = None if stale else is_allowed
        return Move(self.world.viewer_of(role, case.seller), name, asked, case.id, action, is_allowed)

    # ---- the inputs --------------------------------------------------------------------------------

    def money(self, most: int) -> dict[str, str]:
        """An amount up to that, now and then of another currency or past it."""
        minor = self.die.choice((1, max(1, most // 3), max(1, most // 2), max(1, most), max(1, most)))
        minor += 1 if self.die.random() < 0.05 else 0
        return {"amount": decimal_text(minor, self.world.order.currency), "currency": self.world.order.currency}

    async def _worth(self, case: ACase) -> int:
        (row,) = await self.world.database.rows(
            "SELECT CAST(sum(worth_minor + shipping_minor) AS BIGINT) AS n FROM case_lines WHERE case_id = ?",
            case.id,
        )
        return int(row["n"])

    async def _lines(self, case: ACase) -> list[_Line]:
        return await self.world.database.structs(
            _Line,
            "SELECT order_line_id, quantity, received_quantity FROM case_lines WHERE case_id = ? ORDER BY id",
            case.id,
        )

    async def _one(self, select: str, key: UUID, type_name: str) -> str | None:
        rows = await self.world.database.structs(_Id, select, key)
        return global_id(type_name, self.die.choice(rows).id) if rows else None

    async def _approveCase(self, _: ACase) -> dict[str, Any]:  # noqa: N802 - named as the mutation is
        return {}

    _cancelCase = _withdrawDispute = _approveCase  # noqa: N815 - the same

    async def _declineCase(self, _: ACase) -> dict[str, Any]:  # noqa: N802
        return {"reason": "No"}

    async def _addEvidence(self, _: ACase) -> dict[str, Any]:  # noqa: N802
        return {"evidence": [PHOTO]}

    async def _proposeOffer(self, case: ACase) -> dict[str, Any]:  # noqa: N802
        return {"amount": self.money(await self._worth(case)), "keepsGoods": self.die.random() < 0.5}

    async def _respondToOffer(self, case: ACase) -> dict[str, Any] | None:  # noqa: N802
        offer = await self._one(
            "SELECT id FROM offers WHERE case_id = ? ORDER BY round DESC LIMIT 1", case.id, "Offer"
        )
        return offer and {"offerId": offer, "accept": self.die.random() < 0.6}  # type: ignore[return-value]

    async def _scheduleReturn(self, _: ACase) -> dict[str, Any]:  # noqa: N802
        method = self.die.choice((ReturnMethod.DROP_OFF, ReturnMethod.MAIL, ReturnMethod.PICKUP))
        asked: dict[str, Any] = {"method": method}
        if method is ReturnMethod.PICKUP:
            asked["pickupFrom"] = (self.world.now + timedelta(hours=20)).isoformat()
            asked["pickupUntil"] = (self.world.now + timedelta(hours=22)).isoformat()
        if method is ReturnMethod.MAIL and self.die.random() < 0.5:
            asked |= {"trackingNumber": self.world.key(), "carrier": "Post"}
        return asked

    async def _recordReceipt(self, case: ACase) -> dict[str, Any]:  # noqa: N802
        fewer = self.die.choice((0, 0, 0, 1, -1, 9))
        return {
            "lines": [
                {"orderLineId": global_id("OrderLine", line.line), "quantity": max(0, line.quantity - fewer)}
                for line in await self._lines(case)
            ]
        }

    async def _recordInspection(self, case: ACase) -> dict[str, Any]:  # noqa: N802
        return {
            "lines": [
                finding for line in await self._lines(case) for finding in self._findings(line) if line.received
            ]
        }

    def _findings(self, line: _Line) -> list[dict[str, Any]]:
        die, first = self.die, self.die.randint(0, max(0, line.received - 1))
        found = []
        for quantity in (first, line.received - first):
            grade = die.choice((Grade.AS_NEW, Grade.AS_NEW, Grade.OPENED, Grade.USED, *Grade))
            shelf = {Grade.NOT_OURS: Disposition.RETURN_TO_CUSTOMER, Grade.MISSING: Disposition.RETURN_TO_CUSTOMER}
            one: dict[str, Any] = {
                "orderLineId": global_id("OrderLine", line.line),
                "quantity": quantity,
                "grade": grade,
                "disposition": shelf.get(grade, die.choice((Disposition.REFURBISH, *Disposition))),
            }
            if die.random() < 0.3:
                one["defectConfirmed"] = die.random() < 0.5
            if die.random() < 0.3:
                one["deduction"] = self.money(200)
            found += [one] if quantity else []
        return found

    async def _issueRefund(self, case: ACase) -> dict[str, Any]:  # noqa: N802
        asked: dict[str, Any] = {}
        if self.die.random() < 0.5:
            asked["amount"] = self.money(await self._worth(case))
        if self.die.random() < 0.3:
            asked["method"] = self.die.choice([*RefundMethod])
        return asked

    async def _shipExchange(self, _: ACase) -> dict[str, Any]:  # noqa: N802
        return {"carrier": "Quick Post", "trackingNumber": self.world.key()}

    async def _grantCompensation(self, case: ACase) -> dict[str, Any]:  # noqa: N802
        bearers = (LiableParty.MERCHANT, LiableParty.CARRIER, LiableParty.PLATFORM, LiableParty.CUSTOMER)
        return {
            "kind": self.die.choice([*CompensationKind]),
            "amount": self.money(await self._worth(case)),
            "bornBy": self.die.choice(bearers),
            "reason": "Sorry",
        }

    async def _rateCase(self, _: ACase) -> dict[str, Any]:  # noqa: N802
        return {"satisfaction": self.die.randint(0, 5)}

    async def _openDispute(self, _: ACase) -> dict[str, Any]:  # noqa: N802
        return {"claim": "It is not as you say"}

    async def _ruleDispute(self, case: ACase) -> dict[str, Any]:  # noqa: N802
        asked: dict[str, Any] = {"liableParty": self.die.choice([*LiableParty]), "rationale": "So it is"}
        if self.die.random() < 0.7:
            asked["refund"] = self.money(await self._worth(case))
        return asked

    async def _openAppeal(self, _: ACase) -> dict[str, Any]:  # noqa: N802
        return {"grounds": "It is not so"}

    async def _resolveAppeal(self, case: ACase) -> dict[str, Any] | None:  # noqa: N802
        select = "SELECT a.id FROM appeals a JOIN disputes d ON d.id = a.dispute_id WHERE d.case_id = ?"
        appeal = await self._one(select, case.id, "Appeal")
        uphold = self.die.random() < 0.5
        return appeal and {"appealId": appeal, "uphold": uphold, "rationale": "Yes"}  # type: ignore[return-value]

    async def _overrideCase(self, case: ACase) -> dict[str, Any]:  # noqa: N802
        others = [status for status in CaseStatus if status is not case.status]
        return {"status": self.die.choice(others), "reason": "A slip"}

    async def _retryRefund(self, case: ACase) -> dict[str, Any] | None:  # noqa: N802
        refund = await self._one("SELECT id FROM refunds WHERE case_id = ? ORDER BY id", case.id, "Refund")
        return refund and {"refundId": refund}  # type: ignore[return-value]

    # ---- what systems tell -------------------------------------------------------------------------

    async def scan(self) -> Move | None:
        """A carrier tells of a parcel, there or back; late now and then, or of long ago."""
        world, die = self.world, self.die
        rows = await world.database.rows(
            "SELECT tracking_number AS t FROM reverse_shipments WHERE tracking_number IS NOT NULL"
            " UNION ALL SELECT tracking_number FROM exchanges WHERE tracking_number IS NOT NULL ORDER BY t"
        )
        if not rows:
            return None
        late = timedelta(hours=die.choice((0, 0, 0, 5, 24 * 4, 24 * 20)))
        event = {
            "eventId": world.key() if die.random() < 0.9 else "key-again",
            "trackingNumber": die.choice(rows)["t"],
            "status": die.choice([ReverseShipmentStatus.DELIVERED] * 3 + [*ReverseShipmentStatus]),
            "at": (world.now - late).isoformat(),
        }
        asked = {"events": [event], "idempotencyKey": world.key()}
        return Move(world.viewer_of(Role.INGEST, ""), "recordShipmentEvents", asked)

    async def report(self) -> Move | None:
        """An integration says what became of a refund that it pays."""
        rows = await self.world.database.structs(_Id, "SELECT id FROM refunds ORDER BY id")
        if not rows or not self.world.reports:
            return None
        asked: dict[str, Any] = {
            "refundId": global_id("Refund", self.die.choice(rows).id),
            "succeeded": self.die.random() < 0.6,
            "idempotencyKey": self.world.key(),
        }
        asked |= {"providerReference": self.world.key()} if asked["succeeded"] else {"failure": "closed"}
        return Move(self.world.viewer_of(Role.INGEST, ""), "recordRefundResult", asked)

    async def stock(self) -> Move:
        """A warehouse counts."""
        seller = self.die.choice(sorted(self.world.sellers))
        levels = [
            {
                "merchantExternalId": seller,
                "sku": f"{seller}-{kind}",
                "currency": self.world.order.currency,
                "stock": self.die.randint(0, 3),
            }
            for kind in SPARE
        ]
        asked = {"levels": levels, "idempotencyKey": self.world.key()}
        return Move(self.world.viewer_of(Role.INGEST, ""), "setStock", asked)
