"""The form that asks for a refund: lines of the order, an amount, a reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from cases.actions.asking import UnclearWish
from cases.actions.reasons import WAY_WORDS, RefundWay
from cases.actions.refund.form import RefundForm
from cases.actions.refund.lines import RefundWish, WishedLine
from cases.masking import MaskedRecord
from cases.orders.workspace import OpenedOrder
from console.security import ViewerRequest
from console.typed_numbers import company_number, row_number
from console.views.action_forms import FormPage, typed_number

MOST_LINES = 200


def _show(_request: ViewerRequest, opened: OpenedOrder) -> dict[str, Any]:
    lines = [line for line in opened.record.order.lines if _may_be_refunded(line)]
    return {
        "lines": lines[:MOST_LINES],
        "ways": [(way.value, _(words)) for way, words in WAY_WORDS.items() if way is not RefundWay.ORIGINAL],
    }


def _may_be_refunded(line: MaskedRecord) -> bool:
    """Where it is not known, the rules say so."""
    left = line.refundable.value
    return line.invoiced.value is not None and (
        left is None or not hasattr(left, "amount") or left.amount > 0
    )


def _as_filled(form: Any) -> dict[str, str]:
    wish = form.wish
    whole = not wish.lines and wish.amount is None
    back = wish.goods_back or any(line.goods_back for line in wish.lines)
    return {
        **{f"quantity_{line.line_id}": format(line.quantity, "f") for line in wish.lines if line.quantity},
        "amount": "" if wish.amount is None else format(wish.amount, "f"),
        "what": "all" if whole else "",
        "goods_back": "1" if back else "",
        "reason": form.reason,
        "refund_to": form.refund_to,
        "note": form.note,
    }


def _filled(form: QueryDict) -> RefundForm:
    """What was typed. Raises ``UnclearWish`` for what is no number."""
    whole = form.get("what") == "all"
    back = form.get("goods_back") == "1"
    lines = [] if whole else list(_lines(form, back))
    amount = None if whole else typed_number(form.get("amount", ""), "amount")
    if not (whole or lines or amount is not None):
        raise UnclearWish("nothing")
    return RefundForm(
        connection=form.get("connection", ""),
        ref=form.get("ref", ""),
        company=company_number(form.get("company", "")),
        wish=RefundWish(lines=tuple(lines), amount=amount, goods_back=back),
        reason=form.get("reason", ""),
        refund_to=form.get("refund_to", ""),
        note=form.get("note", ""),
    )


def _lines(form: QueryDict, back: bool) -> Iterator[WishedLine]:
    for name in list(form)[: MOST_LINES * 2]:
        number = row_number(name.removeprefix("quantity_")) if name.startswith("quantity_") else None
        typed = typed_number(form.get(name, ""), "quantity") if number else None
        if number and typed:
            yield WishedLine(line_id=number, quantity=typed, goods_back=back)


PAGE = FormPage(kind="refund", template="actions/refund.html", fill=_filled, show=_show, filled=_as_filled)
