"""Connections and viewers of the gateway's tests, and ways to let a snapshot grow old."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import pytest
from django.db import connection

from cases.masking.roles import Role
from cases.models import Snapshot
from cases.orders.workspace import OpenedOrder, open_order
from cases.people.viewer import Viewer
from cases.snapshots import decoded
from tests.gateway.conftest import (
    Connect,
    committed,
    connect,
    forget_everything,
    fresh_gateway,
    limits_are_far_away,
    serve,
    viewer,
)
from tests.patience import let_readings_last
from tests.snapshots.ageing import grow_older
from tests.transport.conftest import in_thread

__all__ = [
    "Connect",
    "committed",
    "connect",
    "forget_everything",
    "fresh_gateway",
    "limits_are_far_away",
    "serve",
]

BOTH = frozenset({1, 2})
AGENT = viewer(Role.AGENT)
FINANCE = viewer(Role.FINANCE)


@pytest.fixture(autouse=True)
def nothing_decoded() -> Iterator[None]:
    decoded.forget_all()
    yield
    decoded.forget_all()


@pytest.fixture(autouse=True)
def readings_last(monkeypatch: pytest.MonkeyPatch) -> None:
    let_readings_last(monkeypatch)


@pytest.fixture(autouse=True)
async def no_leases(committed: None) -> None:
    await in_thread(_delete_leases)


def _delete_leases() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_readinglease")


def opening(who: Viewer = AGENT, ref: str = "S00001", **options: Any) -> Coroutine[Any, Any, OpenedOrder]:
    options = {"company": None, "connection": "main", **options}
    return open_order(viewer=who, ref=ref, correlation_id="r-1", **options)


async def open_and_keep(who: Viewer = AGENT, ref: str = "S00001", **options: Any) -> OpenedOrder:
    """Open an order that has not been read, and wait until what was read is stored."""
    before = await stored()
    opened = await opening(who, ref, **options)
    await until(lambda: differs(before))
    return opened


async def stored() -> dict[Any, Any]:
    return dict(await in_thread(lambda: list(Snapshot.objects.values_list("key", "fetched_at"))))


async def differs(before: dict[Any, Any]) -> bool:
    return await stored() != before


async def until(holds: Callable[[], Awaitable[bool]], *, within_s: float = 60.0) -> None:
    give_up_at = time.monotonic() + within_s
    while not await holds():
        assert time.monotonic() < give_up_at
        await asyncio.sleep(0.02)


async def settle() -> None:
    """Until what was read can only be found as a snapshot."""
    await asyncio.sleep(0.6)


async def let_pass(seconds: float) -> None:
    """Make everything stored that much older, the outcomes of readings too."""
    await settle()
    await in_thread(lambda: grow_older(seconds))
