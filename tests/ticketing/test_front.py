"""What is Front's own: fields that vanish, links of its own, drafts, and two kinds of signed webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest

from integrations.credentials import Secret
from integrations.ticketing.front import Front
from integrations.ticketing.records import Trust
from tests.ticketing.conftest import Connect, Serve
from tests.ticketing.front_stand_in import FrontStandIn
from tests.ticketing.stand_in import Answer, Asked

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
BODY = b'{"type": "inbound", "payload": {"conversation": {"id": "cnv_42"}}, "id": "evt_1"}'


async def test_all_fields_are_sent_back_with_ours(serve: Serve, connect: Connect) -> None:
    tool = serve(FrontStandIn)
    name = tool.add_ticket(city="London, UK", isVIP=True)
    await (await connect(tool)).set_order(name, "S00042")

    assert tool.tickets[42].fields == {"city": "London, UK", "isVIP": True, "Order ref": "S00042"}


async def test_our_link_stands_beside_those_of_others(serve: Serve, connect: Connect) -> None:
    tool = serve(FrontStandIn)
    name = tool.add_ticket()
    tool.tickets[42].links += ["https://tracker.example/T-1", "javascript:alert(1)"]
    written = await (await connect(tool)).link_back(name, "https://console.example.com/cases/17/")

    assert written.ticket.links == ("https://tracker.example/T-1", "https://console.example.com/cases/17/")


async def test_a_draft_is_no_message(serve: Serve, connect: Connect) -> None:
    tool = serve(FrontStandIn)
    name = tool.add_ticket(messages=2)
    real = tool.answer

    def with_draft(asked: Asked) -> Answer:
        told = real(asked)
        if asked.path.endswith("/messages"):
            told.body["_results"][0]["draft_mode"] = "private"
        return told

    tool.answer = with_draft  # type: ignore[method-assign]
    assert len((await (await connect(tool)).read_thread(name)).messages) == 1


def signed(at: datetime) -> dict[str, str]:
    sent_at = str(int(at.timestamp() * 1000))
    digest = hmac.new(b"secret", sent_at.encode() + b":" + BODY, hashlib.sha256).digest()
    return {
        "X-Front-Signature": base64.b64encode(digest).decode(),
        "X-Front-Request-Timestamp": sent_at,
        "X-Front-Challenge": "say-this-back",
    }


def test_the_challenge_is_answered_to_whoever_can_sign() -> None:
    hook = Front.verify_hook(BODY, signed(NOW), Secret("secret"), now=NOW)
    assert (hook.trust, hook.ticket_id, hook.answer) == (Trust.TRUSTED, "cnv_42", "say-this-back")

    for secret in ("other", ""):
        told = Front.verify_hook(BODY, signed(NOW), Secret(secret), now=NOW)
        assert (told.trust is Trust.TRUSTED, told.answer) == (False, "")


def test_leaving_out_the_time_does_not_turn_one_signature_into_the_other() -> None:
    headers = signed(NOW)
    del headers["X-Front-Request-Timestamp"]
    assert Front.verify_hook(BODY, headers, Secret("secret"), now=NOW).trust is Trust.REFUSED
