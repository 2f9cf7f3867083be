"""The shapes of the API for its OpenAPI description, and the check of what comes in.

A value that the caller's role may not see is null and its path is listed under ``masked``; one of which they may see
a part is that part, as text.
"""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers


class Shape(serializers.Serializer[Any]):
    """Describes a body; records are built and masked elsewhere, so nothing is ever created from one."""


class MoneyShape(Shape):
    amount = serializers.CharField(help_text="A decimal number as text, with the currency's own places.")
    currency = serializers.CharField(help_text="ISO 4217 code.")


class AddressShape(Shape):
    name = serializers.CharField(allow_null=True)
    street = serializers.CharField(allow_null=True)
    postcode = serializers.CharField(allow_null=True)
    city = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True)


class StockLevelShape(Shape):
    warehouse = serializers.CharField()
    on_hand = serializers.CharField(allow_null=True)
    reserved = serializers.CharField(allow_null=True)
    available = serializers.CharField(allow_null=True)


class RemedyShape(Shape):
    allowed = serializers.BooleanField()
    quantity = serializers.CharField()
    until = serializers.DateTimeField(allow_null=True)
    explanation = serializers.CharField()
    eligible_if = serializers.CharField(allow_null=True)


EligibilityShape = inline_serializer(
    "EligibilityShape",
    {remedy: RemedyShape(allow_null=True) for remedy in ("return", "replace", "exchange")},
)


class OrderLineShape(Shape):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    sku = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    archived = serializers.BooleanField()
    uom = serializers.CharField(allow_null=True)
    ordered = serializers.CharField(allow_null=True)
    shipped = serializers.CharField(allow_null=True, help_text="Done moves to the customer.")
    delivered = serializers.CharField(allow_null=True, help_text="Odoo's own net figure.")
    invoiced = serializers.CharField(allow_null=True, help_text="Odoo's own net figure.")
    returned = serializers.CharField(allow_null=True)
    announced = serializers.CharField(allow_null=True)
    returnable = serializers.CharField(allow_null=True, help_text="shipped - returned - announced")
    refundable = MoneyShape(allow_null=True)
    available = serializers.CharField(allow_null=True)
    unit_price = MoneyShape(allow_null=True)
    discount_percent = serializers.CharField(allow_null=True)
    unit_cost = MoneyShape(allow_null=True)
    total = MoneyShape(allow_null=True)
    stock = StockLevelShape(many=True)
    category = serializers.CharField(allow_null=True, help_text="Of the product, with those above it.")
    eligibility = EligibilityShape


class OriginShape(Shape):
    sales_team = serializers.CharField(allow_null=True)
    website = serializers.CharField(allow_null=True)
    warehouse = serializers.CharField(allow_null=True)
    country = serializers.CharField(allow_null=True, help_text="ISO 3166 code of where it is shipped.")


class OrderShape(Shape):
    connection = serializers.CharField()
    company = serializers.IntegerField(
        help_text="Odoo's id; means something only together with the connection."
    )
    company_name = serializers.CharField()
    id = serializers.IntegerField()
    ref = serializers.CharField()
    channel_ref = serializers.CharField(allow_null=True)
    replaces = serializers.CharField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # the shape has a key of that name
    state = serializers.CharField()
    delivery = serializers.CharField(allow_null=True)
    invoicing = serializers.CharField(allow_null=True)
    placed_at = serializers.DateTimeField(allow_null=True)
    promised_at = serializers.DateTimeField(allow_null=True)
    warehouse = serializers.CharField(allow_null=True)
    brand = serializers.CharField(allow_null=True)
    region = serializers.CharField(allow_null=True)
    origin = OriginShape(allow_null=True)
    untaxed = MoneyShape()
    tax = MoneyShape()
    total = MoneyShape()
    refundable = MoneyShape(allow_null=True)
    lines = OrderLineShape(many=True)


class LoyaltyShape(Shape):
    program = serializers.CharField()
    points = serializers.CharField(allow_null=True)
    unit = serializers.CharField(allow_null=True)
    code = serializers.CharField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)


