"""A record of every class of values, each of them a marker that no masked page may hold by accident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

from integrations.canonical import Money, OrderRecord, Partial, Sensitivity
from tests.rules.recorded import record_of
from tests.rules.rows import (
    document_line,
    invoice,
    line,
    move,
    move_back,
    note,
    order,
    paid,
    picking,
    product,
)

EMAIL, PHONE, MOBILE = "hugo.marker@mail.example", "+1 415 555 8642", "+49 151 2349876"
STREET, NOTE_BODY, CARD_CODE = "974 Marker Street", "Called twice, markerword angry", "044c-82bc-4409"
PROVIDER_REF, COST = "pi_3QxMARKERk2bV", "123.45"
EUROS = Money(Decimal("739.10"), "EUR")
COST_PRICE = Money(Decimal(COST), "EUR")


def full_record() -> OrderRecord:
    """An order with something in every part of it."""
    partner = {
        "id": 87,
        "name": "Hugo Markerson",
        "display_name": "Hugo Markerson",
        "email": EMAIL,
        "phone": PHONE,
        "mobile": MOBILE,
        "street": STREET,
        "zip": "60601",
        "city": "Markerville",
        "country_id": {"id": 233, "display_name": "United States"},
        "lang": "en_US",
        "vat": "US123456789012",
        "is_company": False,
        "total_invoiced": 6904.04,
        "credit": 2311.03,
        "sale_order_count": 4,
        "is_blacklisted": True,
        "phone_blacklisted": False,
        "sale_warn_msg": "markerword warning",
        "commercial_partner_id": {"id": 90, "display_name": "Markerson Holdings Ltd"},
    }
    quants = [
        {
            "id": 1,
            "quantity": 7391.0,
            "reserved_quantity": 7.0,
            "location_id": {
                "id": 8,
                "usage": "internal",
                "warehouse_id": {"id": 1, "display_name": "Portland DC"},
            },
        }
    ]
    sold = line(of=product(standard_price=float(COST), stock_quant_ids=quants))
    billed = paid(invoice(document_line(30.0, 1), payment_state="paid"), 30.0)
    transaction = {
        "id": 3,
        "reference": "S00010-1MARKER9",
        "provider_reference": PROVIDER_REF,
        "state": "done",
        "amount": 30.0,
        "provider_code": "stripe",
        "payment_method_id": {"id": 1, "display_name": "Card"},
        "currency_id": billed["currency_id"],
        "last_state_change": "2026-11-05 10:00:00",
    }
    message = {
        "id": 9,
        "date": "2026-11-06 10:00:00",
        "body": f"<p>{NOTE_BODY}</p>",
        "message_type": "comment",
        "is_internal": True,
        "author_id": {"id": 3, "display_name": "Ida Markervance"},
    }
    card = {
        "id": 1,
        "points": 1704.0,
        "point_name": "pts",
        "partner_id": 87,
        "code": CARD_CODE,
        "program_id": {"id": 2, "display_name": "Rewards"},
    }
    row = order(
        sold,
        partner_id=partner,
        partner_shipping_id=partner | {"id": 88},
        partner_invoice_id=partner,
        picking_ids=[picking(move(3.0)), picking(move_back(1.0))],
        invoice_ids=[billed, note(document_line(10.0, 1), ref="markerword reason")],
        transaction_ids=[transaction],
        message_ids=[message],
    )
    return record_of(row, 18, [card])


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOfEach:
    """A leaf of every sensitivity, one with and one without a partial form."""

    public: Annotated[str, Sensitivity.PUBLIC] = "public-marker"
    internal: Annotated[Decimal, Sensitivity.INTERNAL, Partial.BAND] = Decimal(7391)
    cost: Annotated[Money, Sensitivity.INTERNAL] = COST_PRICE
    personal: Annotated[str, Sensitivity.PERSONAL, Partial.NAME] = "Hugo Markerson"
    street: Annotated[str, Sensitivity.PERSONAL] = STREET
    financial: Annotated[Money, Sensitivity.FINANCIAL] = EUROS
    points: Annotated[str, Sensitivity.FINANCIAL, Partial.LAST_FOUR] = "1704markers1704"
    payment: Annotated[str, Sensitivity.PAYMENT, Partial.LAST_FOUR] = PROVIDER_REF
    provider: Annotated[str, Sensitivity.PAYMENT] = "provider-marker"
    secret: Annotated[str, Sensitivity.SECRET, Partial.LAST_FOUR] = "secret-marker-of-all"
    sealed: Annotated[str, Sensitivity.SECRET] = "sealed-marker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Below:
    marked: Annotated[str, Sensitivity.PUBLIC] = "marked"
    unmarked: str = "forgotten-below"


@dataclass(frozen=True, slots=True, kw_only=True)
class WithForgottenLeaves:
    """What somebody adds in a hurry: leaves of many types without a sensitivity."""

    marked: Annotated[str, Sensitivity.PUBLIC] = "marked"
    text: str = "forgotten-text"
    nothing: str | None = None
    number: Decimal = Decimal(7391)
    at: datetime = datetime(2026, 11, 6, tzinfo=UTC)
    words: tuple[str, ...] = ("forgotten-word",)
    no_words: tuple[str, ...] = ()
    table: dict[str, str] | None = None
    money: Money = EUROS
    below: Below = Below()
    many: tuple[Below, ...] = (Below(), Below())
    either: Below | str = "forgotten-either"
    annotated: Annotated[str, "no sensitivity at all"] = "forgotten-annotated"
