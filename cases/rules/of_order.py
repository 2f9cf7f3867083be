"""What rules look at, taken from an order as it was read.

Pure: no Django.
"""

from __future__ import annotations

from datetime import datetime

from cases.rules.matter import Item, Matter, Nature
from integrations.canonical import OrderLine, OrderRecord, ShipmentState

_AT_THE_COUNTER = "pos.order"


def matter_of(record: OrderRecord, *, at: datetime, nature: Nature = Nature.OTHER) -> Matter:
    order, customer, origin = record.order, record.customer, record.order.origin
    return Matter(
        at=at,
        placed_at=order.placed_at,
        shipped_at=last_left_at(record),
        region=order.region or "",
        country=(origin.country or "") if origin else "",
        team=(origin.sales_team or "") if origin else "",
        is_consumer=None if customer is None else not (customer.is_company or customer.account),
        is_counter_sale=order.source == _AT_THE_COUNTER,
        nature=nature,
    )


def item_of(record: OrderRecord, line: OrderLine) -> Item:
    return Item(
        sku=line.sku or "", category=line.category or "", left_at=last_left_at(record, line_id=line.id)
    )


def last_left_at(record: OrderRecord, *, line_id: int | None = None) -> datetime | None:
    """When the last goods left: of the order, or of one line."""
    moments = [
        shipment.done_at
        for shipment in record.shipments
        if shipment.state is ShipmentState.DONE
        and shipment.done_at is not None
        and (line_id is None or any(moved.line_id == line_id for moved in shipment.lines))
    ]
    return max(moments, default=None)
