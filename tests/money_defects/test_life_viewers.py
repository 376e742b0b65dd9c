"""Does anybody reach what is not theirs, by any id, argument or mutation? (security rows 14 to 16 and 18 to 21)"""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
import strawberry
from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType
from msgspec.structs import replace
from structlog.testing import capture_logs

from bff.schema.ids import global_id
from bff.viewer import Viewer
from bff.vocabulary import Role
from tests.graph.dumps import dump
from tests.graph.shop import AGENT, INGEST, OPS, an_order
from tests.money_defects.everything import WITHOUT_IDS, absent, ids_of_everything, inputs, strangers
from tests.money_defects.life import AS_CASE, Life

NODE = "query ($id: ID!) { node(id: $id) { id } }"
SELECTED = {
    "CasePayload": "case { id }",
    "ApproveCasesPayload": "results { case { id } userErrors { code path } }",
    "TicketPayload": "ticket { id }",
}


def mutation_of(schema: strawberry.Schema, name: str) -> str:
    """A document of that mutation."""
    root = schema._schema.mutation_type
    assert root is not None
    payload = root.fields[name].type.of_type
    kind = "CaseInput" if name in AS_CASE else f"{name[0].upper()}{name[1:]}Input"
    fields = SELECTED.get(payload.name, "__typename")
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {fields} userErrors {{ code path }} }} }}"


def refusals(payload: Any) -> list[tuple[str, list[str]]]:
    """Every error of a payload, those of each result among them."""
    inner = [error for result in payload.get("results", []) for error in result["userErrors"]]
    return [(error["code"], error["path"]) for error in [*payload["userErrors"], *inner]]


# ---- every mutation, every type ------------------------------------------------------------------------


def test_security_14_every_mutation_and_every_type_is_asked_about(schema: strawberry.Schema) -> None:
    graph = schema._schema
    assert graph.mutation_type is not None
    node = graph.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType | GraphQLUnionType)
    types = {one.name for one in graph.get_possible_types(node)}

    assert set(inputs(dict.fromkeys([*types, "Offer"], "x"))) == set(graph.mutation_type.fields) - WITHOUT_IDS
    assert types == set(NODES)


NODES = ("Appeal", "Case", "Customer", "Dispute", "Merchant", "Order", "OrderLine", "Refund", "Ticket")


async def test_security_14_no_mutation_tells_a_foreign_id_from_an_absent_one(
    life: Life, schema: strawberry.Schema
) -> None:
    ids = await ids_of_everything(life)
    before, nothing = await dump(life.shop.database), absent(ids)

    for who, viewer in (await strangers(life)).items():
        for name, asked in inputs(ids).items():
            answers = []
            for place, given in enumerate((asked, inputs(nothing)[name])):
                variables = {"input": given | {"idempotencyKey": f"{who} {place}"}}
                answers.append((await life.client.ask(mutation_of(schema, name), viewer, variables))[name])
            foreign, missing = answers
            assert foreign == missing, (who, name)
            codes = {code for code, _ in refusals(foreign)}
            assert codes in ({"NOT_FOUND"}, {"FORBIDDEN"}), (who, name, codes)
    assert await dump(life.shop.database) == before


@pytest.mark.parametrize("name", NODES)
async def test_security_14_no_node_is_found_by_a_stranger(life: Life, name: str) -> None:
    ids = await ids_of_everything(life)
    seen = {
        who: (await life.client.ask(NODE, viewer, {"id": ids[name]}))["node"]
        for who, viewer in ((await strangers(life)) | {"nobody": None}).items()
    }
    mine = {"id": ids[name]}
    party = await life.seller() if name == "Appeal" else await life.ben()

    # Whoever is let into another order of Ben's knows him, and the merchant of both.
    known = {"the guest of another order"} if name in {"Customer", "Merchant"} else set()
    assert {who for who, node in seen.items() if node is not None} == known
    assert (await life.client.ask(NODE, party, {"id": ids[name]}))["node"] == mine
    assert (await life.client.ask(NODE, AGENT, {"id": ids[name]}))["node"] == mine


# ---- deny by default -----------------------------------------------------------------------------------


