"""Webhooks: taken once, answered at once, and only ever a reason to read the ticket again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, cast

import pytest
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from cases import tasks
from cases.models import AuditEntry, TicketHook, TicketLine
from cases.models.casework import Case, CaseEntry
from console.api.rate_limit import RateLimit
from console.views import ticket_hooks
from integrations.models import TicketingConnection
from integrations.ticketing.connections import forget_kept
from integrations.ticketing.keys import store_key
from integrations.ticketing.vendors import KeyPurpose
from tests.ticketing.stand_in import StandIn
from tests.tickets.conftest import Orders

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "secret-of-the-hook"
HEADER = {"X-Deskglass-Hook": SECRET}


@pytest.fixture
def secret(connected: TicketingConnection, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool sends a secret header; who called before is forgotten."""
    store_key(connection=connected, purpose=KeyPurpose.HOOK, key=SECRET)
    forget_kept()
    for name in ("_taken", "_refused"):
        monkeypatch.setattr(ticket_hooks, name, RateLimit(per_second=0.001, burst=10))


def call(body: Any, headers: dict[str, str] | None = None, slug: str = "request_tracker") -> HttpResponse:
    content: dict[str, Any] = {"data": body, "content_type": "application/json"}
    given = HEADER if headers is None else headers
    response = Client().post(f"/hooks/tickets/{slug}/", **content, headers=given)
    return cast("HttpResponse", response)


def event(transaction: int = 1, ticket: str = "42") -> dict[str, str]:
    return {"ticket": ticket, "event": "Correspond", "transaction": str(transaction)}


def bells() -> list[Any]:
    return [row.args() for row in OrmQ.objects.all() if row.func() == "cases.tasks.read_ticket"]


def test_a_call_is_answered_at_once_and_read_by_the_queue_once(
    rt: StandIn, orders: Orders, secret: None
) -> None:
    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042")
    answers = [call(event()), call(event()), call(event(2))]
    assert [(answer.status_code, answer.content) for answer in answers] == [(202, b"")] * 3
    assert rt.asked == [], "nobody waits for the tool"
    hooks = list(TicketHook.objects.order_by("pk"))
    assert [(hook.ticket_id, hook.is_trusted) for hook in hooks] == [("42", False)] * 2
    assert bells() == [(hooks[0].pk,), (hooks[1].pk,)], "ids only"

    for hook in hooks:
        tasks.read_ticket(hook.pk)

    assert len([each for each in rt.asked if each.path.endswith("/history")]) == 1, "one reading for both"
    assert Case.objects.count() == 1
    assert not TicketHook.objects.filter(done_at=None).exists()
    assert call(event()).status_code == 202
    assert len(bells()) == 2


def test_two_calls_at_once_make_one_case_and_a_lost_bell_is_made_up_for(
    rt: StandIn, orders: Orders, secret: None
) -> None:
    orders.add("S00042")
    rt.add_ticket(42, order_ref="S00042", messages=4)
    for number in range(4):
        call(event(number))
    numbers = TicketHook.objects.values_list("pk", flat=True)

    def read(number: int) -> None:
        try:
            tasks.read_ticket(number)
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(read, numbers))
    assert (Case.objects.count(), TicketLine.objects.count()) == (1, 4)

    rt.add_entry(rt.tickets[42], "And now?", is_public=True)
    call(event(9))
    tasks.serve_tickets()
    assert CaseEntry.objects.filter(kind="message").count() == 5


@pytest.mark.parametrize(
    ("slug", "headers", "reason", "named"),
    [
        ("request_tracker", {}, "unsigned", "request_tracker"),
        ("request_tracker", {"X-Deskglass-Hook": "guessed"}, "wrong_signature", "request_tracker"),
        ("no-such-tool", HEADER, "unknown", ""),
    ],
)
def test_who_cannot_prove_it_learns_nothing(
    rt: StandIn, secret: None, slug: str, headers: dict[str, str], reason: str, named: str
) -> None:
    answer = call(event(), headers, slug)
    assert (answer.status_code, answer.content) == (401, b"Refused.\n")
    entry = AuditEntry.objects.get(action="ticket_hook_refused")
    assert (entry.decision, entry.reason, entry.object_ref) == ("denied", reason, named)
    assert not TicketHook.objects.exists()
    assert not bells()


def test_knocking_fills_neither_the_trail_nor_the_table(rt: StandIn, secret: None) -> None:
    answers = [call(event(number), {}).status_code for number in range(12)]
    assert (answers.count(401), answers.count(429)) == (10, 2)
    assert AuditEntry.objects.filter(action="ticket_hook_refused").count() == 10
    # The tool itself is heard all the same, up to its own limit.
    taken = [call(event(number)) for number in range(12)]
    assert [answer.status_code for answer in taken].count(202) == 10
    assert taken[-1].headers["Retry-After"]
    assert call("x" * 1_000_001).status_code == 413


def test_what_cannot_be_read_is_tried_again_and_given_up_with_its_cause(
    rt: StandIn, orders: Orders, secret: None
) -> None:
    rt.add_ticket(42)
    rt.refuse(503, when=lambda asked: True, times=1000, Retry_After="120")
    call(event())
    hook = TicketHook.objects.get()
    tasks.read_ticket(hook.pk)
    hook.refresh_from_db()
    assert (hook.done_at, hook.problem, hook.attempts) == (None, "overloaded", 1)
    assert hook.next_try_at is not None
    assert hook.next_try_at > timezone.now() + timedelta(seconds=100), "as long as the tool asked for"
    tasks.read_ticket(hook.pk)
    TicketHook.objects.update(next_try_at=timezone.now(), attempts=7)
    tasks.read_ticket(hook.pk)
    hook.refresh_from_db()
    assert hook.attempts == 8
    assert hook.done_at is not None
    assert hook.problem

    # One that is about no ticket, and one about a ticket that is gone, are over at once.
    call({"hello": "there"})
    assert TicketHook.objects.filter(done_at=None).count() == 0

    TicketHook.objects.update(received_at=timezone.now() - timedelta(days=31))
    tasks.forget_old_hooks()
    assert not TicketHook.objects.exists()
