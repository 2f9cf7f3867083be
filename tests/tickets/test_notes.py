"""Notes on tickets: each once, with the order's number and nothing that is anybody's secret."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from cases import approvals, tasks
from cases.actions.running import run_due
from cases.models import Action, AuditEntry, NoteState, TicketLink, TicketNote
from cases.models.casework import Case
from cases.people.viewer import Viewer
from cases.tickets.delivering import try_again
from integrations.models import TicketingConnection
from integrations.ticketing import pauses
from integrations.ticketing.connections import forget_kept
from tests.actions.conftest import Approve, Propose, approve, ask, case, odoo, propose, switched_on
from tests.actions.fake_odoo import ORDER_REF, FakeOdoo
from tests.ticketing.stand_in import Fault, StandIn

__all__ = ["approve", "ask", "case", "odoo", "propose", "switched_on"]

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "https://console.example.com"


@pytest.fixture
def link(rt: StandIn, connected: TicketingConnection, case: Case, settings: Settings) -> TicketLink:
    settings.CONSOLE_ADDRESS = ADDRESS
    rt.add_ticket(42)
    now = timezone.now()
    return TicketLink.objects.create(
        case=case, ticketing=connected, ticket_id="42", number="42", linked_at=now, read_at=now
    )


def due_now(note: TicketNote) -> TicketNote:
    TicketNote.objects.filter(pk=note.pk, state=NoteState.WAITING).update(next_try_at=timezone.now())
    tasks.tell_ticket(note.pk)
    note.refresh_from_db()
    return note


def posted(rt: StandIn) -> list[str]:
    return [entry.text for entry in rt.tickets[42].private]


def test_what_was_asked_and_what_came_of_it_lands_on_the_ticket_once(
    rt: StandIn, link: TicketLink, propose: Propose, approve: Approve
) -> None:
    action = propose(note="Kunde ist sehr verärgert")
    asked = TicketNote.objects.get()
    assert (asked.state, asked.about) == ("waiting", "requested")
    approve(action)
    run_due()
    done = TicketNote.objects.get(about="succeeded")
    # What came of it waits for what was asked.
    tasks.tell_ticket(done.pk)
    assert posted(rt) == []
    for _ in range(2):
        tasks.serve_tickets()

    first, second = posted(rt)
    action.refresh_from_db()
    document = action.effects[0]["ref"] or action.effects[0]["id"]
    assert first.splitlines()[:2] == [
        f"Refund request {action.reference} for order {ORDER_REF} was asked for: €60.00. It waits for approval.",
        f"{ADDRESS}/cases/{link.case_id}/",
    ]
    assert second.splitlines()[:3] == [
        f"Refund request {action.reference} for order {ORDER_REF} is done: €60.00.",
        f"In Odoo: {document}",
        f"{ADDRESS}/cases/{link.case_id}/",
    ]
    assert rt.tickets[42].fields[rt.order_field] == ORDER_REF
    assert rt.tickets[42].links == [f"{ADDRESS}/cases/{link.case_id}/"]
    for note in (asked, done):
        note.refresh_from_db()
        assert (note.state, note.order_field, note.way_back) == ("delivered", "written", "written")
    told = AuditEntry.objects.filter(action="ticket_told").order_by("at")
    assert [(entry.details["about"], entry.decision) for entry in told] == [
        ("requested", "allowed"),
        ("succeeded", "allowed"),
    ]
    # Nothing that a reader of the ticket is not meant to know: no name, no reason, nothing typed.
    for word in ("amy", "sam", "verärgert", "damaged"):
        assert word not in "".join(posted(rt))


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.HALF, Fault.NOT_JSON])
def test_a_lost_reply_leads_to_a_second_look_and_not_to_a_second_note(
    rt: StandIn, link: TicketLink, propose: Propose, fault: Fault
) -> None:
    propose()
    note = TicketNote.objects.get()
    rt.fail(fault, when=lambda asked: asked.path.endswith("/comment"))
    due_now(note)
    if note.state == NoteState.WAITING:
        assert note.problem
        assert note.next_try_at is not None
        assert note.next_try_at > timezone.now() + timedelta(seconds=20), "the tool may still be working"
        assert TicketNote.objects.filter(attempts=1, order_field="written").count() == 1
        due_now(note)
    assert note.state == NoteState.DELIVERED
    assert len(posted(rt)) == 1


def test_a_worker_that_dies_after_posting_leaves_one_note(
    rt: StandIn, link: TicketLink, propose: Propose, monkeypatch: pytest.MonkeyPatch
) -> None:
    propose()
    note = TicketNote.objects.get()
    with monkeypatch.context() as patched:
        patched.setattr("cases.tickets.delivering._finish", _die)
        tasks.tell_ticket(note.pk)
    note.refresh_from_db()
    assert (note.state, note.attempts) == ("waiting", 1)
    assert len(posted(rt)) == 1
    tasks.serve_tickets()  # the attempt counts as running
    note.refresh_from_db()
    assert note.attempts == 1
    assert due_now(note).state == NoteState.DELIVERED
    assert len(posted(rt)) == 1


def _die(*_: Any) -> None:
    raise RuntimeError("killed")


def test_somebody_elses_order_in_the_field_is_left_alone_and_told(
    rt: StandIn, link: TicketLink, propose: Propose
) -> None:
    rt.tickets[42].fields[rt.order_field] = "S09999"
    propose()
    note = due_now(TicketNote.objects.get())
    assert (note.state, note.order_field) == ("delivered", "conflict")
    assert rt.tickets[42].fields[rt.order_field] == "S09999"


def test_a_wrong_key_waits_for_a_person_and_a_ticket_that_is_gone_does_not(
    rt: StandIn, link: TicketLink, propose: Propose, connected: TicketingConnection
) -> None:
    propose()
    note = TicketNote.objects.get()
    rt.refuse(401, when=lambda asked: True, times=1)
    assert due_now(note).problem == "authentication_failed"
    assert note.state == NoteState.WAITING
    rt.refuse(429, when=lambda asked: True, times=1, Retry_After="300")
    assert due_now(note).problem == "overloaded"
    assert note.next_try_at is not None
    assert note.next_try_at > timezone.now() + timedelta(seconds=280)
    TicketingConnection.objects.update(paused_until=None)
    forget_kept()
    pauses._until.clear()

    held = rt.tickets.pop(42)
    assert (due_now(note).state, note.problem) == ("failed", "missing")
    assert AuditEntry.objects.get(action="ticket_told").reason == "missing"
    rt.tickets[42] = held
    assert try_again(actor="user:1", at=timezone.now()) == 1
    assert due_now(note).state == NoteState.DELIVERED
    assert len(posted(rt)) == 1


def test_a_note_that_nobody_takes_is_given_up_after_hours(
    rt: StandIn, link: TicketLink, propose: Propose
) -> None:
    propose()
    note = TicketNote.objects.get()
    rt.refuse(503, when=lambda asked: True, times=1000)
    TicketNote.objects.update(attempts=F("attempts") + 11)
    assert (due_now(note).state, note.next_try_at) == ("failed", None)
    assert note.problem == "overloaded"


def test_an_ending_is_told_where_the_request_was_told_of(
    rt: StandIn, link: TicketLink, propose: Propose, amy_viewer: Viewer, sam_viewer: Viewer, odoo: FakeOdoo
) -> None:
    action: Action = propose()
    approvals.cancel(viewer=amy_viewer, action_id=action.pk, at=timezone.now())
    action = propose()
    approvals.reject(viewer=sam_viewer, action_id=action.pk, reason="Zu teuer, sagt Jo", at=timezone.now())
    assert list(TicketNote.objects.order_by("pk").values_list("about", flat=True)) == [
        "requested",
        "cancelled",
        "requested",
        "rejected",
    ]
    for _ in range(2):
        tasks.serve_tickets()
    assert len(posted(rt)) == 4
    assert "was not approved: €60.00." in posted(rt)[3]
    assert "teuer" not in "".join(posted(rt))
