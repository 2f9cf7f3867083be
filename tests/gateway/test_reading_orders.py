"""One order in one round trip, whole, from every dialect."""

from __future__ import annotations

import pytest

from cases.search.kinds import classify
from integrations import errors
from integrations.canonical import (
    Branch,
    BranchProblem,
    DeliveryProgress,
    LineKind,
    OrderRecord,
    OrderState,
    ReturnLogistics,
    ReturnMoney,
    ShipmentKind,
)
from integrations.odoo import gateway
from integrations.odoo.budget import Budget
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.gateway import OdooGateway
from integrations.odoo.tree_parts import READINGS_BEFORE, Pace
from tests.gateway.conftest import BOTH, Connect, read, reset_statistics, trees
from tests.sandbox.process import Sandbox


async def one(connect: Connect, odoo: Sandbox, key: str) -> OrderRecord:
    found = await read(await connect(odoo), odoo.order_name(key))
    (record,) = found.records
    return record


def long_trees(config: ConnectionConfig) -> None:
    """As if this connection's trees had taken long lately."""
    pace = gateway._paces[config.slug] = Pace()
    for _ in range(READINGS_BEFORE):
        pace.learn(tree_ms=900.0, short_ms=10.0)


async def test_a_tree_that_takes_its_time_is_read_in_halves_and_is_the_same(
    connect: Connect, odoo: Sandbox
) -> None:
    config = await connect(odoo)
    one = frozenset({1})
    whole = [await read(config, ref, companies=one) for ref in ("S00001", "S00005", "S00007")]
    halves = []
    for ref in ("S00001", "S00005", "S00007"):
        long_trees(config)
        halves.append(await read(config, ref, companies=one))

    assert [reading.records for reading in halves] == [reading.records for reading in whole]
    assert [reading.problems for reading in halves] == [reading.problems for reading in whole]
    assert {reading.calls for reading in halves} == {3}


async def test_a_refused_half_is_read_apart(connect: Connect, odoo18: Sandbox) -> None:
    config = await connect(odoo18)
    whole = await read(config, "S00001", companies=frozenset({1}))
    long_trees(config)
    odoo18.set_faults({"kind": "unknown_field", "match": {"model": "sale.order"}, "times": 1})

    apart = await read(config, "S00001", companies=frozenset({1}))

    assert apart.records == whole.records
    assert apart.problems == whole.problems


