"""One effect or a named state, whatever dies, is lost or comes late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from cases.actions import points, running, waking
from cases.actions.claiming import LeaseLost, claim_due, renew
from cases.actions.pace import Pace
from cases.actions.points import Point
from cases.actions.running import is_doubtful, run_due
from cases.actions.states import ActionState
from cases.models import Action, ActionStep, ActionSwitch, AuditEntry, StepState, TicketNote
from integrations.canonical import DocumentState
from integrations.errors import BreakerOpen, BusinessRefusal, OutcomeUnknown, Unavailable
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import FakeOdoo

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the worker's own clean-up runs."""


@pytest.fixture
def kill_at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Point], None]:
    def arm(where: Point) -> None:
        def strike(point: Point) -> None:
            if point is where:
                points.listeners.clear()
                raise Killed

        monkeypatch.setattr(points, "listeners", [strike])

    return arm


@pytest.fixture
def queued(propose: Propose, approve: Approve) -> Action:
    return approve(propose())


def due_now(action: Action) -> None:
    """Time passes: leases end, waits are over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_action SET next_try_at = now() - interval '1 s', lease_until ="
            " CASE WHEN lease_until IS NULL THEN NULL ELSE now() - interval '1 s' END WHERE id = %s"
            " AND state IN ('queued', 'running', 'unknown')",
            [str(action.pk)],
        )


def run_to_the_end(action: Action, times: int = 12) -> Action:
    for _ in range(times):
        due_now(action)
        if not run_due():
            break
    action.refresh_from_db()
    return action


def test_an_approved_refund_lands_once_and_is_read_back(odoo: FakeOdoo, queued: Action) -> None:
    assert queued.state == ActionState.QUEUED
    assert run_due()
    queued.refresh_from_db()

    assert queued.state == ActionState.SUCCEEDED
    assert [note.total.amount for note in odoo.notes] == [Decimal("60.00")]
    assert queued.effects[0]["id"] == odoo.notes[0].id
    assert (queued.effects[0]["state"], Decimal(queued.effects[0]["total"])) == ("draft", Decimal(60))
    assert odoo.calls.count("create") == 1
    assert odoo.calls[-2:] == ["find", "read"]
    note = TicketNote.objects.get()
    assert (note.state, note.ticket_ref, note.facts["reference"]) == (
        "not_connected",
        "35436",
        queued.reference,
    )
    assert not run_due()


@pytest.mark.parametrize("where", list(Point))
def test_a_worker_killed_anywhere_leaves_one_effect(
    odoo: FakeOdoo, queued: Action, kill_at: Callable[[Point], None], where: Point
) -> None:
    kill_at(where)
    with pytest.raises(Killed):
        run_due()
    queued.refresh_from_db()
    assert queued.state == ActionState.RUNNING
    assert not run_due(), "somebody else's lease holds"

    run_to_the_end(queued)

    assert queued.state == ActionState.SUCCEEDED
    assert len(odoo.notes) == 1
    assert queued.attempts == 2


def test_a_killed_worker_leaves_doubt_only_where_something_may_have_been_sent(
    odoo: FakeOdoo, queued: Action, kill_at: Callable[[Point], None]
) -> None:
    kill_at(Point.CLAIMED)
    with pytest.raises(Killed):
        run_due()
    assert not is_doubtful(queued)
    due_now(queued)
    kill_at(Point.INTENDED)
    with pytest.raises(Killed):
        run_due()
    assert is_doubtful(queued)
    due_now(queued)
    claim = claim_due(pace=Pace())
    assert claim is not None
    queued.refresh_from_db()
    assert queued.state == ActionState.UNKNOWN


@pytest.mark.parametrize("is_lost", [False, True])
def test_whoever_looks_afterwards_is_not_shown_the_order_as_it_was(
    odoo: FakeOdoo, queued: Action, monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    forgotten: list[tuple[str, str, int]] = []

    async def forget(*, connection: str, ref: str) -> None:
        forgotten.append((connection, ref, len(odoo.notes)))

    monkeypatch.setattr(running, "forget_order", forget)
    if is_lost:
        odoo.after_commit = lose_answer
        run_due()
        odoo.after_commit = None

    run_to_the_end(queued)

    assert forgotten == [(queued.connection, queued.order_ref, 1)]


def lose_answer() -> None:
    raise OutcomeUnknown


def test_a_lost_answer_is_checked_and_never_called_a_failure(odoo: FakeOdoo, queued: Action) -> None:
    odoo.after_commit = lose_answer
    run_due()
    queued.refresh_from_db()
    assert (queued.state, queued.cause) == (ActionState.UNKNOWN, "outcome_unknown")
    assert len(odoo.notes) == 1
    odoo.after_commit = None

    run_to_the_end(queued)

    assert queued.state == ActionState.SUCCEEDED
    assert len(odoo.notes) == 1
    states = list(ActionStep.objects.order_by("attempt").values_list("state", flat=True))
    assert states == [StepState.UNKNOWN, StepState.DONE]
    assert len({step.request_hash for step in ActionStep.objects.all()}) == 1


def test_what_was_not_sent_is_tried_again_and_burns_no_attempt(odoo: FakeOdoo, queued: Action) -> None:
    def closed() -> None:
        raise BreakerOpen(retry_after_s=0.01)

    odoo.before_send = closed
    for _ in range(20):
        due_now(queued)
        run_due()
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == (ActionState.QUEUED, 0)
    odoo.before_send = None
    assert run_to_the_end(queued).state == ActionState.SUCCEEDED


def test_a_no_of_odoo_is_parked_with_its_cause(odoo: FakeOdoo, queued: Action) -> None:
    def refuse() -> None:
        raise BusinessRefusal

    odoo.before_send = refuse
    run_due()
    queued.refresh_from_db()
    assert (queued.state, queued.cause, odoo.notes) == (ActionState.PARKED, "business_refusal", [])


def test_what_never_answers_is_parked_in_doubt_after_its_attempts(odoo: FakeOdoo, queued: Action) -> None:
    def fail() -> None:
        raise Unavailable

    odoo.before_send = fail
    run_to_the_end(queued, times=20)
    assert (queued.state, queued.cause) == (ActionState.PARKED, "outcome_unknown")
    assert odoo.calls.count("create") == Pace().most_attempts


def test_a_late_worker_writes_nothing(odoo: FakeOdoo, queued: Action) -> None:
    """It slept longer than its lease; the one after it has done the work."""
    late = claim_due(pace=Pace())
    assert late is not None
    assert run_to_the_end(queued).state == ActionState.SUCCEEDED
    with pytest.raises(LeaseLost):
        renew(late, pace=Pace())


def test_the_order_changed_after_the_approval(odoo: FakeOdoo, queued: Action) -> None:
    odoo.add_foreign_note("10.00")
    run_due()
    queued.refresh_from_db()

    assert (queued.state, queued.cause, queued.round) == (ActionState.AWAITING_APPROVAL, "order_changed", 2)
    assert not queued.approvals.filter(voided_at__isnull=True).exists()
    assert "create" not in odoo.calls


def test_the_order_changed_while_it_was_being_sent(odoo: FakeOdoo, queued: Action, approve: Approve) -> None:
    """Odoo itself refuses, in the transaction that would have made the note."""
    odoo.before_send = lambda: odoo.add_foreign_note("10.00")
    run_due()
    queued.refresh_from_db()
    assert (queued.state, queued.cause) == (ActionState.AWAITING_APPROVAL, "order_changed")
    assert len(odoo.notes) == 1
    odoo.before_send = None

    again = run_to_the_end(approve(queued))

    assert again.state == ActionState.SUCCEEDED
    assert [note.total.amount for note in odoo.notes] == [Decimal("10.00"), Decimal("60.00")]
    assert sorted(odoo.ledger) == [f"{queued.pk}:r2_note_1"]


def test_before_it_is_judged_anew_a_doubtful_key_is_given_up(odoo: FakeOdoo, queued: Action) -> None:
    def fail() -> None:
        raise Unavailable

    odoo.before_send = fail
    run_due()
    odoo.before_send = lambda: odoo.add_foreign_note("10.00")
    due_now(queued)
    run_due()
    queued.refresh_from_db()
    assert queued.state == ActionState.AWAITING_APPROVAL
    assert odoo.revoked == {f"{queued.pk}:note_1"}


def test_too_little_left_after_a_change_is_rejected(odoo: FakeOdoo, queued: Action) -> None:
    odoo.add_foreign_note("120.00")
    run_due()
    queued.refresh_from_db()
    assert (queued.state, queued.cause) == (ActionState.REJECTED, "order_changed")
    assert queued.verdict["allowed"] is False


def test_finance_deleted_the_draft_before_it_was_read_back(
    odoo: FakeOdoo, queued: Action, kill_at: Callable[[Point], None]
) -> None:
    kill_at(Point.ANSWERED)
    with pytest.raises(Killed):
        run_due()
    odoo.notes.clear()
    run_to_the_end(queued)
    assert (queued.state, queued.cause) == (ActionState.PARKED, "document_gone")
    assert odoo.notes == []


def test_somebody_credits_in_the_same_moment(odoo: FakeOdoo, queued: Action) -> None:
    odoo.after_commit = lambda: odoo.add_foreign_note("5.00")
    run_due()
    queued.refresh_from_db()
    assert (queued.state, queued.cause) == (ActionState.SUCCEEDED, "surplus")


def test_a_draft_that_came_out_differently_is_parked(odoo: FakeOdoo, queued: Action) -> None:
    odoo.total_is_off_by = Decimal("0.01")
    run_due()
    queued.refresh_from_db()
    assert (queued.state, queued.cause) == (ActionState.PARKED, "total_differs")


def test_finance_edits_the_draft_before_it_was_proven(odoo: FakeOdoo, queued: Action) -> None:
    def edit() -> None:
        made = odoo.notes[-1]
        odoo.notes[-1] = odoo._note(made.id, Decimal("50.00"), DocumentState.POSTED)

    odoo.after_commit = edit
    run_due()
    queued.refresh_from_db()
    assert (queued.state, queued.cause) == (ActionState.SUCCEEDED, "edited")
    assert queued.effects[0]["state"] == "posted"


def test_a_stopped_kind_begins_nothing_and_goes_on_when_it_may(odoo: FakeOdoo, queued: Action) -> None:
    stop = ActionSwitch.objects.create(
        connection="main", kind="refund", company_id=None, is_on=False, changed_at=timezone.now()
    )
    assert not run_due()
    stop.is_on = True
    stop.save()
    assert run_due()


@pytest.mark.parametrize("how", ["writes", "kind", "brand"])
def test_what_is_not_on_does_not_begin(odoo: FakeOdoo, queued: Action, settings: Settings, how: str) -> None:
    on = ActionSwitch.objects.get()
    if how == "writes":
        settings.ODOO_WRITES = False
    elif how == "kind":
        on.delete()
    else:
        on.brand = "Outlet"
        on.save()
    assert not run_due()


def test_what_was_approved_while_off_waits_and_then_goes(
    odoo: FakeOdoo, propose: Propose, approve: Approve
) -> None:
    ActionSwitch.objects.all().update(is_on=False)
    action = approve(propose())
    assert (action.state, action.cause) == (ActionState.APPROVED, "not_on")
    assert waking.queue_what_may_go() == 0
    ActionSwitch.objects.all().update(is_on=True)
    assert waking.queue_what_may_go() == 1
    assert run_to_the_end(action).state == ActionState.SUCCEEDED


def test_what_nobody_decides_expires(odoo: FakeOdoo, propose: Propose) -> None:
    action = propose()
    Action.objects.filter(pk=action.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert waking.expire_what_waited() == 1
    action.refresh_from_db()
    assert action.state == ActionState.EXPIRED
    assert waking.expire_what_waited() == 0


def test_the_trail_tells_every_step_and_nothing_personal(odoo: FakeOdoo, queued: Action) -> None:
    run_due()
    told = list(AuditEntry.objects.filter(object_kind="action", object_ref=queued.reference).order_by("seq"))
    assert [entry.action for entry in told] == [
        "action_proposed",
        "action_moved",
        "action_approved",
        "action_step",
        "action_step",
        "action_moved",
    ]
    done: dict[str, Any] = told[4].details
    assert done["reply"] == ActionStep.objects.get().reply_hash
    assert done["key"] == f"{queued.pk}:note_1"
    words = " ".join(str(entry.details) for entry in told)
    assert "Markerson" not in words


def test_what_was_sent_is_unreadable_in_the_table(odoo: FakeOdoo, queued: Action) -> None:
    run_due()
    step = ActionStep.objects.get()
    assert step.request
    assert b"credit_note" not in bytes(step.request)


def test_a_command_turns_kinds_on_and_stops_a_connection(odoo: FakeOdoo, queued: Action) -> None:
    from django.core.management import CommandError, call_command

    from integrations.models import OdooConnection

    OdooConnection.objects.create(slug="main", name="Main", url="http://127.0.0.1:1", database="x")
    call_command("action_switch", "main", "refund", "stop", reason="stock count")
    assert not run_due()
    call_command("action_switch", "main", "refund", "release")
    call_command("action_switch", "main", "refund", "off", company=1)
    assert not run_due()
    call_command("action_switch", "main", "refund", "on", company=1)
    assert run_due()
    assert AuditEntry.objects.filter(action="action_switched").count() == 4
    for wrong in (["nowhere", "refund", "stop"], ["main", "refund", "on"]):
        with pytest.raises(CommandError):
            call_command("action_switch", *wrong)
