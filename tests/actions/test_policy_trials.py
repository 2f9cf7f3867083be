"""What a draft would have changed: worked out from what was stored, shown within scope, and nothing changes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.actions.proposing import Refused
from cases.actions.refusals import forget_refusals
from cases.masking.roles import Role
from cases.models import Action, ActionPolicy, PolicyDraft, PolicyTrial, RefusedRequest, TrialState, User
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from cases.policies import trial as policy_trial
from cases.policies.drafts import change_draft, find_draft, start_draft
from cases.policies.trial import run_trial, start_trial
from cases.policies.tried_decisions import tried_decisions
from cases.rules.approval import Thresholds
from cases.rules.book import RuleBook
from cases.rules.keep_item import KeepItem
from cases.rules.limits import AgentDay
from tests.actions.conftest import Propose, shoes
from tests.actions.fake_odoo import FakeOdoo
from tests.conftest import PersonMaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(make_person: PersonMaker) -> User:
    """Administers; sees no customer."""
    return make_person("ada", Role.ADMIN, main=[1])


@pytest.fixture
def ada_viewer(ada: User) -> Viewer:
    return viewer_for(ada)


def draft_with(viewer: Viewer, **parts: Any) -> PolicyDraft:
    row = start_draft(viewer=viewer, based_on=0, note="Try it", at=timezone.now())
    book = RuleBook()
    for rule, part in parts.items():
        book = book.changed(rule, part)
    change_draft(viewer=viewer, draft_id=row.pk, book=book, at=timezone.now())
    return row


def tried(viewer: Viewer, **parts: Any) -> PolicyTrial:
    return start_trial(viewer=viewer, draft_id=draft_with(viewer, **parts).pk, at=timezone.now())


def test_decisions_that_would_differ_are_counted_and_named(
    propose: Propose,
    ada_viewer: Viewer,
    sam_viewer: Viewer,
) -> None:
    action = propose(shoes("1"))
    trial = tried(ada_viewer, thresholds=Thresholds(second_approval_above=Decimal(10)))
    assert (trial.state, trial.total, trial.done, trial.unreadable) == (TrialState.DONE, 1, 1, 0)
    assert trial.counts == {"more_people": 1}
    (found,) = tried_decisions(trial, sam_viewer)
    assert (found.reference, found.before, found.after) == (action.reference, 1, 2)
    assert found.because == ("second_approval",)
    assert tried(ada_viewer, agent_day=AgentDay(limits={"agent": Decimal(5)})).counts == {"refused": 1}
    assert tried(ada_viewer, thresholds=Thresholds(no_approval_up_to=Decimal(100))).counts == {
        "fewer_people": 1
    }
    assert tried(ada_viewer, keep_item=KeepItem(up_to=Decimal(51))).counts == {}
    action.refresh_from_db()
    assert (action.state, action.policy_version) == ("awaiting_approval", 0)


def test_what_was_refused_is_tried_too(
    ask: Any,
    odoo: FakeOdoo,
    ada_viewer: Viewer,
) -> None:
    odoo.shoe_price = "900.00"
    with pytest.raises(Refused):
        ask(shoes("2"))
    assert RefusedRequest.objects.get().verdict["allowed"] is False
    trial = tried(ada_viewer, agent_day=AgentDay(limits={"agent": Decimal(9000)}))
    assert trial.counts == {"allowed": 1}
    assert forget_refusals(at=timezone.now()) == 0
    assert forget_refusals(at=timezone.now() + timedelta(days=91)) == 1


def test_who_may_not_see_an_order_learns_its_number_only(
    propose: Propose,
    ada_viewer: Viewer,
    make_person: PersonMaker,
) -> None:
    propose(shoes("1"))
    trial = tried(ada_viewer, thresholds=Thresholds(second_approval_above=Decimal(10)))
    elsewhere = viewer_for(make_person("otto", Role.SUPERVISOR, main=[2]))
    assert tried_decisions(trial, elsewhere) == []
    (found,) = tried_decisions(trial, ada_viewer)
    assert found.amount.value is None, "who administers sees no amounts"


def test_a_draft_that_changed_is_tried_anew_and_one_that_did_not_is_not(
    propose: Propose,
    ada_viewer: Viewer,
) -> None:
    propose(shoes("1"))
    row = draft_with(ada_viewer, keep_item=KeepItem(up_to=Decimal(1)))
    first = start_trial(viewer=ada_viewer, draft_id=row.pk, at=timezone.now())
    again = start_trial(viewer=ada_viewer, draft_id=row.pk, at=timezone.now())
    assert (again.pk, again.asked_at) == (first.pk, first.asked_at)
    change_draft(
        viewer=ada_viewer, draft_id=row.pk, at=timezone.now(),
        book=RuleBook().changed("keep_item", KeepItem(up_to=Decimal(2))),
    )  # fmt: skip
    assert policy_trial.trial_of(find_draft(row.pk)) is None
    assert start_trial(viewer=ada_viewer, draft_id=row.pk, at=timezone.now()).pk != first.pk


def test_many_decisions_are_tried_by_the_worker(
    monkeypatch: pytest.MonkeyPatch,
    propose: Propose,
    ada_viewer: Viewer,
) -> None:
    propose(shoes("1"))
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(policy_trial, "AT_ONCE", 0)
    monkeypatch.setattr(policy_trial, "async_task", lambda *task: rung.append(task))
    trial = tried(ada_viewer, thresholds=Thresholds(second_approval_above=Decimal(10)))
    assert (trial.state, rung) == (TrialState.WAITING, [("cases.tasks.try_draft", trial.pk)])
    run_trial(trial.pk)
    run_trial(trial.pk)  # a task that is delivered twice
    trial.refresh_from_db()
    assert (trial.state, trial.counts) == (TrialState.DONE, {"more_people": 1})


def test_a_trial_that_nobody_works_on_is_begun_again(
    propose: Propose,
    ada_viewer: Viewer,
) -> None:
    row = draft_with(ada_viewer, keep_item=KeepItem(up_to=Decimal(1)))
    trial = start_trial(viewer=ada_viewer, draft_id=row.pk, at=timezone.now())
    long_ago = timezone.now() - timedelta(hours=1)
    PolicyTrial.objects.filter(pk=trial.pk).update(state=TrialState.RUNNING, asked_at=long_ago)
    assert start_trial(viewer=ada_viewer, draft_id=row.pk, at=timezone.now()).state == TrialState.DONE


def test_what_cannot_be_worked_out_is_counted(propose: Propose, ada_viewer: Viewer) -> None:
    action = propose(shoes("1"))
    RefusedRequest.objects.create(
        connection="main", company_id=1, order_ref="S1", requester_id=action.requester_id, payload={}, facts={},
        policy_version=0, verdict={}, amount=1, currency="EUR", requested_at=timezone.now(),
    )  # fmt: skip
    trial = tried(ada_viewer, keep_item=KeepItem(up_to=Decimal(1)))
    assert (trial.total, trial.unreadable) == (2, 1)


def test_the_database_keeps_drafts_honest(ada: User, sam: User) -> None:
    now = timezone.now()
    row = PolicyDraft.objects.create(
        author=ada, by_admin=True, based_on=0, rules={"rules": {}}, note="x", created_at=now, changed_at=now
    )
    same = PolicyDraft.objects.filter(pk=row.pk)
    other = ActionPolicy.objects.create(
        version=1,
        rules={"rules": {"keep_item": {}}},
        note="x",
        author=ada,
        published_by=sam,
        published_at=now,
    )
    for change in ({"author": sam}, {"by_admin": False}, {"published": other}, {"withdrawn_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            same.update(**change)
    same.update(withdrawn_at=now, withdrawn_by=sam)
    with pytest.raises(IntegrityError), transaction.atomic():
        same.update(rules={})
    assert Action.objects.count() == 0
