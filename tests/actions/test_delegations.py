"""Deciding in somebody's place: within their right, scope and limit, as the one who decides, and for a while only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from cases import approvals
from cases.actions.records import masked_action
from cases.actions.running import run_due
from cases.actions.states import ActionState
from cases.approvals import Conflict, NotPermitted, StepUpRequired, delegations
from cases.approvals.delegations import Unsuitable
from cases.masking.roles import Role, roles_of
from cases.models import Action, Approval, ApprovalDelegation, AuditEntry, User
from cases.people.access import viewer_for
from cases.people.tokens import TokenScope, issue_token
from cases.people.viewer import Viewer
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import FakeOdoo
from tests.actions.rows import HASH, make_action
from tests.conftest import PASSWORD, PersonMaker

pytestmark = pytest.mark.django_db

Delegate = Callable[..., ApprovalDelegation]


@pytest.fixture
def sue(make_person: PersonMaker) -> User:
    """An agent of company 1, who approves nothing herself."""
    return make_person("sue", Role.AGENT, main=[1])


@pytest.fixture
def delegate(sam: User, sue: User) -> Delegate:
    """``delegate()``: sam asks sue to decide for him from now on for a day."""

    def ask(by: User = sam, to: User = sue, **more: Any) -> ApprovalDelegation:
        now = timezone.now()
        given = {
            "starts_at": now,
            "ends_at": now + timedelta(days=1),
            "stepped_up_at": now,
            "at": now,
            **more,
        }
        return delegations.delegate(viewer=viewer_for(by), to_id=to.pk, **given)

    return ask


def reason_of(call: Callable[[], Any]) -> str:
    try:
        call()
    except (Unsuitable, NotPermitted, Conflict) as refused:
        return refused.reason
    raise AssertionError("it was not refused")


def test_a_delegate_decides_in_somebodys_place_and_it_says_so_everywhere(
    delegate: Delegate, propose: Propose, approve: Approve, odoo: FakeOdoo, sam: User, sue: User
) -> None:
    delegate()
    action, viewer = propose(), viewer_for(sue)
    assert masked_action(action, viewer).decides_for.value == "sam"
    approve(action, viewer=viewer)
    given = Approval.objects.get(action=action)
    assert (given.approver_id, given.on_behalf_of_id) == (sue.pk, sam.pk)
    (shown,) = masked_action(Action.objects.get(pk=action.pk), viewer).approvals
    assert (shown.by.value, shown.on_behalf_of.value) == ("sue", "sam")
    told = AuditEntry.objects.get(action="action_approved")
    assert (told.actor, told.details["in_place_of"]) == (f"user:{sue.pk}", f"user:{sam.pk}")
    run_due(action_id=action.pk)
    assert Action.objects.get(pk=action.pk).state == ActionState.SUCCEEDED
    assert "sue for sam" in next(iter(odoo.approved_by))


def test_nobody_decides_so_about_what_they_or_the_giver_asked_for(
    delegate: Delegate, propose: Propose, approve: Approve, sam_viewer: Viewer, sue: User
) -> None:
    delegate()
    viewer = viewer_for(sue)
    own = propose(viewer=viewer)
    assert reason_of(lambda: approve(own, viewer=viewer)) == "own_request"
    approvals.cancel(viewer=viewer, action_id=own.pk, at=timezone.now())
    givers = propose(viewer=sam_viewer)
    assert reason_of(lambda: approve(givers, viewer=viewer)) == "request_of_giver"


def test_the_givers_limit_holds(delegate: Delegate, amy: User, sue: User, approve: Approve) -> None:
    delegate()
    action = make_action(amy, amount="5000")
    assert reason_of(lambda: approve(action, viewer=viewer_for(sue))) == "above_limit"


def test_what_the_giver_does_not_see_is_not_theirs_to_give(
    delegate: Delegate, amy: User, approve: Approve, make_person: PersonMaker
) -> None:
    boss = make_person("boss", Role.SUPERVISOR, main=[1])
    wide = make_person("wide", Role.AGENT, main=[1, 2])
    delegate(boss, wide)
    elsewhere = make_action(amy, company_id=2)
    assert reason_of(lambda: approve(elsewhere, viewer=viewer_for(wide))) == "beyond_giver"


def test_what_the_delegate_does_not_see_is_not_there_for_them(
    delegate: Delegate, amy: User, sue: User, approve: Approve
) -> None:
    delegate()
    elsewhere = make_action(amy, company_id=2)
    with pytest.raises(approvals.ActionNotVisible):
        approve(elsewhere, viewer=viewer_for(sue))


def test_it_cannot_be_given_on(delegate: Delegate, sue: User, amy: User) -> None:
    delegate()
    with pytest.raises(delegations.NotPermitted):
        delegate(sue, amy)


def test_it_begins_and_ends_by_itself(delegate: Delegate, amy: User, sue: User, approve: Approve) -> None:
    now = timezone.now()
    delegate(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    action = make_action(amy)
    assert reason_of(lambda: approve(action, viewer=viewer_for(sue))) == "no_right"
    ApprovalDelegation.objects.create(
        delegator_id=ApprovalDelegation.objects.get().delegator_id,
        delegate=sue,
        starts_at=now - timedelta(days=2),
        ends_at=now - timedelta(seconds=1),
        made_at=now - timedelta(days=2),
    )
    assert reason_of(lambda: approve(action, viewer=viewer_for(sue))) == "no_right"


def test_taken_back_it_is_over_at_once_and_what_was_decided_stays(
    delegate: Delegate, propose: Propose, approve: Approve, sam: User, sue: User, amy: User
) -> None:
    made = delegate()
    action = propose()
    approve(action, viewer=viewer_for(sue))
    delegations.end_delegation(viewer=viewer_for(sam), delegation_id=made.pk, at=timezone.now())
    delegations.end_delegation(viewer=viewer_for(sam), delegation_id=made.pk, at=timezone.now())
    assert Action.objects.get(pk=action.pk).state == ActionState.QUEUED
    other = make_action(amy)
    assert reason_of(lambda: approve(other, viewer=viewer_for(sue))) == "no_right"
    assert AuditEntry.objects.filter(action="delegation_ended").count() == 1


def test_a_right_the_giver_loses_is_gone_for_the_delegate(
    delegate: Delegate, amy: User, sam: User, sue: User, approve: Approve
) -> None:
    delegate()
    action = make_action(amy)
    sam.groups.remove(*sam.groups.filter(name=Role.SUPERVISOR.group_name))
    assert roles_of(sam.groups.values_list("name", flat=True)) == frozenset()
    assert reason_of(lambda: approve(action, viewer=viewer_for(sue))) == "no_right"


def test_one_right_never_counts_as_two_approvals(
    delegate: Delegate, amy: User, sam_viewer: Viewer, sue: User, approve: Approve, propose: Propose
) -> None:
    delegate()
    action = propose()
    Action.objects.filter(pk=action.pk).update(approvals_needed=2)
    action.refresh_from_db()
    approve(action, viewer=viewer_for(sue))
    assert reason_of(lambda: approve(action)) == "already_decided"
    assert Action.objects.get(pk=action.pk).state == ActionState.AWAITING_APPROVAL
    Approval.objects.create(
        action=action,
        approver_id=sam_viewer.user_id,
        decision="approved",
        content_hash=action.content_hash,
        at=timezone.now(),
    )
    with pytest.raises(IntegrityError, match="action_is_approved"), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(state="approved")


def test_the_database_knows_nobody_who_was_not_asked(amy: User, sam: User, sue: User) -> None:
    action = make_action(amy)
    with pytest.raises(IntegrityError, match="approval_delegated"), transaction.atomic():
        Approval.objects.create(
            action=action,
            approver=sue,
            on_behalf_of=sam,
            decision="approved",
            content_hash=HASH,
            at=timezone.now(),
        )


def test_a_delegation_is_ended_once_and_never_rewritten(delegate: Delegate, amy: User) -> None:
    made = delegate()
    with pytest.raises(IntegrityError, match="delegation_stays"), transaction.atomic():
        ApprovalDelegation.objects.filter(pk=made.pk).update(ends_at=made.ends_at + timedelta(days=1))
    with pytest.raises(IntegrityError, match="delegation_stays"), transaction.atomic():
        ApprovalDelegation.objects.filter(pk=made.pk).update(delegate=amy)


def test_senseless_delegations_are_refused_with_a_reason(
    delegate: Delegate, sam: User, eve: User, amy: User
) -> None:
    now = timezone.now()
    assert reason_of(lambda: delegate(sam, sam)) == "oneself"
    assert reason_of(lambda: delegate(sam, eve)) == "colleague"
    assert reason_of(lambda: delegate(ends_at=now - timedelta(days=1))) == "dates"
    assert reason_of(lambda: delegate(ends_at=now + timedelta(days=61))) == "too_long"
    with pytest.raises(StepUpRequired):
        delegate(stepped_up_at=None)
    with pytest.raises(delegations.NotPermitted):
        delegate(amy, sam)
    delegate()
    assert reason_of(delegate) == "overlaps"


def test_the_page_asks_shows_and_takes_back(sam: User, sue: User, amy: User) -> None:
    browser, other = Client(), Client()
    browser.force_login(sam)
    until = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    page = browser.get("/approvals/for-me/")
    assert b"Let them decide for me" in page.content
    wrong = browser.post("/approvals/for-me/ask/", {"to": sue.pk, "until": until, "password": "nonsense"})
    assert (wrong.status_code, ApprovalDelegation.objects.count()) == (302, 0)
    browser.post("/approvals/for-me/ask/", {"to": sue.pk, "until": until, "password": PASSWORD})
    made = ApprovalDelegation.objects.get()
    assert b"sue decides for you" in browser.get("/approvals/for-me/").content
    other.force_login(sue)
    assert b"You decide for sam" in other.get("/approvals/for-me/").content
    action = make_action(amy)
    assert b"You decide this for sam." in other.get(f"/actions/{action.pk}/").content
    stranger = Client()
    stranger.force_login(amy)
    assert stranger.post(f"/approvals/for-me/{made.pk}/end/").status_code == 404
    assert stranger.post("/approvals/for-me/ask/", {"to": sue.pk, "until": until}).status_code == 403
    other.post(f"/approvals/for-me/{made.pk}/end/")
    assert ApprovalDelegation.objects.get().ended_by_id == sue.pk


def test_the_api_does_the_same(sam: User, sue: User) -> None:
    now = timezone.now()
    token = issue_token(
        user=sam,
        name="test",
        scopes=list(TokenScope),
        expires_at=now + timedelta(days=1),
        issued_by="test",
        at=now,
    )
    api = Client(headers={"Authorization": f"Bearer {token}"})

    def post(path: str, body: Any = None) -> Any:
        return api.post(path, body, content_type="application/json")

    body = {"to": sue.pk, "ends_at": (now + timedelta(days=1)).isoformat()}
    refused = post("/api/v1/delegations", body)
    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    post("/api/v1/step-up", {"password": PASSWORD})
    made = post("/api/v1/delegations", body)
    assert made.status_code == 201, made.content
    (row,) = made.json()["results"]
    assert (row["delegate"], row["state"], row["is_given"]) == ("sue", "current", True)
    again = post("/api/v1/delegations", body)
    assert (again.status_code, again.json()["reason"]) == (422, "overlaps")
    ended = post(f"/api/v1/delegations/{row['id']}/end")
    assert ended.json()["results"][0]["state"] == "taken_back"
    assert post("/api/v1/delegations/999999/end").status_code == 404
