"""Why? One statement of one rule, in the viewer's language."""

import strawberry
from msgspec import Struct

from bff.policy import decision
from bff.policy.manifest import Audience
from bff.policy.rendering import Reader
from bff.schema.context import Info, RequestContext
from bff.schema.enums import Effect, RuleSource
from bff.schema.fields import attribute, resolved
from bff.vocabulary import Role


class ExplanationSource(Struct, frozen=True, eq=False):
    """A statement with the time zone that its dates are shown in."""

    statement: decision.Explanation
    time_zone: str

    @property
    def code(self) -> str:
        """The plugin's own code, under its name."""
        return self.statement.code

    @property
    def plugin(self) -> str:
        """Whose statement it is."""
        return self.statement.plugin

    @property
    def effect(self) -> Effect:
        """What it did, or wanted to do."""
        return self.statement.effect

    @property
    def overruled(self) -> bool:
        """Whether something stronger decided otherwise."""
        return self.statement.overruled

    @property
    def source(self) -> RuleSource:
        """On whose authority it speaks."""
        return self.statement.source

    @property
    def citation(self) -> str | None:
        """The article or clause."""
        return self.statement.citation


def sources(decided: decision.Decision, line: decision.LineDecision) -> list[ExplanationSource]:
    """Every statement about a line, the most decisive first."""
    return [ExplanationSource(statement, decided.time_zone) for statement in line.explanations]


def audience(context: RequestContext) -> Audience:
    """In whose words a rule speaks to this viewer."""
    role = context.viewer.role if context.viewer else Role.CUSTOMER
    if role is Role.MERCHANT:
        return Audience.MERCHANT
    return Audience.CUSTOMER if role is Role.CUSTOMER else Audience.AUDITOR


def reader(context: RequestContext, time_zone: str) -> Reader:
    """For whom a rule is put into words."""
    return Reader(locale=context.locale, audience=audience(context), time_zone=time_zone)


def message(root: ExplanationSource, info: Info) -> str:
    """The rule's words, with dates and amounts as the locale writes them."""
    return info.context.kernel.render(root.statement, reader(info.context, root.time_zone))


@strawberry.type(description="Why: one statement of one plugin, in the viewer's language.")
class Explanation:
    code: str = attribute(
        'Stable, and its plugin\'s own: "no_reason_return.window_closed". Clients may branch on it.'
    )
    message: str = resolved(message, "For people, in the language of the request; wording may change.")
    plugin: str = attribute('Who says it; "kernel" for what no plugin can change.')
    effect: Effect = attribute("What it did to the answer, or wanted to where something stronger overruled it.")
    overruled: bool = attribute("Something stronger decided otherwise: it is said so that nothing is left out.")
    source: RuleSource = attribute("On whose authority.")
    citation: str | None = attribute("The article or clause that it rests on; null where none is recorded.")
