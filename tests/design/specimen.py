"""An order that shows everything a page can show: made up, but each part as Odoo would tell it.

Texts that some viewer must not see contain a marker, so that a test can look for them in the HTML.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from cases.masking import Matrix, mask
from cases.timeline import timeline
from integrations import canonical as c

NOW = datetime(2025, 11, 21, 18, 40, tzinfo=UTC)
ORDER_URL = "/orders/main/S00042/"
PANEL_NAMES = (
    "lines", "stock", "shipments", "invoices", "payments", "returns", "customer", "loyalty", "timeline",
)  # fmt: skip

WAREHOUSES = ("San Francisco", "Chicago 1", "Rotterdam, three steps")
GOODS = (
    ("FURN_7800", "Desk Combination, oak", "Units", "450.00"),
    ("FURN_6741", "Large Meeting Table", "Units", "4000.00"),
    ("E-COM12", "Conference Chair (CONFIG) – Aluminium", "Units", "29.40"),
    ("LAMP-E27", "Bulb E27, warm white", "Dozens", "12.5"),
    ("SCREW-M4", "Screw M4 × 20", "Units", "0.0375"),
)


def money(amount: str, currency: str = "EUR") -> c.Money:
    return c.Money(Decimal(amount), currency)


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def _stock(seed: int) -> tuple[c.StockLevel, ...]:
    levels = []
    for place, name in enumerate(WAREHOUSES):
        on_hand = Decimal((seed * 7 + place * 13) % 47 - 3)
        levels.append(
            c.StockLevel(warehouse=name, on_hand=on_hand, reserved=Decimal(place), available=on_hand - place)
        )
    return tuple(levels)


def goods_line(number: int, *, ordered: str, shipped: str = "0", back: str = "0", announced: str = "0", **more: Any) -> c.OrderLine:
    sku, name, uom, price = GOODS[number % len(GOODS)]
    went, came, coming = Decimal(shipped), Decimal(back), Decimal(announced)
    total = (Decimal(ordered) * Decimal(price)).quantize(Decimal("0.01"))
    facts: dict[str, Any] = {
        "id": 1000 + number, "kind": c.LineKind.GOODS, "sku": sku, "name": name, "archived": False, "uom": uom,
        "ordered": Decimal(ordered), "shipped": went, "delivered": went - came, "invoiced": went,
        "returned": came, "announced": coming, "returnable": went - came - coming,
        "refundable": c.Money((went * Decimal(price)).quantize(Decimal("0.01")), "EUR"),
        "available": Decimal((number * 17) % 60 - 2), "unit_price": money(price), "discount_percent": None,
        "unit_cost": money("777.13"), "total": c.Money(total, "EUR"), "stock": _stock(number),
    }  # fmt: skip
    return c.OrderLine(**(facts | more))


def _other(number: int, kind: c.LineKind, name: str, **more: Any) -> c.OrderLine:
    facts: dict[str, Any] = dict.fromkeys(
        ("sku", "uom", "ordered", "shipped", "delivered", "invoiced", "returned", "announced", "returnable",
         "refundable", "available", "unit_price", "discount_percent", "unit_cost", "total")
    )  # fmt: skip
    return c.OrderLine(**(facts | {"id": 2000 + number, "kind": kind, "name": name, "archived": False, "stock": ()} | more))


def rich_lines() -> tuple[c.OrderLine, ...]:
    one = Decimal(1)
    return (
        _other(1, c.LineKind.SECTION, "Office, second floor"),
        goods_line(0, ordered="3", shipped="2", back="1", discount_percent=Decimal("10.0")),
        goods_line(1, ordered="1"),
        goods_line(2, ordered="12", shipped="12", announced="2"),
        _other(2, c.LineKind.NOTE, "Please deliver before noon; the lift is small."),
        goods_line(3, ordered="2.5", shipped="2.5", archived=True),
        goods_line(4, ordered="1200", shipped="1200"),
        _other(3, c.LineKind.SERVICE, "Assembly on site", ordered=one, delivered=one, invoiced=one, uom="Hours",
               unit_price=money("85"), total=money("85.00"), refundable=money("85.00")),
        _other(4, c.LineKind.DELIVERY, "Delivery, kerbside", ordered=one, invoiced=one, unit_price=money("19.90"),
               total=money("19.90")),
        _other(5, c.LineKind.REWARD, "Loyalty: 5 % off", ordered=one, unit_price=money("-24.75"), total=money("-24.75")),
    )  # fmt: skip


def _shipments() -> tuple[c.Shipment, ...]:
    def line(sku: str, name: str, quantity: str, **more: Any) -> c.ShipmentLine:
        facts: dict[str, Any] = {"line_id": 1000, "sku": sku, "name": name, "quantity": Decimal(quantity), "uom": "Units", "lots": ()}
        return c.ShipmentLine(**(facts | more))

    common: dict[str, Any] = {"warehouse": "San Francisco", "backorder_of": None}
    return (
        c.Shipment(id=7, ref="WH/OUT/00007", kind=c.ShipmentKind.DELIVERY, state=c.ShipmentState.DONE, carrier="DHL Paket",
                   tracking_numbers=("00340434161094042557", "00340434161094042558"),
                   tracking_url="https://tracking.example/00340434161094042557", scheduled_at=ago(days=9),
                   done_at=ago(days=8, hours=3),
                   lines=(line("FURN_7800", "Desk Combination, oak", "2", lots=("LOT-2025-0117", "LOT-2025-0118")),
                          line("E-COM12", "Conference Chair (CONFIG) – Aluminium", "12"),
                          line("LAMP-E27", "Bulb E27, warm white", "2.5", uom="Dozens")), **common),
        c.Shipment(id=8, ref="WH/OUT/00008", kind=c.ShipmentKind.DELIVERY, state=c.ShipmentState.WAITING, carrier="DHL Paket",
                   tracking_numbers=(), tracking_url=None, scheduled_at=NOW + timedelta(days=2), done_at=None,
                   warehouse="San Francisco", backorder_of="WH/OUT/00007",
                   lines=(line("FURN_6741", "Large Meeting Table", "1"), line("FURN_7800", "Desk Combination, oak", "1"))),
        c.Shipment(id=9, ref="DS/00003", kind=c.ShipmentKind.DROP_SHIP, state=c.ShipmentState.READY, carrier=None,
                   tracking_numbers=(), tracking_url="javascript:alert(1)", scheduled_at=NOW + timedelta(days=5), done_at=None,
                   lines=(line("SCREW-M4", "Screw M4 × 20", "1200"),), **common),
    )  # fmt: skip


def _preparations() -> tuple[c.Shipment, ...]:
    def step(ref: str, state: c.ShipmentState, done: datetime | None) -> c.Shipment:
        return c.Shipment(id=5, ref=ref, kind=c.ShipmentKind.PREPARATION, state=state, warehouse="San Francisco", carrier=None,
                          tracking_numbers=(), tracking_url=None, scheduled_at=ago(days=9), done_at=done, backorder_of=None,
                          lines=())  # fmt: skip

    return (
        step("WH/PICK/00011", c.ShipmentState.DONE, ago(days=9)),
        step("WH/PACK/00009", c.ShipmentState.READY, None),
    )


def _returns() -> tuple[c.Return, ...]:
    log, dec, mon = c.ReturnLogistics, c.ReturnDecision, c.ReturnMoney
    return (
        c.Return(id=1, ref="WH/IN/00021", source=c.ReturnSource.PICKING, of_shipment="WH/OUT/00007", destination="San Francisco",
                 headline=c.ReturnHeadline.REFUNDED, logistics=log.RECEIVED, decision=dec.ACCEPTED, money=mon.CREDIT_POSTED,
                 announced_at=ago(days=5), received_at=ago(days=3), tracking_numbers=("RR123456785DE",),
                 lines=(c.ReturnLine(line_id=1000, sku="FURN_7800", name="Desk Combination, oak", quantity=Decimal(1),
                                     received=Decimal(1), uom="Units", logistics=log.RECEIVED, decision=dec.ACCEPTED,
                                     money=mon.CREDIT_POSTED),)),
        c.Return(id=2, ref="RMA/00009", source=c.ReturnSource.RMA, of_shipment="WH/OUT/00007", destination="Chicago 1",
                 headline=c.ReturnHeadline.IN_TRANSIT, logistics=log.IN_TRANSIT, decision=dec.NEEDS_REVIEW,
                 money=mon.AWAITING_APPROVAL, announced_at=ago(days=1, hours=2), received_at=None, tracking_numbers=(),
                 lines=(c.ReturnLine(line_id=1002, sku="E-COM12", name="Conference Chair (CONFIG) – Aluminium",
                                     quantity=Decimal(2), received=Decimal(0), uom="Units", logistics=log.IN_TRANSIT,
                                     decision=dec.NEEDS_REVIEW, money=mon.AWAITING_APPROVAL),)),
    )  # fmt: skip


def _documents() -> tuple[tuple[c.Invoice, ...], tuple[c.CreditNote, ...]]:
    def billed(name: str, quantity: str, total: str) -> c.DocumentLine:
        return c.DocumentLine(line_ids=(1000,), name=name, quantity=Decimal(quantity), total=money(total))

    state, paid = c.DocumentState, c.PaymentProgress
    invoices = (
        c.Invoice(id=1, ref="INV/2025/00113", state=state.POSTED, total=money("1474.73"), residual=money("200.11"),
                  payment_state=paid.PARTIAL, issued_on=date(2025, 11, 13), due_on=date(2025, 12, 13), reverses=None,
                  lines=(billed("Desk Combination, oak", "2", "891.01"), billed("Conference Chair", "12", "352.80"))),
        c.Invoice(id=2, ref=None, state=state.DRAFT, total=money("4030.09"), residual=money("4030.09"),
                  payment_state=paid.NOT_PAID, issued_on=None, due_on=None, reverses=None, lines=()),
    )  # fmt: skip
    notes = (
        c.CreditNote(id=3, ref="RINV/2025/00007", state=state.POSTED, total=money("405.02"), residual=money("0"),
                     payment_state=paid.PAID, issued_on=date(2025, 11, 19), due_on=date(2025, 11, 19), linked=True,
                     reverses="INV/2025/00113", reason="Scratched table top, says Ana", lines=(billed("Desk", "1", "405.02"),)),
        c.CreditNote(id=4, ref="RINV/2025/00008", state=state.POSTED, total=money("15.03"), residual=money("15.03"),
                     payment_state=paid.NOT_PAID, issued_on=date(2025, 11, 20), due_on=None, linked=False,
                     reverses="INV/2025/00113", reason="Goodwill for Bertrand", lines=()),
    )  # fmt: skip
    return invoices, notes


def _customer() -> c.Customer:
    home = c.Address(name="Ana Bertrand", street="17 rue Secrète", postcode="69007", city="Lyon", country="France")
    office = c.Address(name="Bertrand & Filles SARL", street="4 quai Caché", postcode="13002", city="Marseille", country="France")
    return c.Customer(
        id=42, name="Ana Bertrand", account="Bertrand & Filles SARL", is_company=False, email="ana.bertrand@example.com",
        phone="+33 6 44 63 12 57", mobile=None, address=home, delivery_address=home, invoice_address=office,
        language="fr_FR", tax_id="FR83404833048", tax_profile="Intra-Community B2B", orders_count=6,
        total_invoiced=money("8812.37"), credit=money("184.05"),
        loyalty=(c.LoyaltyBalance(program="Loyalty Cards", points=Decimal("312.50"), unit="points", code="0444-LOYA-9981",
                                  expires_on=None),
                 c.LoyaltyBalance(program="Gift card", points=Decimal(25), unit="EUR", code="044C-GIFT-1177",
                                  expires_on=date(2026, 6, 30))),
        preferences=c.ContactPreferences(email_opted_out=True, phone_opted_out=None),
        warnings=("Calls twice a week: stay patient, Bertrand is <important>.",),
    )  # fmt: skip


def _payments() -> tuple[c.Payment, ...]:
    return (
        c.Payment(id=1, source=c.PaymentSource.PROVIDER, ref="S00042-1", provider_ref="pi_3QxSECRETk2bV4821", state=c.PaymentState.DONE,
                  amount=money("1274.62"), at=ago(days=9, hours=1), provider="Stripe", method="Visa", document_ref="INV/2025/00113"),
        c.Payment(id=2, source=c.PaymentSource.LEDGER, ref="PBNK1/2025/00019", provider_ref=None, state=c.PaymentState.PENDING,
                  amount=money("-405.02"), at=ago(days=2), provider=None, method="SEPA transfer", document_ref="RINV/2025/00007"),
    )  # fmt: skip


def _messages() -> tuple[c.Message, ...]:
    return (
        c.Message(id=1, at=ago(days=4, hours=5), kind=c.MessageKind.EMAIL, author="Ana Bertrand",
                  body="The top of one desk is scratched.\nMay I send it back? My door code is 4711B."),
        c.Message(id=2, at=ago(days=4, hours=2), kind=c.MessageKind.INTERNAL_NOTE, author="Jonas Diaz",
                  body="Offered a return; the Bertrand account is a good one."),
    )  # fmt: skip


def build_order(lines: tuple[c.OrderLine, ...] | None = None) -> c.OrderRecord:
    invoices, credit_notes = _documents()
    order = c.Order(
        connection="main", company=c.Company(id=1, name="Meridian Home SAS"), id=42, ref="S00042", channel_ref="SHOP-10045",
        replaces=None, source="sale.order", state=c.OrderState.CONFIRMED, delivery=c.DeliveryProgress.PARTIAL,
        invoicing=c.InvoiceProgress.TO_INVOICE, placed_at=ago(days=10, hours=4), promised_at=NOW + timedelta(days=3),
        warehouse="San Francisco", brand="Meridian", region="EU", untaxed=money("5873.25"), tax=money("1174.65"),
        total=money("7047.90"), refundable=money("1054.68"), lines=lines if lines is not None else rich_lines(),
    )  # fmt: skip
    return c.OrderRecord(
        order=order, customer=_customer(), shipments=_shipments(), preparations=_preparations(), returns=_returns(),
        invoices=invoices, credit_notes=credit_notes, payments=_payments(), messages=_messages(),
    )  # fmt: skip


def long_order(count: int = 60) -> c.OrderRecord:
    return build_order(tuple(goods_line(n, ordered=str(n % 7 + 1), shipped=str(n % 4)) for n in range(count)))


def panel(name: str, *, problem: str | None = None, incomplete: str | None = None, age_s: int = 14) -> SimpleNamespace:
    """As the views describe a panel's state."""
    return SimpleNamespace(
        name=name, problem=problem, incomplete=incomplete, fetched_at=None if problem else NOW - timedelta(seconds=age_s),
        age_s=age_s, state="fresh", retry_url=f"{ORDER_URL}?panel={name}&again=1",
        explanation="Odoo took too long to answer. Try again in a moment." if problem or incomplete else "",
    )  # fmt: skip


