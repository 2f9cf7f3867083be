"""Awkward orders of real servers, read with our own specification, against values worked out by hand.

By hand means: from what was done to the order when it was made, and from Odoo's own flat figures.
"""

from __future__ import annotations

from typing import Any

import pytest

from integrations.canonical import (
    CreditNote,
    DeliveryProgress,
    Invoice,
    LineKind,
    OrderRecord,
    OrderState,
    PaymentSource,
    PaymentState,
    ReturnHeadline,
    ReturnMoney,
    ReturnSource,
    ShipmentKind,
    ShipmentState,
)
from tests.rules.recorded import recorded_order

# ordered, shipped, delivered, invoiced, returned, announced, returnable, refundable; goods lines only, in their order
GOODS: dict[tuple[int, str], list[tuple[Any, ...]]] = {
    # Drop-shipped and paid, the other line still to be sent.
    (17, "QM2367"): [(1, 1, 1, 1, 0, 0, 1, "899.00"), (2, 0, 0, 2, 0, 0, 0, "298.98")],
    # 10 % off by a code, as one negative line per tax.
    (17, "QM2467"): [
        (2, 2, 2, 2, 0, 0, 2, "344.50"),
        (2, 2, 2, 2, 0, 0, 2, "153.00"),
        (2, 2, 2, 2, 0, 0, 2, "94.10"),
    ],
    # A draft note over everything.
    (17, "QM2405"): [
        (4, 4, 4, 0, 0, 0, 4, "0.00"),
        (2, 2, 2, 0, 0, 0, 2, "0.00"),
        (1, 1, 1, 0, 0, 0, 1, "0.00"),
        (2, 2, 2, 0, 0, 0, 2, "0.00"),
    ],
    # Two of four of a batch came back.
    (17, "QM2436"): [(4, 4, 2, 0, 2, 0, 2, "0.00")],
    # Dozens, half of four sent.
    (17, "QM2471"): [(4, 2, 2, 0, 0, 0, 2, "0.00")],
    (19, "LK008956"): [(4, 2, 2, 0, 0, 0, 2, "0.00")],
    # Two kits sent, one back.
    (17, "QM2476"): [(2, 2, 1, 0, 1, 0, 1, "0.00"), (1, 1, 0, 0, 1, 0, 0, "0.00")],
    (18, "SO-40873"): [(2, 2, 1, 0, 1, 0, 1, "0.00"), (2, 2, 1, 0, 1, 0, 1, "0.00")],
    # An authorization whose goods came: it does not lower Odoo's own delivered quantity.
    (17, "QM2383"): [(4, 4, 4, 4, 1, 0, 3, "600.80")],
    (18, "SO-40775"): [(2, 2, 2, 2, 0, 1, 1, "360.28")],
    # Picked and packed, not sent.
    (18, "SO-40733"): [
        (2, 0, 0, 0, 0, 0, 0, "0.00"),
        (4, 0, 0, 0, 0, 0, 0, "0.00"),
        (4, 0, 0, 0, 0, 0, 0, "0.00"),
    ],
    # Drop-ship whose purchase nobody confirmed: no transfer at all.
    (18, "SO-40758"): [(1, 0, 0, 0, 0, 0, 0, "0.00")],
    (18, "SO-40770"): [(4, 4, 4, 0, 0, 0, 4, "0.00"), (4, 4, 4, 0, 0, 0, 4, "0.00")],
    # One invoice of 680.54 for both.
    (18, "SO-40797"): [(4, 4, 4, 4, 0, 0, 4, "31.16")],
    (18, "SO-40798"): [(3, 3, 3, 3, 0, 0, 3, "649.38")],
    # Came back and is to be sent out again.
    (18, "SO-40826"): [(3, 3, 0, 0, 3, 0, 0, "0.00"), (3, 3, 0, 0, 3, 0, 0, "0.00")],
    # Exchanged one for one, everything done.
    (18, "SO-40837"): [(2, 4, 2, 0, 2, 0, 2, "0.00"), (1, 2, 1, 0, 1, 0, 1, "0.00")],
    (18, "SO-40861"): [(1, 1, 1, 1, 0, 0, 1, "115.57"), (2, 2, 2, 2, 0, 0, 2, "167.24")],
    # Two of three sent, the rest given up.
    (19, "LK008833"): [(3, 2, 2, 0, 0, 0, 2, "0.00"), (3, 2, 2, 0, 0, 0, 2, "0.00")],
    # One of four credited and paid out.
    (19, "LK008892"): [(4, 4, 4, 3, 0, 0, 4, "462.58")],
    (19, "LK008896"): [(3, 3, 3, 0, 0, 0, 3, "0.00"), (1, 1, 1, 0, 0, 0, 1, "0.00")],
    # Goodwill of 6.00 that the order does not list.
    (19, "LK008898"): [
        (2, 2, 2, 2, 0, 0, 2, "361.32"),
        (1, 1, 1, 1, 0, 0, 1, "146.13"),
        (4, 4, 4, 4, 0, 0, 4, "312.80"),
    ],
    (19, "LK008908"): [(4, 4, 2, 0, 2, 0, 2, "0.00"), (4, 4, 2, 0, 2, 0, 2, "0.00")],
    (19, "LK008932"): [
        (2, 2, 2, 2, 0, 0, 2, "355.54"),
        (2, 2, 2, 2, 0, 0, 2, "176.82"),
        (2, 2, 2, 2, 0, 0, 2, "211.63"),
    ],
    (19, "LK008944"): [(3, 3, 3, 2, 0, 0, 3, "373.42"), (1, 1, 1, 1, 0, 0, 1, "196.21")],
    (19, "LK008987"): [(3, 3, 0, 0, 3, 0, 0, "0.00"), (3, 3, 0, 0, 3, 0, 0, "0.00")],
}

