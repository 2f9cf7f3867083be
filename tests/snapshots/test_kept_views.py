"""What was masked for one viewer is shown to another only where the very same would be masked for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from cases.masking import Mode, mask
from cases.masking.roles import Role
from cases.models import ScopeRule
from cases.orders import kept_views
from cases.orders.kept_views import View, forget_views, view_of
from cases.orders.workspace import NotVisible, OpenedOrder
from cases.people.viewer import Grant
from cases.scopes.placing import forget_kept_rules
from console.page import Page
from integrations.canonical import OrderReading, OrderRecord, Sensitivity
from tests.gateway.conftest import viewer
from tests.rules.specimens import full_record
from tests.sandbox.process import Sandbox
from tests.snapshots.conftest import AGENT, BOTH, Connect, let_pass, open_and_keep, opening, settle
from tests.transport.conftest import in_thread


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    forget_views()
    forget_kept_rules()
    yield
    forget_views()
    forget_kept_rules()


def is_same_view(one: OpenedOrder, other: OpenedOrder) -> bool:
    return one.record is other.record and one.drawings is other.drawings


async def test_the_same_facts_are_masked_once_for_viewers_who_see_the_same(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    live = await open_and_keep()
    await settle()

    first, second = await opening(), await opening(replace(AGENT, user_id=2, name="Bo"))

    assert is_same_view(first, second)
    assert first.record == live.record


async def test_another_role_gets_a_view_of_its_own(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    wide = viewer(Role.AGENT, matrix=dict.fromkeys(Sensitivity, Mode.SHOW))
    blind = viewer(Role.AGENT, matrix={})

    shown = [await opening(who) for who in (AGENT, wide, blind, AGENT, blind)]

    assert is_same_view(shown[0], shown[3])
    assert is_same_view(shown[2], shown[4])
    assert not is_same_view(shown[0], shown[1])
    assert not is_same_view(shown[1], shown[2])
    assert shown[2].record.customer.name.value is None
    assert shown[4].record.customer.email.value is None
    assert shown[1].record.customer.name.value


async def test_a_changed_matrix_holds_for_the_very_next_look(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await opening()
    tightened = replace(AGENT, matrix={**AGENT.matrix, Sensitivity.PERSONAL: Mode.HIDE})

    shown = await opening(tightened)

    assert shown.record.customer.name.value is None
    assert all(event.author.value is None for event in shown.timeline)


async def test_another_language_and_time_zone_are_judged_in_their_own_words(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    await open_and_keep()
    english = await opening()
    with translation.override("de"):
        german = await opening()

    assert not is_same_view(english, german)
    assert [event.title.value for event in english.timeline] != [
        event.title.value for event in german.timeline
    ]


async def test_facts_that_were_read_again_are_masked_again(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    first = await open_and_keep()
    again = await opening(anew=True)
    assert not is_same_view(first, again)


async def test_stale_facts_are_masked_for_each_look_and_kept_for_none(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(60)
    odoo18.set_faults({"kind": "latency", "match": {}, "ms": 400})
    forget_views()

    first, second = await opening(), await opening()

    assert first.stale
    assert second.stale
    assert not is_same_view(first, second)
    assert not kept_views._views


async def test_a_view_says_nothing_of_whether_somebody_may_look(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await opening()
    elsewhere = viewer(Role.AGENT, companies=frozenset({2}))
    narrow = replace(
        AGENT, grants=frozenset({Grant(connection="main", company_id=1, brand="no brand of this order")})
    )

    for who in (elsewhere, narrow):
        with pytest.raises(NotVisible):
            await opening(who)


async def test_a_new_rule_of_brands_is_seen_although_the_facts_are_the_same(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    await open_and_keep()
    before = await opening()
    await in_thread(lambda: ScopeRule.objects.create(connection="main", position=1, brand="Fjord"))
    forget_kept_rules()
    try:
        after = await opening()
    finally:
        await in_thread(lambda: ScopeRule.objects.all().delete())

    assert before.record.order.brand.value is None
    assert after.record.order.brand.value == "Fjord"


async def test_viewers_of_more_companies_have_facts_of_their_own(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    narrow, wide = await opening(), await opening(viewer(Role.AGENT, companies=BOTH), company=1)
    again = await opening(viewer(Role.AGENT, companies=BOTH))
    assert is_same_view(narrow, wide)  # who may see two and asks for one asks the same
    assert not is_same_view(narrow, again)


# --- The store by itself -----------------------------------------------------------------------------------------


def made(record: OrderRecord) -> View:
    return View(record=mask(record, AGENT.matrix), timeline=(), contradictions=(), eligibility={})


def reading_of(record: OrderRecord) -> OrderReading:
    return OrderReading(
        records=(record,), problems={}, fetched_at=datetime.now(UTC), calls=1, slowest_call_ms=1.0
    )


def keep(record: OrderRecord, fresh_for_s: float) -> View:
    return view_of(
        record,
        record,
        reading_of(record),
        AGENT.matrix,
        rules=0,
        fresh_for_s=fresh_for_s,
        make=lambda: made(record),
    )


async def test_a_view_is_gone_when_its_facts_are_no_longer_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    record = full_record()
    first = keep(record, 0.05)
    assert keep(record, 0.05) is first
    await asyncio.sleep(0.3)
    assert not kept_views._views
    assert kept_views._items == 0
    assert keep(record, 0.05) is not first


def test_equal_facts_that_were_read_apart_have_views_of_their_own() -> None:
    record = full_record()
    assert keep(record, 10) is not keep(replace(record), 10)


def test_only_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    record = full_record()
    size = made(record).items
    monkeypatch.setattr(kept_views, "MOST_ITEMS", 3 * size)
    records = [replace(record) for _ in range(10)]
    for one in records:
        keep(one, 10)
    assert len(kept_views._views) == 3
    assert kept_views._items == 3 * size
    monkeypatch.setattr(kept_views, "MOST_ITEMS", size - 1)
    forget_views()
    keep(record, 10)
    assert not kept_views._views


# --- Drawings ----------------------------------------------------------------------------------------------------


def test_a_part_is_drawn_once_for_one_view_and_one_way_to_its_reasons() -> None:
    drawings: dict[tuple[str, ...], str] = {}
    drawn: list[str] = []

    def draw() -> str:
        drawn.append("x")
        return "<p>x</p>"

    for address in ("/why?a", "/why?a", "/why?b"):
        assert Page(explain_url=address, drawings=drawings).kept("lines", draw) == "<p>x</p>"
    assert len(drawn) == 2
    Page(explain_url="/why?a").kept("lines", draw)
    assert len(drawn) == 3


def test_a_form_is_never_kept() -> None:
    drawings: dict[Any, str] = {}
    page = Page(explain_url="/why?a", drawings=drawings)
    with pytest.raises(ValueError, match="form"):
        page.kept("customer", lambda: '<input type="hidden" name="csrfmiddlewaretoken" value="x">')
    assert not drawings
