"""Which plugins take part? Those found and admitted; a package that cannot be loaded is listed, not fatal.

Loading is in two steps. A package that cannot even be imported is put in quarantine with its error, for one
broken package must not end the shop; what it might have said is missed, so its fault reaches every decision.
A package that loads but breaks a rule, or two that contradict each other, stop the start with all problems.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import msgspec
import pluggy
from msgspec import Struct

from bff.policy.contributions import Capability
from bff.policy.facts import FactProvider
from bff.policy.hookspecs import PROJECT, HookSpecs
from bff.policy.manifest import Manifest, ReasonCode
from bff.policy.refusals import conflicts, fact_refusals, hook_refusals, manifest_refusals
from bff.vocabulary import Basis

ENTRY_POINT_GROUP = PROJECT
Grants = Mapping[str, Capability]
Hook = tuple[Callable[..., Any], tuple[str, ...]]


class Plugin(Struct, frozen=True, kw_only=True):
    """An admitted plugin: what it declared, what it was granted, and its implementations by hook."""

    name: str
    manifest: Manifest
    granted: Capability
    hooks: Mapping[str, Hook]
    codes: Mapping[str, ReasonCode]
    needs: frozenset[str]

    def serves(self, market: str, basis: Basis | None) -> bool:
        """Whether it is asked about a request there and on that basis (None: about no request)."""
        manifest = self.manifest
        in_market = manifest.markets is None or market in manifest.markets
        return in_market and (basis is None or not manifest.bases or basis in manifest.bases)


class Quarantined(Struct, frozen=True):
    """A package that could not be loaded. `missed` is what it might have done to a decision."""

    name: str
    error: str
    missed: Capability


class Registry(Struct, frozen=True, kw_only=True):
    """The plugins that take part, by name, and those that do not."""

    plugins: tuple[Plugin, ...]
    quarantined: tuple[Quarantined, ...] = ()

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The declarations of the plugins that take part."""
        return tuple(plugin.manifest for plugin in self.plugins)

    @property
    def needs(self) -> frozenset[str]:
        """The ids of all facts that any plugin reads."""
        return frozenset(fact for manifest in self.manifests for fact in manifest.needs)

    @property
    def providers(self) -> tuple[FactProvider, ...]:
        """The facts' sources that plugins bring themselves."""
        return tuple(provider for manifest in self.manifests for provider in manifest.provides)


class RegistryError(ValueError):
    """Plugins that cannot be admitted: `problems` has one line for each, naming the plugins."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("plugins refused:\n" + "\n".join(f"- {problem}" for problem in problems))
        self.problems = tuple(problems)


def normalised(name: str) -> str:
    """A plugin's name as it is compared and printed: lower case, words joined by underscores."""
    return re.sub(r"[-_.\s]+", "_", name.strip()).lower()


def discover() -> tuple[EntryPoint, ...]:
    """The installed packages' entry points of the group `aftersales`, not yet imported, by name."""
    return tuple(sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: (entry.name, entry.value)))


def load_plugins(
    entries: Iterable[Any], grants: Grants | None = None, facts: Iterable[FactProvider] | None = None
) -> Registry:
    """Admits plugins: entry points (see `discover`), modules or objects, in any order.

    `grants` is the operator's word on what each plugin may contribute (None: whatever it wants). `facts` are
    the sources that the host brings; given, every fact that a plugin needs must have one source. Raises
    RegistryError with every problem of those that could be loaded.
    """
    granted = None if grants is None else {normalised(name): capability for name, capability in grants.items()}
    found: dict[str, Any] = {}
    quarantined: list[Quarantined] = []
    problems: list[str] = []
    for entry in entries:
        try:
            plugin = entry.load() if isinstance(entry, EntryPoint) else entry
            manifest = _manifest(plugin)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 - whatever a broken package raises, the host starts
            quarantined.append(_quarantine(entry, error, granted))
            continue
        name = normalised(manifest.name)
        if name in found:
            problems.append(
                f"{_manifest(found[name]).name!r} and {manifest.name!r}: two plugins of one name, {name}"
            )
        found.setdefault(name, plugin)
    plugins = _admit(found, granted, facts, problems)
    return Registry(plugins=plugins, quarantined=tuple(sorted(quarantined, key=lambda each: each.name)))


def _manifest(plugin: Any) -> Manifest:
    manifest = getattr(plugin, "manifest", None)
    if not isinstance(manifest, Manifest):
        raise TypeError(f"`manifest` is {type(manifest).__name__}, not a Manifest")
    return manifest


def _quarantine(entry: Any, error: BaseException, grants: Grants | None) -> Quarantined:
    name = normalised(
        entry.name if isinstance(entry, EntryPoint) else getattr(entry, "__name__", type(entry).__name__)
    )
    # Without a word of the operator it might have done anything.
    missed = ~Capability.EXPLAIN if grants is None else grants.get(name, Capability.EXPLAIN)
    return Quarantined(name, f"{type(error).__name__}: {error}", missed)


def _admit(
    found: Mapping[str, Any],
    grants: Grants | None,
    facts: Iterable[FactProvider] | None,
    problems: list[str],
) -> tuple[Plugin, ...]:
    manifests = {name: _manifest(found[name]) for name in sorted(found)}
    for name, manifest in manifests.items():
        allowed = manifest.wants if grants is None else grants.get(name, Capability.EXPLAIN)
        problems += manifest_refusals(name, manifest, allowed)
        problems += hook_refusals(name, found[name])
    problems += conflicts(manifests)
    problems += fact_refusals(manifests, facts)
    if problems:
        raise RegistryError(problems)
    return tuple(_plugin(name, found[name], manifest) for name, manifest in manifests.items())


def _plugin(name: str, plugin: Any, manifest: Manifest) -> Plugin:
    return Plugin(
        name=name,
        manifest=msgspec.structs.replace(manifest, name=name),
        granted=manifest.wants,
        hooks=_hooks(name, plugin),
        codes={code.code: code for code in manifest.codes},
        needs=frozenset(manifest.needs),
    )


def _hooks(name: str, plugin: Any) -> dict[str, Hook]:
    host = pluggy.PluginManager(PROJECT)
    host.add_hookspecs(HookSpecs)
    host.register(plugin, name=name)
    host.check_pending()
    callers = host.get_hookcallers(plugin) or []
    return {
        caller.name: (implementation.function, tuple(implementation.argnames))
        for caller in callers
        for implementation in caller.get_hookimpls()
    }
