"""The canonical return, read from native return transfers and from OCA return authorizations.

One return has lines, and each line has its own place on three axes. What Odoo does not record is not invented:
nobody inspects a native return, so its decision stays "authorized" until a credit note accepts it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from integrations.canonical import (
    DocumentState,
    PaymentProgress,
    Return,
    ReturnDecision,
    ReturnHeadline,
    ReturnLine,
    ReturnLogistics,
    ReturnMoney,
    ReturnSource,
)
from integrations.odoo.dialects import Dialect
from integrations.odoo.mapping.documents import Documents, billing_lines, payment_progress, sale_lines, state
from integrations.odoo.mapping.moves import Direction, Move, unit_size
from integrations.odoo.mapping.shipments import (
    LineFacts,
    moved_quantity,
    moved_unit,
    product_words,
    without_sku,
)
from integrations.odoo.mapping.values import (
    Row,
    decimal,
    display,
    moment,
    quantity,
    reference,
    related,
    split_numbers,
    text,
)

_MONEY_ORDER = (ReturnMoney.NONE, ReturnMoney.CREDIT_DRAFTED, ReturnMoney.CREDIT_POSTED, ReturnMoney.PAID_OUT)


def returns(
    pickings: Sequence[Row],
    moves: Sequence[Move],
    rmas: Sequence[Row],
    documents: Documents,
    lines: Mapping[int, LineFacts],
    dialect: Dialect,
) -> tuple[Return, ...]:
    """Native returns, then authorizations; a transfer that receives an authorization belongs to it."""
    received_for_rma = {reference(row, "reception_move_id") for row in rmas} - {None}
    credits = _Credits(documents)
    native = [
        _native(picking, back, lines, credits, dialect)
        for picking in pickings
        if (back := [m for m in moves if _comes_back(m, picking) and m.id not in received_for_rma])
    ]
    return (*native, *(_authorized(row, moves, lines, dialect) for row in rmas))


def _comes_back(move: Move, picking: Row) -> bool:
    return move.picking_id == picking["id"] and move.direction is Direction.BACK


# --- Money -------------------------------------------------------------------------------------------------------


class _Credits:
    """Credited quantities per order line, spent by its returns oldest first."""

    def __init__(self, documents: Documents) -> None:
        settled = {
            row["id"] for row in documents.invoices if payment_progress(row) is PaymentProgress.REVERSED
        }
        self._left: defaultdict[int, list[tuple[Decimal, ReturnMoney]]] = defaultdict(list)
        for note in documents.notes:
            stage = _stage(note, settled)
            if stage is ReturnMoney.NONE:
                continue
            for line in billing_lines(note):
                for order_line in sale_lines(line):
                    self._left[order_line].append((decimal(line.get("quantity")), stage))

    def spend(self, line_id: int | None, amount: Decimal) -> ReturnMoney:
        """The stage of the credit that covers this quantity; the least advanced of them if several do."""
        if line_id is None or amount <= 0:
            return ReturnMoney.NONE
        stages: list[ReturnMoney] = []
        entries = self._left[line_id]
        while amount > 0 and entries:
            credited, stage = entries.pop(0)
            stages.append(stage)
            if credited > amount:
                entries.insert(0, (credited - amount, stage))
            amount -= credited
        return min(stages, key=_MONEY_ORDER.index) if stages else ReturnMoney.NONE


def _stage(note: Row, settled_invoices: Collection[int]) -> ReturnMoney:
    if state(note) is DocumentState.CANCELLED:
        return ReturnMoney.NONE
    if state(note) is DocumentState.DRAFT:
        return ReturnMoney.CREDIT_DRAFTED
    # Posted on an unpaid invoice the two settle each other: no money left the house.
    if reference(note, "reversed_entry_id") in settled_invoices:
        return ReturnMoney.CREDIT_POSTED
    paid = payment_progress(note) in (PaymentProgress.PAID, PaymentProgress.IN_PAYMENT)
    return ReturnMoney.PAID_OUT if paid else ReturnMoney.CREDIT_POSTED


# --- Native return transfers -------------------------------------------------------------------------------------


def _native(
    picking: Row, back: Sequence[Move], lines: Mapping[int, LineFacts], credits: _Credits, dialect: Dialect
) -> Return:
    tracking = split_numbers(picking.get("carrier_tracking_ref"))
    cancelled = picking.get("state") == "cancel"
    done = picking.get("state") == "done"
    # Received without a backorder, Odoo puts what did not arrive into a cancelled move of the same transfer.
    short = {(move.line_id, move.product_id) for move in back if move.state == "cancel"} if done else set()
    read = [
        _native_line(move, lines, credits, dialect, has_label=bool(tracking), short=short)
        for move in back
        if cancelled or move.state != "cancel"
    ]
    return _with_headline(
        Return(
            id=picking["id"],
            ref=text(picking.get("name")) or str(picking["id"]),
            source=ReturnSource.PICKING,
            of_shipment=display(picking, "return_id"),
            destination=display(picking, "location_dest_id"),
            headline=ReturnHeadline.AUTHORIZED,
            logistics=_least([line.logistics for line in read], _LOGISTICS_ORDER, ReturnLogistics.CANCELLED),
            decision=_least([line.decision for line in read], _DECISION_ORDER, ReturnDecision.AUTHORIZED),
            money=_least([line.money for line in read], _MONEY_ORDER, ReturnMoney.NONE),
            announced_at=moment(picking.get("create_date")) or moment(picking.get("scheduled_date")),
            received_at=moment(picking.get("date_done")) if done else None,
            tracking_numbers=tracking,
            lines=tuple(read),
        )
    )


def _native_line(
    move: Move,
    lines: Mapping[int, LineFacts],
    credits: _Credits,
    dialect: Dialect,
    *,
    has_label: bool,
    short: set[tuple[int | None, int | None]],
) -> ReturnLine:
    line = lines.get(move.line_id) if move.line_id is not None else None
    sku, name = product_words(move)
    announced = moved_quantity(move, line, dialect, planned=True)
    received = moved_quantity(move, line, dialect) if move.state == "done" else Decimal(0)
    money = ReturnMoney.NONE if move.state == "cancel" else credits.spend(move.line_id, received or announced)
    return ReturnLine(
        line_id=move.line_id,
        sku=sku,
        name=name,
        quantity=max(announced, received),
        received=received,
        uom=moved_unit(move, line),
        logistics=_logistics(move.state, has_label=has_label, short=(move.line_id, move.product_id) in short),
        decision=_native_decision(money),
        money=money,
    )


def _native_decision(money: ReturnMoney) -> ReturnDecision:
    """A posted credit is the first thing in Odoo that says the goods were accepted."""
    posted = money in (ReturnMoney.CREDIT_POSTED, ReturnMoney.PAID_OUT)
    return ReturnDecision.ACCEPTED if posted else ReturnDecision.AUTHORIZED


def _logistics(move_state: str, *, has_label: bool, short: bool) -> ReturnLogistics:
    if move_state == "done":
        return ReturnLogistics.SHORT if short else ReturnLogistics.RECEIVED
    if move_state == "cancel":
        return ReturnLogistics.CANCELLED
    return ReturnLogistics.LABEL_ISSUED if has_label else ReturnLogistics.AWAITING


# --- OCA return authorizations -----------------------------------------------------------------------------------

_RMA: dict[str, tuple[ReturnLogistics, ReturnDecision, ReturnHeadline]] = {
    "draft": (ReturnLogistics.AWAITING, ReturnDecision.REQUESTED, ReturnHeadline.REQUESTED),
    "confirmed": (ReturnLogistics.AWAITING, ReturnDecision.AUTHORIZED, ReturnHeadline.AUTHORIZED),
    "received": (ReturnLogistics.RECEIVED, ReturnDecision.AUTHORIZED, ReturnHeadline.RECEIVED),
    "waiting_return": (ReturnLogistics.RECEIVED, ReturnDecision.REJECTED, ReturnHeadline.INSPECTED),
    "waiting_replacement": (ReturnLogistics.RECEIVED, ReturnDecision.ACCEPTED, ReturnHeadline.APPROVED),
    "refunded": (ReturnLogistics.RECEIVED, ReturnDecision.ACCEPTED, ReturnHeadline.REFUNDED),
    "returned": (ReturnLogistics.RECEIVED, ReturnDecision.REJECTED, ReturnHeadline.CLOSED),
    "replaced": (ReturnLogistics.RECEIVED, ReturnDecision.ACCEPTED, ReturnHeadline.REPLACED),
    "finished": (ReturnLogistics.RECEIVED, ReturnDecision.INSPECTED, ReturnHeadline.CLOSED),
    "locked": (ReturnLogistics.RECEIVED, ReturnDecision.INSPECTED, ReturnHeadline.CLOSED),
    "cancelled": (ReturnLogistics.CANCELLED, ReturnDecision.REQUESTED, ReturnHeadline.CLOSED),
}
_RMA_UNKNOWN = (ReturnLogistics.AWAITING, ReturnDecision.NEEDS_REVIEW, ReturnHeadline.REQUESTED)


def _authorized(row: Row, moves: Sequence[Move], lines: Mapping[int, LineFacts], dialect: Dialect) -> Return:
    logistics, decision, headline = _RMA.get(str(row.get("state")), _RMA_UNKNOWN)
    note = related(row, "refund_id")
    money = _stage(note, ()) if note else ReturnMoney.NONE
    if headline is ReturnHeadline.REFUNDED and money is not ReturnMoney.PAID_OUT:
        headline = ReturnHeadline.APPROVED  # Odoo says refunded once a credit note exists, draft or not
    line_id = rma_line_id(row, moves)
    facts = lines.get(line_id) if line_id is not None else None
    product = related(row, "product_id") or {}
    sku = text(product.get("default_code"))
    amount = quantity(decimal(row.get("product_uom_qty")) * _rma_ratio(row, facts, dialect))
    received = amount if logistics is ReturnLogistics.RECEIVED else Decimal(0)
    return Return(
        id=row["id"],
        ref=text(row.get("name")) or str(row["id"]),
        source=ReturnSource.RMA,
        of_shipment=display(row, "picking_id"),
        destination=None,
        headline=headline,
        logistics=logistics,
        decision=decision,
        money=money,
        announced_at=moment(row.get("date")),
        received_at=None,
        tracking_numbers=(),
        lines=(
            ReturnLine(
                line_id=line_id,
                sku=sku,
                name=without_sku(text(product.get("display_name")) or "", sku),
                quantity=amount,
                received=received,
                uom=facts.unit if facts else display(row, "product_uom"),
                logistics=logistics,
                decision=decision,
                money=money,
            ),
        ),
    )


def rma_line_id(row: Row, moves: Sequence[Move]) -> int | None:
    delivered = reference(row, "move_id")
    return next((move.line_id for move in moves if move.id == delivered), None)


def _rma_ratio(row: Row, facts: LineFacts | None, dialect: Dialect) -> Decimal:
    if facts is None or reference(row, "product_id") != facts.product_id:
        return Decimal(1)
    return unit_size(related(row, "product_uom"), dialect) / facts.size


@dataclass(frozen=True, slots=True, kw_only=True)
class RmaQuantities:
    """What authorizations add to a line where their transfer is not among the order's own."""

    returned: Decimal
    announced: Decimal


