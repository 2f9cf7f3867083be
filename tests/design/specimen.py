"""An order that shows everything a page can show: made up, but each part as Odoo would tell it.

Texts that some viewer must not see contain a marker, so that a test can look for them in the HTML.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils.safestring import mark_safe

from cases.contradictions import Severity
from cases.holds.open import CustomerHold
from cases.masking import Matrix, mask
from cases.menu_counts import MenuCounts
from cases.models import HoldKind
from cases.orders.judgements import Contradiction, line_eligibility
from cases.orders.timeline import timeline
from cases.rules.book import RuleBook
from integrations import canonical as c
from tests.design.specimen_parts import (
    NOW,
    ago,
    customer,
    documents,
    messages,
    money,
    payments,
    preparations,
    returns,
    shipments,
)

ORDER_URL = "/orders/main/S00042/"
PANEL_NAMES = (
    "lines",
    "stock",
    "shipments",
    "invoices",
    "payments",
    "returns",
    "customer",
    "loyalty",
    "timeline",
)

WAREHOUSES = ("San Francisco", "Chicago 1", "Rotterdam, three steps")
GOODS = (
    ("FURN_7800", "Desk Combination, oak", "Units", "450.00"),
    ("FURN_6741", "Large Meeting Table", "Units", "4000.00"),
    ("E-COM12", "Conference Chair (CONFIG) – Aluminium", "Units", "29.40"),
    ("LAMP-E27", "Bulb E27, warm white", "Dozens", "12.5"),
    ("SCREW-M4", "Screw M4 × 20", "Units", "0.0375"),
)


def _stock(seed: int) -> tuple[c.StockLevel, ...]:
    levels = []
    for place, name in enumerate(WAREHOUSES):
        on_hand = Decimal((seed * 7 + place * 13) % 47 - 3)
        levels.append(
            c.StockLevel(warehouse=name, on_hand=on_hand, reserved=Decimal(place), available=on_hand - place)
        )
    return tuple(levels)


def goods_line(
    number: int, *, ordered: str, shipped: str = "0", back: str = "0", announced: str = "0", **more: Any
) -> c.OrderLine:
    sku, name, uom, price = GOODS[number % len(GOODS)]
    went, came, coming = Decimal(shipped), Decimal(back), Decimal(announced)
    total = (Decimal(ordered) * Decimal(price)).quantize(Decimal("0.01"))
    facts: dict[str, Any] = {
        "id": 1000 + number,
        "kind": c.LineKind.GOODS,
        "sku": sku,
        "name": name,
        "archived": False,
        "uom": uom,
        "ordered": Decimal(ordered),
        "shipped": went,
        "delivered": went - came,
        "invoiced": went,
        "returned": came,
        "announced": coming,
        "returnable": went - came - coming,
        "refundable": c.Money((went * Decimal(price)).quantize(Decimal("0.01")), "EUR"),
        "available": Decimal((number * 17) % 60 - 2),
        "unit_price": money(price),
        "discount_percent": None,
        "unit_cost": money("777.13"),
        "total": c.Money(total, "EUR"),
        "stock": _stock(number),
    }
    return c.OrderLine(**(facts | more))


def _other(number: int, kind: c.LineKind, name: str, **more: Any) -> c.OrderLine:
    facts: dict[str, Any] = dict.fromkeys(
        (
            "sku",
            "uom",
            "ordered",
            "shipped",
            "delivered",
            "invoiced",
            "returned",
            "announced",
            "returnable",
            "refundable",
            "available",
            "unit_price",
            "discount_percent",
            "unit_cost",
            "total",
        )
    )
    return c.OrderLine(
        **(facts | {"id": 2000 + number, "kind": kind, "name": name, "archived": False, "stock": ()} | more)
    )


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
        _other(
            3,
            c.LineKind.SERVICE,
            "Assembly on site",
            ordered=one,
            delivered=one,
            invoiced=one,
            uom="Hours",
            unit_price=money("85"),
            total=money("85.00"),
            refundable=money("85.00"),
        ),
        _other(
            4,
            c.LineKind.DELIVERY,
            "Delivery, kerbside",
            ordered=one,
            invoiced=one,
            unit_price=money("19.90"),
            total=money("19.90"),
        ),
        _other(
            5,
            c.LineKind.REWARD,
            "Loyalty: 5 % off",
            ordered=one,
            unit_price=money("-24.75"),
            total=money("-24.75"),
        ),
    )


def build_order(lines: tuple[c.OrderLine, ...] | None = None) -> c.OrderRecord:
    invoices, credit_notes = documents()
    order = c.Order(
        connection="main",
        company=c.Company(id=1, name="Meridian Home SAS"),
        id=42,
        ref="S00042",
        channel_ref="SHOP-10045",
        replaces=None,
        source="sale.order",
        state=c.OrderState.CONFIRMED,
        delivery=c.DeliveryProgress.PARTIAL,
        invoicing=c.InvoiceProgress.TO_INVOICE,
        placed_at=ago(days=10, hours=4),
        promised_at=NOW + timedelta(days=3),
        warehouse="San Francisco",
        brand="Meridian",
        region="EU",
        untaxed=money("5873.25"),
        tax=money("1174.65"),
        total=money("7047.90"),
        refundable=money("1054.68"),
        lines=lines if lines is not None else rich_lines(),
    )
    return c.OrderRecord(
        order=order,
        customer=customer(),
        shipments=shipments(),
        preparations=preparations(),
        returns=returns(),
        invoices=invoices,
        credit_notes=credit_notes,
        payments=payments(),
        messages=messages(),
    )


def long_order(count: int = 60) -> c.OrderRecord:
    return build_order(tuple(goods_line(n, ordered=str(n % 7 + 1), shipped=str(n % 4)) for n in range(count)))


def panel(
    name: str, *, problem: str | None = None, incomplete: str | None = None, age_s: int = 14
) -> SimpleNamespace:
    """As the views describe a panel's state."""
    return SimpleNamespace(
        name=name,
        problem=problem,
        incomplete=incomplete,
        fetched_at=None if problem else NOW - timedelta(seconds=age_s),
        age_s=age_s,
        state="fresh",
        retry_url=f"{ORDER_URL}?panel={name}&again=1",
        explanation="Odoo took too long to answer. Try again in a moment." if problem or incomplete else "",
    )


