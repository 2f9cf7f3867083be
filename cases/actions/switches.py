"""Says whether a kind of action may write at all: writes are allowed here, the kind is on, and nobody stopped it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from cases import audit
from cases.masking.roles import Role
from cases.models import Action, ActionSwitch
from cases.models.action_settings import LONGEST_SWITCH_REASON
from cases.people.viewer import Viewer
from integrations.models import OdooConnection

SWITCHING_ROLES = frozenset({Role.ADMIN, Role.SUPERVISOR})


class Obstacle(StrEnum):
    WRITES_OFF = "writes_off"  # this installation writes nothing into Odoo
    STOPPED = "stopped"  # the connection's emergency stop
    NOT_ON = "not_on"  # nobody turned the kind on for this company and brand


class NotPermitted(Exception):
    """None of the viewer's roles turns actions on or off."""


def obstacle_to(kind: str, *, connection: str, company_id: int, brand: str) -> Obstacle | None:
    """What stands in the way of the kind here, asked for now; None where nothing does."""
    if not settings.ODOO_WRITES:
        return Obstacle.WRITES_OFF
    rows = ActionSwitch.objects.filter(
        Q(company_id__isnull=True) | Q(company_id=company_id), connection=connection, kind=kind
    ).values_list("company_id", "brand", "is_on")
    found = list(rows)
    if any(company is None and not is_on for company, _, is_on in found):
        return Obstacle.STOPPED
    said = {on_brand: is_on for company, on_brand, is_on in found if company is not None}
    is_on = said.get(brand, said.get("", False))  # the brand's own word goes before that for all brands
    return None if is_on else Obstacle.NOT_ON


def reason_of(obstacle: Obstacle, *, kind: str, connection: str, company_id: int, brand: str) -> str:
    """What whoever stopped it, or turned it off, said to everybody; empty where nobody did."""
    if obstacle is Obstacle.WRITES_OFF:
        return ""
    rows = ActionSwitch.objects.filter(connection=connection, kind=kind, is_on=False)
    if obstacle is Obstacle.STOPPED:
        rows = rows.filter(company_id__isnull=True)
    else:
        rows = rows.filter(company_id=company_id, brand__in=["", brand]).order_by("-brand")
    found = rows.first()
    return found.reason if found else ""


def obstacle_for(action: Action) -> Obstacle | None:
    return obstacle_to(
        action.kind, connection=action.connection, company_id=action.company_id, brand=action.brand
    )


def stop(*, viewer: Viewer, connection: str, kind: str, reason: str, at: datetime) -> None:
    """Let no action of a kind begin on a connection, at once; what is being sent goes on."""
    _turn(viewer, connection, kind, None, "", False, reason, at)


def release(*, viewer: Viewer, connection: str, kind: str, reason: str, at: datetime) -> None:
    _turn(viewer, connection, kind, None, "", True, reason, at)


def turn(
    *,
    viewer: Viewer,
    connection: str,
    kind: str,
    company_id: int,
    brand: str = "",
    is_on: bool,
    reason: str,
    at: datetime,
) -> None:
    """Allow or end a kind for a company, or for one brand of it."""
    _turn(viewer, connection, kind, company_id, brand, is_on, reason, at)


def _turn(
    viewer: Viewer,
    connection: str,
    kind: str,
    company_id: int | None,
    brand: str,
    is_on: bool,
    reason: str,
    at: datetime,
) -> None:
    if not viewer.roles & SWITCHING_ROLES or viewer.token_id is not None:
        raise NotPermitted
    # Whoever runs the integration does so everywhere; others where they see orders.
    if Role.ADMIN not in viewer.roles and (
        connection not in viewer.connections
        or (company_id is not None and company_id not in viewer.companies_in(connection))
    ):
        raise NotPermitted
    if not OdooConnection.objects.filter(slug=connection, is_active=True).exists():
        raise NotPermitted
    store(
        actor=viewer.actor,
        user_id=viewer.user_id,
        connection=connection,
        kind=kind,
        company_id=company_id,
        brand=brand,
        is_on=is_on,
        reason=reason,
        at=at,
    )


def store(
    *,
    actor: str,
    user_id: int | None,
    connection: str,
    kind: str,
    company_id: int | None,
    brand: str,
    is_on: bool,
    reason: str,
    at: datetime,
) -> None:
    """Set one switch and tell the trail; whose right it is was asked before."""
    with transaction.atomic():
        ActionSwitch.objects.update_or_create(
            connection=connection,
            kind=kind,
            company_id=company_id,
            brand=brand,
            defaults={
                "is_on": is_on,
                "reason": reason[:LONGEST_SWITCH_REASON],
                "changed_by_id": user_id,
                "changed_at": at,
            },
        )
        audit.record(
            actor=actor,
            action=audit.Action.ACTION_SWITCHED,
            object_kind="action_switch",
            object_ref=kind,
            connection_slug=connection,
            company_id=company_id,
            details={
                "is_on": is_on,
                "brand": brand,
                "scope": "connection" if company_id is None else "company",
            },
            at=at,
        )
