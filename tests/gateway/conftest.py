"""Gateways to real sandbox processes and to a small server that lies, over sockets and a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from cases.masking import Matrix
from cases.masking.matrices import matrix_of
from cases.masking.roles import Role
from cases.models import SearchAttempt, User
from cases.people.viewer import Grant, Viewer
from integrations.canonical import OrderReading
from integrations.credentials import store_credential
from integrations.event_loop import close_current_scope
from integrations.models import OdooConnection
from integrations.odoo import gateway
from integrations.odoo.budget import Budget
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import ConnectionConfig, reread
from integrations.odoo.gateway import OdooGateway
from tests.sandbox.process import Sandbox
from tests.transport.conftest import committed, forget_everything, in_thread, limits_are_far_away, serve

__all__ = ["committed", "forget_everything", "limits_are_far_away", "serve"]

BOTH = frozenset({1, 2})

Connect = Callable[..., Coroutine[Any, Any, ConnectionConfig]]
Read = Callable[..., Coroutine[Any, Any, OrderReading]]


@pytest.fixture(autouse=True)
async def fresh_gateway() -> AsyncIterator[None]:
    """No refusal is remembered from another test, and nothing opened on this loop stays open."""
    gateway._memory._refused.clear()
    gateway._paces.clear()
    yield
    await close_current_scope()


# Discovering takes half a hundred calls: once per server and role is enough.
_discovered: dict[tuple[int, str], Capabilities] = {}


@pytest.fixture
def connect(committed: None) -> Connect:
    """A stored connection to a sandbox, its capabilities known."""

    async def make(
        sandbox: Sandbox, *, role: str = "integration", slug: str = "main", known: Capabilities | None = None
    ) -> ConnectionConfig:
        place = (sandbox.port, role)
        if known is None and place not in _discovered:
            asked = f"discovery-{role}-{sandbox.port}"
            await in_thread(partial(_store, sandbox, role, asked, None))
            _discovered[place] = await OdooClient(await reread(asked)).capabilities()
        await in_thread(partial(_store, sandbox, role, slug, known or _discovered[place]))
        return await reread(slug)

    return make


def _store(sandbox: Sandbox, role: str, slug: str, known: Capabilities | None) -> None:
    fields: dict[str, Any] = {}
    if known is not None:
        fields = {
            "capabilities": known.to_json(),
            "version": known.server_version,
            "probed_at": timezone.now(),
        }
    made = OdooConnection.objects.create(
        slug=slug, name=slug, url=f"http://127.0.0.1:{sandbox.port}", database=sandbox.database, **fields
    )
    user = sandbox.keys[role]
    store_credential(connection=made, purpose="read", login=user["login"], key=user["key"])


@pytest.fixture
async def known_person(committed: None) -> AsyncIterator[None]:
    """The person of ``viewer`` as a row: who searches is counted."""
    await in_thread(lambda: User.objects.update_or_create(pk=1, defaults={"username": "amy"}))
    yield
    await in_thread(SearchAttempt.objects.all().delete)
    await in_thread(User.objects.filter(pk=1).delete)


async def read(config: ConnectionConfig, ref: str, *, seconds: float = 10.0, **options: Any) -> OrderReading:
    options = {"companies": BOTH, "payment_details": True, **options}
    return await OdooGateway(config).read_order(
        ref, budget=Budget.of(seconds), correlation_id="r-1", **options
    )


def trees(sandbox: Sandbox) -> int:
    """How often orders were read since the statistics were reset."""
    calls: dict[str, int] = sandbox.statistics()["calls"]
    return sum(
        count for name, count in calls.items() if name.startswith("sale.order") and "web_search_read" in name
    )


def reset_statistics(sandbox: Sandbox) -> None:
    sandbox.send("POST", "/sandbox/stats/reset")


def without(known: Capabilities, *models: str) -> Capabilities:
    return replace(known, readable=known.readable - set(models))


def viewer(
    *roles: Role, companies: frozenset[int] = frozenset({1}), slug: str = "main", matrix: Matrix | None = None
) -> Viewer:
    return Viewer(
        user_id=1,
        name="Amy",
        roles=frozenset(roles),
        matrix=matrix_of(roles) if matrix is None else matrix,
        grants=frozenset(Grant(connection=slug, company_id=company) for company in companies),
        language="",
        time_zone="",
    )
