"""How was it paid? One tender of an order."""

import strawberry

from bff import texts
from bff.schema.context import Info
from bff.schema.enums import PaymentMethod
from bff.schema.fields import attribute, resolved
from bff.schema.money import Money, amount_of
from bff.storage.reads.payments import PaymentRow


def label(root: PaymentRow, info: Info) -> str:
    """What the payment system calls it, else the method in the viewer's language."""
    return root.label or texts.text(info.context.locale, "payment", root.method.value)


@strawberry.type(description="One tender of an order: an order may be paid in several ways.")
class Payment:
    method: PaymentMethod = attribute("How this part was paid.")
    captured: Money = resolved(amount_of("captured_minor"), "What was really taken, not what was only authorised.")
    refunded: Money = resolved(amount_of("refunded_minor"), "What went back to this tender so far.")
    label: str = resolved(label, 'What the customer would recognise: "Visa, ends in 4242".')
