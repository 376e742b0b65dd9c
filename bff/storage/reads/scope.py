"""Which rows may this viewer see? Conditions, so that foreign rows are as absent as missing ones."""

from uuid import UUID

from msgspec import Struct

from bff.storage.reads.fragment import FALSE, TRUE, Fragment
from bff.viewer import Viewer
from bff.vocabulary import Role


class Scope(Struct, frozen=True):
    """Everything, one customer's or one merchant's rows, or nothing. Deny by default: `Scope()` sees nothing.

    With `order` it is a guest's: of the customer's rows only those of that order.
    """

    everything: bool = False
    customer: UUID | None = None
    merchant: UUID | None = None
    order: UUID | None = None

    @classmethod
    def of(cls, viewer: Viewer | None) -> "Scope":
        """The scope of a viewer; nobody, and a role without its id, sees nothing."""
        if viewer is None:
            return cls()
        if viewer.role is Role.CUSTOMER:
            return cls(customer=viewer.customer_id, order=viewer.order_id)
        if viewer.role is Role.MERCHANT:
            return cls(merchant=viewer.merchant_id)
        return cls(everything=viewer.is_staff)

    def orders(self, alias: str = "o") -> Fragment:
        """Orders: a customer's own, a guest's one; those in which a merchant sold a line."""
        if self.everything:
            return TRUE
        if self.customer is not None:
            return self._owned(alias, "id")
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
        """Cases: a customer's own, a guest's on the one order; those against the merchant."""
        return self._of_both_sides(alias)

    def tickets(self, alias: str = "t") -> Fragment:
        """Tickets: a customer's own, a guest's about the one order; those that are a merchant's to answer."""
        return self._of_both_sides(alias)

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
        """Merchants: oneself; those whom the customer bought from, in a guest's one order."""
        if self.everything:
            return TRUE
        if self.merchant is not None:
            return Fragment(f"{alias}.id = ?", (self.merchant,))
        if self.customer is not None:
            bought = self._owned("bought", "id")
            return Fragment(
                "EXISTS (SELECT 1 FROM orders bought JOIN order_lines sold ON sold.order_id = bought.id"
                f" WHERE sold.merchant_id = {alias}.id AND {bought.text})",
                bought.args,
            )
        return FALSE

    def _of_both_sides(self, alias: str) -> Fragment:
        """Rows that name their customer, order and merchant."""
        if self.everything:
            return TRUE
        if self.customer is not None:
            return self._owned(alias, "order_id")
        if self.merchant is not None:
            return Fragment(f"{alias}.merchant_id = ?", (self.merchant,))
        return FALSE

    def _owned(self, alias: str, order_column: str) -> Fragment:
        """The customer's rows; for a guest those of the one order."""
        own = Fragment(f"{alias}.customer_id = ?", (self.customer,))
        if self.order is None:
            return own
        return own & Fragment(f"{alias}.{order_column} = ?", (self.order,))