class PreferencesShape(Shape):
    email_opted_out = serializers.BooleanField(allow_null=True)
    phone_opted_out = serializers.BooleanField(allow_null=True)


class CustomerHoldShape(Shape):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    owner_id = serializers.IntegerField()
    owner = serializers.CharField(help_text="A colleague's name.")
    placed_at = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class CustomerShape(Shape):
    id = serializers.IntegerField()
    account_id = serializers.IntegerField(
        help_text="Of the company a contact belongs to, or the customer's own."
    )
    name = serializers.CharField(allow_null=True)
    account = serializers.CharField(allow_null=True)
    is_company = serializers.BooleanField()
    email = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    mobile = serializers.CharField(allow_null=True)
    address = AddressShape(allow_null=True)
    delivery_address = AddressShape(allow_null=True)
    invoice_address = AddressShape(allow_null=True)
    language = serializers.CharField(allow_null=True)
    tax_id = serializers.CharField(allow_null=True)
    tax_profile = serializers.CharField(allow_null=True)
    orders_count = serializers.IntegerField(allow_null=True)
    total_invoiced = MoneyShape(allow_null=True)
    credit = MoneyShape(allow_null=True)
    loyalty = LoyaltyShape(many=True)
    preferences = PreferencesShape()
    has_warning = serializers.BooleanField()
    warnings = serializers.ListField(child=serializers.CharField(), allow_null=True)
    holds = CustomerHoldShape(many=True, help_text="Our own, open ones.")


class ShipmentLineShape(Shape):
    line_id = serializers.IntegerField(allow_null=True)
    sku = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    quantity = serializers.CharField()
    uom = serializers.CharField(allow_null=True)
    lots = serializers.ListField(child=serializers.CharField())


class ShipmentShape(Shape):
    id = serializers.IntegerField()
    ref = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    warehouse = serializers.CharField(allow_null=True)
    carrier = serializers.CharField(allow_null=True)
    tracking_numbers = serializers.ListField(child=serializers.CharField())
    tracking_url = serializers.CharField(allow_null=True)
    scheduled_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    backorder_of = serializers.CharField(allow_null=True)
    lines = ShipmentLineShape(many=True)


class AxesShape(Shape):
    logistics = serializers.CharField()
    decision = serializers.CharField()
    money = serializers.CharField()


class ReturnLineShape(AxesShape):
    line_id = serializers.IntegerField(allow_null=True)
    sku = serializers.CharField(allow_null=True)
    name = serializers.CharField()
    quantity = serializers.CharField()
    received = serializers.CharField()
    uom = serializers.CharField(allow_null=True)


class ReturnShape(AxesShape):
    id = serializers.IntegerField()
    ref = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the shape has a key of that name
    of_shipment = serializers.CharField(allow_null=True)
    destination = serializers.CharField(allow_null=True)
    headline = serializers.CharField()
    announced_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
    tracking_numbers = serializers.ListField(child=serializers.CharField())
    lines = ReturnLineShape(many=True)


class DocumentLineShape(Shape):
    line_ids = serializers.ListField(child=serializers.IntegerField())
    name = serializers.CharField()
    quantity = serializers.CharField()
    total = MoneyShape(allow_null=True)


class InvoiceShape(Shape):
    id = serializers.IntegerField()
    ref = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    total = MoneyShape(allow_null=True)
    residual = MoneyShape(allow_null=True)
    payment_state = serializers.CharField()
    issued_on = serializers.DateField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    reverses = serializers.CharField(allow_null=True)
    lines = DocumentLineShape(many=True)


class CreditNoteShape(InvoiceShape):
    reason = serializers.CharField(allow_null=True)
    linked = serializers.BooleanField()


