"""The customer behind an order: contact, account, addresses, tax, loyalty, preferences and warnings."""

from __future__ import annotations

from collections.abc import Sequence

from integrations.canonical import Address, ContactPreferences, Customer, LoyaltyBalance
from integrations.odoo.mapping.values import (
    Currency,
    Row,
    day,
    decimal,
    display,
    quantity,
    reference,
    related,
    text,
)


def customer(order: Row, cards: Sequence[Row], company_currency: Currency) -> Customer | None:
    """None where the partner could not be read. ``cards`` are the loyalty cards of the order's own partner."""
    partner = related(order, "partner_id")
    if partner is None:
        return None
    return Customer(
        id=partner["id"],
        account_id=(related(partner, "commercial_partner_id") or partner)["id"],
        name=text(partner.get("name")) or text(partner.get("display_name")) or "",
        account=_account(partner),
        is_company=bool(partner.get("is_company")),
        email=text(partner.get("email")),
        phone=text(partner.get("phone")),
        mobile=text(partner.get("mobile")),
        address=address(partner),
        delivery_address=address(related(order, "partner_shipping_id")),
        invoice_address=address(related(order, "partner_invoice_id")),
        language=text(partner.get("lang")),
        tax_id=text(partner.get("vat")),
        # The order's own position wins over the customer's: it is the one taxes were computed with.
        tax_profile=display(order, "fiscal_position_id") or display(partner, "property_account_position_id"),
        orders_count=int(partner["sale_order_count"]) if "sale_order_count" in partner else None,
        total_invoiced=company_currency.money(partner["total_invoiced"])
        if "total_invoiced" in partner
        else None,
        credit=company_currency.money(partner["credit"]) if "credit" in partner else None,
        loyalty=tuple(loyalty(card) for card in cards),
        preferences=ContactPreferences(
            email_opted_out=_flag(partner, "is_blacklisted"),
            phone_opted_out=_flag(partner, "phone_blacklisted"),
        ),
        has_warning=bool(_warnings(partner)),
        warnings=_warnings(partner),
    )


def _account(partner: Row) -> str | None:
    owner = related(partner, "commercial_partner_id")
    if owner is None or owner.get("id") == partner["id"]:
        return None
    return text(owner.get("display_name"))


def _flag(partner: Row, field: str) -> bool | None:
    return bool(partner[field]) if field in partner else None


def _warnings(partner: Row) -> tuple[str, ...]:
    """17 and 18 keep the text when the warning is switched off; 19 has no switch."""
    if partner.get("sale_warn") == "no-message":
        return ()
    message = text(partner.get("sale_warn_msg"))
    return (message,) if message else ()


def address(partner: Row | None) -> Address | None:
    if partner is None:
        return None
    street = ", ".join(part for part in (text(partner.get("street")), text(partner.get("street2"))) if part)
    return Address(
        name=text(partner.get("name")) or text(partner.get("display_name")),
        street=street or None,
        postcode=text(partner.get("zip")),
        city=text(partner.get("city")),
        country=display(partner, "country_id"),
    )


def loyalty(card: Row) -> LoyaltyBalance:
    return LoyaltyBalance(
        program=display(card, "program_id") or "",
        points=quantity(decimal(card.get("points"))),
        unit=text(card.get("point_name")),
        code=text(card.get("code")),
        expires_on=day(card.get("expiration_date")),
    )


def cards_of(order: Row, cards: Sequence[Row]) -> list[Row]:
    """The number exists in several companies, so the cards read by it may belong to another order's customer."""
    partner = related(order, "partner_id") or {}
    owner = related(partner, "commercial_partner_id") or {}
    wanted = {partner.get("id"), owner.get("id")} - {None}
    return [card for card in cards if reference(card, "partner_id") in wanted]
