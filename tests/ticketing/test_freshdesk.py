"""What is Freshdesk's own: first words in the ticket, limit headers, webhooks that sign nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from integrations import errors
from integrations.credentials import Secret
from integrations.ticketing.freshdesk import Freshdesk
from integrations.ticketing.hooks import SECRET_HEADER
from integrations.ticketing.records import Author, Trust
from tests.ticketing.conftest import Connect, Serve
from tests.ticketing.description import HERE, Description
from tests.ticketing.freshdesk_stand_in import FreshdeskStandIn
from tests.ticketing.stand_in import CUSTOMER, Answer, Asked

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)


async def test_the_first_words_come_from_the_ticket(serve: Serve, connect: Connect) -> None:
    tool = serve(FreshdeskStandIn)
    tool.add_ticket(messages=3)
    first, second, _ = (await (await connect(tool)).read_thread("42")).messages

    assert (first.id, first.author, first.person.email) == ("ticket-42", Author.CUSTOMER, CUSTOMER[1])
    assert first.text.startswith("Message 0")
    assert second.author is Author.AGENT


async def test_a_window_that_is_used_up_is_left_alone_until_it_ends(serve: Serve, connect: Connect) -> None:
    tool = serve(FreshdeskStandIn)
    tool.add_ticket()
    system = await connect(tool)
    real = tool.answer

    def used_up(asked: Asked) -> Answer:
        answer = real(asked)
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "500"}
        return Answer(answer.status, answer.body, headers)

    tool.answer = used_up  # type: ignore[method-assign]
    await system.read_ticket("42")
    with pytest.raises(errors.AskedToWait) as refused:
        await system.read_ticket("42")

    assert 100 < (refused.value.retry_after_s or 0) <= 500
    assert len(tool.asked) == 1


async def test_fields_that_only_administrators_may_list_are_not_held_against_us(
    serve: Serve, connect: Connect
) -> None:
    tool = serve(FreshdeskStandIn)
    system = await connect(tool)
    tool.refuse(403, when=lambda asked: asked.path.endswith("ticket_fields"))

    assert (await system.check()).has_order_field is None


async def test_a_ticket_is_in_the_description_that_others_published(serve: Serve, connect: Connect) -> None:
    """It is small and knows neither notes nor conversations."""
    tool = serve(FreshdeskStandIn)
    tool.add_ticket(order_ref="S00042")
    await (await connect(tool)).read_ticket("42")

    published = Description(HERE / "freshdesk-published.yaml")
    (exchange,) = tool.exchanges
    assert published.knows(exchange)
    assert list(published.problems(exchange)) == []


BODY = json.dumps({"freshdesk_webhook": {"ticket_id": 42, "triggered_event": "{ticket:updated}"}}).encode()


@pytest.mark.parametrize(
    ("headers", "secret", "trust", "ticket"),
    [
        ({}, "", Trust.HINT, "42"),
        ({SECRET_HEADER: "right"}, "right", Trust.HINT, "42"),  # keeps strangers away, and signs nothing
        ({SECRET_HEADER: "wrong"}, "right", Trust.REFUSED, ""),
        ({}, "right", Trust.REFUSED, ""),
    ],
)
def test_an_unsigned_webhook_is_a_hint_at_best(
    headers: dict[str, str], secret: str, trust: Trust, ticket: str
) -> None:
    hook = Freshdesk.verify_hook(BODY, headers, Secret(secret), now=NOW)
    assert (hook.trust, hook.ticket_id) == (trust, ticket)
