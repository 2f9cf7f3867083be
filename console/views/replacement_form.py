"""The form that asks for goods to be sent once more: lines of the order, a reason, and which warehouse has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict

from cases.actions.asking import UnclearWish
from cases.actions.replacement.choices import replacement_choices
from cases.actions.replacement.form import ReplacementForm
from cases.actions.replacement.lines import ReplacementWish, WishedAgain
from cases.orders.workspace import OpenedOrder
from console.goods_words import unsendable_word
from console.security import ViewerRequest
from console.typed_numbers import company_number, row_number
from console.views.action_forms import FormPage, typed_number

MOST_LINES = 200


def _show(request: ViewerRequest, opened: OpenedOrder) -> dict[str, Any]:
    """Lines and shelves as Odoo has them now; while it is away the order's lines as they are known."""
    found = replacement_choices(
        request.viewer,
        connection=opened.connection,
        company_id=opened.company_id,
        order_id=opened.record.order.id.value,
        order_ref=opened.ref,
        correlation_id=request.id,
    )
    if found is None:
        return {"lines": list(_of_order(opened)), "houses": ()}
    lines = [
        {
            "id": line.id.value,
            "name": line.name,
            "left": line.left,
            "obstacle": unsendable_word(line.obstacle.value) if line.obstacle.value else "",
            "is_open": not line.obstacle.value and line.left.value > 0,
        }
        for line in found.lines[:MOST_LINES]
    ]
    return {"lines": lines, "houses": found.houses}


def _of_order(opened: OpenedOrder) -> Iterator[dict[str, Any]]:
    for line in opened.record.order.lines[:MOST_LINES]:
        shipped = line.shipped.value
        if shipped and line.kind.value == "goods":
            yield {
                "id": line.id.value,
                "name": line.name,
                "left": line.shipped,
                "obstacle": "",
                "is_open": True,
            }


def _as_filled(form: Any) -> dict[str, str]:
    return {
        **{f"quantity_{line.line_id}": format(line.quantity, "f") for line in form.wish.lines},
        "warehouse": str(form.wish.warehouse_id or ""),
        "reason": form.reason,
        "note": form.note,
    }


def _filled(form: QueryDict) -> ReplacementForm:
    """What was typed. Raises ``UnclearWish`` for what is no number, and where nothing is chosen."""
    lines = tuple(_lines(form))
    if not lines:
        raise UnclearWish("nothing_again")
    return ReplacementForm(
        connection=form.get("connection", ""),
        ref=form.get("ref", ""),
        company=company_number(form.get("company", "")),
        wish=ReplacementWish(lines=lines, warehouse_id=row_number(form.get("warehouse", ""))),
        reason=form.get("reason", ""),
        note=form.get("note", ""),
    )


def _lines(form: QueryDict) -> Iterator[WishedAgain]:
    for name in list(form)[: MOST_LINES * 2]:
        number = row_number(name.removeprefix("quantity_")) if name.startswith("quantity_") else None
        typed = typed_number(form.get(name, ""), "quantity") if number else None
        if number and typed:
            yield WishedAgain(line_id=number, quantity=typed)


PAGE = FormPage(
    kind="replacement", template="actions/replacement.html", fill=_filled, show=_show, filled=_as_filled
)
