"""What is Chatwoot's own: attributes that replace one another, an account in the path, webhooks of two ages."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from integrations import errors
from integrations.credentials import Secret
from integrations.ticketing.chatwoot import Chatwoot
from integrations.ticketing.records import Author, Trust
from tests.ticketing.chatwoot_stand_in import ChatwootStandIn
from tests.ticketing.conftest import Connect, Serve
from tests.ticketing.stand_in import BEGAN, Asked, Entry

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


async def test_all_attributes_are_sent_back_with_ours(serve: Serve, connect: Connect) -> None:
    tool = serve(ChatwootStandIn)
    tool.add_ticket(vip=True, plan="gold", number_of_orders=6)
    await (await connect(tool)).set_order("42", "S00042")

    assert tool.tickets[42].fields == {
        "vip": True,
        "plan": "gold",
        "number_of_orders": 6,
        "order_ref": "S00042",
    }


async def test_what_somebody_set_a_moment_before_is_merged(serve: Serve, connect: Connect) -> None:
    """Between two writes of ours: each of them reads anew."""
    tool = serve(ChatwootStandIn)
    tool.add_ticket()
    system = await connect(tool)
    await system.set_order("42", "S00042")
    tool.tickets[42].fields["plan"] = "gold"
    await system.link_back("42", "https://console.example.com/cases/17/")

    assert tool.tickets[42].fields["plan"] == "gold"
    assert tool.tickets[42].fields["order_ref"] == "S00042"


async def test_a_field_that_does_not_keep_what_was_written_is_told(serve: Serve, connect: Connect) -> None:
    tool = serve(ChatwootStandIn)
    tool.add_ticket()
    system = await connect(tool)

    def clear(asked: Asked) -> None:
        if asked.method == "GET" and tool.tickets[42].fields:
            tool.tickets[42].fields.clear()  # a rule of theirs, right after our write

    tool.before = clear
    with pytest.raises(errors.NotKept):
        await system.set_order("42", "S00042")


async def test_a_key_of_another_account_is_told(serve: Serve, connect: Connect) -> None:
    tool = serve(ChatwootStandIn)
    with pytest.raises(errors.AuthenticationFailed, match="does not belong to this account"):
        await (await connect(tool, account="4")).check()


async def test_activities_are_the_systems_and_not_public(serve: Serve, connect: Connect) -> None:
    tool = serve(ChatwootStandIn)
    tool.add_ticket()
    tool.tickets[42].entries.append(
        Entry(id=900, author="system", is_public=True, at=BEGAN, text="Jo self-assigned")
    )
    messages = (await (await connect(tool)).read_thread("42")).messages
    (activity,) = [message for message in messages if message.author is Author.SYSTEM]

    assert not activity.is_public


def hook(body: object) -> tuple[Trust, str]:
    told = Chatwoot.verify_hook(json.dumps(body).encode(), {}, Secret(""), now=NOW)
    return told.trust, told.ticket_id


def test_an_old_installation_that_signs_nothing_gives_a_hint() -> None:
    assert hook({"event": "conversation_updated", "id": 42}) == (Trust.HINT, "42")
    assert hook({"event": "message_created", "id": 7, "conversation": {"id": 42}}) == (Trust.HINT, "42")
    assert hook({"event": "contact_updated", "id": 7}) == (Trust.HINT, "")
