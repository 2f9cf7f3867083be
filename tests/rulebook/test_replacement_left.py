"""Nobody gets for one piece both money and another piece, whatever was done with the order before."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.actions.replacement.left import left_of
from cases.actions.replacement.lines import ReplacementWish, WishedAgain, resolve
from cases.rules.replacement_stock import ReplacementStock
from integrations.canonical import (
    Company,
    ExpectedReplacement,
    FreeStock,
    ReplaceableLine,
    ReplacementFacts,
    ReplacementProduct,
    SentAgain,
    Warehouse,
)

MAIN, OUTLET, HUB = 1, 2, 3


def sold(
    number: int = 1, *, shipped: int = 5, credited: int = 0, back: int = 0, size: int = 1
) -> ReplaceableLine:
    """Five lamps; what came back lowers Odoo's net figure."""
    return ReplaceableLine(
        id=number,
        name="Lamp",
        product_id=7,
        ordered=Decimal(5),
        delivered=Decimal(shipped - back),
        shipped=Decimal(shipped),
        credited=Decimal(credited),
        unit_size=Decimal(size),
        price=Decimal(50),
        total=Decimal(300),
    )


def facts_of(
    *lines: ReplaceableLine, free: dict[int, int] | None = None, sent: tuple[SentAgain, ...] = ()
) -> ReplacementFacts:
    return ReplacementFacts(
        connection="main",
        company=Company(id=1, name="One"),
        order_id=1,
        order_ref="S1",
        order_state="sale",
        odoo_version=18,
        customer_ref="WEB-1",
        warehouse_id=MAIN,
        carrier=None,
        lines=lines or (sold(),),
        products=(
            ReplacementProduct(
                id=7,
                name="Lamp",
                is_counted=True,
                cost=Decimal(20),
                unit_size=Decimal(1),
                stock=tuple(
                    FreeStock(warehouse_id=key, free=Decimal(much)) for key, much in (free or {}).items()
                ),
                obstacle=None,
            ),
        ),
        warehouses=tuple(Warehouse(id=key, name=str(key)) for key in (MAIN, OUTLET, HUB)),
        replacements=tuple(ExpectedReplacement(id=one.order_id, state="sale") for one in sent),
        sent=sent,
        currency="EUR",
        cost_currency="EUR",
        fetched_at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def request(
    kind: str = "replacement", quantity: int = 1, *, done: bool = False, documents: tuple[int, ...] = ()
) -> dict[str, Any]:
    line = {"line_id": 1, "quantity": str(quantity), "goods_back": True}
    payload: dict[str, Any] = {
        "lines": [line],
        "wish": {"lines": [line], "amount": None, "goods_back": False},
    }
    return {
        "kind": kind,
        "reference": f"RP-{len(documents)}",
        "is_done": done,
        "documents": list(documents),
        "payload": payload,
    }


def by_hand(quantity: int, order: int = 90) -> SentAgain:
    return SentAgain(order_id=order, reference="", product_id=7, quantity=Decimal(quantity))


def left(facts: ReplacementFacts, *requests: dict[str, Any]) -> Decimal:
    return left_of(facts, requests)[1].quantity


def test_what_came_back_for_money_counts_once() -> None:
    assert left(facts_of(sold(credited=2, back=2))) == 3
    assert left(facts_of(sold(credited=2, back=0))) == 3, "credited, and still on its way back"
    assert left(facts_of(sold(credited=0, back=2))) == 3, "back, and not credited yet"


def test_open_and_done_requests_take_their_pieces_once() -> None:
    ours = SentAgain(order_id=80, reference="RP-1", product_id=7, quantity=Decimal(2))
    assert left(facts_of(), request(quantity=2)) == 3
    assert left(facts_of(sent=(ours,)), request(quantity=2, done=True, documents=(80,))) == 3
    assert left(facts_of(), request(quantity=2, done=True, documents=(80,))) == 5, "cancelled in Odoo since"
    assert left(facts_of(), request(quantity=2, done=True)) == 3, "done by other means"
    assert left(facts_of(), request("refund", 2)) == 3
    assert left(facts_of(sold(credited=2)), request("refund", 2, done=True)) == 3
    assert left(facts_of(), request("return", 2)) == 5


def test_what_others_sent_by_hand_takes_its_pieces_line_by_line() -> None:
    assert left(facts_of(sent=(by_hand(2),))) == 3
    two = facts_of(sold(1), sold(2, size=2), sent=(by_hand(9),))
    found = left_of(two, ())
    assert (found[1].quantity, found[2].quantity) == (0, 3), "in the second line's unit of two"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    shipped=st.integers(0, 5),
    credited=st.integers(0, 5),
    back=st.integers(0, 5),
    open_=st.lists(st.integers(1, 5), max_size=3),
    hand=st.lists(st.integers(1, 5), max_size=3),
    refund=st.integers(0, 5),
)
def test_what_is_left_never_exceeds_what_was_shipped_less_what_was_given(
    shipped: int, credited: int, back: int, open_: list[int], hand: list[int], refund: int
) -> None:
    credited, back = min(credited, shipped), min(back, shipped)
    sent = tuple(by_hand(much, order=90 + place) for place, much in enumerate(hand))
    asked = [request(quantity=much) for much in open_] + ([request("refund", refund)] if refund else [])
    found = left(facts_of(sold(shipped=shipped, credited=credited, back=back), sent=sent), *asked)
    assert found == max(0, shipped - max(credited, back) - sum(open_) - sum(hand) - refund)


def chosen(free: dict[int, int], quantity: int = 2, *, kept_back: int = 0, **wish: Any) -> tuple[int, bool]:
    line = WishedAgain(line_id=1, quantity=Decimal(quantity))
    stock = ReplacementStock(kept_back=Decimal(kept_back))
    source = resolve(ReplacementWish(lines=(line,), **wish), facts_of(free=free), (), stock).source
    assert source is not None
    return source.id, source.is_enough


def test_the_orders_own_warehouse_comes_first_then_the_one_with_most() -> None:
    assert chosen({MAIN: 2, OUTLET: 90}) == (MAIN, True)
    assert chosen({MAIN: 1, OUTLET: 2, HUB: 9}) == (HUB, True)
    assert chosen({MAIN: 2, OUTLET: 3}, kept_back=1) == (OUTLET, True)
    assert chosen({MAIN: 1, OUTLET: 1}) == (MAIN, False)
    assert chosen({MAIN: 9, OUTLET: 2}, warehouse_id=OUTLET) == (OUTLET, True)
    assert chosen({MAIN: 9, OUTLET: 1}, warehouse_id=OUTLET) == (OUTLET, False), (
        "a named one is not exchanged"
    )
    assert chosen({OUTLET: 2, HUB: 9}, before=OUTLET) == (OUTLET, True), "it stays where it was approved"
    assert chosen({OUTLET: 1, HUB: 9}, before=OUTLET) == (HUB, True)


def test_a_warehouse_that_is_not_there_is_none() -> None:
    wish = ReplacementWish(lines=(WishedAgain(line_id=1, quantity=Decimal(1)),), warehouse_id=99)
    assert resolve(wish, facts_of(), (), ReplacementStock()).problem == "no_such_warehouse"
    unknown = ReplacementWish(lines=(WishedAgain(line_id=99, quantity=Decimal(1)),))
    assert resolve(unknown, facts_of(), (), ReplacementStock()).problem == "not_of_order"
