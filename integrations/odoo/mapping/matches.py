"""Found rows to matches: each reason is read off the row itself, never assumed from the question."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from integrations.canonical import Company, MatchReason, OrderMatch, OrderQuery, parse_phone
from integrations.odoo.mapping.order import order_origin, order_state
from integrations.odoo.mapping.values import (
    Currency,
    Row,
    display,
    moment,
    reference,
    related,
    rows,
    split_numbers,
    text,
)

# In the order in which they are told.
_TOLD = tuple(MatchReason)


def order_match(row: Row, *, connection: str, why: Collection[MatchReason]) -> OrderMatch:
    company = related(row, "company_id") or {}
    partner = related(row, "partner_id") or {}
    account = related(partner, "commercial_partner_id") or {}
    delivery = related(row, "partner_shipping_id") or partner
    return OrderMatch(
        connection=connection,
        company=Company(id=company.get("id", 0), name=text(company.get("display_name")) or ""),
        id=row["id"],
        ref=text(row.get("name")) or str(row["id"]),
        channel_ref=text(row.get("client_order_ref")),
        state=order_state(row),
        placed_at=moment(row.get("date_order")),
        total=Currency(related(row, "currency_id")).money(row.get("amount_total")),
        customer_id=partner.get("id"),
        customer=text(partner.get("name")),
        account_id=account.get("id"),
        account=display(partner, "commercial_partner_id") if account.get("id") != partner.get("id") else None,
        city=text(delivery.get("city")),
        postcode=text(delivery.get("zip")),
        why=tuple(reason for reason in _TOLD if reason in why),
        origin=order_origin(row),
    )


def number_reasons(row: Row, names: Sequence[str]) -> set[MatchReason]:
    """Why an order carries one of these numbers itself."""
    reasons = set()
    if row.get("name") in names:
        reasons.add(MatchReason.ORDER_NUMBER)
    if _same(row.get("client_order_ref"), names):
        reasons.add(MatchReason.CHANNEL_REFERENCE)
    return reasons


def document_reasons(row: Row, names: Sequence[str], reversals: str) -> set[MatchReason]:
    """Why an order's invoices carry one of these numbers; a credit note may hang on its invoice only."""
    reasons = set()
    for document in rows(row, "invoice_ids"):
        if document.get("name") in names:
            is_note = document.get("move_type") == "out_refund"
            reasons.add(MatchReason.CREDIT_NOTE if is_note else MatchReason.INVOICE)
        if any(note.get("name") in names for note in rows(document, reversals)):
            reasons.add(MatchReason.CREDIT_NOTE)
    return reasons


def goods_reasons(row: Row, names: Sequence[str], wanted: Collection[MatchReason]) -> set[MatchReason]:
    """Why an order's parcels carry one of these numbers. Serials are not read back: they are what else is left."""
    reasons = set(_parcel_reasons(row, names))
    if any(claim.get("name") in names for claim in rows(row, "rma_ids")):
        reasons.add(MatchReason.RETURN)
    if not reasons and not _holds_number(row, names) and MatchReason.SERIAL in wanted:
        reasons.add(MatchReason.SERIAL)
    return reasons & set(wanted)


def _parcel_reasons(row: Row, names: Sequence[str]) -> Iterator[MatchReason]:
    for picking in rows(row, "picking_ids"):
        if picking.get("name") in names:
            comes_back = picking.get("picking_type_code") == "incoming" or reference(picking, "return_id")
            yield MatchReason.RETURN if comes_back else MatchReason.DELIVERY
        if any(_same(number, names) for number in split_numbers(picking.get("carrier_tracking_ref"))):
            yield MatchReason.TRACKING_NUMBER


def _holds_number(row: Row, names: Sequence[str]) -> bool:
    """A tracking number that merely contains what was typed: Odoo was asked for more than is wanted."""
    joined = (str(p.get("carrier_tracking_ref") or "").casefold() for p in rows(row, "picking_ids"))
    return any(name.casefold() in numbers for numbers in joined for name in names)


def partner_reasons(row: Row, query: OrderQuery) -> set[MatchReason]:
    """Why a contact is meant. Phone numbers are compared here: Odoo can only be asked for a part of one."""
    reasons = set()
    typed = query.text.casefold()
    if MatchReason.EMAIL in query.kinds and typed in (
        _folded(row, "email_normalized"),
        _folded(row, "email"),
    ):
        reasons.add(MatchReason.EMAIL)
    phone = parse_phone(query.text) if MatchReason.PHONE in query.kinds else None
    if phone:
        written = (text(row.get(name)) for name in ("phone", "mobile", "phone_sanitized"))
        numbers = (parse_phone(number) for number in written if number)
        if any(number and phone.is_same_as(number) for number in numbers):
            reasons.add(MatchReason.PHONE)
    if MatchReason.NAME in query.kinds:
        reasons.add(MatchReason.NAME)  # asked for word by word; Odoo folds accents in its own way
    return reasons


def _folded(row: Row, name: str) -> str:
    return (text(row.get(name)) or "").strip().casefold()


def _same(value: object, names: Sequence[str]) -> bool:
    return isinstance(value, str) and value.strip().casefold() in {name.casefold() for name in names}
