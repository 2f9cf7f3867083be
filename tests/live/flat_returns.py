"""Says where each return stands, from its moves and from what was credited for its order lines."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from tests.live.flat_billing import Billing
from tests.live.flat_transfers import Moved, Transfers
from tests.live.flat_wire import Row, id_of, name_of
from tests.live.flat_words import amount, moment, tracking_numbers

DECISIONS = ("authorized", "accepted")
STAGES = ("none", "credit_drafted", "credit_posted", "paid_out")
LOGISTICS = ("awaiting", "label_issued", "in_transit", "short", "received", "cancelled")


class Credits:
    """Credited pieces per order line, each with how far its money has come; earlier returns take them first."""

    def __init__(self, billing: Billing) -> None:
        reversed_invoices = {row["id"] for row in billing.invoices if row["payment_state"] == "reversed"}
        self._pieces: dict[int, list[tuple[Decimal, str]]] = defaultdict(list)
        for note in billing.notes:
            if note["state"] == "cancel":
                continue
            stage = "credit_drafted" if note["state"] == "draft" else "credit_posted"
            settles = id_of(note["reversed_entry_id"]) in reversed_invoices
            if note["state"] == "posted" and not settles and note["payment_state"] in ("paid", "in_payment"):
                stage = "paid_out"
            for line in billing.lines_of(note):
                for key in line["sale_line_ids"]:
                    self._pieces[key].append((amount(line["quantity"]), stage))

    def take(self, line: int | None, wanted: Decimal) -> str:
        touched = []
        pieces = self._pieces[line] if line is not None else []
        while wanted > 0 and pieces:
            size, stage = pieces.pop(0)
            touched.append(stage)
            if size > wanted:
                pieces.insert(0, (size - wanted, stage))
            wanted -= size
        return min(touched, key=STAGES.index, default="none")


def return_facts(
    picking: Row, back: list[Moved], transfers: Transfers, credits: Credits, lines: list[Row]
) -> Row:
    """``lines`` are the moves' names and quantities, in the order of ``back``."""
    numbers = tracking_numbers(picking.get("carrier_tracking_ref"))
    lost = {(move.line, move.product) for move in back if move.row["state"] == "cancel"}
    built = []
    for move, line in zip(back, lines, strict=True):
        if move.row["state"] == "cancel" and picking["state"] != "cancel":
            continue
        if move.row["state"] == "cancel":
            logistics = "cancelled"
        elif move.row["state"] == "done":
            is_short = picking["state"] == "done" and (move.line, move.product) in lost
            logistics = "short" if is_short else "received"
        else:
            logistics = "label_issued" if numbers else "awaiting"
        wanted = line["received"] or line["quantity"]
        money = "none" if logistics == "cancelled" else credits.take(move.line, wanted)
        accepted = money in ("credit_posted", "paid_out")
        built.append(
            {
                **line,
                "logistics": logistics,
                "decision": "accepted" if accepted else "authorized",
                "money": money,
            }
        )
    facts = {
        "id": picking["id"],
        "ref": picking["name"],
        "source": "picking",
        "of_shipment": name_of(picking.get("return_id")),
        "destination": name_of(picking["location_dest_id"]),
        "logistics": min((line["logistics"] for line in built), key=LOGISTICS.index, default="cancelled"),
        "decision": min((line["decision"] for line in built), key=DECISIONS.index, default="authorized"),
        "money": min((line["money"] for line in built), key=STAGES.index, default="none"),
        "announced_at": moment(picking["create_date"]),
        "received_at": moment(picking["date_done"]) if picking["state"] == "done" else None,
        "tracking_numbers": numbers,
        "lines": built,
    }
    return {**facts, "headline": _headline(facts)}


def _headline(facts: Row) -> str:
    if facts["logistics"] == "cancelled":
        return "closed"
    if facts["money"] == "paid_out":
        return "refunded"
    if facts["money"] != "none":
        return "approved"
    return {"received": "received", "short": "received", "in_transit": "in_transit"}.get(
        facts["logistics"], "authorized"
    )
