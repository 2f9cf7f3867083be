"""A part of an order that cannot be read costs its own panel, once, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from integrations import errors
from integrations.canonical import Branch, BranchProblem, OrderReading
from integrations.odoo.branch_memory import REMEMBERED_S, BranchMemory
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import ConnectionConfig
from tests.gateway.conftest import Connect, read, reset_statistics, trees
from tests.sandbox.process import Sandbox

ONE = frozenset({1})


async def read_one(config: ConnectionConfig, **options: Any) -> OrderReading:
    return await read(config, "S00001", companies=ONE, **options)


async def overrated(connect: Connect, sandbox: Sandbox) -> ConnectionConfig:
    """A key whose right to invoices was taken away after its capabilities were found out."""
    able = await OdooClient(await connect(sandbox, slug="able")).capabilities()
    weak = await OdooClient(await connect(sandbox, role="no_invoicing", slug="weak")).capabilities()
    documents = {"account.move", "account.move.line"}
    fields = {**weak.fields, **{model: able.fields[model] for model in documents}}
    claimed: Capabilities = replace(weak, readable=weak.readable | documents, fields=fields)
    return await connect(sandbox, role="no_invoicing", slug="overrated", known=claimed)


async def test_a_refused_branch_costs_one_repeat_and_is_then_left_out(
    connect: Connect, odoo: Sandbox
) -> None:
    config = await overrated(connect, odoo)
    first = await read_one(config)
    assert first.problems[Branch.INVOICES] is BranchProblem.NO_RIGHT
    (record,) = first.records
    assert (record.invoices, record.order.refundable) == ((), None)
    assert record.shipments
    assert record.order.lines[0].stock

    reset_statistics(odoo)
    second = await read_one(config)
    assert second.problems[Branch.INVOICES] is BranchProblem.NO_RIGHT
    assert trees(odoo) == 1
    assert second.records[0].order == record.order


async def test_read_in_parts_an_order_is_the_same_as_read_whole(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    whole = await read_one(config)
    odoo.set_faults({"kind": "unknown_field", "match": {"model": "sale.order"}, "times": 1})
    apart = await read_one(config)
    assert apart.calls > whole.calls
    assert apart.records == whole.records
    assert apart.problems == whole.problems

    odoo.clear_faults()
    again = await read_one(config)
    assert again.calls == whole.calls


async def test_a_refused_side_call_costs_only_its_own_panel(connect: Connect, odoo18: Sandbox) -> None:
    config = await connect(odoo18)
    odoo18.set_faults({"kind": "access_error", "match": {"model": "loyalty.card"}})
    first = await read_one(config)
    assert first.problems[Branch.LOYALTY] is BranchProblem.NO_RIGHT
    assert first.records[0].order.ref == "S00001"
    assert (await read_one(config)).calls == 1


@pytest.mark.parametrize(("fault", "problem"), [
    ({"kind": "hang", "ms": 60_000}, BranchProblem.TIMED_OUT),
    ({"kind": "garbage"}, BranchProblem.UNAVAILABLE),
    ({"kind": "status_500"}, BranchProblem.UNAVAILABLE),
])  # fmt: skip
async def test_a_side_call_that_fails_for_now_is_tried_again_next_time(
    connect: Connect, odoo18: Sandbox, fault: dict[str, Any], problem: BranchProblem
) -> None:
    config = await connect(odoo18)
    odoo18.set_faults({**fault, "match": {"model": "loyalty.card"}})
    found = await read_one(config, seconds=2.0)
    assert found.problems[Branch.LOYALTY] is problem
    assert found.records[0].order.ref == "S00001"
    odoo18.clear_faults()
    assert Branch.LOYALTY not in (await read_one(config)).problems


@pytest.mark.parametrize(("fault", "error"), [
    ({"kind": "access_error"}, errors.Forbidden),
    ({"kind": "hang", "ms": 60_000}, errors.TimedOut),
    ({"kind": "garbage"}, errors.Unavailable),
    ({"kind": "empty"}, errors.Unavailable),
    ({"kind": "half_answer"}, errors.GatewayError),
    ({"kind": "status_503"}, errors.Unavailable),
    ({"kind": "reset"}, errors.GatewayError),
])  # fmt: skip
async def test_an_order_that_cannot_be_read_at_all_raises_one_of_the_family(
    connect: Connect, odoo18: Sandbox, fault: dict[str, Any], error: type[errors.GatewayError]
) -> None:
    config = await connect(odoo18)
    odoo18.set_faults({**fault, "match": {"model": "sale.order"}})
    with pytest.raises(error):
        await read_one(config, seconds=2.0)


async def test_a_server_that_is_down_is_unreachable(connect: Connect, odoo18: Sandbox) -> None:
    config = await connect(odoo18)
    odoo18.set_faults({"kind": "down", "match": {}})
    with pytest.raises(errors.GatewayError):
        await read_one(config, seconds=2.0)


def test_a_refusal_is_forgotten_after_a_while_and_with_a_new_key() -> None:
    now = 1000.0
    memory = BranchMemory(clock=lambda: now)
    memory.remember("main", 1, {Branch.INVOICES: BranchProblem.NO_RIGHT})
    assert memory.refused("main", 1) == {Branch.INVOICES: BranchProblem.NO_RIGHT}
    assert memory.refused("main", 2) == {}
    assert memory.refused("other", 1) == {}
    now += REMEMBERED_S
    assert memory.refused("main", 1) == {}


def test_a_connection_can_be_forgotten_at_once() -> None:
    memory = BranchMemory()
    memory.remember("main", 1, {Branch.RMA: BranchProblem.NO_RIGHT})
    memory.remember("other", 1, {Branch.RMA: BranchProblem.NO_RIGHT})
    memory.forget("main")
    assert memory.refused("main", 1) == {}
    assert memory.refused("other", 1) == {Branch.RMA: BranchProblem.NO_RIGHT}
