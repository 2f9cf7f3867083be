"""The connectors against real servers: what they promise must hold where nobody made the answers up."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from integrations import errors
from integrations.ticketing.records import Author, Note, TicketState
from integrations.ticketing.vendors import Vendor
from tests.live.ticketing.conftest import SUBJECT, Connect, RealTool, on_request_tracker
from tests.live.ticketing.lossy import Lossy

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900)]
OURS = "https://console.example.com/cases/17/"


def a_note(text: str = "Refund RR-17 approved: 24,90 €, <b>not bold</b> & né 📦\nsecond line") -> Note:
    return Note(key=str(uuid.uuid4()), text=text, intended_at=datetime.now(UTC))


async def test_a_ticket_and_its_first_words(real: RealTool, connect: Connect) -> None:
    ticket_id = real.open_ticket("S00042")
    system = await connect(real)
    ticket = await system.read_ticket(ticket_id)
    thread = await system.read_thread(ticket_id)

    assert (ticket.subject, ticket.order_ref, ticket.state) == (SUBJECT, "S00042", TicketState.OPEN)
    assert ticket.requester.email.startswith("ana.")
    assert thread.messages[0].text == "Hi, my parcel has not arrived."
    assert thread.messages[0].is_public


async def test_the_test_of_the_connection(real: RealTool, connect: Connect) -> None:
    real.open_ticket()
    account = await (await connect(real)).check()

    assert account.id
    assert account.has_order_field is True


async def test_a_note_stays_private_and_comes_back_as_it_was(real: RealTool, connect: Connect) -> None:
    ticket_id = real.open_ticket()
    system = await connect(real)
    what = a_note()
    first = await system.post_note(ticket_id, what)
    again = await system.post_note(ticket_id, what)

    assert (first.was_there, again.was_there, again.id) == (False, True, first.id)
    own = [each for each in (await system.read_thread(ticket_id)).messages if each.own_key == what.key]
    assert len(own) == 1
    assert (own[0].is_public, own[0].author) == (False, Author.AGENT)
    assert own[0].text.startswith(what.text)
    assert real.subject(ticket_id) == SUBJECT


async def test_a_lost_reply_does_not_post_twice(real: RealTool, connect: Connect) -> None:
    ticket_id = real.open_ticket()
    what = a_note()
    with Lossy(real.url) as line:
        system = await connect(real, url=line.url)
        line.lose_answers_to("POST", "/comment", "/followups")
        with pytest.raises(errors.OutcomeUnknown):
            await system.post_note(ticket_id, what)
        assert line.lost == 1
        posted = await system.post_note(ticket_id, what)

    assert posted.was_there
    thread = await (await connect(real)).read_thread(ticket_id)
    assert len([each for each in thread.messages if what.key in each.text]) == 1


async def test_the_order_field_is_compared_and_set(real: RealTool, connect: Connect) -> None:
    ticket_id = real.open_ticket()
    system = await connect(real)
    written = await system.set_order(ticket_id, "S00042")
    assert (written.was_there, written.ticket.order_ref) == (False, "S00042")
    assert (await system.set_order(ticket_id, "S00042")).was_there

    real.set_order(ticket_id, "S00099")
    with pytest.raises(errors.Conflict):
        await system.set_order(ticket_id, "S00043", instead_of="S00042")
    assert (await system.read_ticket(ticket_id)).order_ref == "S00099"
    assert real.subject(ticket_id) == SUBJECT


@on_request_tracker  # django-helpdesk has no versions of a ticket
async def test_a_change_based_on_something_older_is_refused_and_read_anew(
    real: RealTool, connect: Connect
) -> None:
    ticket_id = real.open_ticket()
    with Lossy(real.url) as line:
        system = await connect(real, url=line.url)
        line.before("PUT", lambda: real.say(ticket_id, "somebody else was quicker"))
        written = await system.set_order(ticket_id, "S00042")
        refused = line.statuses.count(412)

    assert written.ticket.order_ref == "S00042"
    assert refused == 1


async def test_the_way_back_and_what_was_linked_before(real: RealTool, connect: Connect) -> None:
    ticket_id = real.open_ticket()
    if real.vendor is Vendor.REQUEST_TRACKER:
        real.ask("PUT", f"/REST/2.0/ticket/{ticket_id}", {"RefersTo": "https://tracker.example.com/1"})
    system = await connect(real)
    written = await system.link_back(ticket_id, OURS)

    assert OURS in written.ticket.links
    assert len(written.ticket.links) == (2 if real.vendor is Vendor.REQUEST_TRACKER else 1)
    assert (await system.link_back(ticket_id, OURS)).was_there


async def test_a_thread_of_three_hundred(real: RealTool, connect: Connect) -> None:
    ticket_id = real.open_ticket()
    for number in range(299):
        real.say(ticket_id, f"Message {number} né 📦", is_public=number % 3 == 0)
    system = await connect(real)
    thread = await system.read_thread(ticket_id, most=400)

    assert thread.is_whole
    assert len(thread.messages) == 300
    assert [each.text for each in thread.messages[1:]] == [f"Message {number} né 📦" for number in range(299)]
    what = a_note()
    assert not (await system.post_note(ticket_id, what)).was_there
    assert (await system.post_note(ticket_id, what)).was_there


async def test_tickets_are_found_by_their_order(real: RealTool, connect: Connect) -> None:
    order_ref = f"S-{uuid.uuid4().hex[:10]}"
    made = {real.open_ticket(order_ref), real.open_ticket(order_ref)}
    real.open_ticket(f"{order_ref}-1")
    system = await connect(real)
    if not system.abilities.finds_by_order:
        with pytest.raises(errors.NotSupported):
            await system.find_by_order(order_ref)
        return
    found = await system.find_by_order(order_ref)

    assert {ticket.ref.id for ticket in found.tickets} == made


async def test_what_is_not_there_and_what_is_not_allowed(real: RealTool, connect: Connect) -> None:
    system = await connect(real)
    with pytest.raises(errors.Missing):
        await system.read_ticket("99999999")

    stranger = await connect(real, key="1-14-0123456789abcdef0123456789abcdef")
    # Which of the two django-helpdesk says hangs on the order of its ways to sign in.
    with pytest.raises((errors.AuthenticationFailed, errors.Forbidden)):
        await stranger.check()


@on_request_tracker  # django-helpdesk takes files by form only
async def test_a_file_is_told_as_a_link(real: RealTool, connect: Connect) -> None:
    ticket_id = real.open_ticket()
    file = {"FileName": "crash.png", "FileType": "image/png", "FileContent": "aGVsbG8="}
    body = {"Content": "<p>with <b>a file</b></p>", "ContentType": "text/html", "Attachments": [file]}
    real.ask("POST", f"/REST/2.0/ticket/{ticket_id}/correspond", body)
    message = (await (await connect(real)).read_thread(ticket_id)).messages[-1]

    assert message.text == "with a file"
    assert message.html == "<p>with <b>a file</b></p>"
    (attachment,) = message.attachments
    assert attachment.name == "crash.png"
