"""What every connector promises, whatever the tool: the same tests for all of them."""

from __future__ import annotations

import pytest

from integrations import errors
from integrations.ticketing.connector import Connector
from integrations.ticketing.protocol import TicketSystem
from integrations.ticketing.records import Author, HookProof, TicketState
from tests.ticketing.conftest import KEY, Connect, note
from tests.ticketing.stand_in import BEGAN, CUSTOMER, Fault, StandIn, is_write

pytestmark = pytest.mark.django_db

OTHER_FIELD = "360009"
OURS = "https://console.example.com/cases/17/"


async def test_a_ticket_is_told_in_our_words(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket(42, order_ref="S00042")
    ticket = await (await connect(tool)).read_ticket(ticket_id)

    assert (ticket.ref.connection, ticket.ref.id) == (tool.vendor.value, ticket_id)
    assert ticket.order_ref == "S00042"
    assert ticket.subject == "Where is my order?"
    assert ticket.state is TicketState.OPEN
    assert ticket.requester.email == CUSTOMER[1]
    assert ticket_id in ticket.address


async def test_a_long_thread_is_read_to_its_end_in_order(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket(messages=300)
    system = await connect(tool)
    thread = await system.read_thread(ticket_id, most=400)

    assert thread.is_whole
    assert len(thread.messages) == 300
    assert [message.at for message in thread.messages] == sorted(message.at for message in thread.messages)
    assert len({message.id for message in thread.messages}) == 300
    assert thread.messages[7].text == "Message 7: Wo ist mein Paket? 📦 né"
    assert {message.author for message in thread.messages} == {Author.CUSTOMER, Author.AGENT}
    assert thread.messages[0].author is Author.CUSTOMER
    assert all(message.is_public for message in thread.messages)


async def test_a_thread_longer_than_asked_for_says_so(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket(messages=120)
    thread = await (await connect(tool)).read_thread(ticket_id, most=50)

    assert not thread.is_whole
    assert len(thread.messages) == 50


async def test_a_note_arrives_once_and_only_colleagues_see_it(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)
    what = note("Refund RR-17 <b>approved</b> & sent: 24,90 €\nby a supervisor")

    first = await system.post_note(ticket_id, what)
    again = await system.post_note(ticket_id, what)

    assert (first.was_there, again.was_there) == (False, True)
    assert first.id == again.id
    assert len(tool.tickets[42].private) == 1
    thread = await system.read_thread(ticket_id)
    posted = thread.messages[-1]
    assert (posted.own_key, posted.is_public, posted.author) == (KEY, False, Author.AGENT)
    assert posted.text.startswith("Refund RR-17 <b>approved</b> & sent: 24,90 €\nby a supervisor")


@pytest.mark.parametrize("fault", [Fault.LOST, Fault.HALF, Fault.NOT_JSON])
async def test_a_lost_reply_does_not_post_twice(tool: StandIn, connect: Connect, fault: Fault) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)
    what = note()
    tool.fail(fault)

    with pytest.raises(errors.GatewayError) as failure:
        await system.post_note(ticket_id, what)
    assert not isinstance(failure.value, errors.NotSent | errors.Rejected)  # nobody knows
    posted = await system.post_note(ticket_id, what)

    assert posted.was_there
    assert len(tool.tickets[42].private) == 1


async def test_two_notes_with_other_keys_are_two(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)

    for number in (1, 2):
        await system.post_note(ticket_id, note(key=f"key-number-{number}"))

    assert len(tool.tickets[42].private) == 2


async def test_a_mark_that_a_customer_wrote_is_not_ours(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    tool.tickets[42].entries[0].text = f"I quote: [deskglass:{KEY}]"
    posted = await (await connect(tool)).post_note(ticket_id, note())

    assert not posted.was_there
    assert len(tool.tickets[42].private) == 1


async def test_the_own_note_is_found_in_a_long_thread(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket(messages=300)
    system = await connect(tool)
    what = note()

    assert not (await system.post_note(ticket_id, what)).was_there
    assert (await system.post_note(ticket_id, what)).was_there
    assert len(tool.tickets[42].private) == 1


async def test_the_order_field_is_filled_and_all_others_keep_their_values(
    tool: StandIn, connect: Connect
) -> None:
    ticket_id = tool.add_ticket()
    tool.tickets[42].fields[OTHER_FIELD] = "kept"
    system = await connect(tool)

    written = await system.set_order(ticket_id, "S00042")
    again = await system.set_order(ticket_id, "S00042")

    assert (written.was_there, again.was_there) == (False, True)
    assert tool.tickets[42].fields[tool.order_field] == "S00042"
    assert tool.tickets[42].fields[OTHER_FIELD] == "kept"
    assert tool.tickets[42].subject == "Where is my order?"
    assert len([asked for asked in tool.asked if is_write(asked)]) == 1


async def test_an_order_that_somebody_else_set_is_not_overwritten(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket(order_ref="S00041")
    system = await connect(tool)

    with pytest.raises(errors.Conflict):
        await system.set_order(ticket_id, "S00042")
    assert tool.tickets[42].fields[tool.order_field] == "S00041"

    await system.set_order(ticket_id, "S00042", instead_of="S00041")
    assert tool.tickets[42].fields[tool.order_field] == "S00042"


async def test_a_lost_reply_to_the_field_is_found_out(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)
    tool.fail(Fault.LOST)

    with pytest.raises(errors.OutcomeUnknown):
        await system.set_order(ticket_id, "S00042")
    assert (await system.set_order(ticket_id, "S00042")).was_there


async def test_the_way_back_to_us_is_put_on_the_ticket_once(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    system = await connect(tool)

    written = await system.link_back(ticket_id, OURS)
    again = await system.link_back(ticket_id, OURS)

    assert OURS in written.ticket.links
    assert (written.was_there, again.was_there) == (False, True)


async def test_tickets_of_an_order_are_found_by_equality_only(tool: StandIn, connect: Connect) -> None:
    tool.add_ticket(42, order_ref="S00042")
    tool.add_ticket(43, order_ref="S00042-1")
    tool.add_ticket(44, order_ref="S00042")
    system = await connect(tool)
    if not system.abilities.finds_by_order:
        with pytest.raises(errors.NotSupported):
            await system.find_by_order("S00042")
        return

    found = await system.find_by_order("S00042")
    assert {ticket.ref.id for ticket in found.tickets} == {tool.id_form.format(number) for number in (42, 44)}
    for cunning in ('S" OR "1', "S' or '1'='1", "{x}", "", "a\\"):
        assert (await system.find_by_order(cunning)).tickets == ()


async def test_the_test_of_the_connection_tells_who_we_are(tool: StandIn, connect: Connect) -> None:
    account = await (await connect(tool)).check()

    assert account.id
    assert account.has_order_field in {True, None}


async def test_the_test_of_the_connection_tells_of_a_missing_field(tool: StandIn, connect: Connect) -> None:
    account = await (await connect(tool, order_field="999999")).check()

    assert account.has_order_field in {False, None}


async def test_an_attachment_is_a_link_and_is_not_fetched(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    tool.tickets[42].entries[1].attachment = "crash.png"
    thread = await (await connect(tool)).read_thread(ticket_id)

    (attachment,) = thread.messages[1].attachments
    assert attachment.name == "crash.png"
    assert attachment.url.startswith(("https://", tool.url))


async def test_markup_comes_through_cleaned_or_not_at_all(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    entry = tool.tickets[42].entries[0]
    entry.html = '<p onclick="x()">Hello <script>alert(1)</script><img src=x onerror=alert(2)></p>'
    entry.text = "Hello"
    message = (await (await connect(tool)).read_thread(ticket_id)).messages[0]

    assert "Hello" in message.text
    for word in ("script", "onclick", "onerror", "<img"):
        assert word not in message.html


async def test_a_name_that_is_no_tickets_is_never_put_into_an_address(
    tool: StandIn, connect: Connect
) -> None:
    system = await connect(tool)
    for cunning in ("../../admin", "42/../43", "42?x=1", "", "4" * 50, "42\n"):
        with pytest.raises(errors.Missing):
            await system.read_ticket(cunning)
    assert tool.asked == []


async def test_every_question_carries_the_request_it_belongs_to(tool: StandIn, connect: Connect) -> None:
    ticket_id = tool.add_ticket()
    await (await connect(tool)).read_ticket(ticket_id)

    assert {asked.headers["x-request-id"] for asked in tool.asked} == {"req-1"}
    assert all(asked.headers["user-agent"].startswith("Deskglass/") for asked in tool.asked)


async def test_an_older_note_than_the_intention_ends_the_search(tool: StandIn, connect: Connect) -> None:
    """All messages are from a day before; one page of them is enough where the newest come first."""
    ticket_id = tool.add_ticket(messages=300)
    system = await connect(tool)
    what = note()
    assert what.intended_at > BEGAN
    await system.post_note(ticket_id, what)

    assert tool.tickets[42].private[0].text.endswith(f"[deskglass:{KEY}]") or KEY in (
        tool.tickets[42].private[0].html + tool.tickets[42].private[0].text
    )


async def test_limits_are_described(tool: StandIn, connect: Connect) -> None:
    system: TicketSystem = await connect(tool)
    assert isinstance(system, Connector)
    assert system.abilities.page_size >= 0
    assert system.abilities.settle_s >= 30
    assert system.abilities.hooks in HookProof
