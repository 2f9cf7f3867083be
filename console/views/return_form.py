"""The form that asks goods back: lines of the deliveries, each with its reason, lots where they are tracked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from cases.actions.asking import UnclearWish
from cases.actions.returns.choices import return_choices
from cases.actions.returns.form import ReturnForm, WishedBack, WishedLot
from cases.masking import MaskedRecord
from cases.orders.workspace import OpenedOrder
from console.goods_words import obstacle_word
from console.security import ViewerRequest
from console.typed_numbers import company_number, row_number
from console.views.action_forms import FormPage, typed_number

MOST_LINES = 200
# "m" and Odoo's number of a delivery's line, or "l" and that of an order's line.
_QUANTITY = re.compile(r"quantity_([ml])(\d{1,15})")
_LOT = re.compile(r"lot_m(\d{1,15})_(\d{1,15})")


def _show(request: ViewerRequest, opened: OpenedOrder) -> dict[str, Any]:
    """Deliveries as Odoo has them now; while it is away the order's lines as they are known."""
    found = return_choices(
        request.viewer,
        connection=opened.connection,
        company_id=opened.company_id,
        order_id=opened.record.order.id.value,
        correlation_id=request.id,
    )
    if found is None:
        return {"lines": list(_of_order(opened)), "places": []}
    return {"lines": list(_of_deliveries(found)), "places": found.places}


def _of_deliveries(found: MaskedRecord) -> Iterator[dict[str, Any]]:
    for line in found.lines[:MOST_LINES]:
        yield {
            "field": f"m{line.move_id.value}",
            "name": line.name,
            "delivery": line.delivery,
            "unit": line.unit,
            "left": line.left,
            "lots": line.lots,
            "obstacle": obstacle_word(line.obstacle.value) if line.obstacle.value else "",
            "is_open": not line.obstacle.value and line.left.value > 0,
        }


def _of_order(opened: OpenedOrder) -> Iterator[dict[str, Any]]:
    for line in opened.record.order.lines[:MOST_LINES]:
        left = line.returnable.value
        if isinstance(left, Decimal) and left > 0:
            yield {
                "field": f"l{line.id.value}",
                "name": line.name,
                "delivery": None,
                "unit": line.uom,
                "left": line.returnable,
                "lots": (),
                "obstacle": "",
                "is_open": True,
            }


def _as_filled(form: Any) -> dict[str, str]:
    filled = {"note": form.note, "reason": form.reason, "warehouse": str(form.warehouse or "")}
    for line in form.lines:
        field = f"m{line.move_id}" if line.move_id else f"l{line.line_id}"
        filled[f"reason_{field}"] = line.reason
        if line.quantity is not None and not line.lots:
            filled[f"quantity_{field}"] = format(line.quantity, "f")
        filled |= {f"lot_{field}_{lot.id}": format(lot.quantity, "f") for lot in line.lots}
    return filled


def _filled(form: QueryDict) -> ReturnForm:
    """What was typed. Raises ``UnclearWish`` for what is no number, and where nothing is chosen."""
    lines = tuple(_lines(form))
    if not lines:
        raise UnclearWish("nothing_back")
    return ReturnForm(
        connection=form.get("connection", ""),
        ref=form.get("ref", ""),
        company=company_number(form.get("company", "")),
        lines=lines,
        warehouse=row_number(form.get("warehouse", "")),
        note=form.get("note", ""),
    )


def _lines(form: QueryDict) -> Iterator[WishedBack]:
    lots: dict[str, list[WishedLot]] = {}
    quantities: dict[str, Decimal] = {}
    for name in list(form)[: MOST_LINES * 6]:
        typed = form.get(name, "")
        if found := _LOT.fullmatch(name):
            much = typed_number(typed, "quantity")
            if much:
                lots.setdefault(f"m{found[1]}", []).append(WishedLot(id=int(found[2]), quantity=much))
        elif found := _QUANTITY.fullmatch(name):
            much = typed_number(typed, "quantity")
            if much:
                quantities[f"{found[1]}{found[2]}"] = much
    for field in dict.fromkeys([*quantities, *lots]):
        number = int(field[1:])
        yield WishedBack(
            line_id=number if field[0] == "l" else None,
            move_id=number if field[0] == "m" else None,
            quantity=quantities.get(field),
            reason=form.get(f"reason_{field}", "") or form.get("reason", ""),
            lots=tuple(lots.get(field, ())),
        )


PAGE = FormPage(kind="return", template="actions/return.html", fill=_filled, show=_show, filled=_as_filled)
