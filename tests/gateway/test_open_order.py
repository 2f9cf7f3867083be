"""Opening an order: who may, which one, how long they wait, and what reaches them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import pytest

from cases.masking import Mode
from cases.masking.roles import Role
from cases.orders.workspace import (
    AmbiguousOrder,
    NotVisible,
    OpenedOrder,
    Panel,
    Source,
    StillReading,
    open_order,
)
from cases.people.viewer import Viewer
from integrations.canonical import BranchProblem
from integrations.errors import Forbidden
from tests.gateway.conftest import Connect, reset_statistics, trees, viewer
from tests.rules.seen import cells
from tests.sandbox.process import Sandbox

BOTH = frozenset({1, 2})
AGENT = viewer(Role.AGENT)
FINANCE = viewer(Role.FINANCE)


def opening(who: Viewer, ref: str = "S00001", **options: Any) -> Coroutine[Any, Any, OpenedOrder]:
    options = {"company": None, "connection": "main", **options}
    return open_order(viewer=who, ref=ref, correlation_id="r-1", **options)


async def say_hello() -> None:
    """So that what follows costs no sign-in."""
    with suppress(NotVisible):
        await opening(AGENT, "S99999")


@pytest.mark.parametrize(("who", "options"), [
    (viewer(Role.SUPERVISOR, companies=frozenset()), {}),
    (viewer(Role.SUPERVISOR, slug="other"), {}),
    (AGENT, {"company": 2}),
    (AGENT, {"ref": "  "}),
    (AGENT, {"ref": "S" * 101}),
])  # fmt: skip
async def test_outside_the_scope_odoo_is_not_even_asked(
    connect: Connect, odoo18: Sandbox, who: Viewer, options: dict[str, Any]
) -> None:
    await connect(odoo18)
    reset_statistics(odoo18)
    with pytest.raises(NotVisible):
        await opening(who, **options)
    assert odoo18.statistics()["total"] == 0


async def test_an_order_of_another_company_looks_like_one_that_does_not_exist(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    refusals = []
    for who, ref in ((viewer(Role.AGENT, companies=frozenset({2})), "S00001"), (AGENT, "S99999")):
        with pytest.raises(NotVisible) as refusal:
            await opening(who, ref)
        refusals.append(str(refusal.value))
    assert refusals[0] == refusals[1]


async def test_a_connection_that_does_not_exist_is_not_visible(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    with pytest.raises(NotVisible):
        await opening(viewer(Role.AGENT, slug="nowhere"), connection="nowhere")


async def test_one_number_in_two_companies_is_for_a_person_to_choose(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    name = odoo18.order_name("same_name_in_both_companies")
    everywhere = viewer(Role.SUPERVISOR, companies=BOTH)
    with pytest.raises(AmbiguousOrder) as several:
        await opening(everywhere, name)
    assert sorted(candidate.company_id for candidate in several.value.candidates) == [1, 2]
    assert {candidate.ref for candidate in several.value.candidates} == {name}
    assert (await opening(everywhere, name, company=2)).company_id == 2
    assert (await opening(AGENT, name)).company_id == 1


async def test_each_panel_says_why_it_is_empty(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18, role="no_invoicing")
    panels = (await opening(AGENT)).panels
    assert panels[Panel.INVOICES].problem is BranchProblem.NO_RIGHT
    assert panels[Panel.LINES].problem is None
    assert panels[Panel.SHIPMENTS].problem is None
    assert set(panels) == set(Panel)


async def test_impatience_ends_the_waiting_and_not_the_reading(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await say_hello()
    reset_statistics(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 700})
    with pytest.raises(StillReading):
        await opening(AGENT, patience_s=0.1)
    found = await opening(AGENT)
    assert found.ref == "S00001"
    assert trees(odoo18) == 1


async def test_two_who_ask_the_same_at_once_share_one_reading(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await say_hello()
    reset_statistics(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 300})
    first, second = await asyncio.gather(opening(AGENT), opening(viewer(Role.AGENT, Role.ADMIN)))
    assert first.fetched_at == second.fetched_at
    assert trees(odoo18) == 1


async def test_who_may_see_payments_never_shares_with_who_may_not(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    name = odoo18.order_name("prepaid_without_invoice")
    await say_hello()
    reset_statistics(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 300})
    agents, finances = await asyncio.gather(opening(AGENT, name), opening(FINANCE, name))
    assert trees(odoo18) == 2
    assert {payment.ref.value for payment in agents.record.payments} == {None}
    assert all(payment.ref.value for payment in finances.record.payments)


async def test_different_scopes_never_share(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    await say_hello()
    reset_statistics(odoo18)
    odoo18.set_faults({"kind": "latency", "match": {"model": "sale.order"}, "ms": 300})
    await asyncio.gather(opening(AGENT), opening(viewer(Role.AGENT, companies=BOTH)))
    assert trees(odoo18) == 1 + 2


async def test_who_looks_again_at_once_sees_the_same_reading_and_odoo_is_not_asked(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    page = await opening(AGENT)
    reset_statistics(odoo18)
    panel = await opening(AGENT, accept_recent=True)
    another_page = await opening(AGENT)
    assert page.fetched_at == panel.fetched_at == another_page.fetched_at
    assert odoo18.statistics()["total"] == 0


async def test_who_asks_for_it_anew_gets_what_odoo_says_now(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    page = await opening(AGENT)
    reset_statistics(odoo18)
    again = await opening(AGENT, anew=True)
    assert again.fetched_at > page.fetched_at
    assert again.source is Source.LIVE
    assert trees(odoo18) == 1


async def test_a_failed_reading_is_not_kept_for_the_panels(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    odoo18.set_faults({"kind": "access_error", "match": {"model": "sale.order"}})
    with pytest.raises(Forbidden):
        await opening(AGENT)
    odoo18.clear_faults()
    assert (await opening(AGENT, accept_recent=True)).ref == "S00001"


async def test_an_agent_works_on_a_masked_record(connect: Connect, odoo18: Sandbox) -> None:
    await connect(odoo18)
    agents, supervisors = await opening(AGENT), await opening(viewer(Role.SUPERVISOR))
    name, email = supervisors.record.customer.name.value, supervisors.record.customer.email.value
    assert name
    assert email
    texts = [str(cell.value) for cell in cells((agents.record, *agents.timeline))]
    assert not [text for text in texts if name in text or email in text]
    assert agents.record.customer.email.revealable
    assert "customer.email" in agents.record.masked_paths
    assert agents.record.order.total.mode is Mode.SHOW


async def test_the_timeline_tells_refunds_from_payments_and_newest_first(
    connect: Connect, odoo18: Sandbox
) -> None:
    await connect(odoo18)
    found = await opening(viewer(Role.SUPERVISOR), odoo18.order_name("return_received_and_refunded"))
    titles = [event.title.value for event in found.timeline]
    assert any(title.startswith("Refund paid") for title in titles)
    assert any(title.startswith("Payment received") for title in titles)
    times = [event.at.value for event in found.timeline if event.at.value]
    assert times == sorted(times, reverse=True)
