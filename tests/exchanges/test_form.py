"""The form of an exchange says again what was put down with it, however the other product was named."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.http import QueryDict

from cases.actions.asking import UnclearWish
from cases.actions.exchange.form import ExchangeForm, WishedSwap, wish_json, wish_of
from cases.actions.returns.form import WishedLot
from console.views.exchange_form import PAGE

LINES = (
    WishedSwap(line_id=7, quantity=Decimal(2), reason="too_small"),
    WishedSwap(line_id=8, quantity=Decimal("1.5"), reason="damaged", product_code="OM-1101"),
    WishedSwap(line_id=9, quantity=Decimal(1), reason="damaged", product_id=128),
    WishedSwap(line_id=10, quantity=Decimal(1), reason="damaged", lots=(WishedLot(id=4),)),
)


def form(*lines: WishedSwap) -> ExchangeForm:
    return ExchangeForm(
        connection="main", ref="S1", company=1, lines=lines, warehouse=3, back_to=5, note="please"
    )


def test_a_draft_is_filled_in_as_it_was_put_down() -> None:
    typed = QueryDict(mutable=True)
    typed.update({"connection": "main", "ref": "S1", "company": "1", **PAGE.filled(form(*LINES))})
    assert PAGE.fill(typed) == form(*LINES)
    assert wish_of(wish_json(LINES)) == LINES


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (WishedSwap(line_id=7, quantity=Decimal(0), reason="damaged"), "quantity"),
        (WishedSwap(line_id=7, quantity=Decimal(1), reason="nonsense"), "reason"),
        (WishedSwap(line_id=7, quantity=Decimal(2), reason="damaged", lots=(WishedLot(id=4),)), "quantity"),
        (
            WishedSwap(
                line_id=7,
                quantity=Decimal(2),
                reason="damaged",
                lots=(WishedLot(id=4), WishedLot(id=4)),
            ),
            "line_twice",
        ),
        (WishedSwap(line_id=7, quantity=Decimal(1), reason="damaged", product_code="x" * 61), "product"),
        (
            WishedSwap(line_id=7, quantity=Decimal(1), reason="damaged", product_code="x", product_id=1),
            "product",
        ),
    ],
)
def test_what_no_order_could_make_sensible_is_said_before_anybody_asks_odoo(
    line: WishedSwap, reason: str
) -> None:
    with pytest.raises(UnclearWish) as unclear:
        form(line).check(["damaged"])
    assert unclear.value.reason == reason


def test_one_line_is_exchanged_once_and_something_has_to_be() -> None:
    line = LINES[0]
    with pytest.raises(UnclearWish, match="line_twice"):
        form(line, line).check(["too_small"])
    with pytest.raises(UnclearWish, match="nothing_back"):
        form().check([])
