"""What can be asked now? The addresses, a token for each role, and three questions ready to paste."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

from graphql import strip_ignored_characters
from msgspec import Struct

import bff.http.console
from bff.cli.terminal import out
from bff.http.tokens import LONGEST_LIFE, Keyring, mint
from bff.schema.ids import global_id
from bff.storage.database import Database
from bff.vocabulary import Role

EXAMPLES = Path(bff.http.console.__file__).with_name("examples")
PRINTED = ("1-orders", "2-quote", "3-exchange")


class Sample(Struct, frozen=True):
    """One delivered line of the demo shop of which another variant is in stock, and who bought and sold it."""

    customer: str
    merchant: str
    order: str
    line: str


class Example(Struct, frozen=True):
    """A question: what it asks in words, its document, and the variables that fit this database."""

    title: str
    document: str
    variables: Mapping[str, str]

    def curl(self, address: str) -> str:
        """The line that asks it from a shell, as the customer."""
        body = {"query": strip_ignored_characters(self.document), "variables": self.variables}
        return (
            f'curl -s {address}/graphql -H "Authorization: Bearer $CUSTOMER" '
            f"-H 'Content-Type: application/json' -d {shlex.quote(json.dumps(body))}"
        )


SAMPLE = """
    SELECT o.customer_id, l.merchant_id, o.id AS order_id, l.id AS line_id
    FROM orders o JOIN customers c ON c.id = o.customer_id JOIN order_lines l ON l.order_id = o.id
    JOIN variants v ON v.sku = l.sku AND v.currency = o.currency
    WHERE c.external_id = ? AND o.delivered_at IS NOT NULL AND l.quantity > l.quantity_held AND EXISTS (
        SELECT 1 FROM variants w
        WHERE w.product_id = v.product_id AND w.currency = v.currency AND w.id <> v.id AND w.stock > w.reserved)
    ORDER BY o.delivered_at DESC, l.position LIMIT 1
"""


async def sample(database: Database, customer: str) -> Sample | None:
    """What the examples ask about: the newest such line of the customer with that external id."""
    rows = await database.rows(SAMPLE, customer)
    return Sample(*(str(value) for value in rows[0].values())) if rows else None


def tokens(keyring: Keyring, found: Sample) -> dict[Role, str]:
    """A token for each role, good for a day."""
    subjects = {Role.CUSTOMER: found.customer, Role.MERCHANT: found.merchant}
    return {role: mint(keyring, role, subjects.get(role, "demo"), seconds=LONGEST_LIFE) for role in Role}


def ids(found: Sample) -> dict[str, str]:
    """The variables of the examples, as the graph writes ids."""
    return {"order": global_id("Order", UUID(found.order)), "line": global_id("OrderLine", UUID(found.line))}


def examples(found: Sample) -> list[Example]:
    """The printed questions."""
    known = ids(found)
    made = []
    for name in PRINTED:
        first, _, document = (EXAMPLES / f"{name}.graphql").read_text(encoding="utf-8").partition("\n")
        used = {key: value for key, value in known.items() if f"${key}:" in document}
        made.append(Example(first.removeprefix("# "), document.strip(), used))
    return made


def welcome(address: str, keyring: Keyring, found: Sample) -> None:
    """Prints it all."""
    made = tokens(keyring, found)
    console = f"{address}/graphql#{urlencode({'token': made[Role.CUSTOMER], **ids(found)})}"
    out.print("\n[bold]The after-sales graph is served.[/] Stop it with Ctrl-C.\n")
    out.print(f"[bold]Graph[/]     {address}/graphql", markup=True)
    out.print(f"[bold]GraphiQL[/]  [link={console}]{console}[/link]")
    out.print(f"[bold]Health[/]    {address}/healthz  {address}/readyz\n")
    out.print("[bold]A token for each role, good for a day[/]")
    for role, token in made.items():
        out.print(f"export {role}={token}", markup=False)
    for number, example in enumerate(examples(found), 1):
        out.print(f"\n[bold]{number}. {example.title}[/]\n")
        out.print(example.document, markup=False, style="cyan")
        if example.variables:
            out.print(f"\nwith the variables {json.dumps(example.variables)}", markup=False)
        out.print(f"\n{example.curl(address)}", markup=False)
