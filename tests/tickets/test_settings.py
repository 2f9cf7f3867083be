"""The pages that connect a tool: by administrators alone, keys in and never out, and a test that says what is wrong."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cases.masking.roles import Role
from cases.models import AuditEntry, NoteState, TicketLink, TicketNote, TicketRules, User
from integrations.models import TicketingConnection, TicketingCredential
from integrations.ticketing.connections import forget_kept
from tests.actions.conftest import Propose, approve, ask, case, odoo, propose, switched_on
from tests.conftest import PersonMaker
from tests.ticketing.stand_in import StandIn
from tests.tickets.conftest import Orders
from tests.tickets.test_notes import link

__all__ = ["approve", "ask", "case", "link", "odoo", "propose", "switched_on"]

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "/settings/ticketing/"
KEY = "key-of-the-api-that-stays-inside"


@pytest.fixture
def admin(make_person: PersonMaker) -> Client:
    client = Client()
    client.force_login(make_person("ada", Role.ADMIN, main=[1]))
    return client


def text(response: Any) -> str:
    return unescape(str(response.content, "utf-8"))


def test_a_tool_is_connected_given_a_key_tested_and_changed(
    rt: StandIn, orders: Orders, admin: Client
) -> None:
    filled: dict[str, Any] = {"name": "Help desk", "slug": "desk", "vendor": "request_tracker", "url": rt.url}
    wrong = admin.post(f"{HOME}add/", {**filled, "do": "add", "url": "http://rt.example.com"})
    assert wrong.status_code == 422
    assert "must start with https://" in text(wrong)
    assert "Say which tool it is." in text(admin.post(f"{HOME}add/", {}))
    assert "number of the account" in text(admin.post(f"{HOME}add/", {**filled, "vendor": "chatwoot"}))
    made = admin.post(f"{HOME}add/", {**filled, "do": "add"})
    assert made.headers["Location"] == f"{HOME}tools/desk/"
    assert "Help desk" in text(admin.get(HOME))
    page = f"{HOME}tools/desk/change/"

    def test() -> str:
        forget_kept()
        return text(admin.post(page, {"do": "test"}))

    assert "The tool does not accept the key, or none is stored." in test()
    assert admin.post(page, {"do": "key", "purpose": "api", "key": "wrong"}).status_code == 302
    assert "The tool does not accept the key" in test()
    right = rt.keys[next(iter(rt.keys))][1]
    admin.post(page, {"do": "key", "purpose": "api", "key": right})
    works = test()
    assert "The tool answers; to it we are Request Tracker" in works
    assert "No field for the order’s number is set up" in works
    assert "No secret for webhooks is stored" in works

    save = {**filled, "do": "save", "is_active": "on", "closes_case": "never", "shop": "main/1"}
    assert admin.post(page, {**save, "order_field": "No Such Field"}).status_code == 302
    assert "no field of that name" in test()
    assert admin.post(page, {**save, "order_field": rt.order_field}).status_code == 302
    assert "no field of that name" not in test()
    rules = TicketRules.objects.get()
    assert (rules.shop_connection, rules.shop_company_id, rules.closes_case) == ("main", 1, "never")
    rt.refuse(429, when=lambda asked: True, Retry_After="1")
    assert "Test again in a few minutes" in test()

    once = admin.post(page, {"do": "secret"})
    assert "shown this once" in text(once)
    assert TicketingCredential.objects.filter(purpose="hook").exists()
    assert "/hooks/tickets/desk/" in text(once)
    shown = text(admin.get(f"{HOME}tools/desk/"))
    assert "shown this once" not in shown
    for secret in (right, "wrong"):
        assert f'value="{secret}"' not in shown
    trail = [str(entry.details) for entry in AuditEntry.objects.filter(action="ticketing_changed")]
    assert len(trail) == 6
    assert right not in "".join(trail)

    # Another address gets none of the keys that were given for this one.
    assert admin.post(page, {**save, "url": "https://elsewhere.example.com"}).status_code == 302
    assert not TicketingCredential.objects.exists()


def test_keys_that_a_vendor_does_not_take_are_refused_with_the_reason(
    rt: StandIn, orders: Orders, admin: Client
) -> None:
    TicketingConnection.objects.create(
        slug="zd", name="Zendesk", vendor="zendesk", url="https://acme.zendesk.com"
    )
    for purpose in ("api", "access", "refresh", "nonsense", ""):
        refused = admin.post(f"{HOME}tools/zd/change/", {"do": "key", "purpose": purpose, "key": KEY})
        assert refused.status_code == 422
        assert KEY not in text(refused)
    assert not TicketingCredential.objects.exists()
    assert "OAuth client" in text(admin.get(f"{HOME}tools/zd/"))


def test_nobody_else_gets_in(connected: TicketingConnection, sam: User) -> None:
    client = Client()
    client.force_login(sam)
    for address in (HOME, f"{HOME}tools/{connected.slug}/"):
        assert client.get(address).status_code == 403
    for body in ({"do": "test"}, {"do": "secret"}, {"do": "save", "name": "x"}, {"do": "key"}):
        assert client.post(f"{HOME}tools/{connected.slug}/change/", body).status_code == 403
    for do in ("add", "again"):
        assert client.post(f"{HOME}add/", {"do": do}).status_code == 403


def test_case_action_and_operations_tell_how_the_note_fares(
    rt: StandIn, link: TicketLink, propose: Propose, admin: Client, amy: User
) -> None:
    action = propose()
    TicketLink.objects.update(url="https://rt.example.com/Ticket/42", is_whole=False)
    client = Client()
    client.force_login(amy)
    for address in (f"/cases/{link.case_id}/", f"/actions/{action.pk}/"):
        assert "Being delivered" in text(client.get(address))
    TicketNote.objects.update(
        state=NoteState.FAILED, next_try_at=None, problem="missing", order_field="conflict"
    )
    for address in (f"/cases/{link.case_id}/", f"/actions/{action.pk}/"):
        shown = text(client.get(address))
        assert "Could not be delivered" in shown
        assert "The ticket is gone." in shown
        assert "holds something else; it was left alone" in shown
    assert 'href="https://rt.example.com/Ticket/42"' in text(client.get(f"/cases/{link.case_id}/"))
    assert "Notes failed" in text(admin.get("/operations/"))
    assert admin.post(f"{HOME}add/", {"do": "again"}).status_code == 302
    note = TicketNote.objects.get()
    assert (note.state, note.attempts) == ("waiting", 0)
    assert note.next_try_at is not None
    assert note.next_try_at <= timezone.now()
    assert AuditEntry.objects.get(action="ticket_notes_tried_again").details == {"notes": 1}
