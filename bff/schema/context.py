"""What does one request carry? Its viewer, clock, language, database and rules; built anew for each."""

from collections.abc import Callable, Sequence
from datetime import datetime

import strawberry

from bff.execution.batched import Batches
from bff.live.bus import Bus
from bff.policy.facts import FactProvider
from bff.policy.kernel import Kernel
from bff.rates import Rates
from bff.schema.errors import unauthenticated
from bff.storage.database import Database
from bff.storage.reads.scope import Scope
from bff.viewer import Viewer


class RequestContext:
    """`info.context` of every resolver. `now` is UTC, `locale` one of LOCALES, `signing_keys` have 32 bytes or
    more each: the first one signs, all are believed. `providers` are the sources of facts, the host's and
    the plugins'. `address` is where the caller asks from, empty where nobody knows. `idempotency_key` is what
    the request's header says, for inputs that leave theirs empty. `rates` counts what may not be tried often,
    over all requests that share it. `bus` carries what changes; `renew` makes the context that the same caller
    would get now.
    """

    def __init__(  # noqa: PLR0913 - each request brings all of it
        self,
        *,
        viewer: Viewer | None,
        database: Database,
        kernel: Kernel,
        providers: Sequence[FactProvider],
        now: datetime,
        signing_keys: Sequence[bytes],
        locale: str = "en",
        address: str = "",
        idempotency_key: str | None = None,
        rates: Rates | None = None,
        bus: Bus | None = None,
        renew: Callable[[], "RequestContext"] | None = None,
    ) -> None:
        self.viewer = viewer
        self.database = database
        self.kernel = kernel
        self.providers = tuple(providers)
        self.now = now
        self.signing_keys = tuple(signing_keys)
        self.locale = locale
        self.address = address
        self.idempotency_key = idempotency_key
        self.rates = rates or Rates()
        self.bus = bus or Bus()
        self._renew = renew
        self.batches = Batches()
        self.scope = Scope.of(viewer)

    def renewed(self) -> "RequestContext":
        """A context of now for the same caller: nothing that was read before is in it."""
        assert self._renew is not None, "only streams outlive their context"
        return self._renew()

    def signed_in(self) -> Viewer:
        """The viewer. Raises UNAUTHENTICATED when there is none."""
        if self.viewer is None:
            raise unauthenticated()
        return self.viewer


Info = strawberry.Info[RequestContext, None]
