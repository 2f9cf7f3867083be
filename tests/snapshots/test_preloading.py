"""What is read before somebody looks: little, once, for those whom it helps, and never as a look of theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from django.db import connection
from django.utils import timezone

from cases.masking.roles import Role
from cases.models import AuditEntry, Snapshot
from cases.models.casework import Case, CaseOrder
from cases.orders.preloading import MOST, preload_orders
from cases.orders.workspace import Source
from cases.people.viewer import Viewer
from cases.snapshots.table import NOT_KEPT
from tests.gateway.conftest import reset_statistics, trees, viewer
from tests.sandbox.process import Sandbox
from tests.snapshots.conftest import (
    AGENT,
    FINANCE,
    Connect,
    differs,
    let_pass,
    open_and_keep,
    opening,
    settle,
    stored,
    until,
)
from tests.transport.conftest import in_thread


@pytest.fixture
async def cases(committed: None) -> AsyncIterator[list[int]]:
    """One about S00001, one about the same, and one without an order."""
    yield await in_thread(_make_cases)
    await in_thread(_delete_cases)


def _make_cases() -> list[int]:
    made = []
    for ref in ("S00001", "S00001", ""):
        now = timezone.now()
        case = Case.objects.create(
            subject="A case", connection="main", company_id=1, opened_at=now, updated_at=now
        )
        made.append(case.pk)
        if ref:
            CaseOrder.objects.create(case=case, connection="main", company_id=1, ref=ref, linked_at=now)
    return made


def _delete_cases() -> None:
    CaseOrder.objects.all().delete()
    Case.objects.all().delete()


async def begin(who: Viewer, cases: list[int]) -> int:
    return await preload_orders(who, cases, correlation_id="r-1")


async def test_what_was_read_ahead_is_shown_at_once(
    connect: Connect, odoo18: Sandbox, cases: list[int]
) -> None:
    await connect(odoo18)
    entries = await in_thread(AuditEntry.objects.count)
    begun = await begin(AGENT, cases)
    await until(lambda: differs({}))
    reset_statistics(odoo18)

    shown = await opening(company=1)

    assert begun == 1
    assert shown.source is Source.SNAPSHOT
    assert odoo18.statistics()["total"] == 0
    assert await in_thread(AuditEntry.objects.count) == entries


async def test_whoever_looks_meanwhile_waits_for_the_same_reading(
    connect: Connect, odoo18: Sandbox, cases: list[int]
) -> None:
    await connect(odoo18)
    reset_statistics(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 1500})
    await begin(AGENT, cases)
    while not trees(odoo18):
        await asyncio.sleep(0.02)
    assert (await opening()).source is Source.LIVE
    assert trees(odoo18) == 1


async def test_what_fails_ahead_fails_for_nobody_who_looks(
    connect: Connect, odoo18: Sandbox, cases: list[int]
) -> None:
    await connect(odoo18)
    odoo18.set_faults({"kind": "access_error", "match": {"model": "sale.order"}})
    await begin(AGENT, cases)
    await until(lambda: has_ended(NOT_KEPT))  # so that nobody is told "forbidden" who has not asked


async def has_ended(outcome: str) -> bool:
    return bool(await in_thread(lambda: _outcomes() == [outcome]))


def _outcomes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome FROM cases_readinglease")
        return [row[0] for row in cursor.fetchall()]


async def test_nothing_is_read_ahead_that_a_page_would_show_anyway(
    connect: Connect, odoo18: Sandbox, cases: list[int]
) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(300)
    assert await begin(AGENT, cases) == 0
    await let_pass(400)
    assert await begin(AGENT, cases) == 1
    await settle()


async def test_nothing_is_read_ahead_beyond_the_scope_or_where_it_would_not_help(
    connect: Connect, odoo18: Sandbox, cases: list[int]
) -> None:
    await connect(odoo18)
    reset_statistics(odoo18)
    elsewhere = viewer(Role.AGENT, companies=frozenset({2}))
    nobody = viewer(companies=frozenset())
    assert [await begin(who, cases) for who in (elsewhere, nobody, FINANCE)] == [0, 0, 0]
    assert await begin(AGENT, [10**14] * MOST + cases) == 0
    assert odoo18.statistics()["total"] == 0
    assert await stored() == {}
    assert await in_thread(Snapshot.objects.count) == 0
