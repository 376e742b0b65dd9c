"""Why must a plugin not take part? Every rule that its manifest and hooks break, said at once, by name."""

import difflib
import inspect
import re
import typing
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
import pluggy

from bff.markets import markets
from bff.policy.contributions import Capability
from bff.policy.facts import FactProvider
from bff.policy.hookspecs import PROJECT, HookSpecs
from bff.policy.manifest import API_VERSION, LOCALES, Amounts, Audience, Manifest, ReasonCode
from bff.vocabulary import Basis

PLACEHOLDER = re.compile(r"\{(\w+)\}")
TITLE = "title"  # the heading of an entitlement's text
AUDIENCES = frozenset({*Audience, TITLE})
HOST = "the host"


# ---- one manifest -------------------------------------------------------------------------------


def manifest_refusals(name: str, manifest: Manifest, granted: Capability) -> Iterator[str]:
    """The rules that one manifest breaks on its own."""
    if manifest.api != API_VERSION:
        yield f"{name}: speaks version {manifest.api} of the plugin interface, the host speaks {API_VERSION}"
    missing = manifest.wants & ~granted
    if missing:
        yield f"{name}: wants {_names(missing)}, which the deployment does not grant it"
    for code in sorted((manifest.markets or frozenset()) - set(markets())):
        yield f"{name}: {code!r} is no market; there are {', '.join(sorted(markets()))}"
    for locale in LOCALES:
        if locale not in manifest.title or locale not in manifest.description:
            yield f"{name}: title and description are missing in {locale!r}"
    yield from _code_refusals(name, manifest)
    yield from _parameter_refusals(name, manifest)


def _names(capabilities: Capability) -> str:
    return ", ".join(sorted(each.name or "" for each in Capability if each in capabilities))


def _code_refusals(name: str, manifest: Manifest) -> Iterator[str]:
    seen: set[str] = set()
    for code in manifest.codes:
        if code.code in seen:
            yield f"{name}: the code {code.code!r} is declared twice"
        seen.add(code.code)
        yield from _text_refusals(name, code)


def _text_refusals(name: str, code: ReasonCode) -> Iterator[str]:
    where = f"{name}.{code.code}"
    for locale in LOCALES:
        if Audience.CUSTOMER not in code.texts.get(locale, {}):
            yield f"{where}: has no text for the customer in {locale!r}"
    for locale, by_audience in sorted(code.texts.items()):
        for audience in sorted(set(by_audience) - AUDIENCES):
            yield f"{where}: {audience!r} in {locale!r} is no audience; there are {', '.join(sorted(AUDIENCES))}"
    said = {
        locale: set(PLACEHOLDER.findall(texts[Audience.CUSTOMER]))
        for locale, texts in code.texts.items()
        if Audience.CUSTOMER in texts
    }
    if len({frozenset(names) for names in said.values()}) > 1:
        listed = "; ".join(
            f"{locale}: {', '.join(sorted(names)) or 'none'}" for locale, names in sorted(said.items())
        )
        yield f"{where}: the customer's texts name different values ({listed})"


def _parameter_refusals(name: str, manifest: Manifest) -> Iterator[str]:
    declared = manifest.parameters
    keys: tuple[str, ...] = ()
    if declared is not None:
        if not (isinstance(declared, type) and issubclass(declared, msgspec.Struct)):
            yield f"{name}: `parameters` is not a msgspec.Struct"
            return
        keys = declared.__struct_fields__
        if not declared.__struct_config__.frozen:
            yield f"{name}: {declared.__name__} must be frozen, for its values are shared"
        for field in msgspec.structs.fields(declared):
            if field.required:
                yield f"{name}: parameter {field.name!r} has no default, the rule as it is without any record"
    for key in sorted({*manifest.dated_by, *manifest.floors} - set(keys)):
        yield f"{name}: {key!r} is dated or has a floor, but is no parameter{nearest(key, keys)}"
    for key in sorted((manifest.reserved | manifest.ceilings) - set(keys)):
        yield f"{name}: {key!r} is reserved or has a ceiling, but is no parameter{nearest(key, keys)}"
    if declared is not None:
        yield from _floor_refusals(name, manifest, declared)


def _floor_refusals(name: str, manifest: Manifest, declared: type) -> Iterator[str]:
    hints = typing.get_type_hints(declared)
    for key in sorted(set(manifest.floors) & set(hints)):
        if hints[key] is not int:
            yield f"{name}: parameter {key!r} has a floor, so it must be a whole number"
    for key in sorted(set(manifest.ceilings) & set(hints)):
        if hints[key] is not Amounts:
            yield f"{name}: parameter {key!r} has a ceiling, so it must be Amounts"


