"""Keys of connections: each to its own tool, rotated while running, and worth nothing in another row."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import connection

from integrations import errors
from integrations.models import TicketingConnection, TicketingCredential
from integrations.odoo.budget import Budget
from integrations.ticketing import connections
from integrations.ticketing.connections import UnknownTicketing, reread
from integrations.ticketing.keys import refuse_unfit_key, store_key
from integrations.ticketing.systems import CONNECTORS, abilities, ticket_system
from integrations.ticketing.vendors import RULES, KeyPurpose, Vendor
from tests.ticketing.chatwoot_stand_in import ChatwootStandIn
from tests.ticketing.conftest import Connect, Serve

pytestmark = pytest.mark.django_db


async def in_thread(work: Any) -> None:
    def do() -> None:
        try:
            work()
        finally:
            connection.close()

    await sync_to_async(do, thread_sensitive=False)()


class OtherChatwoot(ChatwootStandIn):
    keys = {KeyPurpose.API: ("", "key-of-the-other")}


async def test_two_accounts_of_one_tool_are_two_connections(serve: Serve, connect: Connect) -> None:
    one, other = serve(ChatwootStandIn), serve(OtherChatwoot)
    one.add_ticket(order_ref="S00001")
    other.add_ticket(order_ref="S00002")
    first = await connect(one)

    def add() -> None:
        made = TicketingConnection.objects.create(
            slug="other", name="Other", vendor="chatwoot", url=other.url, account="3", order_field="order_ref"
        )
        store_key(connection=made, purpose=KeyPurpose.API, key="key-of-the-other")

    await in_thread(add)
    second = await ticket_system("other", budget=Budget.of(60), correlation_id="req-2")

    assert (await first.read_ticket("42")).order_ref == "S00001"
    ticket = await second.read_ticket("42")
    assert (ticket.order_ref, ticket.ref.connection) == ("S00002", "other")


async def test_a_rotated_key_is_used_without_a_restart(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = serve(ChatwootStandIn)
    tool.add_ticket()
    await connect(tool)
    monkeypatch.setattr(tool, "keys", {KeyPurpose.API: ("", "key-after-rotation")})
    monkeypatch.setattr(connections, "KEPT_S", 0.0)

    async def read() -> str:
        system = await ticket_system("chatwoot", budget=Budget.of(60), correlation_id="req-2")
        return (await system.read_ticket("42")).number

    with pytest.raises(errors.AuthenticationFailed):
        await read()
    made = await sync_to_async(TicketingConnection.objects.get, thread_sensitive=False)(slug="chatwoot")
    await in_thread(lambda: store_key(connection=made, purpose=KeyPurpose.API, key="key-after-rotation"))
    assert await read() == "42"


async def test_a_key_in_another_row_opens_nothing(serve: Serve, connect: Connect) -> None:
    await connect(serve(ChatwootStandIn))
    await in_thread(lambda: TicketingCredential.objects.update(purpose="hook"))
    config = await reread("chatwoot")

    with pytest.raises(errors.AuthenticationFailed, match="cannot be decrypted"):
        config.secret(KeyPurpose.HOOK)
    with pytest.raises(errors.AuthenticationFailed, match="no key of the kind api"):
        config.secret(KeyPurpose.API)


async def test_a_connection_that_is_switched_off_is_not_there(serve: Serve, connect: Connect) -> None:
    await connect(serve(ChatwootStandIn))
    await in_thread(lambda: TicketingConnection.objects.update(is_active=False))

    with pytest.raises(UnknownTicketing):
        await reread("chatwoot")


def test_a_tool_takes_only_keys_it_has_a_use_for() -> None:
    with pytest.raises(ValidationError):
        refuse_unfit_key(Vendor.CHATWOOT, KeyPurpose.REFRESH, login="")
    refuse_unfit_key(Vendor.CHATWOOT, KeyPurpose.API, login="")


def test_every_vendor_has_rules_and_a_connector() -> None:
    assert set(RULES) == set(CONNECTORS) == set(Vendor)
    assert all(abilities(vendor).longest_note > 1000 for vendor in Vendor)
