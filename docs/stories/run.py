"""Does the shop do right by everybody? Twelve stories, told to a running server, each with its books.

    make run                                  # in one shell
    .venv/bin/python docs/stories/run.py      # in another; --help says how to reach another server

Every story makes a customer and an order of its own. Stories that wait for a deadline move the shop's clock on,
which only a development server on SQLite lets them. What is printed is the same each time.
"""

import argparse
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.request import urlopen

from shop import Shop
from tales import TALES


def told(case: dict[str, Any]) -> Iterator[str]:
    """A case at its end: how it stands, what was refunded, and its books."""
    yield f"  {case['status']}, liable: {case['liability']['party']}"
    for refund in case["refunds"]:
        yield f"  refund {refund['amount']['amount']} {refund['method']} {refund['status']}"
    for transaction in case["ledger"]:
        entries = (
            f"{entry['account']} {float_free(entry['amount']['amount'])}" for entry in transaction["entries"]
        )
        yield f"    {transaction['kind']:20} {', '.join(entries)}"


def float_free(amount: str) -> str:
    """An amount with its sign, as it came: "+96.50"."""
    return amount if amount.startswith("-") else f"+{amount}"


def answers(address: str) -> bool:
    """Whether a server is there."""
    try:
        with urlopen(f"{address.rstrip('/')}/healthz") as response:  # noqa: S310 - ours
            return bool(response.status == HTTPStatus.OK)
    except OSError:
        return False


def main() -> None:
    """Tells the stories, or those whose names are given."""
    parser = argparse.ArgumentParser(description="Tells the twelve stories to a running server.")
    known = [tale.__name__ for tale in TALES]
    parser.add_argument("names", nargs="*", help="only these: " + ", ".join(known))
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    parser.add_argument("--database", default="sqlite:///data/shop.sqlite3", help="the server's; for its commands")
    given = parser.parse_args()
    if unknown := ", ".join(set(given.names).difference(known)):
        parser.error(f"there is no story {unknown}; there are {', '.join(known)}")
    if not answers(given.address):
        parser.exit(1, f"No server answers at {given.address}: start one with make run\n")
    shop = Shop(given.address, given.database)
    for number, tale in enumerate(TALES, start=1):
        if given.names and tale.__name__ not in given.names:
            continue
        print(f"{number}. {tale.__doc__}", flush=True)
        for title, case in tale(shop):
            print(f"  -- {title}")
            print("\n".join(told(case)), flush=True)


if __name__ == "__main__":
    main()
