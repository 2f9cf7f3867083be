"""What an order says about its deliveries, invoices and transactions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..environment import Compute, Environment
from .quantities import converted, in_line_unit

PRECISION = 2


def pickings_of(env: Environment, order: int) -> list[int]:
    return list(env.get("sale.order", order, "picking_ids"))


def delivery_status(env: Environment, i: int) -> str | bool:
    states = [env.store.rows("stock.picking")[p]["state"] for p in pickings_of(env.sudo(), i)]
    if not states or set(states) == {"cancel"}:
        return False
    if set(states) <= {"done", "cancel"}:
        return "full"
    if "done" not in states:
        return "pending"
    if env.dialect.serie == 17:
        return "partial"
    delivered = any(env.sudo().get("sale.order.line", line, "qty_delivered") for line in lines_of(env, i))
    return "partial" if delivered else "started"


def lines_of(env: Environment, order: int) -> list[int]:
    return env.store.inverse("sale.order.line", "order_id", order)


def invoice_status(env: Environment, i: int) -> str:
    if env.get("sale.order", i, "state") != "sale":
        return "no"
    rows = env.store.rows("sale.order.line")
    counted = [
        n for n in lines_of(env, i) if not rows[n].get("is_downpayment") and not rows[n]["display_type"]
    ]
    states = {env.sudo().get("sale.order.line", line, "invoice_status") for line in counted}
    if "to invoice" in states:
        return "to invoice"
    if states == {"invoiced"}:
        return "invoiced"
    if states and states <= {"invoiced", "upselling"}:
        return "upselling"
    return "no"


def invoice_ids(env: Environment, i: int) -> list[int]:
    """Documents with a line linked to an order line, and what return authorizations refunded; no others."""
    rows = env.store.rows("account.move.line")
    found = {rows[n]["move_id"] for line in lines_of(env, i) for n in invoice_lines(env, line)}
    returns = env.store.rows("rma")
    found |= {
        returns[r]["refund_id"] for r in env.store.inverse("rma", "order_id", i) if returns[r]["refund_id"]
    }
    kinds = env.store.rows("account.move")
    return [m for m in env.related_ids("account.move", sorted(found)) if kinds[m]["move_type"] in DOCUMENTS]


DOCUMENTS = ("out_invoice", "out_refund")


def invoice_lines(env: Environment, line: int) -> list[int]:
    return env.store.inverse("account.move.line", "sale_line_ids", line)


def transaction_ids(env: Environment, i: int) -> list[int]:
    return env.related_ids(
        "payment.transaction", env.store.inverse("payment.transaction", "sale_order_ids", i)
    )


def amount_paid(env: Environment, i: int) -> float:
    """What provider transactions brought in."""
    rows = env.store.rows("payment.transaction")
    ids = env.store.inverse("payment.transaction", "sale_order_ids", i)
    return float(sum(rows[t]["amount"] for t in ids if rows[t]["state"] in ("authorized", "done")))


def amount_invoiced(env: Environment, i: int) -> float:
    rows = env.store.rows("account.move")
    posted = [rows[m] for m in env.sudo().get("sale.order", i, "invoice_ids") if rows[m]["state"] == "posted"]
    signed = (r["amount_total"] if r["move_type"] == "out_invoice" else -r["amount_total"] for r in posted)
    return float(round(sum(signed), 2))


def effective_date(env: Environment, i: int) -> str | bool:
    rows = env.store.rows("stock.picking")
    places = env.store.rows("stock.location")
    done = [
        rows[p]["date_done"]
        for p in pickings_of(env.sudo(), i)
        if rows[p]["state"] == "done" and places[rows[p]["location_dest_id"]]["usage"] == "customer"
    ]
    return min(done, default=False)


def warning_text(env: Environment, i: int) -> str:
    """19 gathers the warnings of customer and products in one text."""
    partner = env.walk("sale.order", i, "partner_id.sale_warn_msg")
    name = env.walk("sale.order", i, "partner_id.name")
    return f"{name} - {partner}" if partner else ""


# -- lines ---------------------------------------------------------------------------------------


def qty_delivered(env: Environment, i: int) -> float:
    """Net: what went to the customer less what came back to be refunded."""
    line = env.store.rows("sale.order.line")[i]
    if line.get("qty_delivered_method") != "stock_move":
        return float(line.get("sandbox_delivered") or 0.0)
    moves = env.store.rows("stock.move")
    ids = [m for m in env.store.inverse("stock.move", "sale_line_id", i) if moves[m]["state"] == "done"]
    if any(moves[m].get("bom_line_id") for m in ids):
        return kit_delivered(env, i, ids)
    total = sum(direction(env, moves[m]) * moves[m]["quantity"] for m in ids)
    return round(in_line_unit(env, line, total), PRECISION)


def direction(env: Environment, move: Mapping[str, Any]) -> int:
    if env.store.rows("stock.location")[move["location_dest_id"]]["usage"] == "customer":
        counts = not move["origin_returned_move_id"] or move["to_refund"]
        return 1 if counts else 0
    return -1 if move["to_refund"] else 0


def kit_delivered(env: Environment, i: int, ids: list[int]) -> float:
    """As many whole kits as the scarcest component allows."""
    moves, parts = env.store.rows("stock.move"), env.store.rows("mrp.bom.line")
    sums: dict[int, float] = {}
    for move in ids:
        part = moves[move].get("bom_line_id")
        if part:
            sums[part] = sums.get(part, 0.0) + direction(env, moves[move]) * moves[move]["quantity"]
    return float(min(int(total / parts[part]["product_qty"]) for part, total in sums.items()))


def qty_invoiced(env: Environment, i: int) -> float:
    return count_invoiced(env, i, ("draft", "posted"))


def qty_invoiced_posted(env: Environment, i: int) -> float:
    return count_invoiced(env, i, ("posted",))


def count_invoiced(env: Environment, i: int, states: tuple[str, ...]) -> float:
    """Draft credit notes count, cancelled ones do not."""
    order_line = env.store.rows("sale.order.line")[i]
    lines, documents = env.store.rows("account.move.line"), env.store.rows("account.move")
    total = 0.0
    for line_id in invoice_lines(env, i):
        document = documents[lines[line_id]["move_id"]]
        if document["state"] in states:
            sign = 1 if document["move_type"] == "out_invoice" else -1
            unit = order_line.get("product_uom") or order_line.get("product_uom_id") or False
            total += sign * converted(env, lines[line_id]["quantity"], lines[line_id]["product_uom_id"], unit)
    return round(total, PRECISION)


def qty_to_invoice(env: Environment, i: int) -> float:
    line = env.store.rows("sale.order.line")[i]
    if line["state"] != "sale" or line["display_type"]:
        return 0.0
    env = env.sudo()
    policy = env.walk("sale.order.line", i, "product_id.product_tmpl_id.invoice_policy")
    due = line["product_uom_qty"] if policy == "order" else env.get("sale.order.line", i, "qty_delivered")
    return float(round(due - env.get("sale.order.line", i, "qty_invoiced"), PRECISION))


def line_invoice_status(env: Environment, i: int) -> str:
    line = env.store.rows("sale.order.line")[i]
    if line["state"] != "sale" or line["display_type"]:
        return "no"
    env = env.sudo()
    delivered = env.get("sale.order.line", i, "qty_delivered")
    if env.get("sale.order.line", i, "qty_to_invoice"):
        return "to invoice"
    policy = env.walk("sale.order.line", i, "product_id.product_tmpl_id.invoice_policy")
    if policy == "order" and line["product_uom_qty"] >= 0 and delivered > line["product_uom_qty"]:
        return "upselling"
    invoiced = env.get("sale.order.line", i, "qty_invoiced")
    if invoiced >= line["product_uom_qty"]:
        return "invoiced"
    return "invoiced" if all_moves_ended(env, i) and invoiced else "no"


def all_moves_ended(env: Environment, i: int) -> bool:
    rows = env.store.rows("stock.move")
    states = {rows[m]["state"] for m in env.store.inverse("stock.move", "sale_line_id", i)}
    return "done" in states and states <= {"done", "cancel"}


COMPUTES: Mapping[tuple[str, str], Compute] = {
    ("sale.order", "delivery_status"): delivery_status,
    ("sale.order", "invoice_status"): invoice_status,
    ("sale.order", "invoice_ids"): invoice_ids,
    ("sale.order", "invoice_count"): lambda env, i: len(env.get("sale.order", i, "invoice_ids")),
    ("sale.order", "delivery_count"): lambda env, i: len(pickings_of(env, i)),
    ("sale.order", "transaction_ids"): transaction_ids,
    ("sale.order", "amount_paid"): amount_paid,
    ("sale.order", "amount_invoiced"): amount_invoiced,
    ("sale.order", "amount_to_invoice"): lambda env, i: round(
        env.get("sale.order", i, "amount_total") - env.get("sale.order", i, "amount_invoiced"), 2
    ),
    ("sale.order", "effective_date"): effective_date,
    ("sale.order", "sale_warning_text"): warning_text,
    ("sale.order", "access_url"): lambda env, i: f"/my/orders/{i}",
    ("sale.order", "is_expired"): lambda env, i: False,
    ("sale.order", "rma_count"): lambda env, i: len(env.get("sale.order", i, "rma_ids")),
    ("sale.order.line", "qty_delivered"): qty_delivered,
    ("sale.order.line", "qty_invoiced"): qty_invoiced,
    ("sale.order.line", "qty_invoiced_posted"): qty_invoiced_posted,
    ("sale.order.line", "qty_to_invoice"): qty_to_invoice,
    ("sale.order.line", "invoice_status"): line_invoice_status,
    ("sale.order.line", "invoice_lines"): lambda env, i: env.related_ids(
        "account.move.line", invoice_lines(env, i)
    ),
    ("sale.order.line", "is_reward_line"): lambda env, i: bool(
        env.store.rows("sale.order.line")[i].get("sandbox_reward")
    ),
    ("sale.order.line", "product_template_id"): lambda env, i: env.walk(
        "sale.order.line", i, "product_id.product_tmpl_id"
    ),
}
