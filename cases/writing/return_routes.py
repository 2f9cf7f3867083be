"""Where goods come back to, and how: rules by connection, company, brand and region that administrators set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asgiref.sync import async_to_sync
from django.db import transaction
from django.db.models import Q

from cases import audit
from cases.actions.pace import current_pace
from cases.masking.roles import Role
from cases.models import ReturnRoute, ReturnWay
from cases.orders.workspace import read_visible
from cases.people.viewer import Viewer
from integrations import gateways
from integrations.canonical import ReturnFacts
from integrations.gateways import Budget
from integrations.models import OdooConnection

LONGEST_NAME = 100


class NotPermitted(Exception):
    """Only administrators say where goods come back to, and never through a token."""


class Unsuitable(Exception):
    """Odoo cannot do it that way; ``reason`` is a word for programs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What Odoo offers to choose from in one company, read through one of its orders."""

    connection: str
    company_id: int
    ref: str
    warehouses: tuple[tuple[int, str], ...]
    operations: tuple[tuple[int, str], ...]  # those that do nothing by themselves
    left_out: int  # operations that refund, replace or receive by themselves
    has_rma: bool


def may_route(viewer: Viewer) -> bool:
    return Role.ADMIN in viewer.roles and viewer.token_id is None


def way_back(connection: str, company_id: int, *, brand: str, region: str) -> dict[str, Any]:
    """The most exact rule that fits, plain; without one a transfer back to where the delivery came from."""
    fitting = ReturnRoute.objects.filter(
        Q(brand="") | Q(brand=brand), Q(region="") | Q(region=region), connection=connection,
        company_id=company_id,
    )  # fmt: skip
    found = max(fitting, key=lambda row: (bool(row.brand), bool(row.region)), default=None)
    if found is None:
        return {"by": ReturnWay.PICKING.value, "warehouse": None, "operation": None}
    return {"by": found.way, "warehouse": found.warehouse_id, "operation": found.operation_id}


def routes_of(viewer: Viewer) -> list[ReturnRoute]:
    if not may_route(viewer):
        return []
    return list(
        ReturnRoute.objects.select_related("changed_by").order_by(
            "connection", "company_id", "brand", "region"
        )
    )


def find_ways(viewer: Viewer, *, connection: str, company_id: int, ref: str, correlation_id: str) -> Ways:
    """What can be chosen, asked for in Odoo now. Raises what opening an order and reading Odoo raise."""
    if not may_route(viewer):
        raise NotPermitted
    facts = async_to_sync(_facts)(viewer, connection, company_id, ref, correlation_id)
    return Ways(
        connection=connection,
        company_id=company_id,
        ref=ref,
        warehouses=tuple((one.warehouse_id, one.name) for one in facts.destinations),
        operations=tuple((one.id, one.name) for one in facts.rma_operations if not one.acts_alone),
        left_out=sum(1 for one in facts.rma_operations if one.acts_alone),
        has_rma=facts.has_rma,
    )


async def _facts(
    viewer: Viewer, connection: str, company_id: int, ref: str, correlation_id: str
) -> ReturnFacts:
    record, _ = await read_visible(viewer, connection, ref, company_id, correlation_id)
    door = await gateways.effect_door(connection)
    return await door.read_return_facts(
        record.order.id,
        company_id=record.order.company.id,
        budget=Budget.of(current_pace().read_s, queue_s=1.0),
        correlation_id=correlation_id,
    )


def set_route(
    *,
    viewer: Viewer,
    connection: str,
    company_id: int,
    ref: str,
    brand: str = "",
    region: str = "",
    warehouse_id: int | None,
    operation_id: int | None,
    correlation_id: str,
    at: datetime,
) -> None:
    """Set one rule by what Odoo offers now. Raises ``Unsuitable`` for what it does not offer."""
    ways = find_ways(
        viewer, connection=connection, company_id=company_id, ref=ref, correlation_id=correlation_id
    )
    warehouses, operations = dict(ways.warehouses), dict(ways.operations)
    if warehouse_id is not None and warehouse_id not in warehouses:
        raise Unsuitable("warehouse")
    if operation_id is not None and operation_id not in operations:
        raise Unsuitable("operation")
    if not OdooConnection.objects.filter(slug=connection, is_active=True).exists():
        raise Unsuitable("connection")
    with transaction.atomic():
        ReturnRoute.objects.update_or_create(
            connection=connection,
            company_id=company_id,
            brand=brand[:LONGEST_NAME],
            region=region[:LONGEST_NAME],
            defaults={
                "warehouse_id": warehouse_id,
                "warehouse_name": warehouses.get(warehouse_id or 0, "")[:200],
                "way": (ReturnWay.PICKING if operation_id is None else ReturnWay.RMA).value,
                "operation_id": operation_id,
                "operation_name": operations.get(operation_id or 0, "")[:200],
                "changed_by_id": viewer.user_id,
                "changed_at": at,
            },
        )
        _tell(viewer, connection, company_id, brand, region, warehouse_id, operation_id, at)


def forget_route(*, viewer: Viewer, route_id: int, at: datetime) -> None:
    """Goods come back as the next less exact rule says. What is gone already stays gone."""
    if not may_route(viewer):
        raise NotPermitted
    with transaction.atomic():
        row = ReturnRoute.objects.select_for_update().filter(pk=route_id).first()
        if row is None:
            return
        _tell(viewer, row.connection, row.company_id, row.brand, row.region, None, None, at)
        row.delete()


def _tell(
    viewer: Viewer,
    connection: str,
    company_id: int,
    brand: str,
    region: str,
    warehouse_id: int | None,
    operation_id: int | None,
    at: datetime,
) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.RETURN_ROUTE_CHANGED,
        object_kind="return_route",
        object_ref=f"{connection}/{company_id}",
        connection_slug=connection,
        company_id=company_id,
        details={
            "brand": brand,
            "region": region,
            "warehouse": warehouse_id or 0,
            "operation": operation_id or 0,
        },
        at=at,
    )
