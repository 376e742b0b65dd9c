"""What is waited for, and until when? One open deadline of a case."""

from datetime import datetime

import strawberry

from bff.schema.enums import DeadlineKind
from bff.schema.fields import attribute


@strawberry.type(description="Something that a case waits for, with the instant at which the waiting ends.")
class Deadline:
    kind: DeadlineKind = attribute("What is waited for.")
    due_at: datetime = attribute(
        "The first instant at which it is too late, counted once in the market's calendar. One that has passed"
        " stays until its consequence has been drawn."
    )
    on_expiry: str = attribute(
        "What its passing does, one word: APPROVE (silence is consent), EXPIRE (the case ends), PAY (whatever is"
        " due), COMPLETE (what was sent counts as delivered), CLOSE (the possibility ends), ESCALATE (an agent"
        " looks). There may be more words some day."
    )