REFUNDABLE = {
    (17, "QM2367"): "1197.98 GBP",
    (17, "QM2467"): "535.84 GBP",  # 594.99 billed less the discounts
    (17, "QM2405"): "0.00 GBP",
    (17, "QM2383"): "609.75 GBP",
    (18, "SO-40797"): "31.16 EUR",
    (18, "SO-40798"): "649.38 EUR",
    (18, "SO-40770"): "0.00 EUR",
    (19, "LK008892"): "470.42 USD",  # 624.61 - 154.19
    (19, "LK008896"): "0.00 USD",
    (19, "LK008898"): "832.65 USD",  # 838.65 - 6.00
    (19, "LK008932"): "743.98 USD",  # down payment and final invoice, 371.99 each
    (19, "LK008944"): "576.88 CAD",  # 763.59 - 186.71
    (19, "LK008987"): "0.00 EUR",
}


def goods(record: OrderRecord) -> list[tuple[Any, ...]]:
    return [
        (
            line.ordered, line.shipped, line.delivered, line.invoiced, line.returned, line.announced, line.returnable,
            str(line.refundable.amount) if line.refundable else None,
        )
        for line in record.order.lines
        if line.kind is LineKind.GOODS
    ]  # fmt: skip


@pytest.mark.parametrize(("version", "name"), GOODS, ids=lambda value: str(value))
def test_the_goods_of_an_order_of_a_real_server(version: int, name: str) -> None:
    assert goods(recorded_order(version, name)) == GOODS[version, name]


@pytest.mark.parametrize(("version", "name"), REFUNDABLE, ids=lambda value: str(value))
def test_what_is_refundable_of_an_order_of_a_real_server(version: int, name: str) -> None:
    money = recorded_order(version, name).order.refundable
    assert money is not None
    assert f"{money.amount} {money.currency}" == REFUNDABLE[version, name]


@pytest.mark.parametrize(("version", "name"), [(17, "QM2471"), (19, "LK008956")])
def test_dozens_are_dozens_whichever_way_odoo_writes_the_factor(version: int, name: str) -> None:
    record = recorded_order(version, name)
    line = record.order.lines[0]
    assert line.uom == "Dozens"
    assert [entry.quantity for shipment in record.shipments for entry in shipment.lines] == [2, 2]
    # 3,396 and 3,156 single pieces in the recorded stock rows, 60 of each reserved.
    assert line.available == {17: 278, 19: 258}[version]


def test_the_kinds_of_lines() -> None:
    assert [line.kind.value for line in recorded_order(18, "SO-40861").order.lines] == [
        "section", "goods", "note", "section", "goods", "service", "delivery",
    ]  # fmt: skip
    assert [line.kind.value for line in recorded_order(17, "QM2467").order.lines][-3:] == [
        "delivery",
        "reward",
        "reward",
    ]
    assert [line.kind.value for line in recorded_order(19, "LK008932").order.lines][-2:] == [
        "section",
        "down_payment",
    ]