class PaymentShape(Shape):
    id = serializers.IntegerField()
    source = serializers.CharField()  # type: ignore[assignment]  # the shape has a key of that name
    ref = serializers.CharField(allow_null=True)
    provider_ref = serializers.CharField(allow_null=True)
    state = serializers.CharField()
    amount = MoneyShape(allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    provider = serializers.CharField(allow_null=True)
    method = serializers.CharField(allow_null=True)
    document_ref = serializers.CharField(allow_null=True)


class MessageShape(Shape):
    id = serializers.IntegerField()
    at = serializers.DateTimeField(allow_null=True)
    kind = serializers.CharField()
    author = serializers.CharField(allow_null=True)
    body = serializers.CharField(allow_null=True)


class EventShape(Shape):
    key = serializers.CharField(help_text="Tells it from the order's other events.")
    at = serializers.DateTimeField(allow_null=True)
    kind = serializers.CharField()
    title = serializers.CharField()
    author = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)
    amount = MoneyShape(allow_null=True)


class ContradictionShape(Shape):
    code = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField(help_text="For the agent.")
    customer_message = serializers.CharField(help_text="Safe to say to the customer.")


class FreshnessShape(Shape):
    source = serializers.ChoiceField(choices=["live", "snapshot"])  # type: ignore[assignment]  # the shape has a key of that name
    fetched_at = serializers.DateTimeField()
    age_s = serializers.IntegerField()
    stale = serializers.BooleanField()
    problem = serializers.CharField(allow_null=True)  # why Odoo could not be asked anew


class OrderRecordShape(Shape):
    order = OrderShape()
    customer = CustomerShape(allow_null=True)
    shipments = ShipmentShape(many=True)
    preparations = ShipmentShape(many=True)
    returns = ReturnShape(many=True)
    invoices = InvoiceShape(many=True)
    credit_notes = CreditNoteShape(many=True)
    payments = PaymentShape(many=True)
    messages = MessageShape(many=True)
    timeline = EventShape(many=True)
    contradictions = ContradictionShape(many=True)
    masked = serializers.ListField(child=serializers.CharField())
    problems = serializers.DictField(child=serializers.CharField())
    freshness = FreshnessShape()
    odoo_calls = serializers.IntegerField()


class SearchQuery(Shape):
    q = serializers.CharField(max_length=100)


class SearchResultShape(Shape):
    """An order or a case: what the other kind has is left out."""

    kind = serializers.ChoiceField(choices=["order", "case"])
    connection = serializers.CharField()
    company = serializers.IntegerField()
    ref = serializers.CharField(help_text="Of a case, its speakable number: C-000123.")
    title = serializers.CharField()
    why = serializers.CharField(help_text="Every reason why it matches, in words, joined by commas.")
    reasons = serializers.ListField(child=serializers.CharField(), help_text="The same as stable words.")
    state = serializers.CharField()
    customer = serializers.CharField(allow_null=True)
    masked = serializers.ListField(child=serializers.CharField())
    company_name = serializers.CharField(required=False, help_text="Of an order, as the next four.")
    channel_ref = serializers.CharField(required=False, allow_null=True)
    placed_at = serializers.DateTimeField(required=False, allow_null=True)
    total = MoneyShape(required=False)
    account = serializers.CharField(
        required=False, allow_null=True, help_text="The company a contact belongs to."
    )
    id = serializers.IntegerField(required=False, help_text="Of a case, as the rest.")
    type = serializers.CharField(required=False)
    subject = serializers.CharField(required=False, allow_null=True)
    ticket = serializers.CharField(required=False, allow_null=True)
    updated_at = serializers.DateTimeField(required=False)


class SearchAnswer(Shape):
    results = SearchResultShape(many=True, help_text="Orders first, then cases.")
    ambiguous = serializers.BooleanField()
    question = serializers.CharField(
        allow_null=True, help_text="What to ask the customer to tell the results apart; holds no answer."
    )
    account_orders = SearchResultShape(many=True, help_text="Other orders of the accounts found.")
    has_more = serializers.BooleanField(help_text="A limit hid some matches.")
    silent = serializers.DictField(
        child=serializers.CharField(), help_text="Connections that did not answer, and why."
    )


class ProblemShape(Shape):
    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    request_id = serializers.CharField()
    detail = serializers.CharField(required=False)
