"""Writes a draft credit note as the bridge does in Odoo: compares what was approved, then has it booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .booking import book, priced, rate_of
from .data.books import cents
from .effects import check_assignee, check_company, refuse, same, tell
from .environment import Environment

Values = Mapping[str, Any]


def write_credit_note(env: Environment, payload: Values) -> int:
    """The id of the note; raises the bridge's refusals. Runs inside the caller's transaction."""
    env = env.sudo()
    order, invoice = _check_place(env, payload)
    billed = _billed_lines(env, invoice)
    _check_lines(env, order, invoice, billed, payload)
    notes = _notes_of(env, order, invoice)
    _compare_notes(env, notes, payload["expected"])
    _compare_invoice(env, invoice, billed, payload["expected"])
    _compare_order(env, order, payload["expected"])
    total = float(payload["total"])
    if total <= 0:
        raise refuse("malformed")
    if total > _left(env, order, invoice, notes) + 0.004:
        raise refuse("more_than_left")
    lines = [_credited(env, line, billed) for line in payload["lines"]]
    name = env.store.rows("account.move")[invoice]["name"]
    head = {
        "ref": f"{name}, {payload['reason']} [{payload['reference']}]",
        "invoice_origin": env.get("sale.order", order, "name"),
    }
    note = book(env, invoice, lines, head, total)
    tell(env, "account.move", note, payload)
    return note


# -- compared ----------------------------------------------------------------------------------------------------


def _check_place(env: Environment, payload: Values) -> tuple[int, int]:
    company, order, invoice = payload["company_id"], payload["order_id"], payload["invoice_id"]
    orders, moves = env.store.rows("sale.order"), env.store.rows("account.move")
    if order not in orders or invoice not in moves:
        raise refuse("not_of_order")
    check_company(env, payload)
    if orders[order]["name"] != payload["order_ref"]:
        raise refuse("not_of_order")
    if orders[order]["company_id"] != company or moves[invoice]["company_id"] != company:
        raise refuse("wrong_company")
    if moves[invoice]["move_type"] != "out_invoice" or order not in _orders_of(env, invoice):
        raise refuse("not_of_order")
    if moves[invoice]["state"] != "posted":
        raise refuse("not_posted")
    if env.store.rows("res.currency")[moves[invoice]["currency_id"]]["name"] != payload["currency"]:
        raise refuse("invoice_changed")
    check_assignee(env, payload)
    return order, invoice


def _orders_of(env: Environment, invoice: int) -> set[int]:
    lines = env.store.rows("account.move.line")
    sold = env.store.rows("sale.order.line")
    return {
        sold[one]["order_id"]
        for number in _billed_lines(env, invoice)
        for one in lines[number]["sale_line_ids"]
        if one in sold
    }


def _billed_lines(env: Environment, invoice: int) -> list[int]:
    rows = env.store.rows("account.move.line")
    numbers = env.store.inverse("account.move.line", "move_id", invoice)
    return sorted(number for number in numbers if rows[number]["display_type"] == "product")


def _check_lines(env: Environment, order: int, invoice: int, billed: Sequence[int], payload: Values) -> None:
    numbers = [line["line_id"] for line in payload["lines"]]
    if not numbers or len(set(numbers)) != len(numbers):
        raise refuse("malformed")
    rows, sold = env.store.rows("account.move.line"), env.store.rows("sale.order.line")
    shared = _orders_of(env, invoice) != {order}
    for number in numbers:
        if number not in billed:
            raise refuse("not_of_order")
        orders = {sold[one]["order_id"] for one in rows[number]["sale_line_ids"] if one in sold}
        if orders != {order} and (orders or shared):
            raise refuse("not_of_order")


def _compare_order(env: Environment, order: int, expected: Values) -> None:
    if env.get("sale.order", order, "state") != expected["order_state"]:
        raise refuse("order_changed")
    sold = env.store.rows("sale.order.line")
    for number, delivered, invoiced in expected["order_lines"]:
        if number not in sold or sold[number]["order_id"] != order:
            raise refuse("order_changed")
        for text, name in ((delivered, "qty_delivered"), (invoiced, "qty_invoiced")):
            if not same(text, env.get("sale.order.line", number, name), 5):
                raise refuse("order_changed")


def _compare_invoice(env: Environment, invoice: int, billed: Sequence[int], expected: Values) -> None:
    if (
        not same(expected["invoice_total"], env.get("account.move", invoice, "amount_total"))
        or not same(expected["invoice_residual"], env.get("account.move", invoice, "amount_residual"))
        or env.get("account.move", invoice, "payment_state") != expected["payment_state"]
        or list(billed) != [line[0] for line in expected["invoice_lines"]]
    ):
        raise refuse("invoice_changed")
    rows = env.store.rows("account.move.line")
    for number, quantity, total in expected["invoice_lines"]:
        if not same(quantity, rows[number]["quantity"], 5) or not same(total, rows[number]["price_total"]):
            raise refuse("invoice_changed")


def _notes_of(env: Environment, order: int, invoice: int) -> list[int]:
    """Every note of the invoice, and those of the order that name no invoice."""
    moves, lines = env.store.rows("account.move"), env.store.rows("account.move.line")
    found = set(env.store.inverse("account.move", "reversed_entry_id", invoice))
    for sold in env.store.inverse("sale.order.line", "order_id", order):
        for number in env.store.inverse("account.move.line", "sale_line_ids", sold):
            move = lines[number]["move_id"]
            if not moves[move]["reversed_entry_id"]:
                found.add(move)
    return sorted(
        move
        for move in found
        if moves[move]["move_type"] == "out_refund" and moves[move]["state"] != "cancel"
    )


def _compare_notes(env: Environment, notes: Sequence[int], expected: Values) -> None:
    moves = env.store.rows("account.move")
    if list(notes) != [note[0] for note in expected["notes"]]:
        raise refuse("credit_notes_changed")
    for number, state, total in expected["notes"]:
        if moves[number]["state"] != state or not same(total, moves[number]["amount_total"]):
            raise refuse("credit_notes_changed")


def _left(env: Environment, order: int, invoice: int, notes: Sequence[int]) -> float:
    moves = env.store.rows("account.move")
    invoices = [
        move
        for move in env.get("sale.order", order, "invoice_ids")
        if moves[move]["move_type"] == "out_invoice" and moves[move]["state"] == "posted"
    ]
    others = {
        note
        for one in invoices
        for note in env.store.inverse("account.move", "reversed_entry_id", one)
        if moves[note]["move_type"] == "out_refund" and moves[note]["state"] != "cancel"
    }
    own = moves[invoice]["amount_total"] - sum(
        moves[note]["amount_total"] for note in notes if moves[note]["reversed_entry_id"]
    )
    whole = sum(moves[one]["amount_total"] for one in invoices) - sum(
        moves[note]["amount_total"] for note in {*notes, *others}
    )
    return float(min(own, whole))


def _credited(env: Environment, asked: Values, billed: Sequence[int]) -> dict[str, Any]:
    source = env.store.rows("account.move.line")[asked["line_id"]]
    values = {**source, "name": asked["label"] or source["name"], "sale_line_ids": []}
    if asked["label"]:
        values["product_id"] = False
    rate = rate_of(env, source["tax_ids"])
    if asked["quantity"] is None:
        amount = float(asked["amount"])
        if amount <= 0 or asked["goods_back"]:
            raise refuse("malformed")
        values.update(quantity=1.0, price_unit=cents(amount / (1 + rate)), discount=0.0, product_uom_id=False)
    else:
        quantity = float(asked["quantity"])
        if quantity * source["quantity"] <= 0:
            raise refuse("malformed")
        if abs(quantity) > abs(source["quantity"]):
            raise refuse("more_than_left")
        values["quantity"] = quantity
        if asked["goods_back"]:
            values["sale_line_ids"] = list(source["sale_line_ids"])
    return priced(env, values)
