"""What of an order can be chosen to be sent once more, and what each warehouse has of it, masked like anything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from asgiref.sync import async_to_sync

from cases.actions.on_order import requests_on_order
from cases.actions.replacement.left import left_of
from cases.actions.replacement.request import read_facts
from cases.masking import MaskedRecord, mask
from cases.people.viewer import Viewer
from integrations import gateways
from integrations.canonical import INTERNAL, PUBLIC, Partial, ReplacementFacts
from integrations.errors import GatewayError


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChoice:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    left: Annotated[Decimal, PUBLIC]  # how many can still be sent again
    obstacle: Annotated[str, PUBLIC]  # why none can, in the bridge's word


@dataclass(frozen=True, slots=True, kw_only=True)
class OnShelf:
    product: Annotated[str, PUBLIC]
    free: Annotated[Decimal | None, INTERNAL, Partial.BAND]  # None where Odoo does not count it


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseChoice:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    is_own: Annotated[bool, PUBLIC]  # the first order left from here
    shelves: tuple[OnShelf, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementChoices:
    lines: tuple[LineChoice, ...]
    houses: tuple[HouseChoice, ...]


def replacement_choices(
    viewer: Viewer,
    *,
    connection: str,
    company_id: int,
    order_id: int,
    order_ref: str,
    correlation_id: str,
) -> MaskedRecord | None:
    """Of an order that the viewer has just opened, read now; None where Odoo cannot be asked."""

    async def read() -> ReplacementFacts:
        door = await gateways.effect_door(connection)
        return await read_facts(
            door,
            order_id=order_id,
            order_ref=order_ref,
            company_id=company_id,
            correlation_id=correlation_id,
        )

    try:
        facts = async_to_sync(read)()
    except (GatewayError, LookupError):
        return None
    return mask(choices_of(facts, requests_on_order(connection, order_id)), viewer.matrix, path="replacement")


def choices_of(facts: ReplacementFacts, requests: Sequence[dict[str, object]]) -> ReplacementChoices:
    left = left_of(facts, requests)
    lines = tuple(
        LineChoice(
            id=line.id,
            name=line.name.partition("\n")[0],
            left=min(left[line.id].quantity, line.ordered),
            obstacle=obstacle.value if (obstacle := facts.product(line.product_id).obstacle) else "",
        )
        for line in facts.lines
    )
    wanted = {line.product_id for line in facts.lines if not facts.product(line.product_id).obstacle}
    return ReplacementChoices(
        lines=lines,
        houses=tuple(
            HouseChoice(
                id=house.id,
                name=house.name,
                is_own=house.id == facts.warehouse_id,
                shelves=tuple(
                    OnShelf(
                        product=product.name,
                        free=product.free_in(house.id) if product.is_counted else None,
                    )
                    for product in facts.products
                    if product.id in wanted
                ),
            )
            for house in facts.warehouses
        ),
    )
