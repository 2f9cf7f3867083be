"""The desk of parked actions: looked after, passed on, filtered, and fixed by what is so now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.actions import caring, desk
from cases.actions.candidates import candidates_of
from cases.actions.desk import Fix
from cases.actions.parked import ParkedFilter, causes_there_are, parked_actions
from cases.actions.running import run_due
from cases.actions.since_approval import changed_since_approval
from cases.actions.states import ActionState
from cases.approvals import Conflict, NotPermitted
from cases.models import Action, AuditEntry, Escalation, User
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import FakeOdoo
from tests.conftest import PersonMaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked(propose: Propose, approve: Approve, odoo: FakeOdoo) -> Action:
    """Nothing of it is in Odoo."""
    action = propose()
    approve(action)
    Action.objects.filter(pk=action.pk).update(
        state="parked", cause="refused_by_odoo", parked_at=timezone.now() - timedelta(hours=2)
    )
    action.refresh_from_db()
    return action


def fix(viewer: Viewer, action: Action, verb: Fix, **more: Any) -> Action:
    now = timezone.now()
    return desk.fix(viewer=viewer, action_id=action.pk, verb=verb, stepped_up_at=now, at=now, **more)


def test_somebody_takes_it_on_and_gives_it_back(
    parked: Action, sam_viewer: Viewer, fin_viewer: Viewer, amy_viewer: Viewer
) -> None:
    now = timezone.now()
    assert caring.take(viewer=sam_viewer, action_id=parked.pk, at=now).owner_id == sam_viewer.user_id
    with pytest.raises(Conflict, match="not_yours_to_give"):
        caring.give_back(viewer=fin_viewer, action_id=parked.pk, at=now)
    with pytest.raises(NotPermitted):
        caring.take(viewer=amy_viewer, action_id=parked.pk, at=now)
    assert caring.take(viewer=fin_viewer, action_id=parked.pk, at=now).owner_id == fin_viewer.user_id
    assert caring.give_back(viewer=fin_viewer, action_id=parked.pk, at=now).owner_id is None
    told = AuditEntry.objects.filter(action="parked_cared_for").order_by("pk")
    assert [entry.details["what"] for entry in told] == ["taken", "taken", "given_back"]


def test_an_owner_is_only_of_what_is_parked(parked: Action, sam: User) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError, match="action_owner_of_parked_since"), transaction.atomic():
        Action.objects.filter(pk=parked.pk).update(owner=sam)
    Action.objects.filter(pk=parked.pk).update(owner=sam, owned_at=now)
    with pytest.raises(IntegrityError, match="action_owner_of_parked_since"), transaction.atomic():
        Action.objects.filter(pk=parked.pk).update(state="cancelled", finished_at=now)


def test_it_is_filtered_by_cause_owner_and_age(parked: Action, sam_viewer: Viewer) -> None:
    now = timezone.now()

    def found(**wanted: str) -> list[Action]:
        return parked_actions(sam_viewer, ParkedFilter(**wanted), at=now)

    assert causes_there_are(sam_viewer) == {"refused_by_odoo": 1}
    assert found(cause="refused_by_odoo", owner="nobody", older_than="hour") == [parked]
    assert found(cause="gave_up") == found(owner="mine") == found(older_than="day") == []
    caring.take(viewer=sam_viewer, action_id=parked.pk, at=now)
    assert found(owner="mine") == [parked]
    assert found(owner="others") == found(owner="nobody") == []


def test_it_is_passed_on_to_a_team_that_sees_it_and_is_told(
    parked: Action, sam_viewer: Viewer, fin_viewer: Viewer, make_person: PersonMaker
) -> None:
    now = timezone.now()
    caring.take(viewer=sam_viewer, action_id=parked.pk, at=now)
    (team,) = caring.teams_for(parked).filter(user__pk=fin_viewer.user_id)
    elsewhere = Group.objects.create(name="elsewhere")
    for wrong, note, error in ((elsewhere.pk, "look", Conflict), (team.pk, "  ", NotPermitted)):
        with pytest.raises(error):
            caring.pass_on(viewer=sam_viewer, action_id=parked.pk, team_id=wrong, note=note, at=now)
    caring.pass_on(
        viewer=sam_viewer, action_id=parked.pk, team_id=team.pk, note="The journal is locked", at=now
    )
    parked.refresh_from_db()
    assert parked.owner_id is None
    assert (caring.count_notices(fin_viewer), caring.count_notices(sam_viewer)) == (1, 0)
    (passed,) = caring.escalations_of(parked)
    assert passed["note"] == "The journal is locked"
    assert b"journal" not in bytes(Escalation.objects.get().note)
    assert parked_actions(fin_viewer, ParkedFilter(owner="my_teams"), at=now) == [parked]
    caring.take(viewer=fin_viewer, action_id=parked.pk, at=now)
    assert caring.count_notices(fin_viewer) == 0


def test_calling_it_done_needs_evidence_which_the_second_person_need_not_repeat(
    parked: Action, sam_viewer: Viewer, fin_viewer: Viewer
) -> None:
    with pytest.raises(Conflict, match="evidence_missing"):
        fix(sam_viewer, parked, Fix.MARK_DONE, evidence="  ")
    fix(sam_viewer, parked, Fix.MARK_DONE, evidence="RINV/2026/00007 by finance")
    done = fix(fin_viewer, parked, Fix.MARK_DONE)
    assert (done.state, done.cause) == (ActionState.SUCCEEDED, "marked_done")
    assert desk.evidence_of(done) == "RINV/2026/00007 by finance"
    assert b"finance" not in bytes(done.evidence)


def test_other_evidence_is_another_suggestion(parked: Action, sam_viewer: Viewer, fin_viewer: Viewer) -> None:
    fix(sam_viewer, parked, Fix.MARK_DONE, evidence="one thing")
    again = fix(fin_viewer, parked, Fix.MARK_DONE, evidence="another thing")
    assert (again.state, again.fix_by_id) == (ActionState.PARKED, fin_viewer.user_id)


def test_the_database_refuses_to_call_it_done_without_evidence(parked: Action) -> None:
    with pytest.raises(IntegrityError, match="action_marked_done_has_evidence"), transaction.atomic():
        Action.objects.filter(pk=parked.pk).update(
            state="succeeded", cause="marked_done", finished_at=timezone.now()
        )


def test_documents_that_bear_the_reference_are_offered_first_and_the_others_say_why_not(
    parked: Action, odoo: FakeOdoo, sam_viewer: Viewer, fin_viewer: Viewer
) -> None:
    for total in ("50.00", "60.00", "60.00"):
        odoo.add_foreign_note(total)
    odoo.marks[9002] = frozenset({parked.reference})
    found = [(one.document.id, one.bears_reference, one.against) for one in candidates_of(parked)]
    assert found == [(9002, True, ""), (9001, False, ""), (9000, False, "amount_differs")]
    fix(sam_viewer, parked, Fix.ADOPT, document_id=9002)
    done = fix(fin_viewer, parked, Fix.ADOPT, document_id=9002)
    assert (done.cause, [effect["id"] for effect in done.effects]) == ("adopted", [9002])


def test_what_was_made_and_deleted_is_replaced_by_another_document(
    propose: Propose, approve: Approve, odoo: FakeOdoo, sam_viewer: Viewer, fin_viewer: Viewer
) -> None:
    action = propose()
    approve(action)
    odoo.after_commit = odoo.notes.clear
    assert run_due(action_id=action.pk)
    action.refresh_from_db()
    assert (action.state, action.cause) == (ActionState.PARKED, "document_gone")
    assert action.parked_at is not None
    odoo.add_foreign_note("60.00")
    fix(sam_viewer, action, Fix.ADOPT, document_id=9000)
    done = fix(fin_viewer, action, Fix.ADOPT, document_id=9000)
    assert [effect["id"] for effect in done.effects] == [9000]


def test_only_what_is_left_is_sent_again_and_only_where_all_before_it_is_in_odoo(
    parked: Action, sam_viewer: Viewer, fin_viewer: Viewer
) -> None:
    fix(sam_viewer, parked, Fix.REPLAY, from_step=2)
    with pytest.raises(Conflict, match="earlier_not_proven"):
        fix(fin_viewer, parked, Fix.REPLAY, from_step=2)
    fix(sam_viewer, parked, Fix.REPLAY, from_step=1)
    assert fix(fin_viewer, parked, Fix.REPLAY, from_step=1).state == ActionState.QUEUED


def test_what_the_rules_refuse_now_is_not_sent_again(
    parked: Action, odoo: FakeOdoo, sam_viewer: Viewer, fin_viewer: Viewer
) -> None:
    assert changed_since_approval(parked) == ()
    odoo.add_foreign_note("120.00")
    assert changed_since_approval(parked) == ("refused_now", "order_changed")
    fix(sam_viewer, parked, Fix.REPLAY)
    with pytest.raises(Conflict, match="refused_now"):
        fix(fin_viewer, parked, Fix.REPLAY)
    odoo.notes.clear()
    assert fix(fin_viewer, parked, Fix.REPLAY).state == ActionState.QUEUED


def test_people_who_left_since_the_approval_are_told(
    parked: Action, amy: User, sam: User, fin_viewer: Viewer
) -> None:
    for person in (amy, sam):
        person.is_active = False
        person.save(update_fields=["is_active"])
    parked.refresh_from_db()
    assert changed_since_approval(parked) == ("requester_left", "approver_left")


def test_where_no_money_moves_one_person_is_enough(parked: Action, sam: User) -> None:
    worthless = replace(viewer_for(sam))
    assert desk.is_done_by_next(worthless, Action(amount=0, fix={}), {"verb": "replay"})
    assert not desk.is_done_by_next(worthless, parked, {"verb": "replay"})
