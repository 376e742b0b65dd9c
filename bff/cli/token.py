"""`bff token`: who do I want to be? A bearer token for one caller, signed with this server's key."""

from typing import Annotated
from uuid import UUID

import typer

from bff.cli.terminal import CommandError, settings_here, shown, with_database
from bff.http.tokens import LONGEST_LIFE, Keyring, mint
from bff.schema.ids import parse_id
from bff.vocabulary import Role

# Where external ids are looked up, by the type that a global id names.
LOOKUPS = {
    "Customer": "SELECT id FROM customers WHERE external_id = ?",
    "Merchant": "SELECT id FROM merchants WHERE external_id = ?",
}
LONGEST_MINUTES = LONGEST_LIFE // 60


def token(
    role: Annotated[str, typer.Option(help="customer, merchant, agent, ops or ingest.")],
    customer: Annotated[str | None, typer.Option(help="Graph id, UUID or external id of the customer.")] = None,
    merchant: Annotated[str | None, typer.Option(help="Graph id, UUID or external id of the merchant.")] = None,
    subject: Annotated[str, typer.Option(help="The name of an agent, operator or system.")] = "cli",
    minutes: Annotated[int, typer.Option(min=1, max=LONGEST_MINUTES, help="How long it lives.")] = 60,
) -> None:
    """Prints a token. The demo key signs it unless BFF_SIGNING_KEY is set; production has no demo key."""
    settings = settings_here()
    chosen = role_of(role)

    match chosen:
        case Role.CUSTOMER:
            name = identity("Customer", customer, settings.database_url)
        case Role.MERCHANT:
            name = identity("Merchant", merchant, settings.database_url)
        case _:
            name = subject
    typer.echo(mint(Keyring(settings.signing_keys), chosen, name, seconds=minutes * 60))


def role_of(text: str) -> Role:
    """The role of that name. Raises CommandError, which lists the roles."""
    try:
        return Role(text.upper())
    except ValueError:
        raise CommandError(f"{text!r} is no role; there are {', '.join(role.lower() for role in Role)}") from None


def identity(kind: str, given: str | None, url: str) -> str:
    """The UUID of a customer or merchant, from any of its three names. Raises CommandError for none."""
    option = kind.lower()
    if not given:
        raise CommandError(f"the role {option} needs --{option} with a graph id, UUID or external id")
    parsed = parse_id(given)
    if parsed is not None:
        if parsed[0] != kind:
            raise CommandError(f"{given} is an id of the type {parsed[0]}, not {kind}")
        return str(parsed[1])
    try:
        return str(UUID(given))
    except ValueError:
        return looked_up(kind, given, url)


def looked_up(kind: str, external_id: str, url: str) -> str:
    """The UUID behind an external id."""
    found = with_database(url, lambda database: database.rows(LOOKUPS[kind], external_id))
    if not found:
        raise CommandError(f"there is no {kind.lower()} with the external id {external_id!r} in {shown(url)}")
    return str(UUID(str(found[0]["id"])))
