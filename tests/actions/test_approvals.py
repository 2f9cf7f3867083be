"""An approval is somebody else's word on exactly what was shown, and on nothing else."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import RequestFactory
from django.utils import timezone

from cases.actions.refund.lines import RefundWish
from cases.actions.states import ActionState
from cases.approvals import (
    ActionNotVisible,
    Conflict,
    NotPermitted,
    StepUpRequired,
    cancel,
    reject,
)
from cases.masking.roles import Role
from cases.models import Action, Approval, AuditEntry, Hold, User
from cases.people.access import viewer_for
from cases.people.step_up import WrongPassword, step_up, stepped_up_at
from cases.people.viewer import Viewer
from integrations.errors import Unavailable
from tests.actions.conftest import Approve, Propose, shoes
from tests.actions.fake_odoo import FakeOdoo
from tests.conftest import PASSWORD, PersonMaker
from tests.published_rules import publish_rules

pytestmark = pytest.mark.django_db


def conflict(approve: Approve, action: Action, **more: object) -> str:
    with pytest.raises(Conflict) as found:
        approve(action, **more)
    return found.value.reason


def test_one_word_of_another_is_enough_and_rings_the_bell(propose: Propose, approve: Approve) -> None:
    from django_q.models import OrmQ

    action = approve(propose())
    assert action.state == ActionState.QUEUED
    assert OrmQ.objects.count() == 1


def test_nobody_approves_their_own_request(propose: Propose, approve: Approve, sam_viewer: Viewer) -> None:
    action = propose(viewer=sam_viewer)
    with pytest.raises(NotPermitted, match="own_request"):
        approve(action)
    with pytest.raises(NotPermitted, match="own_request"):
        reject(viewer=sam_viewer, action_id=action.pk, reason="no", at=timezone.now())
    denied = AuditEntry.objects.get(action="action_approved")
    assert (denied.decision, denied.reason) == ("denied", "own_request")


def test_who_has_no_right_or_too_small_a_limit_does_not_approve(
    odoo: FakeOdoo, propose: Propose, approve: Approve, make_person: PersonMaker
) -> None:
    odoo.shoe_price = "150.00"
    action = propose(shoes("1"))
    for role, why in (
        (Role.AGENT, "no_right"),
        (Role.AUDITOR, "no_right"),
        (Role.SENIOR_AGENT, "above_limit"),
    ):
        with pytest.raises(NotPermitted, match=why):
            approve(action, viewer=viewer_for(make_person(f"a {role}", role, main=[1])))
    far = viewer_for(make_person("far", Role.SUPERVISOR, main=[2]))
    with pytest.raises(ActionNotVisible):
        approve(action, viewer=far)


def test_money_asks_for_the_password_again(
    propose: Propose, approve: Approve, sam: User, sam_viewer: Viewer
) -> None:
    action, now = propose(), timezone.now()
    with pytest.raises(StepUpRequired):
        approve(action, stepped_up_at=None)
    request = RequestFactory().post("/")
    with pytest.raises(WrongPassword):
        step_up(viewer=sam_viewer, password="guess", session_key="s1", request=request, at=now)
    assert stepped_up_at(sam_viewer, session_key="s1", at=now) is None
    step_up(viewer=sam_viewer, password=PASSWORD, session_key="s1", request=request, at=now)
    assert stepped_up_at(sam_viewer, session_key="s1", at=now + timedelta(minutes=9)) == now
    assert stepped_up_at(sam_viewer, session_key="s1", at=now + timedelta(minutes=11)) is None
    assert stepped_up_at(sam_viewer, session_key="s2", at=now) is None
    assert AuditEntry.objects.filter(action="stepped_up").count() == 2


def test_two_people_are_two_people(propose: Propose, approve: Approve, fin_viewer: Viewer) -> None:
    action = approve(propose(shoes("1", goods_back=False)))
    assert action.state == ActionState.AWAITING_APPROVAL
    assert conflict(approve, action) == "already_decided"
    assert approve(action, viewer=fin_viewer).state == ActionState.QUEUED


def test_another_content_is_not_what_was_approved(propose: Propose, approve: Approve) -> None:
    assert conflict(approve, propose(), content_hash="0" * 64) == "content_changed"


def test_the_order_changed_before_the_approval(odoo: FakeOdoo, propose: Propose, approve: Approve) -> None:
    action = propose()
    shown = action.content_hash
    odoo.add_foreign_note("10.00")

    assert conflict(approve, action) == "order_changed"
    action.refresh_from_db()
    assert action.content_hash != shown
    assert (action.state, action.cause) == (ActionState.AWAITING_APPROVAL, "order_changed")
    assert approve(action).state == ActionState.QUEUED


def test_a_first_approval_is_void_when_the_order_changes_before_the_second(
    odoo: FakeOdoo, propose: Propose, approve: Approve, fin_viewer: Viewer
) -> None:
    action = approve(propose(shoes("1", goods_back=False)))
    odoo.add_foreign_note("10.00")
    assert conflict(approve, action, viewer=fin_viewer) == "order_changed"
    action.refresh_from_db()
    assert Approval.objects.get().void_cause == "order_changed"
    assert approve(action, viewer=fin_viewer).state == ActionState.AWAITING_APPROVAL


def test_other_rules_since_the_request_are_other_content(propose: Propose, approve: Approve) -> None:
    action = propose()
    publish_rules({"second_approval_above": "10"})
    assert conflict(approve, action) == "policy_changed"
    action.refresh_from_db()
    assert (action.policy_version, action.approvals_needed) == (1, 2)


def test_a_hold_since_the_request_ends_it(propose: Propose, approve: Approve, sam: User) -> None:
    action = propose()
    Hold.objects.create(
        kind="legal", connection="main", company_id=1, customer_id=90, reason="x", owner=sam,
        placed_at=timezone.now(),
    )  # fmt: skip
    assert conflict(approve, action) == "limits_changed"
    action.refresh_from_db()
    assert action.state == ActionState.REJECTED


def test_nothing_is_approved_while_odoo_is_silent(odoo: FakeOdoo, propose: Propose, approve: Approve) -> None:
    action = propose()

    def silent() -> None:
        raise Unavailable

    odoo.on_read = silent
    with pytest.raises(Unavailable):
        approve(action)
    action.refresh_from_db()
    assert action.state == ActionState.AWAITING_APPROVAL
    assert not Approval.objects.exists()


def test_what_is_over_is_over(
    propose: Propose, approve: Approve, sam_viewer: Viewer, amy_viewer: Viewer
) -> None:
    action, now = propose(), timezone.now()
    cancelled = cancel(viewer=amy_viewer, action_id=action.pk, at=now)
    assert cancelled.state == ActionState.CANCELLED
    assert cancel(viewer=amy_viewer, action_id=action.pk, at=now).state == ActionState.CANCELLED
    assert conflict(approve, action) == "already_decided"
    with pytest.raises(Conflict, match="already_decided"):
        reject(viewer=sam_viewer, action_id=action.pk, reason="no", at=now)
    other = propose()
    Action.objects.filter(pk=other.pk).update(expires_at=now - timedelta(seconds=1))
    assert conflict(approve, other) == "expired"


def test_a_rejection_says_why_and_is_kept_unreadable(propose: Propose, sam_viewer: Viewer) -> None:
    action = propose()
    with pytest.raises(NotPermitted, match="no_reason"):
        reject(viewer=sam_viewer, action_id=action.pk, reason="  ", at=timezone.now())
    rejected = reject(viewer=sam_viewer, action_id=action.pk, reason="Photo missing", at=timezone.now())
    assert rejected.state == ActionState.REJECTED
    assert b"Photo" not in bytes(Approval.objects.get().reason)


def test_what_began_is_not_withdrawn(propose: Propose, approve: Approve, amy_viewer: Viewer) -> None:
    from cases.actions.claiming import claim_due
    from cases.actions.pace import Pace

    action = approve(propose())
    assert claim_due(pace=Pace())
    with pytest.raises(Conflict, match="too_late"):
        cancel(viewer=amy_viewer, action_id=action.pk, at=timezone.now())


def test_limits_compare_what_the_order_had_altogether(
    odoo: FakeOdoo, propose: Propose, approve: Approve, make_person: PersonMaker
) -> None:
    """A senior agent approves up to 100: not the second part of 60 of the same order."""
    senior = viewer_for(make_person("sen", Role.SENIOR_AGENT, main=[1]))
    first = approve(propose(shoes("1")), viewer=senior)
    assert first.state == ActionState.QUEUED
    from cases.actions.running import run_due

    assert run_due()
    odoo.notes[0] = odoo._note(odoo.notes[0].id, Decimal(60), odoo.notes[0].state.POSTED)
    second = propose(RefundWish(amount=Decimal("60")))
    with pytest.raises(NotPermitted, match="above_limit"):
        approve(second, viewer=senior)
