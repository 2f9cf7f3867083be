"""The canonical return, read from native return transfers and from OCA return authorizations.

One return has lines, and each line has its own place on three axes. What Odoo does not record is not invented:
nobody inspects a native return, so its decision stays "authorized" until a credit note accepts it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from integrations.canonical import (
    Return,
    ReturnDecision,
    ReturnHeadline,
    ReturnLine,
    ReturnLogistics,
    ReturnMoney,
    ReturnSource,
)
from integrations.odoo.dialects import Dialect
from integrations.odoo.mapping.credits import MONEY_ORDER, NOTHING, Covered, Credits
from integrations.odoo.mapping.documents import Documents
from integrations.odoo.mapping.moves import Direction, Move, line_quantities
from integrations.odoo.mapping.rma import authorized
from integrations.odoo.mapping.shipments import LineFacts, moved_quantity, moved_unit, product_words
from integrations.odoo.mapping.values import Row, display, moment, reference, split_numbers, text


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
    credits = Credits(documents)
    native = [
        _native(picking, back, moves, lines, credits, dialect)
        for picking in pickings
        if (back := [m for m in moves if _comes_back(m, picking) and m.id not in received_for_rma])
    ]
    return (*native, *(authorized(row, moves, lines, credits, dialect) for row in rmas))


def _comes_back(move: Move, picking: Row) -> bool:
    return move.picking_id == picking["id"] and move.direction is Direction.BACK


# --- Native return transfers -------------------------------------------------------------------------------------


def _native(
    picking: Row,
    back: Sequence[Move],
    moves: Sequence[Move],
    lines: Mapping[int, LineFacts],
    credits: Credits,
    dialect: Dialect,
) -> Return:
    tracking = split_numbers(picking.get("carrier_tracking_ref"))
    shown = [move for move in back if move.state != "cancel" or picking.get("state") == "cancel"]
    covered = _credits_of(shown, moves, lines, credits, dialect)
    read = [_native_line(move, lines, covered[move.id], dialect, has_label=bool(tracking)) for move in shown]
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
            money=_least([line.money for line in read], MONEY_ORDER, ReturnMoney.NONE),
            announced_at=moment(picking.get("create_date")) or moment(picking.get("scheduled_date")),
            received_at=moment(picking.get("date_done")) if picking.get("state") == "done" else None,
            tracking_numbers=tracking,
            lines=tuple(read),
        )
    )


def _credits_of(
    shown: Sequence[Move],
    moves: Sequence[Move],
    lines: Mapping[int, LineFacts],
    credits: Credits,
    dialect: Dialect,
) -> dict[int, Covered]:
    """The credit behind each move; a kit is credited as a whole, so its components share one."""
    covered: dict[int, Covered] = {}
    for move in shown:
        if move.id in covered:
            continue
        line = lines.get(move.line_id) if move.line_id is not None else None
        if move.state == "cancel":
            covered[move.id] = NOTHING
        elif line is None or move.product_id == line.product_id:
            covered[move.id] = credits.spend(move.line_id, moved_quantity(move, line, dialect))
        else:
            parts = [m for m in shown if m.line_id == move.line_id and m.product_id != line.product_id]
            kits = _kits(move.line_id, line, parts, moves)
            covered |= dict.fromkeys((part.id for part in parts), credits.spend(move.line_id, kits))
    return covered


def _kits(line_id: int | None, line: LineFacts, parts: Sequence[Move], moves: Sequence[Move]) -> Decimal:
    """How many whole kits the components coming back in one transfer make."""
    if line_id is None:
        return Decimal(0)
    sent = [m for m in moves if m.line_id == line_id and m.direction is Direction.OUT]
    counted = line_quantities(line_id, line.product_id, line.ordered, line.size, [*sent, *parts])
    return counted.returned + counted.announced


def _native_line(
    move: Move, lines: Mapping[int, LineFacts], covered: Covered, dialect: Dialect, *, has_label: bool
) -> ReturnLine:
    line = lines.get(move.line_id) if move.line_id is not None else None
    sku, name = product_words(move)
    announced = moved_quantity(move, line, dialect, planned=True)
    received = moved_quantity(move, line, dialect) if move.state == "done" else Decimal(0)
    return ReturnLine(
        line_id=move.line_id,
        sku=sku,
        name=name,
        quantity=max(announced, received),
        received=received,
        uom=moved_unit(move, line),
        logistics=_logistics(move, has_label=has_label),
        decision=_native_decision(covered),
        money=covered.money,
    )


def _native_decision(covered: Covered) -> ReturnDecision:
    """A posted credit is the first thing in Odoo that says the goods were accepted."""
    if covered.money not in (ReturnMoney.CREDIT_POSTED, ReturnMoney.PAID_OUT):
        return ReturnDecision.AUTHORIZED
    return ReturnDecision.ACCEPTED if covered.whole else ReturnDecision.PARTLY_ACCEPTED


def _logistics(move: Move, *, has_label: bool) -> ReturnLogistics:
    if move.state == "done":
        # With a backorder Odoo lowers the demand to what came; without one the demand stays as announced.
        return ReturnLogistics.SHORT if move.done < move.planned else ReturnLogistics.RECEIVED
    if move.state == "cancel":
        return ReturnLogistics.CANCELLED
    return ReturnLogistics.LABEL_ISSUED if has_label else ReturnLogistics.AWAITING


# --- One headline ------------------------------------------------------------------------------------------------

_LOGISTICS_ORDER = (
    ReturnLogistics.AWAITING,
    ReturnLogistics.LABEL_ISSUED,
    ReturnLogistics.IN_TRANSIT,
    ReturnLogistics.SHORT,
    ReturnLogistics.RECEIVED,
    ReturnLogistics.CANCELLED,
)
_DECISION_ORDER = (ReturnDecision.AUTHORIZED, ReturnDecision.PARTLY_ACCEPTED, ReturnDecision.ACCEPTED)


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
