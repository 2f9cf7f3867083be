"""Who asks how much of which Odoo, and how each connection stands: for figures, and for those who answer for it."""

from __future__ import annotations

import asyncio

import pytest

from cases.masking.roles import Role
from cases.models import User
from cases.operations import NotForThisRole, Traffic, load_of_last_hour, standings, standings_for
from cases.people.viewer import Grant, Viewer
from console import metrics
from integrations import database, telemetry
from integrations.errors import Busy
from integrations.odoo import capacity, load
from integrations.odoo.budget import Budget
from integrations.odoo.capacity import Lane, take_slots
from integrations.odoo.client import OdooClient
from integrations.odoo.outcome_record import Tally, record
from tests.transport.conftest import Connect, Serve, in_thread
from tests.transport.raw_odoo import rpc, rpc_error
from tests.transport.test_reading import COUNT, answering

NOWHERE = "https://odoo.example.com"


def viewer(*roles: Role, connections: tuple[str, ...] = ("main",)) -> Viewer:
    return Viewer(
        user_id=1,
        name="Sam",
        roles=frozenset(roles),
        matrix={},
        grants=frozenset(Grant(connection=slug, company_id=1) for slug in connections),
        language="",
        time_zone="",
    )


async def ask(
    client: OdooClient, calls: int, *, workflow: str, person: int, lane: Lane = Lane.INTERACTIVE
) -> None:
    telemetry.cause.set(telemetry.Cause(workflow, person))
    await client.read([COUNT] * calls, budget=Budget.page(), lane=lane, correlation_id="r")


async def test_calls_of_the_last_hour_are_told_by_person_work_and_connection(
    serve: Serve, connect: Connect
) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config, other = await connect(odoo.url), await connect(odoo.url, slug="other")
    ana = await in_thread(
        lambda: User.objects.create_user("ana-of-the-load", first_name="Ana", last_name="Perez")
    )
    try:
        for _ in range(2):
            await ask(OdooClient(config), 2, workflow="order_page", person=ana.pk)
        await ask(OdooClient(config), 1, workflow="search", person=ana.pk)
        await ask(OdooClient(other), 3, workflow="search", person=0)
        await ask(OdooClient(config), 1, workflow="order_page", person=ana.pk, lane=Lane.SYNC)

        report = await load_of_last_hour(viewer(Role.ADMIN, connections=()))

        assert [(share.key, share.calls) for share in report.by_connection] == [("main", 6), ("other", 3)]
        assert {share.key: share.calls for share in report.by_workflow} == {
            "order_page": 4,
            "search": 4,
            "sync": 1,
        }
        assert [(share.label, share.calls) for share in report.by_person] == [("Ana Perez", 5), ("", 4)]
        mine = await load_of_last_hour(viewer(Role.SUPERVISOR))
        assert [share.key for share in mine.by_connection] == ["main"], "a supervisor's own connections"
    finally:
        await in_thread(ana.delete)


async def test_failures_and_refusals_are_told_apart(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    odoo = await serve(answering(lambda request: rpc_error(request, "odoo.exceptions.AccessError")))
    config = await connect(odoo.url, cap=1)
    await ask(OdooClient(config), 2, workflow="panel", person=7)
    await take_slots(connection_id=config.id, cap=1, lane=Lane.INTERACTIVE, wanted=1, queue_s=1)
    monkeypatch.setattr(capacity, "MOST_WAITING", 0)
    await ask(OdooClient(config), 3, workflow="panel", person=7)

    (told,) = await load.last_hour()

    assert (told.calls, told.failed, told.turned_away) == (2, 2, 3)


async def test_what_is_older_than_two_hours_is_forgotten(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url)
    await ask(OdooClient(config), 1, workflow="panel", person=7)
    await load.write_now()
    await database.rows("UPDATE integrations_odooload SET minute = minute - 121", ())

    await ask(OdooClient(config), 1, workflow="search", person=7)
    await load.write_now()

    rows = await database.rows("SELECT workflow FROM integrations_odooload", ())
    assert rows == [("search",)]


async def test_the_table_is_written_seldom_and_before_a_loop_ends(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "WRITTEN_EVERY_S", 2.0)
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url)
    await ask(OdooClient(config), 1, workflow="panel", person=7)
    assert await database.rows("SELECT 1 FROM integrations_odooload", ()) == []

    async with asyncio.timeout(60):
        while not (rows := await database.rows("SELECT calls FROM integrations_odooload", ())):
            await asyncio.sleep(0.05)

    assert rows == [(1,)]


@pytest.mark.parametrize("roles", [(), (Role.AGENT,), (Role.SENIOR_AGENT,), (Role.FINANCE,), (Role.AUDITOR,)])
async def test_others_are_told_nothing(serve: Serve, connect: Connect, roles: tuple[Role, ...]) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url)
    await ask(OdooClient(config), 1, workflow="panel", person=7)

    with pytest.raises(NotForThisRole):
        await load_of_last_hour(viewer(*roles))
    with pytest.raises(NotForThisRole):
        await standings_for(viewer(*roles))


async def test_a_connection_tells_how_it_stands(serve: Serve, connect: Connect) -> None:
    config = await connect(NOWHERE, cap=8)
    (well,) = await standings()
    assert (well.cap, well.cap_configured, well.in_flight, well.traffic) == (8, 8, 0, Traffic.FLOWING)

    await take_slots(connection_id=config.id, cap=8, lane=Lane.INTERACTIVE, wanted=3, queue_s=1)
    await record(config.id, Tally(failed=1, overloaded=1))
    (slowed,) = await standings()
    assert (slowed.cap, slowed.in_flight, slowed.cause) == (5, 3, "failing")
    assert slowed.traffic is Traffic.SLOWED

    await record(config.id, Tally(failed=1, pause_s=20))
    (paused,) = await standings()
    assert paused.traffic is Traffic.PAUSED
    assert 5 < paused.paused_for_s <= 20

    await record(config.id, Tally(failed=40))
    (stopped,) = await standings()
    assert stopped.traffic is Traffic.STOPPED
    await database.rows("UPDATE integrations_odoobreaker SET open_until = clock_timestamp()", ())
    (trying,) = await standings()
    assert trying.traffic is Traffic.TRYING


async def test_figures_name_work_and_connection_and_never_a_person(serve: Serve, connect: Connect) -> None:
    odoo = await serve(answering(lambda request: rpc(request, 1)))
    config = await connect(odoo.url, slug="figures", cap=6)
    await ask(OdooClient(config), 2, workflow="order_page", person=424242)
    metrics.show_standings(await standings())

    text = metrics.exposition().decode()

    assert 'deskglass_odoo_work_total{connection="figures",workflow="order_page"} 2.0' in text
    assert 'deskglass_odoo_turn_seconds_count{connection="figures",lane="interactive"} 1.0' in text
    assert 'deskglass_odoo_cap{connection="figures"} 6.0' in text
    assert 'deskglass_odoo_in_flight{connection="figures"}' in text
    assert "424242" not in text


async def test_a_page_that_got_no_turn_is_a_figure(
    serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = await connect(NOWHERE, slug="crowded", cap=1)
    monkeypatch.setattr(capacity, "MOST_WAITING", 0)

    (refused,) = await OdooClient(config).read([COUNT], budget=Budget.page(), correlation_id="r")

    assert isinstance(refused, Busy)
    counted = 'deskglass_odoo_turned_away_total{connection="crowded",lane="interactive",reason="busy"} 1.0'
    assert counted in metrics.exposition().decode()
