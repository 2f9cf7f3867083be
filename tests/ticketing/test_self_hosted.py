"""What is Request Tracker's and django-helpdesk's own; the real ones are asked in tests/live/ticketing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from integrations import errors
from integrations.credentials import Secret
from integrations.ticketing.django_helpdesk import DjangoHelpdesk
from integrations.ticketing.records import Hook, Trust
from integrations.ticketing.request_tracker import RequestTracker
from tests.ticketing.conftest import Connect, Serve, note
from tests.ticketing.django_helpdesk_stand_in import DjangoHelpdeskStandIn
from tests.ticketing.request_tracker_stand_in import RequestTrackerStandIn
from tests.ticketing.stand_in import Answer, Asked, is_write

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


async def test_a_note_leaves_the_tickets_title_alone(serve: Serve, connect: Connect) -> None:
    tool = serve(DjangoHelpdeskStandIn)
    tool.add_ticket()
    await (await connect(tool)).post_note("42", note())

    assert tool.tickets[42].subject == "Where is my order?"
    (sent,) = [asked.body for asked in tool.asked if is_write(asked)]
    assert "title" not in sent


async def test_a_note_that_was_kept_although_the_server_failed_is_found(
    serve: Serve, connect: Connect
) -> None:
    """It answers 500 after saving when its mail server is not there."""
    tool = serve(DjangoHelpdeskStandIn)
    tool.add_ticket()
    system = await connect(tool)
    real = tool.answer
    failed: list[Asked] = []

    def without_mail(asked: Asked) -> Answer:
        answer = real(asked)
        if is_write(asked) and not failed:
            failed.append(asked)
            return Answer(500, tool.error(500))
        return answer

    tool.answer = without_mail  # type: ignore[method-assign]
    with pytest.raises(errors.Unavailable):
        await system.post_note("42", note())
    assert (await system.post_note("42", note())).was_there
    assert len(tool.tickets[42].private) == 1


async def test_links_are_added_to_those_there_are(serve: Serve, connect: Connect) -> None:
    tool = serve(RequestTrackerStandIn)
    tool.add_ticket()
    tool.tickets[42].links.append("https://tracker.example/T-1")
    written = await (await connect(tool)).link_back("42", "https://console.example.com/cases/17/")

    assert written.ticket.links == ("https://tracker.example/T-1", "https://console.example.com/cases/17/")


async def test_a_change_carries_what_was_read_and_is_repeated_after_anothers(
    serve: Serve, connect: Connect
) -> None:
    tool = serve(RequestTrackerStandIn)
    tool.add_ticket()
    system = await connect(tool)
    changed: list[Asked] = []

    def meanwhile(asked: Asked) -> None:
        if asked.method == "PUT" and not changed:
            changed.append(asked)
            tool.set_fields(tool.tickets[42], {"Other": "somebody else's"})

    tool.before = meanwhile
    await system.set_order("42", "S00042")

    writes = [asked for asked in tool.asked if asked.method == "PUT"]
    assert [asked.headers["if-match"] for asked in writes] == ['"1"', '"2"']
    assert tool.tickets[42].fields == {"Other": "somebody else's", "Order Reference": "S00042"}


def told(connector: type[RequestTracker | DjangoHelpdesk], body: object) -> Hook:
    return connector.verify_hook(json.dumps(body).encode(), {}, Secret(""), now=NOW)


def test_their_webhooks_are_hints() -> None:
    by_scrip = told(RequestTracker, {"ticket": "42", "event": "Correspond", "transaction": "44"})
    assert (by_scrip.trust, by_scrip.ticket_id, by_scrip.delivery) == (Trust.HINT, "42", "44")

    by_helpdesk = told(DjangoHelpdesk, {"ticket": {"id": 42}, "queue_slug": "sup", "followup_id": 4})
    assert (by_helpdesk.trust, by_helpdesk.ticket_id, by_helpdesk.kind) == (Trust.HINT, "42", "followup")
