"""How much may one request ask for? Every bound of the edge, with the default that a new shop starts with."""

from msgspec import Struct


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds on requests; sizes in bytes, times in seconds. At the limit is fine, one past it is not."""

    # the document
    tokens: int = 1000
    depth: int = 10  # fields below one another; a connection's edges, node and nodes are not counted
    aliases: int = 15  # aliased fields, and fields repeated within one selection
    root_fields: int = 10
    directives: int = 10
    directives_per_field: int = 3
    fragments: int = 30
    cost: int = 1000  # points, see docs/limits.md
    nodes: int = 5000
    documents: int = 500  # parsed and validated documents that are kept
    document_bytes: int = 16_384  # a longer one is not kept
    documents_bytes: int = 32_000_000  # what the kept ones may take together, by estimate
    # the message
    body_bytes: int = 100_000
    header_bytes: int = 16_384
    url_bytes: int = 16_384
    json_depth: int = 64
    # the process
    body_seconds: float = 5.0
    request_seconds: float = 8.0
    slots: int = 4  # operations at work, half of them for one caller; more would only share the processor
    queue: int = 32  # requests that wait for a slot, half of them of one caller
    queue_seconds: float = 4.0
    # what stays open: sockets and event streams, which take no slot
    streams: int = 1000
    streams_per_caller: int = 20
    subscriptions: int = 20  # at once on one socket
    init_seconds: float = 10.0  # in which a new socket must say who it is
