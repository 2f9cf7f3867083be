"""What each role may see of each field, written out by hand.

On purpose nothing here is computed from the project's own policy or markings: whoever loosens one of those must
come here, too, and say so. ``none`` means nothing, ``part`` the partial form, ``whole`` all of it.
"""

from __future__ import annotations

from enum import StrEnum

ROLES = ("agent", "senior_agent", "supervisor", "finance", "auditor", "admin")


class Sight(StrEnum):
    NONE = "none"
    PART = "part"
    WHOLE = "whole"


# Columns after the name: how a part looks ("-": there is no part), then one sight per role, as in ROLES.
_TABLE = """
order.origin.sales_team                   -      none   whole  whole  whole  whole  none
order.origin.country                      place  part   whole  whole  part   part   none
order.refundable                          -      whole  whole  whole  whole  whole  none
order.lines.refundable                    -      whole  whole  whole  whole  whole  none
order.lines.available                     band   part   whole  whole  whole  whole  none
order.lines.unit_cost                     -      none   whole  whole  whole  whole  none
order.lines.stock.on_hand                 band   part   whole  whole  whole  whole  none
order.lines.stock.reserved                -      none   whole  whole  whole  whole  none
order.lines.stock.available               band   part   whole  whole  whole  whole  none
customer.name                             name   part   whole  whole  part   part   none
customer.account                          name   part   whole  whole  part   part   none
customer.email                            email  part   whole  whole  part   part   none
customer.phone                            phone  part   whole  whole  part   part   none
customer.mobile                           phone  part   whole  whole  part   part   none
customer.address.name                     name   part   whole  whole  part   part   none
customer.address.street                   -      none   whole  whole  none   none   none
customer.address.postcode                 -      none   whole  whole  none   none   none
customer.address.city                     -      none   whole  whole  none   none   none
customer.address.country                  place  part   whole  whole  part   part   none
customer.delivery_address.name            name   part   whole  whole  part   part   none
customer.delivery_address.street          -      none   whole  whole  none   none   none
customer.delivery_address.postcode        -      none   whole  whole  none   none   none
customer.delivery_address.city            -      none   whole  whole  none   none   none
customer.delivery_address.country         place  part   whole  whole  part   part   none
customer.invoice_address.name             name   part   whole  whole  part   part   none
customer.invoice_address.street           -      none   whole  whole  none   none   none
customer.invoice_address.postcode         -      none   whole  whole  none   none   none
customer.invoice_address.city             -      none   whole  whole  none   none   none
customer.invoice_address.country          place  part   whole  whole  part   part   none
customer.tax_id                           last4  part   whole  whole  part   part   none
customer.total_invoiced                   -      whole  whole  whole  whole  whole  none
customer.credit                           -      whole  whole  whole  whole  whole  none
customer.loyalty.points                   -      whole  whole  whole  whole  whole  none
customer.loyalty.code                     last4  none   part   part   whole  part   none
customer.warnings                         -      none   whole  whole  none   none   none
invoices.total                            -      whole  whole  whole  whole  whole  none
invoices.residual                         -      whole  whole  whole  whole  whole  none
invoices.lines.total                      -      whole  whole  whole  whole  whole  none
credit_notes.total                        -      whole  whole  whole  whole  whole  none
credit_notes.residual                     -      whole  whole  whole  whole  whole  none
credit_notes.lines.total                  -      whole  whole  whole  whole  whole  none
credit_notes.reason                       -      none   whole  whole  none   none   none
payments.ref                              last4  none   part   part   whole  part   none
payments.provider_ref                     last4  none   part   part   whole  part   none
payments.amount                           -      whole  whole  whole  whole  whole  none
payments.provider                         -      none   none   none   whole  none   none
payments.method                           -      none   none   none   whole  none   none
messages.author                           name   part   whole  whole  part   part   none
messages.body                             -      none   whole  whole  none   none   none
match.customer                            name   part   whole  whole  part   part   none
match.account                             name   part   whole  whole  part   part   none
match.city                                -      none   whole  whole  none   none   none
match.postcode                            -      none   whole  whole  none   none   none
match.origin.sales_team                   -      none   whole  whole  whole  whole  none
match.origin.country                      place  part   whole  whole  part   part   none
timeline.author                           name   part   whole  whole  part   part   none
timeline.detail                           -      none   whole  whole  none   none   none
timeline.amount                           -      whole  whole  whole  whole  whole  none
"""

# What a field of each class shows that has a partial form, also for classes that no record uses today.
_CLASSES = """
              public  internal  personal  financial  payment  secret
agent         whole   part      part      whole      none     none
senior_agent  whole   whole     whole     whole      part     none
supervisor    whole   whole     whole     whole      part     none
finance       whole   whole     part      whole      whole    none
auditor       whole   whole     part      whole      part     none
admin         whole   none      none      none       none     none
"""

# Everything else there is: what the customer's own paperwork shows.
_OPEN = """
order: connection company.id company.name id ref channel_ref replaces source state delivery invoicing placed_at
order: promised_at warehouse brand region untaxed tax total origin.website origin.warehouse
order.lines: id kind sku name archived uom ordered shipped delivered invoiced returned announced returnable
order.lines: unit_price discount_percent total stock.warehouse category
customer: id account_id is_company language tax_profile orders_count loyalty.program loyalty.unit loyalty.expires_on
customer: has_warning
customer: preferences.email_opted_out preferences.phone_opted_out
shipments: id ref kind state warehouse carrier tracking_numbers tracking_url scheduled_at done_at backorder_of
shipments: lines.line_id lines.sku lines.name lines.quantity lines.uom lines.lots
preparations: id ref kind state warehouse carrier tracking_numbers tracking_url scheduled_at done_at backorder_of
preparations: lines.line_id lines.sku lines.name lines.quantity lines.uom lines.lots
invoices: id ref state payment_state issued_on due_on reverses lines.line_ids lines.name lines.quantity
credit_notes: id ref state payment_state issued_on due_on reverses linked lines.line_ids lines.name lines.quantity
payments: id source is_refund state at document_ref
returns: id ref source of_shipment destination headline logistics decision money announced_at received_at
returns: tracking_numbers lines.line_id lines.sku lines.name lines.quantity lines.received lines.uom
returns: lines.logistics lines.decision lines.money
messages: id at kind
match: connection company.id company.name id ref channel_ref state placed_at total customer_id account_id why
match: brand region origin.website origin.warehouse
timeline: key at kind title
"""

_ROWS = [line.split() for line in _TABLE.strip().splitlines()]

FORMS: dict[str, str] = {path: form for path, form, *_ in _ROWS}
SIGHT: dict[str, dict[str, Sight]] = {
    path: dict(zip(ROLES, map(Sight, sights), strict=True)) for path, _form, *sights in _ROWS
}
_HEAD, *_LINES = [line.split() for line in _CLASSES.strip().splitlines()]
CLASS_SIGHT: dict[str, dict[str, Sight]] = {
    role: dict(zip(_HEAD, map(Sight, sights), strict=True)) for role, *sights in _LINES
}
OPEN_FIELDS: frozenset[str] = frozenset(
    f"{head}.{name}"
    for head, _, names in (line.partition(": ") for line in _OPEN.strip().splitlines())
    for name in names.split()
)
SENSITIVE_FIELDS: frozenset[str] = frozenset(SIGHT)

# Sensitive fields that the order page does not draw; the API gives them.
NOT_ON_THE_PAGE: frozenset[str] = frozenset(
    f"customer.address.{name}" for name in ("name", "street", "postcode", "city", "country")
) | {"order.origin.sales_team", "order.origin.country"}