CSRF = {
    "csrf_token": "token",
    "csrf_input": mark_safe('<input type="hidden" name="csrfmiddlewaretoken" value="token">'),
}


def chrome(**more: str) -> dict[str, Any]:
    look = {
        "signed_in": True,
        "user_name": "Jonas Diaz",
        "roles": ["Agent"],
        "theme": "light",
        "density": "compact",
        "settings": tuple,
        "counts": MenuCounts,
    }
    return look | {"request_id": "01JD8Q2W7K5V"} | more


CONTRADICTIONS = (
    Contradiction(
        code="credited_not_received",
        severity=Severity.MONEY,
        message="RINV/2025/00008 credits goods that have not come back.",
        customer_message="Your credit note is being checked.",
    ),
    Contradiction(
        code="late",
        severity=Severity.PROMISE,
        message="WH/OUT/00008 was planned for yesterday and has not left.",
        customer_message="A part of your order is late. We are finding out when it will leave.",
    ),
)

CONNECTIONS = (
    SimpleNamespace(slug="main", name="Meridian", state="ok", version="19.0", detail=""),
    SimpleNamespace(
        slug="old", name="Archive", state="degraded", version="17.0", detail="Loyalty is not installed"
    ),
)


HOLD = CustomerHold(
    id=3,
    kind=HoldKind.FRAUD,
    owner_id=5,
    owner="Noor Haddad",
    placed_at=ago(hours=30),
    until=None,
    reason="Three chargebacks on other cards since August.",
)


def order_context(record: c.OrderRecord, matrix: Matrix, **more: Any) -> dict[str, Any]:
    """What the order page is given, for the holder of ``matrix``."""
    return {
        "chrome": chrome(),
        **CSRF,
        "connections": CONNECTIONS,
        "recent": recent(),
        "record": mask(record, matrix),
        "timeline": tuple(mask(event, matrix) for event in timeline(record)),
        "panels": {name: panel(name) for name in PANEL_NAMES},
        "freshness": panel("order"),
        "connection": SimpleNamespace(slug="main", name="Meridian"),
        "request_id": "01JD8Q2W7K5V",
        "order_url": ORDER_URL,
        "holds": (mask(HOLD, matrix),),
        "liftable_holds": {HOLD.id},
        "may_place_hold": True,
        "hold_kinds": HoldKind.choices,
        "contradictions": tuple(mask(found, matrix) for found in CONTRADICTIONS),
        "eligibility": {
            line: {remedy: mask(verdict, matrix) for remedy, verdict in verdicts.items()}
            for line, verdicts in line_eligibility(record, book=RuleBook(), at=NOW).items()
        },
    } | more


def recent() -> list[dict[str, Any]]:
    refs = ("S00042", "S00039", "S00031", "S00028", "S00017")
    return [
        {
            "ref": ref,
            "connection": "Meridian",
            "company": "Meridian Home SAS",
            "opened_at": ago(minutes=7 * place),
            "url": ORDER_URL.replace("S00042", ref),
        }
        for place, ref in enumerate(refs)
    ]
