"""Which rows may this viewer see? Conditions, so that foreign rows are as absent as missing ones."""

from uuid import UUID

from msgspec import Struct

from bff.storage.reads.fragment import FALSE, TRUE, Fragment
from bff.viewer import Viewer
from bff.vocabulary import Role


class Scope(Struct, frozen=True):
    """Everything, one customer's or one merchant's rows, or nothing. Deny by default: `Scope()` sees nothing."""

    everything: bool = False
    customer: UUID | None = None
    merchant: UUID | None = None

    @classmethod
    def of(cls, viewer: Viewer | None) -> "Scope":
        """The scope of a viewer; nobody, and a role without its id, sees nothing."""
        if viewer is None:
            return cls()
        if viewer.role is Role.CUSTOMER:
            return cls(customer=viewer.customer_id)
        if viewer.role is Role.MERCHANT:
            return cls(merchant=viewer.merchant_id)
        return cls(everything=viewer.is_staff)

    def orders(self, alias: str = "o") -> Fragment:
        """Orders: a customer's own; those in which a merchant sold a line."""
        if self.everything:
            return TRUE
        if self.customer is not None:
            return Fragment(f"{alias}.customer_id = ?", (self.customer,))
        if self.merchant is not None:
            return Fragment(
                "EXISTS (SELECT 1 FROM order_lines seen"
                f" WHERE seen.order_id = {alias}.id AND seen.merchant_id = ?)",
                (self.merchant,),
            )
        return FALSE

    def lines(self, alias: str = "l", order: str = "o") -> Fragment:
        """Order lines: of a customer's own orders; a merchant's own."""
        if self.merchant is not None:
            return Fragment(f"{alias}.merchant_id = ?", (self.merchant,))
        return self.orders(order)

    def cases(self, alias: str = "c") -> Fragment:
        """Cases: a customer's own; those against the merchant."""
        if self.everything:
            return TRUE
        if self.customer is not None:
            return Fragment(f"{alias}.customer_id = ?", (self.customer,))
        if self.merchant is not None:
            return Fragment(f"{alias}.merchant_id = ?", (self.merchant,))
        return FALSE

    def customers(self, alias: str = "u") -> Fragment:
        """Customers: oneself; those who bought from the merchant."""
        if self.everything:
            return TRUE
        if self.customer is not None:
            return Fragment(f"{alias}.id = ?", (self.customer,))
        if self.merchant is not None:
            return Fragment(
                "EXISTS (SELECT 1 FROM orders bought JOIN order_lines sold ON sold.order_id = bought.id"
                f" WHERE bought.customer_id = {alias}.id AND sold.merchant_id = ?)",
                (self.merchant,),
            )
        return FALSE

    def merchants(self, alias: str = "m") -> Fragment:
        """Merchants: oneself; those whom the customer bought from."""
        if self.everything:
            return TRUE
        if self.merchant is not None:
            return Fragment(f"{alias}.id = ?", (self.merchant,))
        if self.customer is not None:
            return Fragment(
                "EXISTS (SELECT 1 FROM orders bought JOIN order_lines sold ON sold.order_id = bought.id"
                f" WHERE sold.merchant_id = {alias}.id AND bought.customer_id = ?)",
                (self.customer,),
            )
        return FALSE