def chrome(**more: str) -> dict[str, Any]:
    look = {"signed_in": True, "user_name": "Jonas Diaz", "roles": ["Agent"], "theme": "light", "density": "compact"}
    return look | {"request_id": "01JD8Q2W7K5V"} | more


CONNECTIONS = (
    SimpleNamespace(slug="main", name="Meridian", state="ok", version="19.0", detail=""),
    SimpleNamespace(slug="old", name="Archive", state="degraded", version="17.0", detail="Loyalty is not installed"),
)


def order_context(record: c.OrderRecord, matrix: Matrix, **more: Any) -> dict[str, Any]:
    """What the order page is given, for the holder of ``matrix``."""
    return {
        "chrome": chrome(),
        "csrf_token": "token",
        "connections": CONNECTIONS,
        "recent": recent(),
        "record": mask(record, matrix),
        "timeline": tuple(mask(event, matrix) for event in timeline(record)),
        "panels": {name: panel(name) for name in PANEL_NAMES},
        "freshness": panel("order"),
        "connection": SimpleNamespace(slug="main", name="Meridian"),
        "request_id": "01JD8Q2W7K5V",
        "order_url": ORDER_URL,
        "siblings": [],
    } | more


def recent() -> list[dict[str, Any]]:
    refs = ("S00042", "S00039", "S00031", "S00028", "S00017")
    return [
        {"ref": ref, "connection": "Meridian", "company": "Meridian Home SAS", "opened_at": ago(minutes=7 * place),
         "url": ORDER_URL.replace("S00042", ref)}
        for place, ref in enumerate(refs)
    ]  # fmt: skip
