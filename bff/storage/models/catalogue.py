"""What is sold? Products with their variants and stock, from which exchanges are offered."""

from tortoise import Model, fields

from bff.storage.fields import id_field
from bff.storage.models.checks import holds, not_negative


class Product(Model):
    """One thing in all its sizes and colours."""

    id = id_field()
    merchant = fields.ForeignKeyField("bff.Merchant", related_name="products", on_delete=fields.RESTRICT)
    external_id = fields.CharField(max_length=100)
    title = fields.CharField(max_length=300)
    category = fields.CharField(max_length=200)

    class Meta:
        table = "products"
        unique_together = (("merchant_id", "external_id"),)


class Variant(Model):
    """One size and colour, with its list price in minor units and its stock.

    A sku is its merchant's own name: two merchants may use the same one for different goods.
    """

    id = id_field()
    product = fields.ForeignKeyField("bff.Product", related_name="variants", on_delete=fields.CASCADE)
    merchant = fields.ForeignKeyField("bff.Merchant", related_name="variants", on_delete=fields.RESTRICT)
    sku = fields.CharField(max_length=100)
    variant = fields.CharField(max_length=200, null=True)
    currency = fields.CharField(max_length=3)
    price_minor = fields.BigIntField()
    stock = fields.IntField(default=0)
    reserved = fields.IntField(default=0)
    image_url = fields.CharField(max_length=1000, null=True)

    class Meta:
        table = "variants"
        unique_together = (("merchant_id", "sku", "currency"),)
        indexes = (("product_id",),)
        constraints = (
            holds("variants", "reserves_what_is_there", "0 <= reserved AND reserved <= stock"),
            holds("variants", "currency_has_three_letters", "length(currency) = 3"),
            *not_negative("variants", "price_minor"),
        )
