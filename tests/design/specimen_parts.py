"""What hangs on the specimen's order: shipments, returns, documents, the customer, payments and messages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations import canonical as c

NOW = datetime(2025, 11, 21, 18, 40, tzinfo=UTC)


def money(amount: str, currency: str = "EUR") -> c.Money:
    return c.Money(Decimal(amount), currency)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def shipments() -> tuple[c.Shipment, ...]:
    def line(sku: str, name: str, quantity: str, **more: Any) -> c.ShipmentLine:
        facts: dict[str, Any] = {
            "line_id": 1000,
            "sku": sku,
            "name": name,
            "quantity": Decimal(quantity),
            "uom": "Units",
            "lots": (),
        }
        return c.ShipmentLine(**(facts | more))

    common: dict[str, Any] = {"warehouse": "San Francisco", "backorder_of": None}
    return (
        c.Shipment(
            id=7,
            ref="WH/OUT/00007",
            kind=c.ShipmentKind.DELIVERY,
            state=c.ShipmentState.DONE,
            carrier="DHL Paket",
            tracking_numbers=("00340434161094042557", "00340434161094042558"),
            tracking_url="https://tracking.example/00340434161094042557",
            scheduled_at=ago(days=9),
            done_at=ago(days=8, hours=3),
            lines=(
                line("FURN_7800", "Desk Combination, oak", "2", lots=("LOT-2025-0117", "LOT-2025-0118")),
                line("E-COM12", "Conference Chair (CONFIG) – Aluminium", "12"),
                line("LAMP-E27", "Bulb E27, warm white", "2.5", uom="Dozens"),
            ),
            **common,
        ),
        c.Shipment(
            id=8,
            ref="WH/OUT/00008",
            kind=c.ShipmentKind.DELIVERY,
            state=c.ShipmentState.WAITING,
            carrier="DHL Paket",
            tracking_numbers=(),
            tracking_url=None,
            scheduled_at=NOW + timedelta(days=2),
            done_at=None,
            warehouse="San Francisco",
            backorder_of="WH/OUT/00007",
            lines=(
                line("FURN_6741", "Large Meeting Table", "1"),
                line("FURN_7800", "Desk Combination, oak", "1"),
            ),
        ),
        c.Shipment(
            id=9,
            ref="DS/00003",
            kind=c.ShipmentKind.DROP_SHIP,
            state=c.ShipmentState.READY,
            carrier=None,
            tracking_numbers=(),
            tracking_url="javascript:alert(1)",
            scheduled_at=NOW + timedelta(days=5),
            done_at=None,
            lines=(line("SCREW-M4", "Screw M4 × 20", "1200"),),
            **common,
        ),
    )


def preparations() -> tuple[c.Shipment, ...]:
    def step(ref: str, state: c.ShipmentState, done: datetime | None) -> c.Shipment:
        return c.Shipment(
            id=5,
            ref=ref,
            kind=c.ShipmentKind.PREPARATION,
            state=state,
            warehouse="San Francisco",
            carrier=None,
            tracking_numbers=(),
            tracking_url=None,
            scheduled_at=ago(days=9),
            done_at=done,
            backorder_of=None,
            lines=(),
        )

    return (
        step("WH/PICK/00011", c.ShipmentState.DONE, ago(days=9)),
        step("WH/PACK/00009", c.ShipmentState.READY, None),
    )


def returns() -> tuple[c.Return, ...]:
    log, dec, mon = c.ReturnLogistics, c.ReturnDecision, c.ReturnMoney
    return (
        c.Return(
            id=1,
            ref="WH/IN/00021",
            source=c.ReturnSource.PICKING,
            of_shipment="WH/OUT/00007",
            destination="San Francisco",
            headline=c.ReturnHeadline.REFUNDED,
            logistics=log.RECEIVED,
            decision=dec.ACCEPTED,
            money=mon.CREDIT_POSTED,
            announced_at=ago(days=5),
            received_at=ago(days=3),
            tracking_numbers=("RR123456785DE",),
            lines=(
                c.ReturnLine(
                    line_id=1000,
                    sku="FURN_7800",
                    name="Desk Combination, oak",
                    quantity=Decimal(1),
                    received=Decimal(1),
                    uom="Units",
                    logistics=log.RECEIVED,
                    decision=dec.ACCEPTED,
                    money=mon.CREDIT_POSTED,
                ),
            ),
        ),
        c.Return(
            id=2,
            ref="RMA/00009",
            source=c.ReturnSource.RMA,
            of_shipment="WH/OUT/00007",
            destination="Chicago 1",
            headline=c.ReturnHeadline.IN_TRANSIT,
            logistics=log.IN_TRANSIT,
            decision=dec.NEEDS_REVIEW,
            money=mon.AWAITING_APPROVAL,
            announced_at=ago(days=1, hours=2),
            received_at=None,
            tracking_numbers=(),
            lines=(
                c.ReturnLine(
                    line_id=1002,
                    sku="E-COM12",
                    name="Conference Chair (CONFIG) – Aluminium",
                    quantity=Decimal(2),
                    received=Decimal(0),
                    uom="Units",
                    logistics=log.IN_TRANSIT,
                    decision=dec.NEEDS_REVIEW,
                    money=mon.AWAITING_APPROVAL,
                ),
            ),
        ),
    )


def documents() -> tuple[tuple[c.Invoice, ...], tuple[c.CreditNote, ...]]:
    def billed(name: str, quantity: str, total: str) -> c.DocumentLine:
        return c.DocumentLine(line_ids=(1000,), name=name, quantity=Decimal(quantity), total=money(total))

    state, paid = c.DocumentState, c.PaymentProgress
    invoices = (
        c.Invoice(
            id=1,
            ref="INV/2025/00113",
            state=state.POSTED,
            total=money("1474.73"),
            residual=money("200.11"),
            payment_state=paid.PARTIAL,
            issued_on=date(2025, 11, 13),
            due_on=date(2025, 12, 13),
            reverses=None,
            lines=(
                billed("Desk Combination, oak", "2", "891.01"),
                billed("Conference Chair", "12", "352.80"),
            ),
        ),
        c.Invoice(
            id=2,
            ref=None,
            state=state.DRAFT,
            total=money("4030.09"),
            residual=money("4030.09"),
            payment_state=paid.NOT_PAID,
            issued_on=None,
            due_on=None,
            reverses=None,
            lines=(),
        ),
    )
    notes = (
        c.CreditNote(
            id=3,
            ref="RINV/2025/00007",
            state=state.POSTED,
            total=money("405.02"),
            residual=money("0"),
            payment_state=paid.PAID,
            issued_on=date(2025, 11, 19),
            due_on=date(2025, 11, 19),
            linked=True,
            reverses="INV/2025/00113",
            reason="Scratched table top, says Ana",
            lines=(billed("Desk", "1", "405.02"),),
        ),
        c.CreditNote(
            id=4,
            ref="RINV/2025/00008",
            state=state.POSTED,
            total=money("15.03"),
            residual=money("15.03"),
            payment_state=paid.NOT_PAID,
            issued_on=date(2025, 11, 20),
            due_on=None,
            linked=False,
            reverses="INV/2025/00113",
            reason="Goodwill for Bertrand",
            lines=(),
        ),
    )
    return invoices, notes


def customer() -> c.Customer:
    home = c.Address(
        name="Ana Bertrand", street="17 rue Secrète", postcode="69007", city="Lyon", country="France"
    )
    office = c.Address(
        name="Bertrand & Filles SARL",
        street="4 quai Caché",
        postcode="13002",
        city="Marseille",
        country="France",
    )
    return c.Customer(
        id=42,
        account_id=41,
        name="Ana Bertrand",
        account="Bertrand & Filles SARL",
        is_company=False,
        email="ana.bertrand@example.com",
        phone="+33 6 44 63 12 57",
        mobile=None,
        address=home,
        delivery_address=home,
        invoice_address=office,
        language="fr_BE",
        tax_id="FR83404833048",
        tax_profile="Intra-Community B2B",
        orders_count=6,
        total_invoiced=money("8812.37"),
        credit=money("184.05"),
        loyalty=(
            c.LoyaltyBalance(
                program="Loyalty Cards",
                points=Decimal("312.50"),
                unit="points",
                code="0444-LOYA-9981",
                expires_on=None,
            ),
            c.LoyaltyBalance(
                program="Gift card",
                points=Decimal(25),
                unit="EUR",
                code="044C-GIFT-1177",
                expires_on=date(2026, 6, 30),
            ),
        ),
        preferences=c.ContactPreferences(email_opted_out=True, phone_opted_out=None),
        has_warning=True,
        warnings=("Calls twice a week: stay patient, Bertrand is <important>.",),
    )


def payments() -> tuple[c.Payment, ...]:
    return (
        c.Payment(
            id=1,
            source=c.PaymentSource.PROVIDER,
            ref="S00042-1",
            provider_ref="pi_3QxSECRETk2bV4821",
            state=c.PaymentState.DONE,
            amount=money("1274.62"),
            at=ago(days=9, hours=1),
            provider="Stripe",
            method="Visa",
            document_ref="INV/2025/00113",
        ),
        c.Payment(
            id=2,
            source=c.PaymentSource.LEDGER,
            ref="PBNK1/2025/00019",
            provider_ref=None,
            state=c.PaymentState.PENDING,
            amount=money("-405.02"),
            at=ago(days=2),
            provider=None,
            method="SEPA transfer",
            document_ref="RINV/2025/00007",
        ),
    )


def messages() -> tuple[c.Message, ...]:
    return (
        c.Message(
            id=1,
            at=ago(days=4, hours=5),
            kind=c.MessageKind.EMAIL,
            author="Ana Bertrand",
            body="The top of one desk is scratched.\nMay I send it back? My door code is 4711B.",
        ),
        c.Message(
            id=2,
            at=ago(days=4, hours=2),
            kind=c.MessageKind.INTERNAL_NOTE,
            author="Pieter Vandenberg",
            body="Offered a return; the Bertrand account is a good one.",
        ),
    )
