"""Goods on their way to the customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from integrations.canonical.sensitivity import PUBLIC


class ShipmentState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for stock or for an earlier step
    READY = "ready"
    DONE = "done"
    CANCELLED = "cancelled"


class ShipmentKind(StrEnum):
    DELIVERY = "delivery"  # leaves a warehouse for the customer
    DROP_SHIP = "drop_ship"  # leaves a supplier for the customer
    PREPARATION = "preparation"  # picking or packing before a delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLine:
    line_id: Annotated[int | None, PUBLIC]
    sku: Annotated[str | None, PUBLIC]
    name: Annotated[str, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]  # done, or planned while the shipment is open; in ``uom``
    uom: Annotated[str | None, PUBLIC]
    lots: Annotated[tuple[str, ...], PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    id: Annotated[int, PUBLIC]
    ref: Annotated[str, PUBLIC]
    kind: Annotated[ShipmentKind, PUBLIC]
    state: Annotated[ShipmentState, PUBLIC]
    warehouse: Annotated[str | None, PUBLIC]
    carrier: Annotated[str | None, PUBLIC]
    tracking_numbers: Annotated[tuple[str, ...], PUBLIC]
    tracking_url: Annotated[str | None, PUBLIC]
    scheduled_at: Annotated[datetime | None, PUBLIC]
    done_at: Annotated[datetime | None, PUBLIC]
    backorder_of: Annotated[str | None, PUBLIC]
    lines: tuple[ShipmentLine, ...]
