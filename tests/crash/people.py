"""Who asks, approves and repairs in the run: the use cases themselves, tried again when the database went away."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from asgiref.sync import async_to_sync
from django.contrib.auth.models import Group
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from cases import approvals
from cases.actions import desk
from cases.actions.kinds import carried_out
from cases.actions.proposing import AlreadyOpen, Refused, propose_action
from cases.actions.refund.form import RefundForm
from cases.actions.refund.lines import RefundWish
from cases.masking.roles import Role
from cases.models import Action, ActionSwitch, Scope, User
from cases.models.casework import Case
from cases.people.access import grant_scope, make_role_groups, viewer_for
from cases.people.viewer import Viewer
from integrations.credentials import store_credential
from integrations.errors import GatewayError
from integrations.models import OdooConnection, Purpose
from integrations.odoo.probe import probe
from tests.crash.checker import OdooAccess
from tests.published_rules import publish_rules

Result = TypeVar("Result")
GENEROUS: dict[str, Any] = {
    "agent_day": {"agent": "100000000"},
    "customer_limit": "100000000",
    "second_approval_above": "100000000",
    "keep_goods_up_to": "100000000",
    "window_days": 100000,
    "approval_limit": {"supervisor": "100000000", "finance": "100000000"},
    "split_window_days": 1,
}


@dataclass(slots=True, kw_only=True)
class People:
    agent: Viewer
    supervisor: Viewer
    finance: Viewer
    case_id: int
    connection: str
    given_up: set[str] = field(default_factory=set)  # orders of which nothing can be refunded any more


def settle(odoo: OdooAccess, companies: list[int], *, at_once: int = 100, slug: str = "main") -> People:
    """An installation with one connection, generous rules and three people."""
    server = OdooConnection.objects.create(
        slug=slug, name="Main", url=odoo.url, database=odoo.database, max_in_flight=at_once
    )
    for purpose in (Purpose.READ, Purpose.WRITE):
        store_credential(connection=server, purpose=purpose.value, login=odoo.login, key=odoo.key)
    async_to_sync(probe)(slug)  # what this Odoo can do, found out while nobody is in a hurry
    now, roles = timezone.now(), make_role_groups()
    team = Group.objects.create(name=f"team of {slug}")
    for company in companies:
        scope = Scope.objects.create(connection=slug, company_id=company, company_name=f"Company {company}")
        grant_scope(group=team, scope=scope)
        for kind in carried_out():
            ActionSwitch.objects.create(
                connection=slug, kind=kind, company_id=company, is_on=True, changed_at=now
            )
    viewers = {}
    for name, role in (
        ("ask", Role.AGENT),
        ("sam", Role.SUPERVISOR),
        ("fin", Role.FINANCE),
        ("adm", Role.ADMIN),
    ):
        user = User.objects.create_user(username=name)
        user.groups.add(team, roles[role])
        viewers[name] = viewer_for(user)
    publish_rules(GENEROUS)
    case = Case.objects.create(
        subject="Crash run", connection=slug, company_id=companies[0], opened_at=now, updated_at=now
    )
    return People(
        agent=viewers["ask"],
        supervisor=viewers["sam"],
        finance=viewers["fin"],
        case_id=case.pk,
        connection=slug,
    )


def stubborn(work: Callable[[], Result], *, limit_s: float = 180.0) -> Result:
    """What somebody does who reloads the page until the database and Odoo are back."""
    until = time.monotonic() + limit_s
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError, GatewayError):
            connection.close()
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def ask_for_refund(people: People, ref: str, company: int, number: int) -> Action | None:
    """A small amount of an order; None where the order has nothing left, or somebody asks already."""
    amount = Decimal(random.randint(1, 400)) / 100

    def once() -> Action | None:
        return async_to_sync(propose_action)(
            viewer=people.agent,
            case_id=people.case_id,
            form=RefundForm(
                connection=people.connection,
                ref=ref,
                company=company,
                wish=RefundWish(amount=amount),
                reason="damaged",
            ),
            key=f"crash-{number}",
            body_hash=f"{amount}",
            correlation_id=f"crash-{number}",
            at=timezone.now(),
        ).action

    try:
        return stubborn(once)
    except Refused:
        people.given_up.add(ref)
        return None
    except AlreadyOpen:
        return None


def approve(people: People, action: Action) -> None:
    """By one person, and by a second one where the rules ask for that: an order's fourth part within a day."""
    for viewer in (people.supervisor, people.finance):

        def once(viewer: Viewer = viewer) -> None:
            now = timezone.now()
            fresh = Action.objects.get(pk=action.pk)
            if fresh.state != "awaiting_approval":
                return
            try:
                async_to_sync(approvals.approve)(
                    viewer=viewer,
                    action_id=action.pk,
                    content_hash=fresh.content_hash,
                    stepped_up_at=now,
                    correlation_id="crash",
                    at=now,
                )
            except approvals.Conflict:
                return  # what is waiting then is looked at in the next round

        stubborn(once)


def repair(people: People, action: Action) -> None:
    """Two people send a parked action again, as they would after its cause is gone."""
    for viewer in (people.supervisor, people.finance):

        def once(viewer: Viewer = viewer) -> None:
            now = timezone.now()
            try:
                desk.fix(viewer=viewer, action_id=action.pk, verb=desk.Fix.REPLAY, stepped_up_at=now, at=now)
            except approvals.Conflict:
                return

        stubborn(once)
