"""What a body of the API asks for, as the form of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from cases.actions.asking import Form
from cases.actions.exchange.form import ExchangeForm, WishedSwap
from cases.actions.refund.form import RefundForm
from cases.actions.refund.lines import RefundWish, WishedLine
from cases.actions.replacement.form import ReplacementForm
from cases.actions.replacement.lines import ReplacementWish, WishedAgain
from cases.actions.returns.form import ReturnForm, WishedBack, WishedLot
from console.api.problems import Problem


def form_of_body(given: dict[str, Any]) -> Form:
    """Raises ``Problem`` for what the kind cannot make sense of."""
    return _KINDS[given["kind"]](given)


def _refund(given: dict[str, Any]) -> RefundForm:
    order = given["order"]
    reasons = {line["reason"] for line in given.get("lines", ()) if "reason" in line}
    reason = given.get("reason") or (reasons.pop() if len(reasons) == 1 else "")
    if not reason:
        raise Problem(400, "invalid", "Say one reason for the refund, for all of its lines.")
    if any(line.get("line_id") is None for line in given.get("lines", ())):
        raise Problem(400, "invalid", "Say the order’s line of every line of a refund.")
    lines = tuple(
        WishedLine(
            line_id=line["line_id"],
            quantity=line.get("quantity"),
            goods_back=given["goods_back"] if line.get("goods_back") is None else line["goods_back"],
        )
        for line in given.get("lines", ())
    )
    amount: Decimal | None = given.get("amount")
    return RefundForm(
        connection=order["connection"],
        ref=order["ref"],
        company=order.get("company"),
        wish=RefundWish(lines=lines, amount=amount, goods_back=given["goods_back"]),
        reason=reason,
        refund_to=given.get("refund_to") or "",
        note=given["note"],
    )


def _return(given: dict[str, Any]) -> ReturnForm:
    order = given["order"]
    lines = tuple(
        WishedBack(
            line_id=line.get("line_id"),
            move_id=line.get("move_id"),
            quantity=line.get("quantity"),
            reason=line.get("reason") or given.get("reason") or "",
            lots=tuple(WishedLot(id=lot["id"], quantity=lot["quantity"]) for lot in line.get("lots", ())),
        )
        for line in given.get("lines", ())
    )
    return ReturnForm(
        connection=order["connection"],
        ref=order["ref"],
        company=order.get("company"),
        lines=lines,
        warehouse=given.get("warehouse"),
        note=given["note"],
    )


def _replacement(given: dict[str, Any]) -> ReplacementForm:
    order = given["order"]
    reasons = {line["reason"] for line in given.get("lines", ()) if "reason" in line}
    reason = given.get("reason") or (reasons.pop() if len(reasons) == 1 else "")
    if not reason:
        raise Problem(400, "invalid", "Say one reason for the replacement, for all of its lines.")
    if any(line.get("quantity") is None for line in given.get("lines", ())):
        raise Problem(400, "invalid", "Say how many of each line are to be sent again.")
    return ReplacementForm(
        connection=order["connection"],
        ref=order["ref"],
        company=order.get("company"),
        wish=ReplacementWish(
            lines=tuple(
                WishedAgain(line_id=line["line_id"], quantity=line["quantity"])
                for line in given.get("lines", ())
            ),
            warehouse_id=given.get("warehouse"),
        ),
        reason=reason,
        note=given["note"],
    )


def _exchange(given: dict[str, Any]) -> ExchangeForm:
    order = given["order"]
    if any(line.get("line_id") is None for line in given.get("lines", ())):
        raise Problem(400, "invalid", "Say the order’s line of every line of an exchange.")
    if any(line.get("quantity") is None for line in given.get("lines", ())):
        raise Problem(400, "invalid", "Say how many of each line are to be exchanged.")
    return ExchangeForm(
        connection=order["connection"],
        ref=order["ref"],
        company=order.get("company"),
        lines=tuple(
            WishedSwap(
                line_id=line["line_id"],
                quantity=line["quantity"],
                reason=line.get("reason") or given.get("reason") or "",
                lots=tuple(WishedLot(id=lot["id"], quantity=lot["quantity"]) for lot in line.get("lots", ())),
                product_code=line.get("product_code", ""),
                product_id=None if line.get("product_code") else given.get("exchange_product"),
            )
            for line in given.get("lines", ())
        ),
        warehouse=given.get("warehouse"),
        back_to=given.get("back_to"),
        note=given["note"],
    )


_KINDS: Mapping[str, Callable[[dict[str, Any]], Form]] = {
    "refund": _refund,
    "return": _return,
    "replacement": _replacement,
    "exchange": _exchange,
}
