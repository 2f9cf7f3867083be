"""Prices, rounds and books a draft credit note as Odoo does, and tells people about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .data.books import cents, day, precise
from .environment import Environment
from .errors import UserError

Values = Mapping[str, Any]


def rate_of(env: Environment, taxes: Sequence[int]) -> float:
    rows = env.store.rows("account.tax")
    return float(sum(rows[tax]["amount"] for tax in taxes)) / 100


def priced(env: Environment, values: Values) -> dict[str, Any]:
    """A line with its totals."""
    subtotal = cents(values["price_unit"] * values["quantity"] * (1 - values["discount"] / 100))
    total = cents(subtotal * (1 + rate_of(env, values["tax_ids"])))
    return {**values, "price_subtotal": subtotal, "price_total": total}


def _taxes(env: Environment, lines: Sequence[Values]) -> dict[tuple[int, ...], float]:
    """Tax per rate: 19 rounds it over the document, 17 and 18 line by line."""
    sums: dict[tuple[int, ...], float] = {}
    for line in lines:
        rate = tuple(line["tax_ids"])
        part = (
            line["price_subtotal"] * rate_of(env, rate)
            if env.dialect.serie >= 19
            else line["price_total"] - line["price_subtotal"]
        )
        sums[rate] = sums.get(rate, 0.0) + part
    return {rate: cents(part) for rate, part in sums.items() if rate_of(env, rate)}


def _bring_to(taxes: dict[tuple[int, ...], float], untaxed: float, total: float, lines: int) -> None:
    """The largest tax takes a difference of cents; anything more refuses."""
    off = cents(total - untaxed - sum(taxes.values()))
    if not off:
        return
    if not taxes or abs(off) > 0.01 * max(2, lines) + 0.004:
        raise UserError("deskglass:total_differs")
    largest = max(taxes, key=lambda rate: abs(taxes[rate]))
    taxes[largest] = cents(taxes[largest] + off)


def book(
    env: Environment, invoice: int, lines: Sequence[Values], head: Values, total: float | None = None
) -> int:
    """A draft credit note of these priced lines; with ``total`` brought to it, to the cent."""
    source = env.store.rows("account.move")[invoice]
    untaxed = cents(sum(line["price_subtotal"] for line in lines))
    taxes = _taxes(env, lines)
    if total is not None:
        _bring_to(taxes, untaxed, total, len(lines))
    tax = cents(sum(taxes.values()))
    total = cents(untaxed + tax)
    facts = stamps(env)
    note = add(
        env,
        "account.move",
        {
            **source,
            **facts,
            "name": "/" if env.dialect.serie == 17 else False,
            "move_type": "out_refund",
            "state": "draft",
            "reversed_entry_id": invoice,
            "invoice_date": False,
            "date": day(env.now),
            "invoice_date_due": day(env.now),
            "payment_reference": False,
            "sandbox_blocked": False,
            **({"matched_payment_ids": []} if "matched_payment_ids" in source else {}),
            "amount_untaxed": untaxed,
            "amount_tax": tax,
            "amount_total": total,
            "amount_untaxed_signed": -untaxed,
            "amount_total_signed": -total,
            "amount_total_in_currency_signed": -total,
            **head,
        },
    )
    _add_lines(env, invoice, note, lines, tax, total)
    return note


def _add_lines(
    env: Environment, invoice: int, note: int, lines: Sequence[Values], tax: float, total: float
) -> None:
    heading = {"move_id": note, "move_name": False, "parent_state": "draft", "ref": False, **stamps(env)}
    for line in lines:
        add(env, "account.move.line", {**line, **heading})
    rows = env.store.rows("account.move.line")
    for number in list(env.store.inverse("account.move.line", "move_id", invoice)):
        if rows[number]["display_type"] in ("tax", "payment_term"):
            amount = tax if rows[number]["display_type"] == "tax" else -total
            values = {**rows[number], **heading, "balance": amount, "amount_currency": amount}
            add(env, "account.move.line", values)
    sold = env.store.rows("sale.order.line")
    for order in {sold[one]["order_id"] for line in lines for one in line["sale_line_ids"]}:
        env.store.update("sale.order", order, {"write_date": heading["write_date"]})


def stamps(env: Environment) -> dict[str, Any]:
    now = precise(env.now)
    return {"create_date": now, "write_date": now, "create_uid": env.user.id, "write_uid": env.user.id}


def add(env: Environment, model: str, values: Values) -> int:
    number = env.store.insert(model, values)
    env.store.update(model, number, {"id": number})
    return number


def write_note(env: Environment, number: int, said: str, *, model: str = "account.move") -> int:
    """An internal note on a document, in the caller's name; what he says is text, not HTML."""
    subtypes = env.store.rows("mail.message.subtype")
    values = {
        **stamps(env),
        "model": model,
        "res_id": number,
        "body": f"<p>{_escaped(said)}</p>",
        "date": env.now.replace(tzinfo=None).isoformat(" ", "seconds"),
        "author_id": env.store.rows("res.users")[env.user.id]["partner_id"],
        "message_type": "comment",
        "subtype_id": next(number for number, row in subtypes.items() if row["internal"]),
        "is_internal": False,
        "record_name": env.store.rows(model)[number]["name"] or False,
        "subject": False,
        "reply_to": False,
        "attachment_ids": [],
        "partner_ids": [],
    }
    return add(env, "mail.message", values)


def ask_somebody(
    env: Environment, number: int, user: int, summary: str, *, model: str = "account.move"
) -> int:
    """An activity on a document."""
    values = {
        **stamps(env),
        "res_model": model,
        "res_id": number,
        "user_id": user,
        "summary": summary,
        "date_deadline": day(env.now),
        "active": True,
        "automated": True,
    }
    return add(env, "mail.activity", values)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
