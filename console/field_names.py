"""What the fields that may be masked are called where a page speaks about a field instead of showing it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Where a field stands: the longest beginning of its path that is listed.
_PARTS: dict[str, str | Promise] = {
    "order": _("Order"),
    "order.origin": _("Order’s origin"),
    "order.lines": _("Lines"),
    "order.lines.stock": _("Stock by warehouse"),
    "customer": _("Customer"),
    "customer.address": _("Contact address"),
    "customer.delivery_address": _("Ships to"),
    "customer.invoice_address": _("Bills to"),
    "customer.loyalty": _("Loyalty"),
    "invoices": _("Invoices"),
    "invoices.lines": _("Lines of invoices"),
    "credit_notes": _("Credit notes"),
    "credit_notes.lines": _("Lines of credit notes"),
    "payments": _("Payments"),
    "messages": _("Messages"),
    "timeline": _("Timeline"),
    "returns": _("Returns"),
    "case": _("Case"),
    "entries": _("Conversation"),
    "shipments": _("Shipments"),
    "preparations": _("Steps before shipping"),
}

_NAMES: dict[str, str | Promise] = {
    "account": _("Account"),
    "amount": _("Amount"),
    "author": _("Author"),
    "available": _("Available"),
    "body": _("Text"),
    "city": _("City"),
    "code": _("Code"),
    "country": _("Country"),
    "credit": _("Owes"),
    "customer": _("Customer"),
    "detail": _("Text"),
    "email": _("E-mail"),
    "method": _("Method"),
    "mobile": _("Mobile"),
    "name": _("Name"),
    "on_hand": _("On hand"),
    "phone": _("Phone"),
    "points": _("Points"),
    "postcode": _("Postcode"),
    "provider": _("Provider"),
    "provider_ref": _("Provider’s reference"),
    "reason": _("Reason"),
    "ref": _("Reference"),
    "refundable": _("Refundable"),
    "reserved": _("Reserved"),
    "residual": _("Open amount"),
    "sales_team": _("Sales team"),
    "street": _("Street"),
    "subject": _("Subject"),
    "tax_id": _("Tax number"),
    "total": _("Total"),
    "total_invoiced": _("Invoiced so far"),
    "unit_cost": _("Unit cost"),
    "warnings": _("Warnings"),
}


def field_name(path: str) -> str:
    """ "Customer · E-mail"; a field without a name of its own is called as programs call it."""
    above, _dot, last = path.rpartition(".")
    name = str(_NAMES.get(last) or last.replace("_", " ").capitalize())
    part = _PARTS.get(above) or _PARTS.get(above.partition(".")[0])
    return f"{part} · {name}" if part else name
