"""What of an order can be chosen to come back, line by line of its deliveries, masked like anything else."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from asgiref.sync import async_to_sync

from cases.actions.returns.lines import returnable_of
from cases.actions.returns.pending import pending_returns
from cases.actions.returns.request import read_facts
from cases.masking import MaskedRecord, mask
from cases.people.viewer import Viewer
from integrations import gateways
from integrations.canonical import PUBLIC, Delivery, ReturnFacts
from integrations.errors import GatewayError


@dataclass(frozen=True, slots=True, kw_only=True)
class LotChoice:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    left: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChoice:
    move_id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    delivery: Annotated[str, PUBLIC]
    unit: Annotated[str, PUBLIC]
    left: Annotated[Decimal, PUBLIC]  # what can still come back of it
    obstacle: Annotated[str, PUBLIC]  # why nothing of it can, in the bridge's word
    lots: tuple[LotChoice, ...]  # that have to be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChoice:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnChoices:
    lines: tuple[LineChoice, ...]
    places: tuple[PlaceChoice, ...]


def return_choices(
    viewer: Viewer, *, connection: str, company_id: int, order_id: int, correlation_id: str
) -> MaskedRecord | None:
    """Of an order that the viewer has just opened, read now; None where Odoo cannot be asked."""
    try:
        facts = async_to_sync(_read)(connection, company_id, order_id, correlation_id)
    except (GatewayError, LookupError):
        return None
    left = returnable_of(facts, pending_returns(connection, order_id))
    record = ReturnChoices(
        lines=tuple(line for delivery in facts.deliveries for line in _lines(delivery, left)),
        places=places_of(facts),
    )
    return mask(record, viewer.matrix, path="return")


def places_of(facts: ReturnFacts) -> tuple[PlaceChoice, ...]:
    """Where goods can be received."""
    return tuple(
        PlaceChoice(id=one.warehouse_id, name=one.name)
        for one in facts.destinations
        if one.operation_type_id is not None
    )


async def _read(connection: str, company_id: int, order_id: int, correlation_id: str) -> ReturnFacts:
    door = await gateways.effect_door(connection)
    return await read_facts(door, order_id=order_id, company_id=company_id, correlation_id=correlation_id)


def _lines(delivery: Delivery, left: dict[int, Decimal]) -> tuple[LineChoice, ...]:
    return tuple(
        LineChoice(
            move_id=line.move_id,
            name=line.name,
            delivery=delivery.ref,
            unit=line.unit or "",
            left=left[line.move_id],
            obstacle=line.obstacle.value if line.obstacle else "",
            lots=tuple(
                LotChoice(id=lot.id, name=lot.name, left=lot.left) for lot in line.lots if lot.left > 0
            )
            if line.is_tracked
            else (),
        )
        for line in delivery.lines
    )