async def test_a_whole_order_costs_two_calls_side_by_side(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    await read(config, "S00001")
    reset_statistics(odoo)
    odoo.set_faults({"kind": "latency", "match": {}, "ms": 200})

    found = await read(config, "S00001", companies=frozenset({1}))

    assert found.calls == 2
    assert odoo.statistics()["total"] == 2
    assert trees(odoo) == 1
    assert odoo.statistics()["max_in_flight"] == 2
    assert 0 < found.slowest_call_ms < 10_000
    (record,) = found.records
    assert record.order.ref == "S00001"
    assert (record.order.state, record.order.delivery) == (OrderState.CONFIRMED, DeliveryProgress.FULL)
    assert record.customer is not None
    assert record.customer.name
    assert record.shipments
    assert record.invoices
    assert record.payments


async def test_every_branch_was_read_where_the_server_has_it(connect: Connect, odoo: Sandbox) -> None:
    found = await read(await connect(odoo), "S00001")
    assert found.problems.keys() <= {Branch.RMA}


async def test_lower_case_finds_the_order(connect: Connect, odoo: Sandbox) -> None:
    found = await read(await connect(odoo), "s00001")
    assert [record.order.ref for record in found.records] == ["S00001"]


async def test_a_number_with_slashes_is_a_number(connect: Connect, odoo: Sandbox) -> None:
    assert (await one(connect, odoo, "slash_in_name")).order.ref == "WEB/2026/0042"


async def test_an_unknown_number_is_an_empty_answer(connect: Connect, odoo: Sandbox) -> None:
    assert (await read(await connect(odoo), "S99999")).records == ()
    assert (await read(await connect(odoo, slug="other"), "%")).records == ()


async def test_one_number_in_two_companies_is_two_orders(connect: Connect, odoo: Sandbox) -> None:
    config = await connect(odoo)
    name = odoo.order_name("same_name_in_both_companies")
    found = await read(config, name)
    assert sorted(record.order.company.id for record in found.records) == [1, 2]
    narrowed = await read(config, name, companies=frozenset({2}))
    assert [record.order.company.id for record in narrowed.records] == [2]
    for record in found.records:
        assert record.customer is not None


async def test_dozens_and_units(connect: Connect, odoo: Sandbox) -> None:
    record = await one(connect, odoo, "dozen_and_units")
    dozens = next(line for line in record.order.lines if line.uom and line.uom.startswith("Dozen"))
    assert dozens.shipped is not None
    assert dozens.returned is not None
    assert dozens.shipped - dozens.returned == dozens.delivered
    assert dozens.ordered is not None
    assert 0 < dozens.shipped <= dozens.ordered


async def test_a_kit_is_counted_in_kits(connect: Connect, odoo: Sandbox) -> None:
    record = await one(connect, odoo, "kit")
    kit = next(line for line in record.order.lines if line.kind is LineKind.GOODS)
    assert kit.shipped is not None
    assert kit.returned is not None
    assert kit.shipped - kit.returned == kit.delivered


@pytest.mark.parametrize("key", [
    "delivered_and_paid", "partial_delivery_backorder", "return_waiting", "return_received_and_refunded",
    "return_of_a_return", "three_step_delivery", "cancelled_after_shipping", "lots_and_serials",
])  # fmt: skip
async def test_what_left_less_what_came_back_is_odoos_own_delivered_quantity(
    connect: Connect, odoo: Sandbox, key: str
) -> None:
    record = await one(connect, odoo, key)
    goods = [line for line in record.order.lines if line.kind is LineKind.GOODS]
    assert goods
    for line in goods:
        assert line.shipped is not None
        assert line.returned is not None
        assert line.shipped - line.returned == line.delivered


async def test_a_drop_ship_leaves_the_supplier(connect: Connect, odoo: Sandbox) -> None:
    record = await one(connect, odoo, "drop_ship")
    assert ShipmentKind.DROP_SHIP in {shipment.kind for shipment in record.shipments}


async def test_steps_before_the_delivery_are_preparations(connect: Connect, odoo: Sandbox) -> None:
    record = await one(connect, odoo, "three_step_packing")
    assert {step.kind for step in record.preparations} == {ShipmentKind.PREPARATION}
    assert len(record.preparations) == 2
    assert record.returns == ()


async def test_a_return_that_waits_is_announced(connect: Connect, odoo: Sandbox) -> None:
    record = await one(connect, odoo, "return_waiting")
    assert [found.logistics for found in record.returns] == [ReturnLogistics.AWAITING]
    assert any(line.announced for line in record.order.lines)


async def test_a_return_that_was_refunded(connect: Connect, odoo: Sandbox) -> None:
    (found,) = (await one(connect, odoo, "return_received_and_refunded")).returns
    assert found.logistics is ReturnLogistics.RECEIVED
    assert found.money is ReturnMoney.PAID_OUT


async def test_a_note_that_hangs_on_the_invoice_only_lowers_what_is_refundable(
    connect: Connect, odoo: Sandbox
) -> None:
    record = await one(connect, odoo, "credit_note_on_invoice_only")
    (note,) = record.credit_notes
    (invoice,) = record.invoices
    assert (note.linked, note.reverses) == (False, invoice.ref)
    assert record.order.refundable is not None
    assert record.order.refundable.amount == invoice.total.amount - note.total.amount


async def test_sixty_lines_are_all_there(connect: Connect, odoo: Sandbox) -> None:
    record = await one(connect, odoo, "sixty_lines")
    assert len(record.order.lines) >= 60
    assert {line.kind for line in record.order.lines} >= {LineKind.GOODS, LineKind.SECTION, LineKind.NOTE}


async def test_payment_details_are_read_only_where_they_were_asked_for(
    connect: Connect, odoo: Sandbox
) -> None:
    config = await connect(odoo)
    name = odoo.order_name("prepaid_without_invoice")
    (plain,) = (await read(config, name, payment_details=False)).records
    (detailed,) = (await read(config, name, payment_details=True)).records
    assert plain.payments
    assert {(one.ref, one.provider_ref, one.provider) for one in plain.payments} == {(None, None, None)}
    assert all(payment.ref for payment in detailed.payments)


async def test_what_a_key_may_not_read_is_left_out_before_it_is_asked(
    connect: Connect, odoo: Sandbox
) -> None:
    found = await read(await connect(odoo, role="no_invoicing"), "S00001", companies=frozenset({1}))
    assert found.problems[Branch.INVOICES] is BranchProblem.NO_RIGHT
    assert found.problems[Branch.LOYALTY] is BranchProblem.NO_RIGHT
    assert found.calls == 1
    (record,) = found.records
    assert (record.invoices, record.order.refundable) == ((), None)
    assert record.shipments


async def test_a_company_that_is_not_the_keys_own_is_refused_not_guessed(
    connect: Connect, odoo: Sandbox
) -> None:
    with pytest.raises(errors.Rejected):
        await read(await connect(odoo, role="company2"), "S00001", companies=BOTH)


async def test_orders_are_found_by_number_and_by_the_channels_reference(
    connect: Connect, odoo: Sandbox
) -> None:
    config = await connect(odoo)
    (record,) = (await read(config, "S00001", companies=frozenset({1}))).records
    assert record.order.channel_ref is not None
    found = OdooGateway(config)
    for query in ("S00001", record.order.channel_ref):
        answer = await found.find_orders(
            classify(query), companies=frozenset({1}), budget=Budget.of(10), correlation_id="r-1"
        )
        assert "S00001" in {match.ref for match in answer.matches}
    nowhere = await found.find_orders(
        classify("S00001"), companies=frozenset({2}), budget=Budget.of(10), correlation_id="r-1"
    )
    assert nowhere.matches == ()
