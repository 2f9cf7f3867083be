"""Shipped, returned, announced and returnable, from moves of every awkward kind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.canonical import Branch, OrderLine, Return
from tests.rules.recorded import EVERYTHING, record_of
from tests.rules.rows import (
    DOZEN,
    UNIT,
    Row,
    line,
    move,
    move_back,
    move_inside,
    order,
    picking,
    product,
    rma,
)

OTHER = 6
KIT, TENT, PEG, MAT = 20, 21, 22, 23


def only_line(row: Row, version: int = 18) -> OrderLine:
    return record_of(row, version).order.lines[0]


def figures(of: OrderLine) -> tuple[Any, ...]:
    return of.shipped, of.returned, of.announced, of.returnable


def with_pickings(*pickings: Row, ordered: float = 3.0, **more: Any) -> Row:
    return order(line(product_uom_qty=ordered), picking_ids=list(pickings), **more)


sent = move(3.0)
backorder = [picking(move(2.0)), picking(move(1.0, state="assigned"), state="assigned")]

CASES = [
    ("nothing moved yet", [picking(move(3.0, state="assigned"), state="assigned")], (0, 0, 0, 0)),
    ("all shipped", [picking(sent)], (3, 0, 0, 3)),
    ("part shipped, backorder open", backorder, (2, 0, 0, 2)),
    ("shipped in two parts", [picking(move(2.0)), picking(move(1.0))], (3, 0, 0, 3)),
    ("shipment cancelled", [picking(move(3.0, state="cancel"), state="cancel")], (0, 0, 0, 0)),
    ("more shipped than ordered", [picking(move(4.0))], (4, 0, 0, 4)),
    ("return waiting", [picking(sent), picking(move_back(2.0, state="assigned"), state="assigned")], (3, 0, 2, 1)),
    ("return in draft", [picking(sent), picking(move_back(2.0, state="draft"), state="draft")], (3, 0, 2, 1)),
    ("return received", [picking(sent), picking(move_back(2.0))], (3, 2, 0, 1)),
    ("received short of the announced", [picking(sent), picking(move_back(2.0, quantity=1.0))], (3, 1, 0, 2)),
    ("return cancelled", [picking(sent), picking(move_back(2.0, state="cancel"), state="cancel")], (3, 0, 0, 3)),
    ("one received, one waiting", [picking(sent), picking(move_back(1.0)), picking(move_back(1.0, state="confirmed"))],
     (3, 1, 1, 1)),
    ("more returned than shipped", [picking(sent), picking(move_back(50.0))], (3, 50, 0, 0)),
    ("more announced than shipped", [picking(sent), picking(move_back(50.0, state="assigned"))], (3, 0, 50, 0)),
    ("return sent out again", [picking(sent), picking(move_back(2.0)), picking(move(2.0))], (5, 2, 0, 3)),
    ("return about to be sent out again",
     [picking(sent), picking(move_back(2.0)), picking(move(2.0, state="assigned"))], (3, 2, 0, 1)),
    ("three steps, only picked", [picking(move_inside(3.0)), picking(move(3.0, state="waiting"))], (0, 0, 0, 0)),
    ("three steps, all done", [picking(move_inside(3.0)), picking(move_inside(3.0)), picking(sent)], (3, 0, 0, 3)),
    ("drop-ship", [picking(move(3.0, location_usage="supplier"), picking_type_code="dropship")], (3, 0, 0, 3)),
    ("drop-ship sent back to the supplier",
     [picking(move(3.0, location_usage="supplier")), picking(move_back(1.0, location_dest_usage="supplier"))],
     (3, 1, 0, 2)),
    ("from one customer place to another",
     [picking(sent), picking(move(3.0, location_usage="customer"))], (3, 0, 0, 3)),
    ("shipped from a transit place", [picking(move(3.0, location_usage="transit"))], (3, 0, 0, 3)),
    ("another line's goods", [picking(sent, move(9.0, line=2))], (3, 0, 0, 3)),
    ("goods of no line", [picking(sent, move(9.0, line=None))], (3, 0, 0, 3)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pickings", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_moves_are_counted_by_where_they_lead(pickings: list[Row], expected: tuple[int, ...]) -> None:
    assert figures(only_line(with_pickings(*pickings))) == expected


def test_an_order_cancelled_after_shipping_can_still_be_returned() -> None:
    assert figures(only_line(with_pickings(picking(sent), state="cancel"))) == (3, 0, 0, 3)


def test_a_return_move_without_a_sale_line_belongs_to_the_line_of_the_move_it_returns() -> None:
    out = move(3.0)
    back = move_back(2.0, line=None, origin_returned_move_id=out["id"])
    again = move(1.0, line=None, origin_returned_move_id=back["id"])
    row = with_pickings(picking(out), picking(back), picking(again))
    assert figures(only_line(row)) == (4, 2, 0, 2)


def test_moves_that_return_each_other_in_a_circle_end_without_a_line() -> None:
    one, two = move_back(1.0, line=None), move_back(1.0, line=None)
    one["origin_returned_move_id"], two["origin_returned_move_id"] = two["id"], one["id"]
    assert figures(only_line(with_pickings(picking(sent), picking(one, two)))) == (3, 0, 0, 3)


@pytest.mark.parametrize("version", [17, 18, 19])
def test_a_line_in_dozens_counts_moves_made_in_units(version: int) -> None:
    dozens = line(version=version, unit=DOZEN[version], product_uom_qty=4.0)
    pickings = [picking(move(24.0)), picking(move_back(6.0)), picking(move_back(12.0, state="assigned"))]
    found = only_line(order(dozens, picking_ids=pickings), version)
    assert figures(found) == (2, Decimal("0.5"), 1, Decimal("0.5"))
    assert found.uom == "Dozens"


@pytest.mark.parametrize("version", [17, 18, 19])
def test_a_line_in_units_counts_moves_made_in_dozens(version: int) -> None:
    moves = picking(move(2.0, product_uom=DOZEN[version]), move_back(1.0, product_uom=DOZEN[version]))
    found = only_line(order(line(version=version, product_uom_qty=24.0), picking_ids=[moves]), version)
    assert figures(found) == (24, 12, 0, 12)


def test_a_third_of_a_unit_does_not_leave_a_trace_of_rounding() -> None:
    third = {"id": 9, "display_name": "Pack of 3", "factor": 1 / 3}
    pickings = [picking(move(1.0)), picking(move(1.0)), picking(move(1.0))]
    assert figures(only_line(order(line(unit=third), picking_ids=pickings))) == (1, 0, 0, 1)


def kit_order(*pickings: Row, ordered: float = 2.0) -> Row:
    return order(line(of=product(KIT), product_uom_qty=ordered), picking_ids=list(pickings))


def parts(tents: float, pegs: float, mats: float, *, direction: Any = move, **more: Any) -> list[Row]:
    """A kit is one tent, two packs of pegs and one mat."""
    amounts = ((TENT, tents), (PEG, pegs), (MAT, mats))
    return [direction(amount, of=component, **more) for component, amount in amounts if amount]


KITS = [
    ("nothing shipped", [picking(*parts(2, 4, 2, state="assigned"))], (0, 0, 0, 0)),
    ("all shipped", [picking(*parts(2, 4, 2))], (2, 0, 0, 2)),
    ("half shipped", [picking(*parts(1, 2, 1)), picking(*parts(1, 2, 1, state="assigned"))], (1, 0, 0, 1)),
    ("no kit whole yet", [picking(*parts(0, 4, 2)), picking(*parts(2, 0, 0, state="confirmed"))], (0, 0, 0, 0)),
    ("one kit whole, parts of the other",
     [picking(*parts(2, 4, 1)), picking(*parts(0, 0, 1, state="confirmed"))], (1, 0, 0, 1)),
    ("one kit back", [picking(*parts(2, 4, 2)), picking(*parts(1, 2, 1, direction=move_back))], (2, 1, 0, 1)),
    ("only a part back", [picking(*parts(2, 4, 2)), picking(*parts(1, 0, 0, direction=move_back))], (2, 1, 0, 1)),
    ("a pack of pegs back", [picking(*parts(2, 4, 2)), picking(*parts(0, 1, 0, direction=move_back))], (2, 1, 0, 1)),
    ("two parts of different kinds back, one after the other",
     [picking(*parts(2, 4, 2)), picking(*parts(1, 0, 0, direction=move_back)),
      picking(*parts(0, 2, 1, direction=move_back))], (2, 1, 0, 1)),
    ("all back", [picking(*parts(2, 4, 2)), picking(*parts(2, 4, 2, direction=move_back))], (2, 2, 0, 0)),
    ("one kit announced",
     [picking(*parts(2, 4, 2)), picking(*parts(1, 2, 1, direction=move_back, state="assigned"))], (2, 0, 1, 1)),
    ("one back, one announced",
     [picking(*parts(2, 4, 2)), picking(*parts(1, 2, 1, direction=move_back)),
      picking(*parts(1, 2, 1, direction=move_back, state="assigned"))], (2, 1, 1, 0)),
    ("shipment cancelled", [picking(*parts(2, 4, 2, state="cancel"), state="cancel")], (0, 0, 0, 0)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("pickings", "expected"), [case[1:] for case in KITS], ids=[case[0] for case in KITS]
)
def test_a_kit_counts_as_far_as_it_is_whole(pickings: list[Row], expected: tuple[int, ...]) -> None:
    assert figures(only_line(kit_order(*pickings))) == expected


def test_kits_whose_parts_do_not_divide_evenly_are_all_counted() -> None:
    row = kit_order(picking(*parts(3, 7, 0)), ordered=3.0)
    assert figures(only_line(row)) == (3, 0, 0, 3)


def authorization(state: str, reception: int | bool, of_move: Row, **more: Any) -> Row:
    return rma(state, 1.0, reception_move_id=reception, move_id=of_move["id"], **more)


RMA_STATES = [
    ("draft", (3, 0, 0, 3)),
    ("confirmed", (3, 0, 1, 2)),
    ("received", (3, 1, 0, 2)),
    ("waiting_return", (3, 1, 0, 2)),
    ("waiting_replacement", (3, 1, 0, 2)),
    ("refunded", (3, 1, 0, 2)),
    ("replaced", (3, 1, 0, 2)),
    ("finished", (3, 1, 0, 2)),
    ("locked", (3, 1, 0, 2)),
    ("returned", (3, 0, 0, 3)),  # the customer has it back
    ("cancelled", (3, 0, 0, 3)),
]


@pytest.mark.parametrize(("state", "expected"), RMA_STATES)
def test_an_authorization_counts_where_its_transfer_is_not_among_the_orders_own(
    state: str, expected: tuple[int, ...]
) -> None:
    out = move(3.0)
    row = with_pickings(picking(out), rma_ids=[authorization(state, 9999, out)])
    assert figures(only_line(row)) == expected


@pytest.mark.parametrize(("state", "move_state", "expected"), [
    ("confirmed", "assigned", (3, 0, 1, 2)),
    ("received", "done", (3, 1, 0, 2)),
])  # fmt: skip
def test_an_authorization_whose_transfer_is_there_is_not_counted_twice(
    state: str, move_state: str, expected: tuple[int, ...]
) -> None:
    out = move(3.0)
    back = move_back(1.0, line=None, state=move_state, origin_returned_move_id=out["id"])
    row = with_pickings(picking(out), picking(back), rma_ids=[authorization(state, back["id"], out)])
    assert figures(only_line(row)) == expected


@pytest.mark.parametrize("version", [17, 18, 19])
def test_an_authorization_in_units_is_counted_in_the_lines_dozens(version: int) -> None:
    out = move(24.0)
    asked = authorization("confirmed", 9999, out) | {"product_uom_qty": 6.0, "product_uom": UNIT}
    row = order(line(version=version, unit=DOZEN[version]), picking_ids=[picking(out)], rma_ids=[asked])
    assert figures(only_line(row, version)) == (2, 0, Decimal("0.5"), Decimal("1.5"))


def test_without_the_shipments_no_quantity_is_guessed() -> None:
    row = with_pickings(picking(sent))
    found = record_of(row, 18, read=EVERYTHING - {Branch.SHIPMENTS}).order.lines[0]
    assert figures(found) == (None, None, None, None)
    assert found.ordered == 3


amounts = st.integers(min_value=0, max_value=60).map(lambda tenths: tenths / 10)
open_or_done = st.sampled_from(
    ["done", "assigned", "confirmed", "waiting", "cancel", "draft", "partially_available"]
)
any_move = st.builds(
    lambda direction, amount, state, component: direction(amount, state=state, of=component),
    st.sampled_from([move, move_back, move_inside]), amounts, open_or_done, st.sampled_from([5, OTHER]),
)  # fmt: skip


@given(moves=st.lists(any_move, max_size=8), ordered=amounts, version=st.sampled_from([17, 18, 19]))
def test_quantities_never_go_below_zero_and_add_up(moves: list[Row], ordered: float, version: int) -> None:
    row = order(line(version=version, product_uom_qty=ordered), picking_ids=[picking(*moves)])
    found = only_line(row, version)
    assert found.shipped is not None
    assert found.returned is not None
    assert found.announced is not None
    assert found.returnable == max(Decimal(0), found.shipped - found.returned - found.announced)
    assert min(found.shipped, found.returned, found.announced) >= 0


@given(moves=st.lists(any_move, max_size=8))
def test_no_unit_of_a_line_without_components_is_lost(moves: list[Row]) -> None:
    plain = [entry for entry in moves if entry["product_id"]["id"] == 5]
    found = only_line(with_pickings(picking(*plain)))
    sent_out = sum(
        (
            Decimal(str(m["quantity"]))
            for m in plain
            if m["state"] == "done" and _is(m, "internal", "customer")
        ),
        Decimal(0),
    )
    assert found.shipped == sent_out


def _is(row: Row, came_from: str, goes_to: str) -> bool:
    return (row["location_usage"], row["location_dest_usage"]) == (came_from, goes_to)


def returned_lines(found: tuple[Return, ...]) -> Decimal:
    return sum((entry.received for one in found for entry in one.lines), Decimal(0))


@given(moves=st.lists(any_move, max_size=8))
def test_the_lines_of_returns_say_what_the_order_line_says(moves: list[Row]) -> None:
    plain = [entry for entry in moves if entry["product_id"]["id"] == 5]
    record = record_of(with_pickings(*(picking(entry) for entry in plain)), 18)
    assert returned_lines(record.returns) == record.order.lines[0].returned
