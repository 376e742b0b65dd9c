"""How is a server put together? The one place that wires database, rules, graph and edge, once for each app."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from importlib.metadata import EntryPoint

import strawberry
from msgspec import Struct
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from bff.clock import shop_clock
from bff.execution.stock import StockExecutor
from bff.execution.streaming import Streamer
from bff.http.console import Console, asset_routes
from bff.http.event_stream import EventStreamEndpoint
from bff.http.headers import SecurityHeaders
from bff.http.health import health_routes
from bff.http.operations import OperationStore
from bff.http.price import Tariff
from bff.http.sockets import SocketEndpoint
from bff.http.streams import Places, Streams
from bff.http.tokens import BearerAuthentication
from bff.http.view import EVENTS_PATH, SOCKET_PATH, Caller, GraphQLView
from bff.http.webhooks import webhook_route
from bff.live.bus import Bus
from bff.live.redis_bus import bus_for
from bff.live.running import jobs
from bff.policy.facts import FactProvider
from bff.policy.kernel import Kernel
from bff.policy.parameters import PolicySet
from bff.policy.registry import Registry, discover, load_plugins, normalised
from bff.rates import Rates
from bff.resolvers.schema import build_schema
from bff.schema.context import RequestContext
from bff.schema.ids import global_id
from bff.settings import Environment, Settings, SettingsError
from bff.storage.database import Database
from bff.storage.fact_providers import providers
from bff.storage.failures import DatabaseUnavailableError
from bff.storage.migrate import MigrationError, pending
from bff.worker.running import working
from bff.worker.till import Till
from bff.worker.worker import Task

# A point is about a millisecond of work at most. The kernel's decisions are what costs: one for a line's
# eligibility with all that is told of it, eleven for its reasons. Most orders are short.
TARIFF = Tariff(
    weights={
        "OrderLine.returnEligibility": 2,
        "OrderLine.returnReasons": 5,
        "OrderLine.exchangeOptions": 2,
        "ReturnQuoteLine.eligibility": 1,
        "Query.returnQuote": 10,
        "Customer.entitlements": 1,
    },
    weights_by_item={
        "Query.returnQuote": 1,
        "Mutation.upsertOrders": 1,
        "Mutation.approveCases": 2,
        "Mutation.recordShipmentEvents": 1,
    },
    sizes={"Order.lines": 2, "Shipment.lines": 2, "Case.tickets": 2, "TicketMessage.attachments": 2},
)


class Wiring(Struct, frozen=True):
    """The parts of one app, for those who look inside: the doctor, the tests, the command line."""

    settings: Settings
    database: Database
    registry: Registry
    policy_set: PolicySet
    kernel: Kernel
    providers: tuple[FactProvider, ...]
    schema: strawberry.Schema
    bus: Bus
    rates: Rates
    till: Till

    def now(self) -> datetime:
        """The shop's clock, in UTC: the machine's, unless a developer has stopped or moved it."""
        return shop_clock(self.settings)()


def wire(settings: Settings) -> Wiring:
    """Loads plugins and policies and makes the parts; opens nothing.

    Raises SettingsError, RegistryError or PolicyError with every problem: nobody is served by half the rules.
    """
    database = Database(settings.database_url)
    facts = tuple(providers(database))
    installed = {normalised(entry.name): entry for entry in discover()}
    plugins = enabled_plugins(settings, installed)
    registry = load_plugins(plugins.values(), settings.grants_of(plugins), facts)
    idle = installed.keys() - {plugin.name for plugin in registry.plugins}
    policy_set = PolicySet.load(settings.policies, registry.manifests, idle)
    return Wiring(
        settings=settings,
        database=database,
        registry=registry,
        policy_set=policy_set,
        kernel=Kernel(registry, policy_set),
        providers=(*facts, *registry.providers),
        schema=build_schema(),
        bus=bus_for(settings.redis_url),
        rates=Rates(settings.redis_url),
        till=Till(settings),
    )


def enabled_plugins(settings: Settings, installed: Mapping[str, EntryPoint]) -> Mapping[str, EntryPoint]:
    """The entry points of the plugins that take part. Raises SettingsError for one that is not installed."""
    named = settings.taking_part(installed)
    missing = [("BFF_PLUGINS", name) for name in named if normalised(name) not in installed]
    missing += [("BFF_GRANTS", name) for name in settings.grants if normalised(name) not in installed]
    if missing:
        there = ", ".join(sorted(installed)) or "none"
        raise SettingsError(
            [f"{variable} names {name}, which is not installed; installed: {there}" for variable, name in missing]
        )
    return {normalised(name): installed[normalised(name)] for name in named}


class WithDatabase:
    """ASGI middleware: inside a request, models speak to this app's database."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app, self._database = app, database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on with the database active."""
        with self._database.active():
            await self._app(scope, receive, send)


