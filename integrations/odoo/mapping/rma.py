"""Returns as the OCA ``rma`` add-on keeps them: one authorization is one product of one order line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
from integrations.odoo.mapping.credits import Credits
from integrations.odoo.mapping.moves import Move, unit_size
from integrations.odoo.mapping.shipments import LineFacts, without_sku
from integrations.odoo.mapping.values import Row, decimal, display, moment, quantity, reference, related, text

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


def authorized(
    row: Row, moves: Sequence[Move], lines: Mapping[int, LineFacts], credits: Credits, dialect: Dialect
) -> Return:
    """One authorization as a return of one line."""
    logistics, decision, headline = _RMA.get(str(row.get("state")), _RMA_UNKNOWN)
    money = credits.stage(related(row, "refund_id"))
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
