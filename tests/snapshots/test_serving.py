"""What a viewer is shown when: what is known, what Odoo says now, and how each is named."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from cases.masking import Mode
from cases.masking.roles import Role
from cases.orders.workspace import AmbiguousOrder, NotVisible, Panel, Source, StillReading, identify_order
from cases.people.viewer import Grant
from cases.scopes.placing import forget_kept_rules
from integrations.canonical import BranchProblem, Sensitivity
from integrations.errors import Forbidden, GatewayError
from integrations.odoo import breaker
from tests.gateway.conftest import reset_statistics, trees, viewer
from tests.sandbox.process import Sandbox
from tests.snapshots.conftest import (
    AGENT,
    BOTH,
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

REFUSED = {"kind": "status_500", "match": {}}
SLOW = {"kind": "latency", "match": {"model": "sale.order"}, "ms": 2500}


async def test_fresh_facts_are_shown_without_asking_odoo(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    live = await open_and_keep()
    await settle()
    reset_statistics(odoo18)

    shown = await opening()

    assert odoo18.statistics()["total"] == 0
    assert (live.source, shown.source) == (Source.LIVE, Source.SNAPSHOT)
    assert (shown.stale, shown.problem, shown.actionable) == (False, "", True)
    assert (shown.odoo_calls, shown.slowest_call_ms) == (0, 0.0)
    assert shown.record == live.record
    assert shown.timeline == live.timeline


async def test_stale_facts_are_shown_at_once_and_read_again_behind(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    live = await open_and_keep()
    await let_pass(60)
    reset_statistics(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {}, "ms": 300})
    before = await stored()

    first, second = await asyncio.gather(opening(), opening())
    refreshed = await opening(accept_recent=True)
    await until(lambda: differs(before))

    assert (first.source, first.stale, first.is_refreshing) == (Source.SNAPSHOT, True, True)
    assert second.fetched_at == first.fetched_at
    assert first.blocked_because == "stale"
    assert not first.actionable
    assert refreshed.source is Source.LIVE
    assert refreshed.fetched_at > live.fetched_at
    assert refreshed.actionable
    assert trees(odoo18) == 1


async def test_old_facts_are_shown_only_once_odoo_takes_too_long(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(3600)
    quick = await opening(patience_s=30)
    await settle()
    await let_pass(3600)
    odoo18.set_faults(SLOW)

    slow = await opening(patience_s=0.2)

    assert quick.source is Source.LIVE
    assert (slow.source, slow.stale, slow.is_refreshing) == (Source.SNAPSHOT, True, True)


async def test_nothing_known_and_a_slow_odoo_is_a_page_that_waits(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    odoo18.set_faults(SLOW)
    with pytest.raises(StillReading):
        await opening(patience_s=0.1)


async def test_with_odoo_down_the_last_known_facts_are_shown_with_the_reason(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    live = await open_and_keep()
    await let_pass(5 * 24 * 3600)
    odoo18.set_faults(REFUSED)

    page = await opening()
    panel = await opening(accept_recent=True)
    again = await opening(anew=True)

    for shown in (page, panel, again):
        assert (shown.source, shown.stale) == (Source.SNAPSHOT, True)
        assert shown.problem == "unavailable"
        assert shown.blocked_because == "unavailable"
        assert shown.record == live.record


async def test_while_odoo_is_down_not_every_page_asks_it_again(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(3600)
    odoo18.set_faults(REFUSED)
    await opening()
    await asyncio.sleep(0.1)
    reset_statistics(odoo18)

    shown = await asyncio.gather(*(opening() for _ in range(20)))

    assert odoo18.statistics()["total"] == 0
    assert {one.problem for one in shown} == {"unavailable"}


async def test_when_odoo_is_back_the_page_is_live_again(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(3600)
    odoo18.set_faults(REFUSED)
    await opening()
    odoo18.clear_faults()
    await let_pass(60)

    assert (await opening()).source is Source.LIVE


async def test_what_odoo_forbids_now_is_not_shown_from_earlier(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(3600)
    odoo18.set_faults({"kind": "access_error", "match": {"model": "sale.order"}})
    for _ in range(2):
        with pytest.raises(Forbidden):
            await opening()


async def test_nothing_is_shown_beyond_the_time_for_which_facts_are_kept(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    await open_and_keep()
    await let_pass(31 * 24 * 3600)
    odoo18.set_faults(REFUSED)
    with pytest.raises(GatewayError):
        await opening()


async def test_that_there_is_no_such_order_is_never_kept(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    for _ in range(2):
        reset_statistics(odoo18)
        with pytest.raises(NotVisible):
            await opening(ref="S99999")
        await settle()
        assert trees(odoo18) == 1
    assert await stored() == {}


async def test_one_number_in_two_companies_stays_a_choice(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    name = odoo18.order_name("same_name_in_both_companies")
    everywhere = viewer(Role.ADMIN, companies=BOTH)
    for _ in range(2):
        with pytest.raises(AmbiguousOrder) as several:
            await opening(everywhere, name)
        assert sorted(candidate.company_id for candidate in several.value.candidates) == [1, 2]
        await settle()
    assert (await opening(everywhere, name, company=2)).company_id == 2
    assert (await opening(AGENT, name)).company_id == 1


async def test_who_sees_fewer_companies_is_never_shown_what_was_read_for_more(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    await open_and_keep(viewer(Role.AGENT, companies=BOTH))
    await settle()
    reset_statistics(odoo18)

    shown = await opening(AGENT)

    assert shown.source is Source.LIVE
    assert trees(odoo18) == 1


async def test_a_scope_that_is_taken_away_holds_for_what_is_known_too(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    await open_and_keep(AGENT)
    await settle()
    elsewhere = replace(AGENT, grants=frozenset({Grant(connection="main", company_id=2)}))
    nowhere = replace(AGENT, grants=frozenset())
    branded = replace(AGENT, grants=frozenset({Grant(connection="main", company_id=1, brand="Elsewhere")}))
    forget_kept_rules()
    for who in (elsewhere, nowhere, branded):
        with pytest.raises(NotVisible):
            await opening(who)


async def test_masking_is_that_of_the_viewer_and_not_of_who_had_it_read(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    finance = await open_and_keep(FINANCE)
    await settle()
    admin = await opening(viewer(Role.ADMIN))
    assert admin.source is Source.SNAPSHOT
    assert finance.record.customer.name
    assert admin.record.customer.name.value is None
    assert admin.record.order.refundable.value is None


async def test_payment_details_are_read_live_and_what_else_was_read_is_shared(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    name = odoo18.order_name("prepaid_without_invoice")
    live = await open_and_keep(FINANCE, name)
    await settle()
    reset_statistics(odoo18)

    agent = await opening(AGENT, name)
    same_process = await opening(FINANCE, name)

    assert odoo18.statistics()["total"] == 0
    assert agent.source is Source.SNAPSHOT
    assert {payment.ref.value for payment in agent.record.payments} == {None}
    assert [p.ref.value for p in same_process.record.payments] == [p.ref.value for p in live.record.payments]
    assert all(payment.ref.value for payment in live.record.payments)


async def test_a_snapshot_says_that_payment_details_are_not_in_it(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    name = odoo18.order_name("prepaid_without_invoice")
    await open_and_keep(AGENT, name)
    await settle()
    live = await opening(FINANCE, name)
    await let_pass(3600)
    odoo18.set_faults(REFUSED)

    known = await opening(FINANCE, name)

    assert live.source is Source.LIVE
    assert live.panels[Panel.PAYMENTS].incomplete is None
    assert known.source is Source.SNAPSHOT
    assert known.panels[Panel.PAYMENTS].incomplete is BranchProblem.NOT_KEPT
    assert {payment.ref.value for payment in known.record.payments} == {None}
    assert known.facts == ""


async def test_a_payment_detail_that_is_not_there_cannot_be_revealed_as_empty(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    await open_and_keep(AGENT)
    await let_pass(3600)
    odoo18.set_faults(REFUSED)
    curious = replace(FINANCE, matrix={**FINANCE.matrix, Sensitivity.PAYMENT: Mode.REVEAL})

    with pytest.raises(GatewayError):
        await identify_order(
            viewer=curious, connection="main", ref="S00001", company=None, correlation_id="r-1"
        )
    known = await identify_order(
        viewer=FINANCE, connection="main", ref="S00001", company=None, correlation_id="r-1"
    )
    assert known.ref == "S00001"


async def test_the_same_facts_have_the_same_mark_whenever_and_for_whomever_they_were_read(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    live = await opening(AGENT, tell_facts=True)
    await settle()
    kept = await opening(AGENT, tell_facts=True)
    again = await opening(FINANCE, tell_facts=True, anew=True)
    other = await opening(AGENT, odoo18.order_name("prepaid_without_invoice"), tell_facts=True)
    assert len({live.facts, kept.facts, again.facts}) == 1
    assert other.facts not in ("", live.facts)


async def test_a_server_that_refuses_at_once_is_named_on_the_first_page(
    connect: Connect, odoo18: Sandbox
) -> None:
    config = await connect(odoo18)
    await open_and_keep()
    await let_pass(60)
    breaker.open_for(config.id, 15.0)

    shown = await opening()

    assert (shown.source, shown.problem, shown.is_refreshing) == (Source.SNAPSHOT, "breaker_open", False)