async def test_security_15_nobody_does_anything_without_signing_in(life: Life, schema: strawberry.Schema) -> None:
    ids = await ids_of_everything(life)
    asked: dict[str, dict[str, Any]] = inputs(ids) | {
        "upsertOrders": {"orders": []},
        "setStock": {"levels": []},
        "recordShipmentEvents": {"events": []},
    }
    before = await dump(life.shop.database)

    for name, given in asked.items():
        result = await life.client.run(
            mutation_of(schema, name), None, {"input": given | {"idempotencyKey": f"nobody {name}"}}
        )
        assert result.errors is not None, name
        assert [(error.extensions or {})["code"] for error in result.errors] == ["UNAUTHENTICATED"], name
    assert await dump(life.shop.database) == before
    root = schema._schema.mutation_type
    assert root is not None
    assert set(root.fields) - set(asked) == {"openGuestSession"}


async def test_security_15_nobody_reads_anything_without_signing_in(life: Life, schema: strawberry.Schema) -> None:
    ids = await ids_of_everything(life)
    line = f'{{ orderLineId: "{ids["OrderLine"]}", quantity: 1, reason: CHANGE_OF_MIND }}'
    quote = f'input: {{ orderId: "{ids["Order"]}", lines: [{line}], resolution: RETURN_AND_REFUND }}'
    asked = {
        "viewer": "viewer { role }",
        "node": f'node(id: "{ids["Case"]}") {{ id }}',
        "nodes": f'nodes(ids: ["{ids["Case"]}"]) {{ id }}',
        "order": f'order(id: "{ids["Order"]}") {{ id }}',
        "orderByNumber": 'orderByNumber(number: "I-1") { id }',
        "orders": "orders { totalCount }",
        "returnQuote": f"returnQuote({quote}) {{ status }}",
        "case": f'case(id: "{ids["Case"]}") {{ id }}',
        "cases": "cases { totalCount }",
        "ticket": f'ticket(id: "{ids["Ticket"]}") {{ id }}',
        "tickets": "tickets { totalCount }",
        "appeals": "appeals { totalCount }",
    }
    assert set(asked) == set(schema._schema.query_type.fields) if schema._schema.query_type else False

    for name, field in asked.items():
        result = await life.client.run(f"{{ {field} }}", None)
        if result.errors:
            assert [(error.extensions or {})["code"] for error in result.errors] == ["UNAUTHENTICATED"], name
        else:
            assert result.data in ({name: None}, {name: [None]}), name
        own = (await life.client.run(f"{{ {field} }}", AGENT)).data
        assert own is not None, name
        assert own[name] not in (None, [None]), name


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.MERCHANT])
async def test_security_15_an_empty_set_of_rights_gives_none(life: Life, role: Role) -> None:
    await ids_of_everything(life)
    nobody = Viewer(role, "ben")

    document = "{ orders { totalCount } cases { totalCount } tickets { totalCount } appeals { totalCount } }"
    found = (await life.client.run(document, nobody)).data or {}

    assert {one["totalCount"] for one in found.values() if one} <= {0}


@pytest.mark.parametrize(
    ("name", "asked"),
    [("upsertOrders", {"orders": []}), ("setStock", {"levels": []}), ("recordShipmentEvents", {"events": []})],
)
async def test_security_15_what_systems_tell_is_told_by_no_one_else(
    life: Life, name: str, asked: dict[str, Any], schema: strawberry.Schema
) -> None:
    seller, ben = await life.seller(), None
    await life.sell("I-1")
    ben = await life.ben()
    for viewer in (ben, seller, AGENT, OPS):
        given = {"input": asked | {"idempotencyKey": f"{viewer.role}"}}
        result = await life.client.run(mutation_of(schema, name), viewer, given)
        codes = [(error.extensions or {})["code"] for error in result.errors or ()]
        if not codes:
            codes = [code for code, _ in refusals((result.data or {})[name])]
        assert codes == ["FORBIDDEN"], viewer


# ---- what errors say -----------------------------------------------------------------------------------


async def test_security_16_no_refusal_and_no_log_holds_an_e_mail_address(
    life: Life, schema: strawberry.Schema
) -> None:
    ids = await ids_of_everything(life)
    told: list[Any] = []
    with capture_logs() as logs:
        for viewer in [
            *(await strangers(life)).values(),
            await life.ben(),
            await life.seller(),
            AGENT,
            OPS,
            INGEST,
        ]:
            for name, asked in inputs(ids).items():
                given = {"input": asked | {"idempotencyKey": f"mail {name}", **wrong(asked)}}
                result = await life.client.run(
                    mutation_of(schema, name).replace("code", "code message"), viewer, given
                )
                told.append([result.data, [error.formatted for error in result.errors or ()]])
        guest = mutation_of(schema, "openGuestSession").replace("code", "code message")
        for number, mail in (("I-1", "eve@example.test"), ("no order", "ben@example.test")):
            asked = {"input": {"orderNumber": number, "email": mail}}
            told.append((await life.client.run(guest, None, asked)).data)

    assert len(told) > 200
    assert "@example.test" not in json.dumps(told, default=str)
    assert "@example.test" not in json.dumps(logs, default=str)


