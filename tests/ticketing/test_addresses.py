"""Where keys may be sent: the vendor's own hosts, over https, and never into a private network by accident."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from integrations import errors
from integrations.http import AddressRefused, send
from integrations.models import TicketingConnection
from integrations.odoo.budget import Budget
from integrations.public_addresses import is_public
from integrations.ticketing.connections import forget_kept
from integrations.ticketing.systems import ticket_system
from integrations.ticketing.vendors import AddressNotAllowed, Vendor, require_allowed_address
from tests.ticketing.conftest import Connect, Serve
from tests.ticketing.zendesk_stand_in import ZendeskStandIn

PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
    *("224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "::", "ff02::1"),
    *("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "nonsense"),
]


@pytest.mark.parametrize(
    ("vendor", "address"),
    [
        (Vendor.ZENDESK, "https://acme.zendesk.com"),
        (Vendor.FRESHDESK, "https://acme.freshdesk.com"),
        (Vendor.FRONT, "https://api2.frontapp.com"),
        (Vendor.FRONT, "https://acme.api.frontapp.com"),
        (Vendor.CHATWOOT, "https://chat.example.com"),
        (Vendor.ZAMMAD, "https://help.example.com:8443/zammad"),
        (Vendor.REQUEST_TRACKER, "https://rt.example.com/rt"),
    ],
)
def test_a_vendors_own_address_is_taken(vendor: Vendor, address: str) -> None:
    require_allowed_address(vendor, address, private_hosts=())


@pytest.mark.parametrize(
    ("vendor", "address"),
    [
        (Vendor.ZENDESK, "http://acme.zendesk.com"),
        (Vendor.ZENDESK, "https://acme.zendesk.com.evil.example"),
        (Vendor.ZENDESK, "https://evil.example/acme.zendesk.com"),
        (Vendor.ZENDESK, "https://acme.zendesk.com@evil.example"),
        (Vendor.ZENDESK, "https://a.b.zendesk.com"),
        (Vendor.ZENDESK, "https://zendesk.com"),
        (Vendor.ZENDESK, "https://acme.zendesk.com:8443"),
        (Vendor.ZENDESK, "https://acme.zendesk.com/other"),
        (Vendor.ZENDESK, "https://acme.zendesk.com?x=1"),
        (Vendor.FRONT, "https://api3.frontapp.com"),
        (Vendor.CHATWOOT, "http://127.0.0.1:3000"),
        (Vendor.CHATWOOT, "https://127.0.0.1"),
        (Vendor.CHATWOOT, "https://10.0.0.8"),
        (Vendor.CHATWOOT, "https://169.254.169.254"),
        (Vendor.CHATWOOT, "https://[::1]"),
        (Vendor.CHATWOOT, "https://[::ffff:10.0.0.8]"),
        (Vendor.CHATWOOT, "https://localhost"),
        (Vendor.CHATWOOT, "https://intranet"),
        (Vendor.CHATWOOT, "ftp://chat.example.com"),
        (Vendor.CHATWOOT, "https://user:key@chat.example.com"),
        (Vendor.CHATWOOT, "https://chat.example.com:99999"),
        (Vendor.CHATWOOT, ""),
    ],
)
def test_any_other_address_is_refused(vendor: Vendor, address: str) -> None:
    with pytest.raises(AddressNotAllowed) as refusal:
        require_allowed_address(vendor, address, private_hosts=())
    assert "evil" not in str(refusal.value)


def test_hosts_that_were_named_may_be_private() -> None:
    require_allowed_address(Vendor.ZAMMAD, "https://zammad.lan", private_hosts=["zammad.lan"])
    with pytest.raises(AddressNotAllowed):
        require_allowed_address(Vendor.ZAMMAD, "http://zammad.lan", private_hosts=["zammad.lan"])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "::",
        "ff02::1",
        "nonsense",
    ],
)
def test_private_numbers_are_told_in_every_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_numbers_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1"])
async def test_a_name_that_leads_inside_is_refused_at_the_connection(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        with pytest.raises(errors.Unreachable):
            await send("GET", f"http://{host}:{port}/", headers={}, private_hosts=frozenset())
        listening.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listening.accept()


async def test_a_name_that_was_allowed_is_spoken_to(serve: Serve) -> None:
    tool = serve(ZendeskStandIn)
    port = tool.url.rpartition(":")[2]
    answer = await send(
        "GET", f"http://localhost:{port}/api/v2/users/me", headers={}, private_hosts=frozenset({"localhost"})
    )
    assert answer.status == 401


@pytest.mark.django_db
async def test_an_address_that_was_stored_past_the_form_gets_nothing(serve: Serve, connect: Connect) -> None:
    tool = serve(ZendeskStandIn)
    tool.add_ticket()
    await connect(tool)
    await sync_to_async(_move, thread_sensitive=False)("https://acme.zendesk.com.evil.example")
    forget_kept()
    moved = await ticket_system("zendesk", budget=Budget.of(60), correlation_id="req-2")

    for asked in (moved.read_ticket("42"), moved.check()):
        with pytest.raises(AddressRefused):
            await asked
    assert tool.asked == []


def _move(url: str) -> None:
    TicketingConnection.objects.update(url=url)
    connection.close()


def test_the_form_says_what_is_wrong() -> None:
    made = TicketingConnection(slug="z", name="Z", vendor="zendesk", url="https://zendesk.example.com")
    with pytest.raises(ValidationError) as refusal:
        made.clean()
    assert "url" in refusal.value.message_dict


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"url": "http://acme.zendesk.com"}, "ticketing_connection_is_encrypted_or_loopback"),
        ({"vendor": "other"}, "ticketing_connection_vendor_known"),
        ({"max_in_flight": 0}, "ticketing_connection_cap_between_1_and_50"),
        ({"vendor": "chatwoot", "account": "../1"}, "ticketing_connection_chatwoot_has_account"),
    ],
)
def test_the_database_refuses_what_the_form_was_not_asked(db: Any, changes: Any, name: str) -> None:
    values = {"slug": "z", "name": "Z", "vendor": "zendesk", "url": "https://acme.zendesk.com", **changes}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        TicketingConnection.objects.create(**values)
