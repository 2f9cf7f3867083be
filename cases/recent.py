"""The orders a viewer opened lately, read from the trail; what has left their scope is not listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases.audit import Action
from cases.models import AuditEntry, Scope
from cases.viewer import Viewer

LOOKED_AT, LISTED = 60, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentOrder:
    connection: str
    company_id: int
    company: str
    ref: str
    at: datetime


def recent_orders(viewer: Viewer) -> list[RecentOrder]:
    """Newest first, each order once, at most ``LISTED``."""
    names = {
        (connection, company_id): name
        for connection, company_id, name in Scope.objects.values_list(
            "connection", "company_id", "company_name"
        )
    }
    entries = (
        AuditEntry.objects.filter(actor=viewer.actor, action=Action.ORDER_OPENED.value)
        .order_by("-at")
        .values_list("connection", "company_id", "object_ref", "at", "details")[:LOOKED_AT]
    )
    found: dict[tuple[str, int, str], RecentOrder] = {}
    for connection, company_id, ref, at, details in entries:
        if company_id is None or not viewer.may_see(
            connection, company_id, brand=details.get("brand"), region=details.get("region")
        ):
            continue
        found.setdefault(
            (connection, company_id, ref),
            RecentOrder(
                connection=connection,
                company_id=company_id,
                company=names.get((connection, company_id), ""),
                ref=ref,
                at=at,
            ),
        )
    return list(found.values())[:LISTED]
