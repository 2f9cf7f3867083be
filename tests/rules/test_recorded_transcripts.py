"""S00010 and its neighbours as real servers of each version answered, against values read off by eye."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from integrations.canonical import (
    DeliveryProgress,
    DocumentState,
    InvoiceProgress,
    LineKind,
    Money,
    OrderState,
    PaymentProgress,
    PaymentSource,
    PaymentState,
    ReturnHeadline,
    ReturnLogistics,
    ShipmentKind,
    ShipmentState,
)
from integrations.odoo.mapping.customer import loyalty
from integrations.odoo.mapping.stock import available_in, stock_levels
from tests.rules.recorded import WIRES, Row, answers, exact, record_of, whole_order

PLACED = {
    17: datetime(2026, 9, 6, 11, 25, 24, tzinfo=UTC),
    18: datetime(2026, 9, 6, 11, 17, 39, tzinfo=UTC),
    19: datetime(2026, 9, 6, 11, 17, 51, tzinfo=UTC),
}
INVOICED = {(17, ""): "6904.04", (18, ""): "9271.20", (19, ""): "6904.04", (19, "-json2"): "8073.93"}
ORDERS_COUNT = {(17, ""): 4, (18, ""): 14, (19, ""): 4, (19, "-json2"): 13}
# 19 rounds the tax over the whole document, the others line by line.
TOTAL = {17: "970.16", 18: "970.16", 19: "970.15"}
wires = pytest.mark.parametrize(("version", "wire"), WIRES)


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


@wires
def test_the_order_itself(version: int, wire: str) -> None:
    found = record_of(whole_order(version, wire), version).order
    assert (found.connection, found.id, found.ref, found.channel_ref) == ("main", 10, "S00010", "WEB-500009")
    assert (found.company.id, found.company.name) == (1, "Meridian Outfitters Inc.")
    assert (found.state, found.delivery, found.invoicing) == (
        OrderState.CONFIRMED,
        DeliveryProgress.FULL,
        InvoiceProgress.TO_INVOICE,
    )
    assert found.placed_at == PLACED[version]
    assert found.warehouse == "Portland DC"
    assert (found.total, found.untaxed) == (usd(TOTAL[version]), usd("843.61"))
    assert found.replaces is None


LINES = {
    # ordered, shipped, delivered, invoiced, returned, announced, returnable, total
    37: (LineKind.GOODS, "MER-1013", "Sleeping Pad", 1, 1, 0, 1, 1, 0, 0, "284.27"),
    38: (LineKind.GOODS, "MER-1027", "Ice Axe", 1, 1, 1, 1, 0, 0, 1, "412.99"),
    39: (LineKind.GOODS, "MER-1025", "Cargo Short", 4, 4, 4, 4, 0, 0, 4, "244.72"),
    40: (LineKind.GOODS, "GIFTWRAP", "Gift wrapping", 1, 0, 0, 1, 0, 0, 0, "5.75"),
    41: (LineKind.DELIVERY, "SHIP-AEROEXPRESS", "AeroExpress 2-day", 1, 0, 0, 1, 0, 0, 0, "22.43"),
}


@wires
def test_each_line_with_its_quantities_and_what_is_refundable(version: int, wire: str) -> None:
    found = record_of(whole_order(version, wire), version).order
    assert {
        entry.id: exact(
            entry.kind, entry.sku, entry.name, entry.ordered, entry.shipped, entry.delivered, entry.invoiced,
            entry.returned, entry.announced, entry.returnable, str(entry.total.amount) if entry.total else None,
        )
        for entry in found.lines
    } == LINES  # fmt: skip
    refundable = [str(entry.refundable.amount) for entry in found.lines if entry.refundable]
    assert refundable == ["284.27", "412.99", "244.72", "5.75", "22.43"]
    assert found.refundable == usd(TOTAL[version])


@wires
def test_the_shipment_and_its_number(version: int, wire: str) -> None:
    (found,) = record_of(whole_order(version, wire), version).shipments
    assert (found.ref, found.kind, found.state) == ("WH/OUT/00007", ShipmentKind.DELIVERY, ShipmentState.DONE)
    assert (found.carrier, found.tracking_numbers) == ("AeroExpress 2-day", ("AX8066653148",))
    # 17 has no address for a carrier with fixed prices.
    address = None if version == 17 else "https://aeroexpress.example/t/AX8066653148"
    assert found.tracking_url == address
    assert [exact(entry.line_id, entry.quantity) for entry in found.lines] == [(37, 1), (38, 1), (39, 4)]
    assert found.done_at is not None
    assert found.done_at.date() == date(2026, 11, 21)


@wires
def test_the_return_is_received_and_not_credited(version: int, wire: str) -> None:
    (found,) = record_of(whole_order(version, wire), version).returns
    assert (found.ref, found.of_shipment) == ("WH/IN/00001", "WH/OUT/00007")
    assert (found.headline, found.logistics) == (ReturnHeadline.RECEIVED, ReturnLogistics.RECEIVED)
    assert [exact(entry.line_id, entry.quantity, entry.received) for entry in found.lines] == [(37, 1, 1)]


@wires
def test_the_invoice_and_the_payment_that_settled_it(version: int, wire: str) -> None:
    record = record_of(whole_order(version, wire), version)
    (found,) = record.invoices
    assert (found.ref, found.state, found.payment_state) == (
        "INV/2026/00005",
        DocumentState.POSTED,
        PaymentProgress.PAID,
    )
    assert (found.total, found.residual) == (usd(TOTAL[version]), usd("0.00"))
    assert (found.issued_on, found.due_on, found.reverses) == (date(2026, 10, 6), date(2026, 11, 21), None)
    assert [(entry.line_ids, entry.total.amount) for entry in found.lines] == [
        ((37,), Decimal("284.27")),
        ((38,), Decimal("412.99")),
        ((39,), Decimal("244.72")),
        ((40,), Decimal("5.75")),
        ((41,), Decimal("22.43")),
    ]
    assert record.credit_notes == ()
    (payment,) = record.payments
    assert (payment.source, payment.state, payment.amount) == (
        PaymentSource.LEDGER,
        PaymentState.DONE,
        usd(TOTAL[version]),
    )
    assert (payment.id, payment.ref) == (5, "PBNK1/2026/00004 (INV/2026/00005)")
    assert (payment.document_ref, payment.is_refund) == ("INV/2026/00005", False)
    assert payment.at == datetime(2026, 11, 21, tzinfo=UTC)


@wires
def test_the_customer_with_both_addresses(version: int, wire: str) -> None:
    found = record_of(whole_order(version, wire), version).customer
    assert found is not None
    assert (found.name, found.email, found.phone) == (
        "Hugo Lindqvist",
        "hugo.lindqvist57@mail.example",
        "+1 415 555 1057",
    )
    assert (found.language, found.orders_count) == ("en_US", ORDERS_COUNT[version, wire])
    assert found.total_invoiced is not None
    assert str(found.total_invoiced.amount) == INVOICED[version, wire]
    assert found.credit is not None
    assert str(found.credit.amount) == "2311.03"
    assert found.address is not None
    assert (found.address.street, found.address.postcode, found.address.city, found.address.country) == (
        "974 Oak St",
        "60601",
        "Chicago",
        "United States",
    )
    assert found.delivery_address is not None
    assert (found.delivery_address.street, found.delivery_address.city) == ("146 Market St", "Chicago")
    assert found.preferences.email_opted_out is None


@wires
def test_a_partners_loyalty_card(version: int, wire: str) -> None:
    (card,) = answers(version, "05-partner-loyalty", wire)["loyalty cards of a partner"]
    # A flat answer gives the programme as a pair, the nested one as an object.
    program = {"id": card["program_id"][0], "display_name": card["program_id"][1]}
    found = loyalty({**card, "program_id": program})
    assert exact(found.program, found.points, found.expires_on) == ("Meridian Rewards", 1704, None)
    assert found.code == card["code"]


@wires
def test_availability_per_warehouse_from_the_stock_rows(version: int, wire: str) -> None:
    quants = answers(version, "04-availability", wire)["quants: on hand and reserved by location"]
    of_product: dict[str, list[Row]] = {}
    for row in quants:
        warehouse = {"id": row["warehouse_id"][0], "display_name": row["warehouse_id"][1]}
        nested = {
            **row,
            "location_id": {"id": row["location_id"][0], "usage": "internal", "warehouse_id": warehouse},
        }
        of_product.setdefault(row["product_id"][1], []).append(nested)
    socks = stock_levels({"stock_quant_ids": of_product["[MER-1005] Wool Sock 3-pack"]}, size=Decimal(1))
    assert socks is not None
    assert {level.warehouse: exact(level.on_hand, level.available) for level in socks.values()} == {
        "Portland DC": (SOCKS_IN_PORTLAND[version], SOCKS_IN_PORTLAND[version]),
        "Reno Returns & Outlet": (259, 259),
        "Toronto DC": (-4, -4),
    }
    packs = stock_levels({"stock_quant_ids": of_product["[MER-1008] Expedition Pack 65L"]}, size=Decimal(1))
    assert packs is not None
    portland = next(key for key, level in packs.items() if level.warehouse == "Portland DC")
    assert available_in(packs, portland) == (48 if version == 19 else 51)
    assert available_in(packs, 0) == 0


def test_no_stock_is_claimed_of_what_odoo_does_not_count() -> None:
    """A kit, or goods without stock keeping: Odoo has no rows for them, and none is not zero."""
    for mark in ({"is_storable": False}, {"detailed_type": "consu"}):
        levels = stock_levels({**mark, "stock_quant_ids": []}, size=Decimal(1))
        assert available_in(levels, 1) is None
    assert available_in(stock_levels({"is_storable": True, "stock_quant_ids": []}, size=Decimal(1)), 1) == 0


def test_warehouses_of_the_same_name_are_not_mixed() -> None:
    def row(warehouse: int, held: int) -> Row:
        place = {
            "id": warehouse,
            "usage": "internal",
            "warehouse_id": {"id": warehouse, "display_name": "Main"},
        }
        return {"id": warehouse, "quantity": held, "reserved_quantity": 0, "location_id": place}

    levels = stock_levels({"stock_quant_ids": [row(1, 5), row(2, 7)]}, size=Decimal(1))
    assert exact(available_in(levels, 1), available_in(levels, 2)) == (5, 7)


SOCKS_IN_PORTLAND = {17: 135, 18: 135, 19: 137}