def nearest(word: str, words: Iterable[str]) -> str:
    """The end of a complaint about a word: a near miss, else all words that there are."""
    known = sorted(words)
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are {', '.join(known)}" if known else "; there are none"


# ---- its hooks ----------------------------------------------------------------------------------


def hook_refusals(name: str, plugin: Any) -> Iterator[str]:
    """The rules that a plugin's hook implementations break: unknown, wrapping, ordered, async or ill-argued."""
    specs = pluggy.PluginManager(PROJECT)
    specs.add_hookspecs(HookSpecs)
    known = {hook for hook in vars(HookSpecs) if not hook.startswith("_")}
    for attribute in sorted(dir(plugin)):
        marks = specs.parse_hookimpl_opts(plugin, attribute)
        if marks is None:
            continue
        hook = marks.get("specname") or attribute
        if hook not in known:
            yield f"{name}: {hook!r} is no hook{nearest(hook, known)}"
            continue
        for mark in ("wrapper", "hookwrapper", "tryfirst", "trylast", "optionalhook"):
            if marks.get(mark):
                yield f"{name}.{hook}: {mark} is refused, for order never matters"
        yield from _signature_refusals(f"{name}.{hook}", hook, getattr(plugin, attribute))


def _signature_refusals(where: str, hook: str, function: Any) -> Iterator[str]:
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        yield f"{where}: is async; a hook is pure, and its facts are read before it is asked"
    if inspect.isgeneratorfunction(function):
        yield f"{where}: is a generator; a hook returns a list or tuple"
    wanted = list(inspect.signature(getattr(HookSpecs, hook)).parameters)[1:]
    for argument in inspect.signature(function).parameters.values():
        if argument.name not in wanted or argument.kind is not argument.POSITIONAL_OR_KEYWORD:
            yield f"{where}: argument {str(argument)!r} is unknown; it may take {', '.join(wanted)}"
        elif argument.default is not argument.empty:
            yield f"{where}: argument {argument.name!r} has a default, so it would never be given"


# ---- several manifests --------------------------------------------------------------------------


def conflicts(manifests: Mapping[str, Manifest]) -> Iterator[str]:
    """What two plugins both claim to own."""
    owners: dict[Basis, list[str]] = defaultdict(list)
    for name, manifest in manifests.items():
        for owned in manifest.bases:
            owners[owned].append(name)
    for basis, names in sorted(owners.items()):
        if len(names) > 1:
            yield f"{' and '.join(names)}: both own the basis {basis.value!r}, which has exactly one owner"


def fact_refusals(manifests: Mapping[str, Manifest], host: Iterable[FactProvider] | None) -> Iterator[str]:
    """Facts with two sources or none, and sources that wait for one another.

    With None for the host's sources only what plugins bring is checked, for the rest is not known.
    """
    sources: dict[str, list[tuple[str, FactProvider]]] = defaultdict(list)
    for provider in host or ():
        sources[provider.fact.id].append((HOST, provider))
    for name, manifest in manifests.items():
        for provider in manifest.provides:
            sources[provider.fact.id].append((name, provider))
    for fact, provided in sorted(sources.items()):
        if len(provided) > 1:
            yield f"{' and '.join(name for name, _ in provided)}: both provide the fact {fact!r}"
    if host is not None:
        yield from _missing_facts(manifests, sources)
    yield from _cycles(sources)


def _missing_facts(
    manifests: Mapping[str, Manifest], sources: Mapping[str, list[tuple[str, FactProvider]]]
) -> Iterator[str]:
    for name, manifest in manifests.items():
        for fact in sorted(set(manifest.needs) - set(sources)):
            yield f"{name}: needs the fact {fact!r}, which nobody provides{nearest(fact, sources)}"
    for fact, provided in sorted(sources.items()):
        for name, provider in provided:
            for earlier in sorted(set(provider.after) - set(sources)):
                yield f"{name}: {fact!r} comes after {earlier!r}, which nobody provides"


def _cycles(sources: Mapping[str, list[tuple[str, FactProvider]]]) -> Iterator[str]:
    waits = {fact: set(provided[0][1].after) & set(sources) for fact, provided in sources.items()}
    while ready := [fact for fact, earlier in waits.items() if not earlier & set(waits)]:
        for fact in ready:
            del waits[fact]
    if waits:
        names = sorted({sources[fact][0][0] for fact in waits})
        yield f"{' and '.join(names)}: the facts {', '.join(sorted(waits))} wait for one another"
