"""The whole way on a real Request Tracker: a ticket becomes a case, what is done lands on it, its end ends both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone
from pytest_django import Settings

from cases import tasks
from cases.actions.running import run_due
from cases.models import NoteState, Scope, TicketNote
from cases.models.casework import Case, CaseEntry
from cases.tickets import Outcome, case_for_ticket
from integrations.models import TicketingConnection
from integrations.ticketing.connections import forget_kept
from integrations.ticketing.keys import store_key
from integrations.ticketing.vendors import KeyPurpose
from tests.actions.conftest import Approve, Propose, approve, ask, odoo, propose, switched_on
from tests.actions.fake_odoo import ORDER_REF
from tests.live.ticketing.conftest import SUBJECT, RealTool, on_request_tracker
from tests.tickets.conftest import Orders, orders

__all__ = ["approve", "ask", "odoo", "orders", "propose", "switched_on"]

pytestmark = [pytest.mark.django_db(transaction=True), on_request_tracker]
ADDRESS = "https://console.example.com"


@pytest.fixture
def ticket_id(real: RealTool) -> str:
    made = real.ask(
        "POST",
        "/REST/2.0/ticket",
        {
            "Queue": "General",
            "Subject": SUBJECT,
            "Requestor": "ana.buyer@example.com",
            "Content": f"Nothing of {ORDER_REF} has arrived. 📦",
            "ContentType": "text/plain",
        },
    )
    return str(made["id"])


@pytest.fixture
def look(
    transactional_db: None, real: RealTool, ticket_id: str, orders: Orders, settings: Settings
) -> Callable[[], Any]:
    settings.CONSOLE_ADDRESS = ADDRESS
    Scope.objects.get_or_create(connection="main", company_id=1, defaults={"company_name": "Company 1"})
    made = TicketingConnection.objects.create(
        slug="rt",
        name="Help desk",
        vendor="request_tracker",
        url=real.url,
        order_field="Order Reference",
    )
    store_key(connection=made, purpose=KeyPurpose.API, key=real.key)
    forget_kept()
    orders.add(ORDER_REF)
    return lambda: async_to_sync(case_for_ticket)(
        viewer=None, connection_slug="rt", ticket_id=ticket_id, correlation_id="test"
    )


@pytest.fixture
def case(look: Callable[[], Any]) -> Case:
    found = look()
    assert found.outcome is Outcome.OPENED
    return Case.objects.get(pk=found.case_id)


def test_ticket_case_refund_note_field_link_and_the_end(
    real: RealTool,
    ticket_id: str,
    case: Case,
    look: Callable[[], Any],
    propose: Propose,
    approve: Approve,
) -> None:
    assert [order.ref for order in case.orders.all()] == [ORDER_REF]
    assert "📦" in CaseEntry.objects.get(case=case, kind="message").body

    action = propose()
    tasks.serve_tickets()
    approve(action)
    run_due()
    for _ in range(2):
        TicketNote.objects.filter(state=NoteState.WAITING).update(next_try_at=timezone.now())
        tasks.serve_tickets()
    # As after a lost reply: everything once more, under the same keys.
    TicketNote.objects.update(state=NoteState.WAITING, next_try_at=timezone.now(), delivered_at=None)
    for _ in range(2):
        tasks.serve_tickets()

    assert {note.state for note in TicketNote.objects.all()} == {"delivered"}
    assert {(note.order_field, note.way_back) for note in TicketNote.objects.all()} == {
        ("written", "written")
    }
    history = real.ask("GET", f"/REST/2.0/ticket/{ticket_id}/history?fields=Type&per_page=100")["items"]
    assert [entry["Type"] for entry in history].count("Comment") == 2
    ticket = real.ask("GET", f"/REST/2.0/ticket/{ticket_id}")
    fields = {field["name"]: field["values"] for field in ticket["CustomFields"]}
    assert fields["Order Reference"] == [ORDER_REF]
    assert f"{ADDRESS}/cases/{case.pk}/" in str(ticket["_hyperlinks"])

    real.ask("PUT", f"/REST/2.0/ticket/{ticket_id}", {"Status": "resolved"})
    look()
    case.refresh_from_db()
    assert case.state == "closed"
    assert CaseEntry.objects.filter(case=case, kind="message").count() == 1
    assert not CaseEntry.objects.filter(case=case, kind="note").exists(), "our own notes are told by the case"
