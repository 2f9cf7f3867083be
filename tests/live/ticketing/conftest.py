"""A real Request Tracker and a real django-helpdesk, named by the environment; without one its tests are skipped.

``RT_URL RT_TOKEN`` (of a user who may do everything in the queue General; a field "Order Reference" on tickets),
``HELPDESK_URL HELPDESK_LOGIN HELPDESK_PASSWORD`` (staff; fields order-ref and console-link; queue number 1).
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from integrations import http
from integrations.event_loop import close_current_scope
from integrations.models import TicketingConnection
from integrations.odoo.budget import Budget
from integrations.ticketing import pauses
from integrations.ticketing.connections import forget_kept
from integrations.ticketing.keys import store_key
from integrations.ticketing.protocol import TicketSystem
from integrations.ticketing.systems import ticket_system
from integrations.ticketing.vendors import KeyPurpose, Vendor

SUBJECT = "Where is my order? né 📦"
_numbers = itertools.count(int(time.time()))


@dataclass(frozen=True)
class RealTool:
    """How a test makes and looks at tickets past the connector."""

    vendor: Vendor
    url: str
    login: str
    key: str = field(repr=False)

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        answer = httpx.request(
            method,
            f"{self.url}{path}",
            json=body,
            headers={**self.authorization, **(headers or {})},
            timeout=60,
            trust_env=False,
        )
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code}"
        return json.loads(answer.content) if answer.content else None

    @property
    def authorization(self) -> dict[str, str]:
        if self.vendor is Vendor.REQUEST_TRACKER:
            return {"Authorization": f"token {self.key}"}
        pair = base64.b64encode(f"{self.login}:{self.key}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def open_ticket(self, order_ref: str = "") -> str:
        customer = f"ana.{next(_numbers)}@example.com"
        if self.vendor is Vendor.REQUEST_TRACKER:
            made = self.ask(
                "POST",
                "/REST/2.0/ticket",
                {
                    "Queue": "General",
                    "Subject": SUBJECT,
                    "Requestor": customer,
                    "Content": "Hi, my parcel has not arrived.",
                    "ContentType": "text/plain",
                    "CustomFields": {"Order Reference": order_ref} if order_ref else {},
                },
            )
            return str(made["id"])
        values = {
            "queue": 1,
            "title": SUBJECT,
            "description": "Hi, my parcel has not arrived.",
            "submitter_email": customer,
            "priority": 3,
            **({"custom_order-ref": order_ref} if order_ref else {}),
        }
        return str(self.ask("POST", "/api/tickets/", values)["id"])

    def say(self, ticket_id: str, text: str, *, is_public: bool = True) -> None:
        if self.vendor is Vendor.REQUEST_TRACKER:
            verb = "correspond" if is_public else "comment"
            body = {"Content": text, "ContentType": "text/plain"}
            self.ask("POST", f"/REST/2.0/ticket/{ticket_id}/{verb}", body)
            return
        self.ask("POST", "/api/followups/", {"ticket": int(ticket_id), "comment": text, "public": is_public})

    def subject(self, ticket_id: str) -> str:
        if self.vendor is Vendor.REQUEST_TRACKER:
            return str(self.ask("GET", f"/REST/2.0/ticket/{ticket_id}")["Subject"])
        return str(self.ask("GET", f"/api/tickets/{ticket_id}/")["title"])

    def set_order(self, ticket_id: str, order_ref: str) -> None:
        """As somebody else does it, in the tool."""
        if self.vendor is Vendor.REQUEST_TRACKER:
            self.ask("PUT", f"/REST/2.0/ticket/{ticket_id}", {"CustomFields": {"Order Reference": order_ref}})
            return
        self.ask("PATCH", f"/api/tickets/{ticket_id}/", {"custom_order-ref": order_ref})


def _named(vendor: Vendor) -> RealTool:
    if vendor is Vendor.REQUEST_TRACKER:
        if not os.environ.get("RT_URL"):
            pytest.skip("RT_URL names no Request Tracker to speak to")
        return RealTool(vendor, os.environ["RT_URL"].rstrip("/"), "", os.environ["RT_TOKEN"])
    if not os.environ.get("HELPDESK_URL"):
        pytest.skip("HELPDESK_URL names no django-helpdesk to speak to")
    url = os.environ["HELPDESK_URL"].rstrip("/")
    return RealTool(vendor, url, os.environ["HELPDESK_LOGIN"], os.environ["HELPDESK_PASSWORD"])


@pytest.fixture(params=[Vendor.REQUEST_TRACKER, Vendor.DJANGO_HELPDESK], ids=lambda vendor: vendor.value)
def real(request: pytest.FixtureRequest) -> RealTool:
    """Each of the two in turn, where it is named."""
    return _named(request.param)


# For what django-helpdesk does not have.
on_request_tracker = pytest.mark.parametrize(
    "real", [Vendor.REQUEST_TRACKER], ids=["request_tracker"], indirect=True
)

Connect = Callable[..., Any]


@pytest.fixture
async def connect(db: None, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Connect]:
    forget_kept()
    pauses._until.clear()
    monkeypatch.setattr(http, "CONNECT_TIMEOUT_S", 30.0)

    async def make(tool: RealTool, *, url: str = "", key: str = "") -> TicketSystem:
        monkeypatch.setattr(settings, "TICKETING_PRIVATE_HOSTS", ["127.0.0.1", "localhost"])
        await sync_to_async(_store, thread_sensitive=False)(tool, url or tool.url, key or tool.key)
        forget_kept()
        return await ticket_system(
            tool.vendor.value, budget=Budget.of(900, call_s=60), correlation_id="live-1"
        )

    yield make
    await close_current_scope()
    await sync_to_async(_forget, thread_sensitive=False)()


def _store(tool: RealTool, url: str, key: str) -> None:
    is_rt = tool.vendor is Vendor.REQUEST_TRACKER
    made, _ = TicketingConnection.objects.update_or_create(
        slug=tool.vendor.value,
        defaults={
            "name": tool.vendor.value,
            "vendor": tool.vendor.value,
            "url": url,
            "order_field": "Order Reference" if is_rt else "order-ref",
            "link_field": "" if is_rt else "console-link",
        },
    )
    store_key(connection=made, purpose=KeyPurpose.API, login=tool.login, key=key)
    connection.close()


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM integrations_ticketingcredential")
        cursor.execute("DELETE FROM integrations_ticketingconnection")
    connection.close()