def test_words_between_the_lines_are_kept() -> None:
    lines = recorded_order(18, "SO-40861").order.lines
    assert (lines[0].name, lines[3].name) == ("Outdoor set", "Extras")
    assert lines[2].name == "Please wrap in blue paper — no invoice in the parcel!"
    assert (lines[0].ordered, lines[0].returnable, lines[0].refundable, lines[0].total) == (None,) * 4


def test_a_reward_line_offers_no_refund_of_its_own() -> None:
    rewards = [line for line in recorded_order(17, "QM2467").order.lines if line.kind is LineKind.REWARD]
    assert [str(line.refundable.amount) for line in rewards if line.refundable] == ["0.00", "0.00"]
    assert [str(line.total.amount) for line in rewards if line.total] == ["-43.86", "-15.30"]


def test_three_steps_are_one_shipment_and_two_preparations() -> None:
    record = recorded_order(18, "SO-40733")
    assert [(found.ref, found.state.value) for found in record.shipments] == [("NMS/OUT/00001", "ready")]
    assert [found.ref for found in record.preparations] == ["NMS/PICK/00004", "NMS/PACK/00002"]
    assert {found.kind for found in record.preparations} == {ShipmentKind.PREPARATION}
    assert record.returns == ()


def test_a_drop_ship_leaves_the_supplier() -> None:
    own, dropped = recorded_order(17, "QM2367").shipments
    assert (own.kind, own.state) == (ShipmentKind.DELIVERY, ShipmentState.READY)
    assert (dropped.kind, dropped.state) == (ShipmentKind.DROP_SHIP, ShipmentState.DONE)
    assert dropped.tracking_numbers == ("PH5953440832GB",)


def test_goods_without_any_transfer_yet_are_pending_not_nothing_to_ship() -> None:
    assert recorded_order(18, "SO-40758").order.delivery is DeliveryProgress.PENDING


def test_an_order_cancelled_after_shipping_says_both() -> None:
    found = recorded_order(18, "SO-40770").order
    assert (found.state, found.delivery) == (OrderState.CANCELLED, DeliveryProgress.FULL)


def test_batches_are_named_on_the_shipment() -> None:
    (shipment,) = recorded_order(17, "QM2436").shipments
    assert shipment.lines[0].lots == ("B2607-BTH17", "B2608-BTH17")


def test_an_unpaid_invoice_reversed_moved_no_money() -> None:
    record = recorded_order(19, "LK008896")
    assert record.payments == ()
    documents: tuple[Invoice | CreditNote, ...] = (*record.invoices, *record.credit_notes)
    assert [found.payment_state.value for found in documents] == [
        "reversed",
        "paid",
    ]


def test_a_refund_is_told_from_the_payment() -> None:
    payments = recorded_order(19, "LK008892").payments
    assert [(found.is_refund, str(found.amount.amount), found.document_ref) for found in payments] == [
        (False, "624.61", "INV/2026/00036"),
        (True, "154.19", "RINV/2026/00004"),
    ]


def test_a_providers_refund_is_told_from_its_payment() -> None:
    payments = recorded_order(19, "LK008935").payments
    assert [(found.source, found.state, str(found.amount.amount), found.is_refund) for found in payments] == [
        (PaymentSource.PROVIDER, PaymentState.DONE, "-139.97", True),
        (PaymentSource.PROVIDER, PaymentState.DONE, "279.93", False),
    ]


def test_a_return_paid_out_is_refunded_line_by_line() -> None:
    (found,) = recorded_order(19, "LK008987").returns
    assert (found.headline, found.money) == (ReturnHeadline.REFUNDED, ReturnMoney.PAID_OUT)
    assert [line.money for line in found.lines] == [ReturnMoney.PAID_OUT] * 2


@pytest.mark.parametrize(("name", "expected"), [
    ("QM2381", ("RMA0002", "authorized", "awaiting")),
    ("QM2383", ("RMA0004", "received", "received")),
])  # fmt: skip
def test_an_authorization_takes_the_place_of_its_transfer(name: str, expected: tuple[str, ...]) -> None:
    (found,) = recorded_order(17, name).returns
    assert found.source is ReturnSource.RMA
    assert (found.ref, found.headline, found.logistics) == expected


@pytest.mark.parametrize(("version", "name"), [(17, "QM2436"), (18, "SO-40837"), (19, "LK008833")])
def test_the_customer_and_the_cards_of_this_customer_only(version: int, name: str) -> None:
    found = recorded_order(version, name).customer
    assert found is not None
    assert found.name
    assert found.address is not None
    assert len({card.program for card in found.loyalty}) == len(found.loyalty)
    assert recorded_order(version, name).order.company.id == 1
