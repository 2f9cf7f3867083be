"""Return and replacement requests as an approved action makes them, for sandbox and real servers alike."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    EffectRequest,
    ReplacementFacts,
    ReplacementLine,
    ReplacementRequest,
    ReturnFacts,
    ReturnLineRequest,
    ReturnLot,
    ReturnRequest,
    ReturnSource,
    expected_replacement,
    expected_return,
    kind_of,
    payload_of,
    payload_sha256,
)
from integrations.odoo.bridge import perform_sha256
from tests.bridge.asking import REASON, new_key


def coming_back(
    facts: ReturnFacts,
    quantity: int | str = 1,
    *,
    line: int = 0,
    to_refund: bool = True,
    lots: Sequence[tuple[int, int]] = (),
) -> ReturnLineRequest:
    """So many of one line of the order's first delivery."""
    return ReturnLineRequest(
        move_id=facts.deliveries[0].lines[line].move_id,
        quantity=Decimal(quantity),
        to_refund=to_refund,
        lots=tuple(ReturnLot(id=number, quantity=Decimal(amount)) for number, amount in lots),
    )


def asked_back(
    facts: ReturnFacts,
    *lines: ReturnLineRequest,
    warehouse: int | None = None,
    by: ReturnSource = ReturnSource.PICKING,
    rma_operation: int | None = None,
    key: str = "",
    assignee: int | None = None,
) -> ReturnRequest:
    """To the delivery's own warehouse, unless another is named."""
    delivery = facts.deliveries[0]
    wanted = warehouse or delivery.warehouse_id
    place = next(one for one in facts.destinations if one.warehouse_id == wanted)
    is_rma = by is ReturnSource.RMA
    chosen = lines or (coming_back(facts),)
    return ReturnRequest(
        key=key or new_key(),
        connection=facts.connection,
        company_id=facts.company.id,
        order_id=facts.order_id,
        order_ref=facts.order_ref,
        delivery_id=delivery.id,
        by=by,
        warehouse_id=place.warehouse_id,
        location_id=(place.rma_location_id or 0) if is_rma else place.location_id,
        operation_type_id=None if is_rma else place.operation_type_id,
        rma_operation_id=rma_operation,
        lines=chosen,
        expected=expected_return(facts, delivery.id, chosen),
        reference="RT-000042",
        reason=REASON,
        requested_by="Ana Agent",
        approved_by="Sam Supervisor",
        assignee_id=assignee,
        task="Look out for the parcel",
    )


def asked_again(
    facts: ReplacementFacts,
    quantity: int | str = 1,
    *,
    product: int | None = None,
    warehouse: int | None = None,
    must_reserve: bool = True,
    carrier: int | None = None,
    key: str = "",
) -> ReplacementRequest:
    """So many of the order's first line once more."""
    line = facts.lines[0]
    chosen = (
        ReplacementLine(
            order_line_id=line.id, product_id=product or line.product_id, quantity=Decimal(quantity)
        ),
    )
    return ReplacementRequest(
        key=key or new_key(),
        connection=facts.connection,
        company_id=facts.company.id,
        order_id=facts.order_id,
        order_ref=facts.order_ref,
        warehouse_id=warehouse or facts.warehouse_id or 0,
        carrier_id=carrier,
        must_reserve=must_reserve,
        lines=chosen,
        expected=expected_replacement(facts, chosen),
        reference="RP-000042",
        reason=REASON,
        requested_by="Ana Agent",
        approved_by="Sam Supervisor",
    )


def told_of(request: EffectRequest, *, key: str = "") -> dict[str, Any]:
    """The context of the call, for tests that go past our own client."""
    return {
        "allowed_company_ids": [request.company_id],
        "deskglass": {
            "verb": kind_of(request),
            "key": key or request.key,
            "payload": payload_of(request),
            "sha256": payload_sha256(request),
            "code_sha256": perform_sha256(),
        },
    }
