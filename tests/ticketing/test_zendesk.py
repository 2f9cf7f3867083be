"""What is Zendesk's own: OAuth and its refreshing, safe updates, and no API tokens."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import connection

from integrations import errors
from integrations.models import TicketingConnection, TicketingCredential
from integrations.odoo.budget import Budget
from integrations.ticketing.connections import forget_kept, reread
from integrations.ticketing.keys import refuse_unfit_key, store_key
from integrations.ticketing.oauth import access_token, redeem_code
from integrations.ticketing.systems import ticket_system
from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.conftest import Connect, Serve
from tests.ticketing.stand_in import Asked, Fault
from tests.ticketing.zendesk_stand_in import ZendeskStandIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def zendesk(serve: Serve) -> ZendeskStandIn:
    tool = serve(ZendeskStandIn)
    assert isinstance(tool, ZendeskStandIn)
    tool.add_ticket(order_ref="S00041")
    return tool


def is_grant(asked: Asked) -> bool:
    return asked.path == "/oauth/tokens"


async def stored(purpose: KeyPurpose) -> TicketingCredential | None:
    def look() -> TicketingCredential | None:
        try:
            return TicketingCredential.objects.filter(purpose=purpose.value).first()
        finally:
            connection.close()

    return await sync_to_async(look, thread_sensitive=False)()


async def test_the_first_question_fetches_a_token_and_the_next_uses_it(
    zendesk: ZendeskStandIn, connect: Connect
) -> None:
    system = await connect(zendesk)
    for _ in range(3):
        await system.read_ticket("42")

    assert zendesk.grants == 1
    assert (await stored(KeyPurpose.REFRESH)) is not None


async def test_what_is_stored_is_encrypted(zendesk: ZendeskStandIn, connect: Connect) -> None:
    await (await connect(zendesk)).read_ticket("42")
    kept = await stored(KeyPurpose.ACCESS)

    assert kept is not None
    assert b"access-1" not in bytes(kept.key)
    config = await reread("zendesk")
    assert config.secret(KeyPurpose.ACCESS).reveal() == "access-1"
    assert "access-1" not in repr(config)


async def test_a_refused_token_is_renewed_and_the_question_asked_once_more(
    zendesk: ZendeskStandIn, connect: Connect
) -> None:
    system = await connect(zendesk)
    await system.read_ticket("42")
    zendesk.access = "changed-at-zendesk"

    assert (await system.read_ticket("42")).order_ref == "S00041"
    assert zendesk.grants == 2


async def test_an_expiring_token_is_renewed_before_it_is_refused(
    zendesk: ZendeskStandIn, connect: Connect
) -> None:
    zendesk.lasts_s = 30  # less than the time before which a successor is fetched
    system = await connect(zendesk)
    await system.read_ticket("42")
    used = [asked.headers.get("authorization") for asked in zendesk.asked if not is_grant(asked)]

    assert zendesk.grants >= 1
    assert len(used) == 1


async def test_many_at_once_fetch_one_token(zendesk: ZendeskStandIn, connect: Connect) -> None:
    system = await connect(zendesk, max_in_flight=20)
    await asyncio.gather(*(system.read_ticket("42") for _ in range(12)))

    assert zendesk.grants == 1


async def test_processes_that_know_nothing_of_each_other_use_a_refresh_token_once(
    zendesk: ZendeskStandIn, connect: Connect
) -> None:
    """Loops stand for processes: nothing but the database is shared between them."""
    system = await connect(zendesk)
    await system.read_ticket("42")
    config = await reread("zendesk")
    old = config.keys[KeyPurpose.ACCESS].rotated_at

    def ask() -> str:
        async def work() -> str:
            token, _ = await access_token(config, budget=Budget.of(60), correlation_id="req-2", refused=old)
            return token.reveal()

        return asyncio.run(work())

    tokens = await asyncio.gather(*(asyncio.to_thread(ask) for _ in range(4)))

    assert set(tokens) == {"access-2"}
    assert zendesk.grants == 2


async def test_a_refused_refresh_asks_for_a_person(zendesk: ZendeskStandIn, connect: Connect) -> None:
    system = await connect(zendesk)
    await system.read_ticket("42")
    zendesk.access, zendesk.refresh = "other", "other"

    with pytest.raises(errors.AuthenticationFailed, match="authorise the connection again"):
        await system.read_ticket("42")


async def test_a_caller_who_gives_up_does_not_lose_the_new_token(
    zendesk: ZendeskStandIn, connect: Connect
) -> None:
    began = asyncio.Event()
    loop = asyncio.get_running_loop()
    go_on = asyncio.Event()

    def hold(asked: Asked) -> None:
        if is_grant(asked):
            loop.call_soon_threadsafe(began.set)
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(60)

    zendesk.before = hold
    await connect(zendesk)
    impatient = await ticket_system("zendesk", budget=Budget.of(1.0, queue_s=1.0), correlation_id="req-3")
    with pytest.raises(errors.TimedOut):
        await impatient.read_ticket("42")
    await asyncio.wait_for(began.wait(), 60)
    go_on.set()
    patient = await ticket_system("zendesk", budget=Budget.of(60), correlation_id="req-4")

    assert (await patient.read_ticket("42")).number == "42"
    assert zendesk.grants == 1


async def test_a_lost_token_is_named_and_nothing_of_the_question_is_told(
    zendesk: ZendeskStandIn, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    zendesk.fail(Fault.LOST, when=is_grant)
    with pytest.raises(errors.OutcomeUnknown) as failure:
        await (await connect(zendesk)).read_ticket("42")

    assert "secret-of-the-client" not in f"{failure.value!r} {failure.value.__dict__} {caplog.text}"


async def test_the_code_of_an_authorisation_becomes_the_first_tokens(
    zendesk: ZendeskStandIn, connect: Connect
) -> None:
    await connect(zendesk)
    await redeem_code(
        await reread("zendesk"),
        code="code-from-the-browser",
        verifier="verifier",
        redirect_uri="https://console.example.com/back",
        budget=Budget.of(60),
        correlation_id="req-5",
    )
    forget_kept()

    (grant,) = [asked.body for asked in zendesk.asked]
    assert (grant["grant_type"], grant["code"]) == ("authorization_code", "code-from-the-browser")
    assert (await reread("zendesk")).secret(KeyPurpose.REFRESH).reveal() == "refresh-1"


async def test_somebody_elses_change_is_not_lost_and_the_field_is_written_after_it(
    zendesk: ZendeskStandIn, connect: Connect
) -> None:
    system = await connect(zendesk)
    changed: list[Asked] = []

    def meanwhile(asked: Asked) -> None:
        if asked.method == "PUT" and not changed:
            changed.append(asked)
            zendesk.set_fields(zendesk.tickets[42], {"360003": "somebody else's"})

    zendesk.before = meanwhile
    written = await system.set_order("42", "S00042", instead_of="S00041")

    assert written.ticket.order_ref == "S00042"
    assert zendesk.tickets[42].fields["360003"] == "somebody else's"
    writes = [asked for asked in zendesk.asked if asked.method == "PUT"]
    assert len(writes) == 2  # the first was refused


async def test_somebody_who_sets_another_order_meanwhile_wins(
    zendesk: ZendeskStandIn, connect: Connect
) -> None:
    system = await connect(zendesk)

    def meanwhile(asked: Asked) -> None:
        if asked.method == "PUT":
            zendesk.set_fields(zendesk.tickets[42], {"360001": "S00099"})

    zendesk.before = meanwhile
    with pytest.raises(errors.Conflict):
        await system.set_order("42", "S00042", instead_of="S00041")
    assert zendesk.tickets[42].fields["360001"] == "S00099"


@pytest.mark.parametrize(
    ("purpose", "login"), [(KeyPurpose.API, "jo@example.com"), (KeyPurpose.CLIENT, "jo@example.com/token")]
)
def test_api_tokens_are_refused_with_words(purpose: KeyPurpose, login: str) -> None:
    with pytest.raises(ValidationError, match="OAuth client"):
        refuse_unfit_key(Vendor.ZENDESK, purpose, login=login)


def test_a_refused_key_is_not_stored(db: Any) -> None:
    made = TicketingConnection.objects.create(
        slug="z", name="Z", vendor="zendesk", url="https://acme.zendesk.com"
    )
    with pytest.raises(ValidationError):
        store_key(connection=made, purpose=KeyPurpose.API, key="x" * 40)
    assert not TicketingCredential.objects.exists()