def wrong(asked: dict[str, Any]) -> dict[str, Any]:
    """A version that nobody has seen, where there is one."""
    return {"version": 0} if "version" in asked else {}


async def test_security_16_what_the_database_refuses_is_told_without_its_values(life: Life) -> None:
    await life.sell("I-1")
    twice = {"externalId": "1", "merchantExternalId": "shoe-house"}
    order = {"number": "I-9", "customer": {"externalId": "x", "displayName": "X", "email": "secret@example.test"}}
    document = "mutation ($input: UpsertOrdersInput!) { upsertOrders(input: $input) { userErrors { message } } }"

    result = await life.client.run(
        document, INGEST, {"input": {"orders": [order | {"lines": [twice, twice]}], "idempotencyKey": "k"}}
    )

    assert result.errors is not None
    messages = " ".join(error.message for error in result.errors)
    assert messages
    assert "PRIMARY" not in messages
    assert "sqlite" not in messages.lower()


# ---- ids that are hard to guess are no key -----------------------------------------------------------------


async def test_security_18_an_order_is_not_read_by_whoever_knows_its_id(life: Life) -> None:
    await life.sell("I-1")
    await life.shop.take(an_order("E-1", customer="eve"))
    eve, key = await life.shop.customer("eve"), await life.shop.order_id("I-1")
    document = (
        'query ($id: ID!) { order(id: $id) { id } orderByNumber(number: "I-1") { id } node(id: $id) { id } }'
    )
    nothing = {"order": None, "orderByNumber": None, "node": None}

    guest = replace(eve, order_id=await life.shop.key("orders", "number", "I-1"))  # her token, his order
    for viewer in (None, eve, guest):
        assert await life.client.ask(document, viewer, {"id": key}) == nothing
    found = await life.client.ask(document, await life.ben(), {"id": key})
    assert found == {field: {"id": key} for field in nothing}


# ---- filters and identities ------------------------------------------------------------------------------


def test_security_19_no_argument_lets_a_caller_choose_how_filters_are_combined(schema: strawberry.Schema) -> None:
    names = {
        argument
        for kind in schema._schema.type_map.values()
        if isinstance(kind, GraphQLObjectType)
        for field in kind.fields.values()
        for argument in field.args
    }
    fields = {
        field
        for name in ("OrderFilter", "CaseFilter", "TicketFilter")
        for field in schema._schema.type_map[name].fields  # type: ignore[attr-defined]
    }

    assert {"filter", "first", "input"} <= names
    assert not {
        name for name in names | fields if "operator" in name.lower() or name.lower() in {"or", "not", "and"}
    }


@pytest.mark.parametrize(
    ("field", "filters"),
    [
        ("orders", ['search: "I-1"', 'status: [DELIVERED], search: "I-1"', 'search: "Running"', 'search: "%"']),
        (
            "cases",
            ['search: "I-1"', "status: [APPROVED]", "overdue: false", 'search: "ben"', 'queue: ["disputes"]'],
        ),
        ("tickets", ['search: "My case"', "status: [OPEN]"]),
    ],
)
async def test_security_19_no_filter_shows_a_stranger_anything(life: Life, field: str, filters: list[str]) -> None:
    await ids_of_everything(life)
    eve, tea = await life.shop.customer("eve"), await life.shop.merchant("tea-corner")
    number = {"orders": "number", "cases": "number", "tickets": "subject"}[field]

    for text in filters:
        document = f"{{ {field}(filter: {{ {text} }}) {{ totalCount edges {{ node {{ {number} }} }} }} }}"
        for viewer in (eve, tea):
            found = (await life.client.ask(document, viewer))[field]
            names = {edge["node"][number] for edge in found["edges"]}
            assert names <= ({"E-1", "A-1"} if field == "orders" else set()), (text, viewer.role)
            assert found["totalCount"] == len(names)


