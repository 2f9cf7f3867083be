"""What is still open on an invoice, and by what the rest was settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..environment import Compute, Environment

SETTLEMENT = "sandbox.settlement"
CUSTOMER_DOCUMENTS = ("out_invoice", "out_refund")


def settlements(env: Environment, move: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """What was matched with a document: payments, credit notes, or the invoice a credit note settles."""
    rows = env.store.rows(SETTLEMENT)
    ids = set(env.store.inverse(SETTLEMENT, "move_id", move)) | set(
        env.store.inverse(SETTLEMENT, "note_id", move)
    )
    for number in sorted(ids):
        yield number, rows[number]


def amount_residual(env: Environment, i: int) -> float:
    row = env.store.rows("account.move")[i]
    if row["move_type"] not in CUSTOMER_DOCUMENTS:
        return 0.0
    if row["state"] == "cancel":
        return 0.0
    return float(round(row["amount_total"] - sum(s["amount"] for _, s in settlements(env, i)), 2))


def payment_state(env: Environment, i: int) -> str | bool:
    row = env.store.rows("account.move")[i]
    if row["move_type"] not in CUSTOMER_DOCUMENTS or row["state"] != "posted":
        return "not_paid"
    if row.get("sandbox_blocked") and env.dialect.serie >= 18:
        return "blocked"
    matched = [s for _, s in settlements(env, i)]
    open_amount = amount_residual(env, i)
    if open_amount == row["amount_total"] and row["amount_total"]:
        return "not_paid"
    if open_amount > 0:
        return "partial"
    if row["move_type"] == "out_invoice" and matched and all(s["note_id"] for s in matched):
        return "reversed"
    return "paid"


def payments_widget(env: Environment, i: int) -> dict[str, Any] | bool:
    row = env.store.rows("account.move")[i]
    if row["state"] != "posted" or row["move_type"] not in CUSTOMER_DOCUMENTS:
        return False
    content = [widget_entry(env, i, number, settled) for number, settled in settlements(env, i)]
    return {"title": "Less Payment", "outstanding": False, "content": content} if content else False


def widget_entry(env: Environment, move: int, number: int, settled: Mapping[str, Any]) -> dict[str, Any]:
    currency = env.store.rows("account.move")[move]["currency_id"]
    payment = settled["payment_id"]
    if payment:
        counter = env.store.rows("account.payment")[payment]
        entry, method = (
            counter["move_id"],
            env.walk("account.payment", payment, "payment_method_line_id.name"),
        )
        reason = counter.get("memo") or counter.get("ref")
        name = payment_words(env, payment, method, reason)
    else:
        entry = settled["note_id"] if settled["note_id"] != move else settled["move_id"]
        counter, method = env.store.rows("account.move")[entry], False
        reason, name = counter["ref"], counter["name"]
    entry_facts = {
        "name": name,
        "journal_name": env.sudo().walk("account.move", entry, "journal_id.name"),
        "company_name": False,
        "amount": settled["amount"],
        "currency_id": currency,
        "date": settled["date"],
        "partial_id": number,
        "account_payment_id": payment,
        "payment_method_name": method,
        "move_id": entry,
        "ref": f"{counter['name']} ({reason})" if reason else counter["name"],
        "is_exchange": False,
        **both_currencies(env, move, settled["amount"], currency),
    }
    if env.dialect.serie >= 19:
        entry_facts["is_refund"] = not payment
    return entry_facts


def payment_words(env: Environment, payment: int, method: Any, reason: Any) -> str:
    """17 writes out what the payment is, 18 and 19 name the method."""
    if env.dialect.serie >= 18:
        return f"{method}: {reason}"
    row = env.store.rows("account.payment")[payment]
    year, month, day = row["date"].split("-")
    kind = "Payment" if row["payment_type"] == "inbound" else "Reimbursement"
    amount = with_symbol(env, row["amount"], row["currency_id"])
    partner = env.sudo().walk("account.payment", payment, "partner_id.name")
    return f"Customer {kind} {amount} - {partner} - {month}/{day}/{year}"


def both_currencies(env: Environment, move: int, amount: float, currency: int) -> dict[str, Any]:
    """The amount in the company's money, and in the document's where that is another."""
    own = env.walk("account.move", move, "company_id.currency_id")
    if own == currency:
        return {"amount_company_currency": with_symbol(env, amount, own), "amount_foreign_currency": False}
    worth = round(amount / env.store.rows("res.currency")[currency]["sandbox_rate"], 2)
    return {
        "amount_company_currency": with_symbol(env, worth, own),
        "amount_foreign_currency": with_symbol(env, amount, currency),
    }


def with_symbol(env: Environment, amount: float, currency: int) -> str:
    """Odoo parts symbol and amount with a no-break space."""
    row = env.store.rows("res.currency")[currency]
    text = f"{amount:,.2f}"
    return (
        f"{row['symbol']}\N{NO-BREAK SPACE}{text}"
        if row["position"] == "before"
        else f"{text}\N{NO-BREAK SPACE}{row['symbol']}"
    )


def invoice_line_ids(env: Environment, i: int) -> list[int]:
    rows = env.store.rows("account.move.line")
    kinds = ("product", "line_section", "line_note", "line_subsection")
    return [n for n in env.get("account.move", i, "line_ids") if rows[n]["display_type"] in kinds]


def move_transactions(env: Environment, i: int) -> list[int]:
    return env.related_ids("payment.transaction", env.store.inverse("payment.transaction", "invoice_ids", i))


def reconciled_invoices(env: Environment, i: int) -> list[int]:
    rows = env.store.rows(SETTLEMENT)
    found = [rows[n]["move_id"] for n in env.store.inverse(SETTLEMENT, "payment_id", i)]
    return env.related_ids("account.move", found)


def reconciled_payments(env: Environment, i: int) -> list[int]:
    return env.related_ids(
        "account.payment", [s["payment_id"] for _, s in settlements(env, i) if s["payment_id"]]
    )


COMPUTES: Mapping[tuple[str, str], Compute] = {
    ("account.move", "amount_residual"): amount_residual,
    ("account.move", "payment_state"): payment_state,
    ("account.move", "status_in_payment"): lambda env, i: (
        env.get("account.move", i, "payment_state")
        if env.get("account.move", i, "state") == "posted"
        else env.get("account.move", i, "state")
    ),
    ("account.move", "invoice_payments_widget"): payments_widget,
    ("account.move", "invoice_line_ids"): invoice_line_ids,
    ("account.move", "transaction_ids"): move_transactions,
    ("account.move", "reconciled_payment_ids"): reconciled_payments,
    ("account.move", "has_reconciled_entries"): lambda env, i: any(True for _ in settlements(env, i)),
    ("account.move", "access_url"): lambda env, i: f"/my/invoices/{i}",
    ("account.payment", "reconciled_invoice_ids"): reconciled_invoices,
    ("account.payment", "reconciled_invoices_count"): lambda env, i: len(reconciled_invoices(env, i)),
    ("account.payment", "is_reconciled"): lambda env, i: bool(env.store.inverse(SETTLEMENT, "payment_id", i)),
}
