"""Whom Odoo asks to check and post what actions prepare: an Odoo user chosen per company."""

from __future__ import annotations

from datetime import datetime

from asgiref.sync import async_to_sync
from django.db import transaction

from cases import audit
from cases.masking.roles import Role
from cases.people.viewer import Viewer
from integrations import gateways
from integrations.canonical import FinancePerson
from integrations.gateways import Budget
from integrations.models import FinanceAssignee, OdooConnection


class NotPermitted(Exception):
    """Only administrators choose, and never through a token."""


class NoSuchPlace(Exception):
    """There is no such connection."""


class Unsuitable(Exception):
    """Odoo's user cannot be asked; ``reason`` is a word for programs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def may_choose(viewer: Viewer) -> bool:
    return Role.ADMIN in viewer.roles and viewer.token_id is None


def finance_assignee(connection: str, company_id: int) -> FinanceAssignee | None:
    return FinanceAssignee.objects.filter(connection__slug=connection, company_id=company_id).first()


def find_people(
    viewer: Viewer, *, connection: str, company_id: int, named: str, correlation_id: str
) -> tuple[FinancePerson, ...]:
    """Users of Odoo who may be asked, asked for now. Raises what reading Odoo raises."""
    if not may_choose(viewer):
        raise NotPermitted
    _require_connection(connection)

    async def ask() -> tuple[FinancePerson, ...]:
        directory = await gateways.finance_directory(connection)
        return await directory.find(
            named.strip()[:100],
            company_id=company_id,
            budget=Budget.of(10.0, queue_s=1.0),
            correlation_id=correlation_id,
        )

    return async_to_sync(ask)()


def choose(
    *,
    viewer: Viewer,
    connection: str,
    company_id: int,
    odoo_user_id: int,
    correlation_id: str,
    at: datetime,
) -> FinancePerson:
    """Set who is asked from now on. Raises ``Unsuitable`` where Odoo says that this user cannot be."""
    if not may_choose(viewer):
        raise NotPermitted
    _require_connection(connection)

    async def ask() -> FinancePerson | None:
        directory = await gateways.finance_directory(connection)
        return await directory.read(
            odoo_user_id,
            company_id=company_id,
            budget=Budget.of(10.0, queue_s=1.0),
            correlation_id=correlation_id,
        )

    found = async_to_sync(ask)()
    if found is None:
        raise Unsuitable("unknown")
    if found.against is not None:
        raise Unsuitable(found.against.value)
    with transaction.atomic():
        row = OdooConnection.objects.filter(slug=connection, is_active=True).first()
        if row is None:
            raise NoSuchPlace
        FinanceAssignee.objects.update_or_create(
            connection=row,
            company_id=company_id,
            defaults={"odoo_user_id": found.id, "name": found.name[:200], "checked_at": at},
        )
        _tell(viewer, connection, company_id, found.id, at)
    return found


def choose_nobody(*, viewer: Viewer, connection: str, company_id: int, at: datetime) -> None:
    """Credit notes are made without asking anybody from now on."""
    if not may_choose(viewer):
        raise NotPermitted
    with transaction.atomic():
        gone, _ = FinanceAssignee.objects.filter(connection__slug=connection, company_id=company_id).delete()
        if gone:
            _tell(viewer, connection, company_id, 0, at)


def _require_connection(connection: str) -> None:
    if not OdooConnection.objects.filter(slug=connection, is_active=True).exists():
        raise NoSuchPlace


def _tell(viewer: Viewer, connection: str, company_id: int, odoo_user_id: int, at: datetime) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.FINANCE_ASSIGNEE_CHOSEN,
        object_kind="finance_assignee",
        object_ref=f"{connection}/{company_id}",
        connection_slug=connection,
        company_id=company_id,
        details={"odoo_user": odoo_user_id},
        at=at,
    )