def create_app(settings: Settings, wiring: Wiring | None = None) -> ASGIApp:
    """The ASGI application. Several can live in one process: nothing is kept outside of them."""
    wired = wiring or wire(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await wired.database.open()
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(wired.bus)
                if settings.worker:
                    work = working(wired.database, wired.till, wired.now, news_of(wired))
                    await stack.enter_async_context(work)
                yield
        finally:
            await wired.till.close()
            await wired.rates.close()
            await wired.database.close()

    operations, make_context = operations_of(wired), context_of(wired)
    view = graph_view(wired, operations, make_context)
    streams = streams_of(wired, operations, make_context)
    routes = [
        *(asset_routes() if settings.graphiql else []),
        Route("/graphql", Console(view) if settings.graphiql else view),
        WebSocketRoute(SOCKET_PATH, SocketEndpoint(streams, settings.cors_origins)),
        Route(EVENTS_PATH, EventStreamEndpoint(streams)),
        webhook_route(wired.database, wired.till.name, wired.till.provider, wired.now, settings.limits),
        *health_routes(lambda: obstacles(wired.database)),
    ]
    app: ASGIApp = WithDatabase(Starlette(routes=routes, lifespan=lifespan), wired.database)
    if settings.cors_origins:
        app = CORSMiddleware(
            app,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", "Accept-Language", "Idempotency-Key"],
        )
    return SecurityHeaders(app, over_https=settings.environment is Environment.PRODUCTION)


def news_of(wired: Wiring) -> list[Task]:
    """What a worker does so that changes are heard."""
    todo = jobs(wired.database, wired.bus, wired.registry, global_id, wired.now)
    return [Task(job.name, job.every, job.work, wakes=job.wakes) for job in todo]


MakeContext = Callable[[Caller], RequestContext]


def operations_of(wired: Wiring) -> OperationStore:
    """The documents that clients have sent, for all the ways to send them."""
    settings = wired.settings
    return OperationStore(
        wired.schema._schema,  # noqa: SLF001 - the graphql-core schema has no public name
        settings.limits,
        TARIFF,
        introspection=settings.introspection,
    )


def graph_view(wired: Wiring, operations: OperationStore, make_context: MakeContext) -> GraphQLView:
    """The GraphQL endpoint of this product."""
    settings = wired.settings
    return GraphQLView(
        operations=operations,
        execute=StockExecutor(wired.schema, hide_suggestions=not settings.introspection),
        make_context=make_context,
        authenticate=BearerAuthentication(settings.signing_keys),
        limits=settings.limits,
        locales=settings.locales,
    )


def streams_of(wired: Wiring, operations: OperationStore, make_context: MakeContext) -> Streams:
    """What subscriptions need, whichever way they come."""
    settings, limits = wired.settings, wired.settings.limits
    return Streams(
        operations=operations,
        stream=Streamer(
            wired.schema,
            at_once=limits.slots,
            seconds=limits.request_seconds,
            hide_suggestions=not settings.introspection,
        ),
        make_context=make_context,
        prove=BearerAuthentication(settings.signing_keys).proof,
        limits=limits,
        places=Places(limits),
        locales=settings.locales,
    )


def context_of(wired: Wiring) -> MakeContext:
    """Makes each request's context."""
    keys = tuple(key.encode() for key in wired.settings.signing_keys)

    def make(caller: Caller) -> RequestContext:
        return RequestContext(
            viewer=caller.viewer,
            database=wired.database,
            kernel=wired.kernel,
            providers=wired.providers,
            now=wired.now(),
            signing_keys=keys,
            locale=caller.locale,
            address=caller.address,
            idempotency_key=caller.idempotency_key,
            rates=wired.rates,
            bus=wired.bus,
            renew=lambda: make(caller),
        )

    return make


async def obstacles(database: Database) -> list[str]:
    """What keeps this server from answering: a database that is away, or tables of another version."""
    try:
        await database.rows("SELECT 1")
        return [f"migration {name}" for name in await pending(database)]
    except DatabaseUnavailableError:
        return ["database"]
    except MigrationError:
        return []  # the tables are newer than this version, as they are while a new one is rolled out