async def test_security_19_an_e_mail_address_links_no_account_to_another(life: Life) -> None:
    mail = "shared@example.test"
    for name in ("mallory", "ben"):
        order = an_order(f"L-{name}")
        await life.shop.take(replace(order, customer=replace(order.customer, **person_of(name, mail))))
    guest = "mutation ($input: OpenGuestSessionInput!) { openGuestSession(input: $input) { token } }"
    asked = {"input": {"orderNumber": "L-mallory", "email": mail}}
    assert (await life.client.ask(guest, None, asked))["openGuestSession"]["token"]

    mallory = await life.shop.customer("mallory")
    one = replace(mallory, order_id=await life.shop.key("orders", "number", "L-mallory"))
    document = '{ orders { edges { node { number } } } orderByNumber(number: "L-ben") { id } }'
    for viewer in (mallory, one):
        found = await life.client.ask(document, viewer)
        assert found == {"orders": {"edges": [{"node": {"number": "L-mallory"}}]}, "orderByNumber": None}


def person_of(name: str, mail: str) -> dict[str, Any]:
    """A customer of that name and address."""
    return {"external_id": name, "display_name": name, "email": mail}


# ---- other people's ids ----------------------------------------------------------------------------------


async def test_security_20_a_line_of_another_order_is_not_returned_with_ones_own(life: Life) -> None:
    await life.sell("I-1")
    await life.shop.take(an_order("E-1", customer="eve"))
    eve = await life.shop.customer("eve")
    asked = await life.wanted("E-1")
    theirs = asked["lines"][0] | {"orderLineId": await life.shop.line_id("I-1")}

    refused = await life.refused(eve, "requestReturn", asked | {"lines": [*asked["lines"], theirs]})
    assert refused == ("NOT_FOUND", ["lines", "1", "orderLineId"])
    lines = [{"orderLineId": theirs["orderLineId"], "quantity": 1}]
    withdrawal = {"orderId": asked["orderId"], "lines": lines}
    refused = await life.refused(eve, "declareWithdrawal", withdrawal, fields="cases { id }")
    assert refused == ("NOT_FOUND", ["lines", "0", "orderLineId"])


async def test_security_20_a_guests_token_opens_one_order_and_no_other_id(life: Life) -> None:
    ids = await ids_of_everything(life)
    guest = (await strangers(life))["the guest of another order"]
    own = await life.shop.order_id("I-2")

    assert (await life.client.ask(NODE, guest, {"id": own}))["node"] == {"id": own}
    for name in ("Order", "OrderLine", "Case", "Refund", "Dispute", "Ticket"):
        assert (await life.client.ask(NODE, guest, {"id": ids[name]}))["node"] is None, name
    about = {"orderId": ids["Order"], "subject": "s", "body": "b"}
    refused = await life.refused(guest, "openTicket", about, fields="ticket { id }")
    assert refused == ("NOT_FOUND", ["orderId"])


@pytest.mark.parametrize("text", ["1", "0", "-1", "Order:1", "Case:1", "C-1", "A-1"])
async def test_security_21_a_number_is_the_id_of_nothing(life: Life, schema: strawberry.Schema, text: str) -> None:
    before = await dump(life.shop.database)
    for key in (text, urlsafe_b64encode(text.encode()).decode().rstrip("=")):
        document = "query ($id: ID!) { node(id: $id) { id } order(id: $id) { id } case(id: $id) { id } }"
        found = await life.client.ask(document, AGENT, {"id": key})
        assert found == {"node": None, "order": None, "case": None}
        ids = dict.fromkeys([*NODES, "Offer"], key)
        for name in ("cancelCase", "overrideCase", "approveCase", "shipExchange", "requestReturn"):
            given = {"input": inputs(ids)[name] | {"idempotencyKey": f"{name} {key}"}}
            payload = (await life.client.ask(mutation_of(schema, name), AGENT, given))[name]
            assert {code for code, _ in refusals(payload)} <= {"NOT_FOUND", "FORBIDDEN"}
    assert await dump(life.shop.database) == before


async def test_security_21_ids_of_neighbours_are_no_neighbours(life: Life) -> None:
    await life.sell("I-1")
    await life.sell("I-2")
    one, two = [await life.shop.key("orders", "number", number) for number in ("I-1", "I-2")]

    assert abs(one.int - two.int) > 2**32
    assert global_id("Order", one) != global_id("Case", one)
