"""Cases of several companies, brands, regions and connections, and the people who may see some of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group

from cases.casework import Ticket, TicketMessage, open_case
from cases.masking.roles import Role
from cases.models import Scope, User
from cases.models.casework import Case, CaseState, EntryFrom
from cases.orders.workspace import OrderIdentity
from cases.people.access import grant_scope, make_role_groups, viewer_for
from cases.people.viewer import Viewer

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

CaseMaker = Callable[..., Case]


def identity(ref: str = "S00042", **more: Any) -> OrderIdentity:
    given = {
        "connection": "main",
        "company_id": 1,
        "brand": "",
        "region": "",
        "customer_id": 87,
        "customer_name": "Ana Bergström",
    }
    return OrderIdentity(ref=ref, **{**given, **more})


def ticket(ref: str = "35436", body: str = "Where is my parcel?", at: datetime = AT) -> Ticket:
    message = TicketMessage(sender=EntryFrom.CUSTOMER, at=at, body=body)
    return Ticket(source="zendesk", ref=ref, customer_name="Ana Bergström", messages=[message])


@pytest.fixture
def make_case(db: None) -> CaseMaker:
    """A row as it is, without the use cases: ``make_case(company_id=2, state="closed")``."""

    def make(**fields: Any) -> Case:
        given: dict[str, Any] = {
            "subject": "Where is my order?",
            "connection": "main",
            "company_id": 1,
            "opened_at": AT,
            "updated_at": AT,
        }
        if fields.get("state") == CaseState.SNOOZED:
            given["snoozed_until"] = AT + timedelta(days=1)
        if fields.get("state") == CaseState.CLOSED:
            given["closed_at"] = AT
        return Case.objects.create(**{**given, **fields})

    return make


@pytest.fixture
def case_id(amy_viewer: Viewer) -> int:
    """An open case of company 1, opened by amy from an order and a ticket."""
    return open_case(
        viewer=amy_viewer, order=identity(), ticket=ticket(), subject="Where is my order?", at=AT
    )


@pytest.fixture
def make_viewer(db: None) -> Callable[..., Viewer]:
    """A viewer with one grant: ``make_viewer("bo", Role.AGENT, brand="Lumen")``."""

    def make(
        username: str,
        role: Role = Role.AGENT,
        *,
        connection: str = "main",
        company_id: int = 1,
        brand: str = "",
        region: str = "",
    ) -> Viewer:
        user = User.objects.create_user(username=username, password="x", first_name=username.title())
        team = Group.objects.create(name=f"team: {username}")
        scope, _ = Scope.objects.get_or_create(
            connection=connection,
            company_id=company_id,
            brand=brand,
            region=region,
            defaults={"company_name": f"Company {company_id}"},
        )
        grant_scope(group=team, scope=scope)
        user.groups.add(team, make_role_groups()[role])
        return viewer_for(user)

    return make
