"""What of an order can be chosen to be exchanged, line by line of the order, masked like anything else."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Annotated

from asgiref.sync import async_to_sync

from cases.actions.exchange.judging import ExchangeFacts
from cases.actions.on_order import requests_on_order
from cases.actions.replacement import request as replacement_request
from cases.actions.replacement.choices import HouseChoice, choices_of
from cases.actions.replacement.left import left_of
from cases.actions.returns import request as return_request
from cases.actions.returns.choices import LotChoice, PlaceChoice, places_of
from cases.actions.returns.lines import returnable_of
from cases.actions.returns.pending import pending_returns
from cases.masking import MaskedRecord, mask
from cases.people.viewer import Viewer
from integrations import gateways
from integrations.canonical import PUBLIC, DeliveredLine, ReplaceableLine
from integrations.errors import GatewayError

_DIGITS = Decimal("0.00001")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChoice:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    left: Annotated[Decimal, PUBLIC]  # what can come back and be sent once more, in the line's unit
    obstacle: Annotated[str, PUBLIC]  # why nothing of it can come back, in the bridge's word
    lots: tuple[LotChoice, ...]  # that have to be chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeChoices:
    lines: tuple[LineChoice, ...]
    places: tuple[PlaceChoice, ...]
    houses: tuple[HouseChoice, ...]


def exchange_choices(
    viewer: Viewer,
    *,
    connection: str,
    company_id: int,
    order_id: int,
    order_ref: str,
    correlation_id: str,
) -> MaskedRecord | None:
    """Of an order that the viewer has just opened, read now; None where Odoo cannot be asked."""
    try:
        facts = async_to_sync(_read)(connection, company_id, order_id, order_ref, correlation_id)
    except (GatewayError, LookupError):
        return None
    requests = requests_on_order(connection, order_id)
    back = returnable_of(facts.back, pending_returns(connection, order_id))
    again = left_of(facts.again, requests)
    record = ExchangeChoices(
        lines=tuple(
            _line(line, facts, back, min(again[line.id].quantity, line.ordered)) for line in facts.again.lines
        ),
        places=places_of(facts.back),
        houses=choices_of(facts.again, requests).houses,
    )
    return mask(record, viewer.matrix, path="exchange")


async def _read(
    connection: str, company_id: int, order_id: int, order_ref: str, correlation_id: str
) -> ExchangeFacts:
    door = await gateways.effect_door(connection)
    back, again = await asyncio.gather(
        return_request.read_facts(
            door, order_id=order_id, company_id=company_id, correlation_id=correlation_id
        ),
        replacement_request.read_facts(
            door,
            order_id=order_id,
            order_ref=order_ref,
            company_id=company_id,
            correlation_id=correlation_id,
        ),
    )
    return ExchangeFacts(back=back, again=again)


def _line(
    line: ReplaceableLine, facts: ExchangeFacts, back: dict[int, Decimal], again: Decimal
) -> LineChoice:
    delivered = [one for of in facts.back.deliveries for one in of.lines if one.order_line_id == line.id]
    comes = sum((back[one.move_id] * one.unit_size for one in delivered), Decimal(0)) / line.unit_size
    return LineChoice(
        id=line.id,
        name=line.name.partition("\n")[0],
        left=min(comes.quantize(_DIGITS, ROUND_DOWN) if comes % 1 else comes, again),
        obstacle=_obstacle(delivered),
        lots=tuple(
            LotChoice(id=lot.id, name=lot.name, left=lot.left)
            for one in delivered
            if one.is_tracked
            for lot in one.lots
            if lot.left > 0
        ),
    )


def _obstacle(delivered: list[DeliveredLine]) -> str:
    """Where no delivery of it can come back."""
    if not delivered:
        return "not_delivered"
    obstacles = [one.obstacle for one in delivered]
    first = obstacles[0]
    return first.value if first is not None and all(obstacles) else ""
