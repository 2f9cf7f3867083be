"""The form that asks for an exchange: lines of the order, each with its reason and with what goes out in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from cases.actions.asking import UnclearWish
from cases.actions.exchange.choices import exchange_choices
from cases.actions.exchange.form import ExchangeForm, WishedSwap
from cases.actions.returns.form import WishedLot
from cases.orders.workspace import OpenedOrder
from console.goods_words import obstacle_word
from console.security import ViewerRequest
from console.typed_numbers import company_number, row_number
from console.views.action_forms import FormPage, typed_number

MOST_LINES = 200
_LOT = re.compile(r"lot_(\d{1,15})_(\d{1,15})")
_NUMBER = re.compile(r"#(\d{1,15})")  # Odoo's own of a product, as a program may have named it in a draft


def _show(request: ViewerRequest, opened: OpenedOrder) -> dict[str, Any]:
    """Lines and shelves as Odoo has them now; while it is away the order's lines as they are known."""
    found = exchange_choices(
        request.viewer,
        connection=opened.connection,
        company_id=opened.company_id,
        order_id=opened.record.order.id.value,
        order_ref=opened.ref,
        correlation_id=request.id,
    )
    if found is None:
        return {"lines": list(_of_order(opened)), "places": (), "houses": ()}
    lines = [
        {
            "id": line.id.value,
            "name": line.name,
            "left": line.left,
            "lots": line.lots,
            "obstacle": obstacle_word(line.obstacle.value) if line.obstacle.value else "",
            "is_open": not line.obstacle.value and line.left.value > 0,
        }
        for line in found.lines[:MOST_LINES]
    ]
    return {"lines": lines, "places": found.places, "houses": found.houses}


def _of_order(opened: OpenedOrder) -> Iterator[dict[str, Any]]:
    for line in opened.record.order.lines[:MOST_LINES]:
        left = line.returnable.value
        if isinstance(left, Decimal) and left > 0:
            yield {
                "id": line.id.value,
                "name": line.name,
                "left": line.returnable,
                "lots": (),
                "obstacle": "",
                "is_open": True,
            }


def _as_filled(form: Any) -> dict[str, str]:
    filled = {
        "note": form.note,
        "reason": form.reason,
        "warehouse": str(form.warehouse or ""),
        "back_to": str(form.back_to or ""),
    }
    for line in form.lines:
        filled[f"reason_{line.line_id}"] = line.reason
        filled[f"instead_{line.line_id}"] = f"#{line.product_id}" if line.product_id else line.product_code
        if not line.lots:
            filled[f"quantity_{line.line_id}"] = format(line.quantity, "f")
        filled |= {f"lot_{line.line_id}_{lot.id}": format(lot.quantity, "f") for lot in line.lots}
    return filled


def _filled(form: QueryDict) -> ExchangeForm:
    """What was typed. Raises ``UnclearWish`` for what is no number, and where nothing is chosen."""
    lines = tuple(_lines(form))
    if not lines:
        raise UnclearWish("nothing_back")
    return ExchangeForm(
        connection=form.get("connection", ""),
        ref=form.get("ref", ""),
        company=company_number(form.get("company", "")),
        lines=lines,
        warehouse=row_number(form.get("warehouse", "")),
        back_to=row_number(form.get("back_to", "")),
        note=form.get("note", ""),
    )


def _lines(form: QueryDict) -> Iterator[WishedSwap]:
    lots: dict[int, list[WishedLot]] = {}
    quantities: dict[int, Decimal] = {}
    for name in list(form)[: MOST_LINES * 6]:
        typed = form.get(name, "")
        if found := _LOT.fullmatch(name):
            much = typed_number(typed, "quantity")
            if much:
                lots.setdefault(int(found[1]), []).append(WishedLot(id=int(found[2]), quantity=much))
        elif name.startswith("quantity_") and (number := row_number(name.removeprefix("quantity_"))):
            much = typed_number(typed, "quantity")
            if much:
                quantities[number] = much
    for number in dict.fromkeys([*quantities, *lots]):
        chosen = tuple(lots.get(number, ()))
        instead = form.get(f"instead_{number}", "").strip()
        product = _NUMBER.fullmatch(instead)
        yield WishedSwap(
            line_id=number,
            quantity=sum((lot.quantity for lot in chosen), Decimal(0)) if chosen else quantities[number],
            reason=form.get(f"reason_{number}", "") or form.get("reason", ""),
            lots=chosen,
            product_id=int(product[1]) if product else None,
            product_code="" if product else instead,
        )


PAGE = FormPage(
    kind="exchange", template="actions/exchange.html", fill=_filled, show=_show, filled=_as_filled
)
