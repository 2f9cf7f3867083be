"""Goods asked back from the customer, and the live facts such a return is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from integrations.canonical.effects import Refusal
from integrations.canonical.orders import Company
from integrations.canonical.returns import ReturnSource
from integrations.canonical.sensitivity import PERSONAL, PUBLIC
from integrations.canonical.shipping import ShipmentState


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLot:
    """A lot or serial number, and how much of it comes back."""

    id: Annotated[int, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnLineRequest:
    """What comes back of one line of the delivery, in that line's own unit.

    ``to_refund`` says that the order counts it as not delivered any more: for goods that are credited, never for
    goods that are replaced. ``lots`` are required, and come to the quantity, where the product is tracked.
    """

    move_id: Annotated[int, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    to_refund: Annotated[bool, PUBLIC]
    lots: tuple[ReturnLot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedDelivered:
    id: Annotated[int, PUBLIC]
    delivered: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedMove:
    id: Annotated[int, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedReturn:
    """A way back of anything of the order that is not cancelled, announced or received."""

    id: Annotated[int, PUBLIC]
    is_done: Annotated[bool, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAuthorization:
    """An authorization of the order that has no reception yet."""

    id: Annotated[int, PUBLIC]
    state: Annotated[str, PUBLIC]  # Odoo's own word
    quantity: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedReturnFacts:
    order_state: Annotated[str, PUBLIC]  # Odoo's own word
    order_lines: tuple[ExpectedDelivered, ...]
    moves: tuple[ExpectedMove, ...]
    returns: tuple[ExpectedReturn, ...]
    authorizations: tuple[ExpectedAuthorization, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest:
    """One return of one delivery: a transfer back, or one authorization per line where ``by`` says so."""

    key: Annotated[str, PUBLIC]
    connection: Annotated[str, PUBLIC]
    company_id: Annotated[int, PUBLIC]
    order_id: Annotated[int, PUBLIC]
    order_ref: Annotated[str, PUBLIC]
    delivery_id: Annotated[int, PUBLIC]
    by: Annotated[ReturnSource, PUBLIC] = ReturnSource.PICKING
    warehouse_id: Annotated[int, PUBLIC]
    location_id: Annotated[int, PUBLIC]
    operation_type_id: Annotated[int | None, PUBLIC]  # none where an authorization is asked for
    rma_operation_id: Annotated[int | None, PUBLIC] = None
    lines: tuple[ReturnLineRequest, ...]
    expected: ExpectedReturnFacts
    reference: Annotated[str, PUBLIC]
    reason: Annotated[str, PERSONAL]
    requested_by: Annotated[str, PERSONAL]
    approved_by: Annotated[str, PERSONAL]
    assignee_id: Annotated[int | None, PUBLIC] = None  # whoever is asked to look out for the goods
    task: Annotated[str, PERSONAL] = ""

    def __repr__(self) -> str:
        return f"ReturnRequest({self.key})"


# -- what is there -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredLot:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    left: Annotated[Decimal, PUBLIC]  # less what came or is announced to come back of it


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveredLine:
    """One line of one delivery, in the unit it was moved in."""

    move_id: Annotated[int, PUBLIC]
    order_line_id: Annotated[int | None, PUBLIC]
    product_id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    unit: Annotated[str | None, PUBLIC]
    unit_size: Annotated[Decimal, PUBLIC]  # how many of the unit's reference it holds: a dozen 12
    done: Annotated[Decimal, PUBLIC]
    returned: Annotated[Decimal, PUBLIC]
    announced: Annotated[Decimal, PUBLIC]
    left_of_line: Annotated[
        Decimal, PUBLIC
    ]  # of the order's line over all deliveries, whatever the way back names
    is_tracked: Annotated[bool, PUBLIC]
    lots: tuple[DeliveredLot, ...]
    obstacle: Annotated[Refusal | None, PUBLIC]  # why nothing of it can be returned by us

    @property
    def returnable(self) -> Decimal:
        if self.obstacle:
            return Decimal(0)
        return max(Decimal(0), min(self.done - self.returned - self.announced, self.left_of_line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    id: Annotated[int, PUBLIC]
    ref: Annotated[str, PUBLIC]
    state: Annotated[ShipmentState | None, PUBLIC]
    done_at: Annotated[datetime | None, PUBLIC]
    warehouse_id: Annotated[int | None, PUBLIC]
    lines: tuple[DeliveredLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A warehouse goods may come back to, with the place and the operation type that receive them there."""

    warehouse_id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    location_id: Annotated[int, PUBLIC]
    operation_type_id: Annotated[int | None, PUBLIC]
    rma_location_id: Annotated[int | None, PUBLIC]
    address: Annotated[str, PUBLIC] = ""  # of the company's own, line by line


@dataclass(frozen=True, slots=True, kw_only=True)
class RmaOperation:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    acts_alone: Annotated[bool, PUBLIC]  # refunds, replaces or receives by itself: refused


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnFacts:
    """Everything a return of an order is judged, built and compared by, as it is in this moment."""

    connection: Annotated[str, PUBLIC]
    company: Company
    order_id: Annotated[int, PUBLIC]
    order_ref: Annotated[str, PUBLIC]
    order_state: Annotated[str, PUBLIC]  # Odoo's own word
    odoo_version: Annotated[int, PUBLIC]
    delivered: tuple[ExpectedDelivered, ...]  # by order line, net as Odoo counts it
    deliveries: tuple[Delivery, ...]
    returns: tuple[ExpectedReturn, ...]
    authorizations: tuple[ExpectedAuthorization, ...]
    destinations: tuple[Destination, ...]
    has_rma: Annotated[bool, PUBLIC]
    rma_operations: tuple[RmaOperation, ...]
    fetched_at: Annotated[datetime, PUBLIC]

    def delivery(self, number: int) -> Delivery:
        """``LookupError`` where the order has none of that id."""
        for delivery in self.deliveries:
            if delivery.id == number:
                return delivery
        raise LookupError(number)


def expected_return(
    facts: ReturnFacts, delivery_id: int, lines: tuple[ReturnLineRequest, ...]
) -> ExpectedReturnFacts:
    """What must still be so when the return is made; ``LookupError`` for a line the delivery has not."""
    by_move = {line.move_id: line for line in facts.delivery(delivery_id).lines}
    moved = [by_move[line.move_id] for line in lines]
    order_lines = {line.order_line_id for line in moved}
    return ExpectedReturnFacts(
        order_state=facts.order_state,
        order_lines=tuple(line for line in facts.delivered if line.id in order_lines),
        moves=tuple(ExpectedMove(id=line.move_id, quantity=line.done) for line in moved),
        returns=facts.returns,
        authorizations=facts.authorizations,
    )