def rma_quantities(
    line_id: int, rmas: Sequence[Row], moves: Sequence[Move], lines: Mapping[int, LineFacts], dialect: Dialect
) -> RmaQuantities:
    known = {move.id for move in moves}
    returned = announced = Decimal(0)
    for row in rmas:
        if rma_line_id(row, moves) != line_id or reference(row, "reception_move_id") in known:
            continue
        logistics, decision, _ = _RMA.get(str(row.get("state")), _RMA_UNKNOWN)
        amount = decimal(row.get("product_uom_qty")) * _rma_ratio(row, lines.get(line_id), dialect)
        if logistics is ReturnLogistics.RECEIVED and row.get("state") != "returned":
            returned += amount
        elif logistics is ReturnLogistics.AWAITING and decision is not ReturnDecision.REQUESTED:
            announced += amount
    return RmaQuantities(returned=returned, announced=announced)


# --- One headline ------------------------------------------------------------------------------------------------

_LOGISTICS_ORDER = (
    ReturnLogistics.AWAITING,
    ReturnLogistics.LABEL_ISSUED,
    ReturnLogistics.IN_TRANSIT,
    ReturnLogistics.SHORT,
    ReturnLogistics.RECEIVED,
    ReturnLogistics.CANCELLED,
)
_DECISION_ORDER = (ReturnDecision.AUTHORIZED, ReturnDecision.ACCEPTED)


_Axis = TypeVar("_Axis")


def _least(values: Sequence[_Axis], order: Sequence[_Axis], otherwise: _Axis) -> _Axis:
    """The least advanced of several places on one axis: a return is only as far as its slowest line."""
    return min(values, key=order.index) if values else otherwise


def _with_headline(found: Return) -> Return:
    return replace(found, headline=_headline(found))


def _headline(found: Return) -> ReturnHeadline:
    if found.logistics is ReturnLogistics.CANCELLED:
        return ReturnHeadline.CLOSED
    if found.money is ReturnMoney.PAID_OUT:
        return ReturnHeadline.REFUNDED
    if found.money in (ReturnMoney.CREDIT_DRAFTED, ReturnMoney.CREDIT_POSTED):
        return ReturnHeadline.APPROVED
    if found.logistics in (ReturnLogistics.RECEIVED, ReturnLogistics.SHORT):
        return ReturnHeadline.RECEIVED
    return (
        ReturnHeadline.IN_TRANSIT
        if found.logistics is ReturnLogistics.IN_TRANSIT
        else ReturnHeadline.AUTHORIZED
    )
