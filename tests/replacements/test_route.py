"""From the wish to a confirmed order in the sandbox, and whatever comes between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone

from cases import approvals
from cases.actions import points
from cases.actions.following import follow, newest_sightings
from cases.actions.on_order import requests_on_order
from cases.actions.points import Point
from cases.actions.proposing import Refused, propose_action
from cases.actions.records import masked_action
from cases.actions.refund.form import RefundForm
from cases.actions.refund.lines import RefundWish, WishedLine
from cases.actions.replacement.choices import choices_of
from cases.actions.running import run_due
from cases.casework.history import tell_event
from cases.masking.roles import Role
from cases.models import Action, TicketNote
from cases.models.casework import CaseEntry
from cases.people.access import viewer_for
from console.action_words import tell_cause
from tests.conftest import PersonMaker
from tests.replacements.conftest import House, Sold
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def odoo(odoo18: Sandbox) -> Sandbox:
    return odoo18


@pytest.fixture(params=[17, 18, 19])
def everywhere(request: pytest.FixtureRequest, sandboxes: Callable[[int], Sandbox]) -> Sandbox:
    return sandboxes(request.param)


class TestOnEveryVersion:
    @pytest.fixture
    def odoo(self, everywhere: Sandbox) -> Sandbox:
        return everywhere

    def test_a_broken_lamp_comes_from_the_other_warehouse(self, house: House) -> None:
        sold = house.told("broken_lamp")
        before = {one["id"] for one in house.goods.replacements(sold.ref)}  # of the browser's journey
        facts = house.facts(sold.id, sold.ref)
        product = facts.product(sold.line.product_id)
        assert sold.warehouse != facts.warehouse_id
        assert product.free_in(facts.warehouse_id or 0) <= 0
        assert (sold.line.shipped, sold.line.delivered) == (2, 2)

        action = house.done(sold)

        assert action.payload["warehouse_id"] == sold.warehouse
        (made,) = (one for one in house.goods.replacements(sold.ref) if one["id"] not in before)
        assert [(one["model"], one["id"]) for one in action.effects] == [
            ("sale.order", made["id"]),
            ("stock.picking", made["picking_ids"][0]),
        ]
        assert (made["state"], made["amount_total"]) == ("sale", 0.0)
        assert made["client_order_ref"] == facts.customer_ref
        row = house.goods.shop.row("sale.order", made["id"], "origin warehouse_id")
        assert row["origin"] == f"{sold.ref}, {action.reference}"
        assert row["warehouse_id"][0] == sold.warehouse
        (line,) = made["order_line"]
        shown = house.goods.shop.row(
            "sale.order.line", line, "price_unit discount price_total product_uom_qty"
        )
        assert (shown["discount"], shown["price_total"], shown["product_uom_qty"]) == (100.0, 0.0, 1.0)
        assert Decimal(str(shown["price_unit"])) == sold.line.price
        free = house.facts(sold.id, sold.ref).product(product.id).free_in(sold.warehouse)
        assert free == product.free_in(sold.warehouse) - 1
        assert action.effects[1]["state"] == "ready"
        assert TicketNote.objects.get(action=action).facts["documents"][0] == made["name"]

        entry = CaseEntry.objects.get(case__actions=action, code="sent_again")
        day = date.fromisoformat(action.effects[1]["due_at"][:10])
        assert (entry.facts["document"], entry.facts["day"]) == (made["name"], day.isoformat())
        told = tell_event(entry.code, entry.facts, viewer=house.asks, names={})
        assert made["name"] in told
        assert sold.ref in told

        # What the warehouse does afterwards is seen, once.
        assert follow(action, at=timezone.now()) is False
        house.goods.shop.by_hand("finish_transfer", made["picking_ids"][0], model="stock.picking")
        assert follow(action, at=timezone.now()) is True
        seen = newest_sightings(action)
        assert seen["stock.picking", made["picking_ids"][0]].state == "done"
        assert follow(action, at=timezone.now()) is False


def test_a_trial_says_where_from_and_who_may_see_what_it_costs(
    house: House, make_person: PersonMaker
) -> None:
    sold = house.sold()
    facts = house.facts(sold.id, sold.ref)
    judged = house.propose(sold, dry_run=True).judged
    assert judged is not None
    assert judged.verdict.allowed
    assert not Action.objects.exists()
    assert {line["what"] for line in judged.preview} >= {
        "replacement_order", "sent_again", "warehouse", "no_charges", "promised", "ticket_note",
    }  # fmt: skip
    assert judged.total.amount == (sold.line.total / sold.line.ordered).quantize(Decimal("0.01"))
    action = house.ask(sold)
    product = facts.product(sold.line.product_id)
    free = product.free_in(action.payload["warehouse_id"])
    agent = masked_action(action, house.asks).stock[0]
    assert (agent.cost.value, agent.free_before.value) == (None, "plenty" if free >= 10 else "few")
    supervisor = masked_action(action, house.decides).stock[0]
    assert supervisor.cost.value.amount == product.cost
    assert (supervisor.free_before.value, supervisor.free_after.value) == (free, free - sold.line.unit_size)
    admin = masked_action(action, viewer_for(make_person("adm", Role.ADMIN, main=[1]))).stock[0]
    assert (admin.cost.value, admin.free_before.value) == (None, None)


def test_stock_that_vanished_after_the_approval_is_judged_anew(house: House) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold))
    chosen = action.payload["warehouse_id"]
    others = [one for one in house.facts(sold.id, sold.ref).warehouses if one.id != chosen]
    house.empty(sold.line.product_id)
    house.carry_out(action)
    assert (action.round, action.cause) == (2, "stock_gone")
    assert action.state == "rejected", "there is none anywhere"
    assert house.goods.replacements(sold.ref) == []
    assert len(tell_cause(action.cause)) > 20
    assert others


def test_where_another_warehouse_still_has_it_people_decide_again(house: House) -> None:
    while True:
        sold = house.sold()
        facts = house.facts(sold.id, sold.ref)
        product = facts.product(sold.line.product_id)
        with_stock = [one.id for one in facts.warehouses if product.free_in(one.id) >= 2]
        if len(with_stock) >= 2:
            break
    action = house.approve(house.ask(sold))
    chosen = action.payload["warehouse_id"]
    other = next(number for number in with_stock if number != chosen)
    house.empty(sold.line.product_id, but=other)
    house.carry_out(action)
    assert (action.state, action.cause, action.round) == ("awaiting_approval", "stock_gone", 2)
    assert action.payload["warehouse_id"] == other
    action = house.carry_out(house.approve(action))
    assert action.state == "succeeded"
    (made,) = house.goods.replacements(sold.ref)
    assert made["id"] == action.effects[0]["id"]


def test_a_warehouse_that_was_named_is_not_exchanged_for_another(house: House) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold, warehouse=sold.warehouse))
    house.empty(sold.line.product_id)
    house.carry_out(action)
    assert (action.state, action.payload["warehouse_id"]) == ("rejected", sold.warehouse)


def test_an_order_that_was_cancelled_meanwhile_gets_nothing(house: House) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold))
    house.goods.shop.by_hand("update", sold.id, model="sale.order", values={"state": "cancel"})
    house.carry_out(action)
    assert (action.state, action.cause) == ("rejected", "order_changed")
    assert house.goods.replacements(sold.ref) == []


def test_an_order_that_somebody_sent_again_by_hand_is_seen_before_anything_is_made(house: House) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold))
    other = house.sold()
    by_hand = house.done(other)
    number = by_hand.effects[0]["id"]
    line = house.goods.shop.row("sale.order", number, "order_line")["order_line"][0]
    house.goods.shop.by_hand("update", number, model="sale.order", values={"origin": sold.ref})
    house.goods.shop.by_hand(
        "update",
        line,
        model="sale.order.line",
        values={"product_id": sold.line.product_id, "product_uom_qty": 99.0},
    )
    house.carry_out(action)
    assert (action.state, action.cause) == ("rejected", "order_changed")
    assert [rule["id"] for rule in action.verdict["rules"] if rule["outcome"] == "failed"] == ["quantity"]


def test_nobody_gets_more_than_reached_them(house: House) -> None:
    sold = house.sold(least=2)
    house.done(sold)
    left = sold.line.delivered - 1
    with pytest.raises(Refused) as refused:
        house.ask(sold, str(left + 1))
    assert [rule.id for rule in refused.value.verdict.rules if rule.outcome == "failed"] == ["quantity"]
    judged = house.propose(sold, str(left), dry_run=True).judged
    assert judged is not None
    assert judged.verdict.allowed
    facts = house.facts(sold.id, sold.ref)
    offered = choices_of(facts, requests_on_order("main", sold.id))
    assert next(line.left for line in offered.lines if line.id == sold.line.id) == left


def test_what_was_cancelled_in_odoo_can_be_sent_once_more(house: House) -> None:
    sold = house.sold()
    action = house.done(sold, str(sold.line.delivered)) if sold.line.delivered == 1 else house.done(sold)
    house.goods.shop.by_hand(
        "update", action.effects[0]["id"], model="sale.order", values={"state": "cancel"}
    )
    assert follow(action, at=timezone.now()) is True
    assert newest_sightings(action)["sale.order", action.effects[0]["id"]].state == "cancelled"
    judged = house.propose(sold, str(sold.line.delivered), dry_run=True).judged
    assert judged is not None
    failed = [rule.id for rule in judged.verdict.rules if rule.outcome == "failed"]
    assert "quantity" not in failed


def test_a_refund_that_waits_and_gives_the_goods_back_takes_its_pieces(house: House) -> None:
    sold, number = invoiced(house)
    async_to_sync(propose_action)(
        viewer=house.asks,
        case_id=house.case(sold.ref).pk,
        form=RefundForm(
            connection="main",
            ref=sold.ref,
            company=1,
            wish=RefundWish(lines=(WishedLine(line_id=sold.line.id, quantity=Decimal(1), goods_back=True),)),
            reason="damaged",
        ),
        correlation_id="test",
        at=timezone.now(),
    )
    with pytest.raises(Refused) as refused:
        house.ask(sold, str(number))
    assert [rule.id for rule in refused.value.verdict.rules if rule.outcome == "failed"] == ["quantity"]


def invoiced(house: House) -> tuple[Sold, Decimal]:
    while True:
        sold = house.sold()
        if house.goods.shop.row("sale.order", sold.id, "invoice_status")["invoice_status"] == "invoiced":
            return sold, sold.line.delivered


class Killed(BaseException):
    """Stands for SIGKILL."""


@pytest.mark.parametrize("where", list(Point))
def test_a_worker_killed_anywhere_leaves_one_order(
    house: House, monkeypatch: pytest.MonkeyPatch, where: Point
) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold))

    def strike(point: Point) -> None:
        if point is where:
            points.listeners.clear()
            raise Killed

    monkeypatch.setattr(points, "listeners", [strike])
    with pytest.raises(Killed):
        run_due(action_id=action.pk)
    with connection.cursor() as cursor:  # its lease ends
        cursor.execute(
            "UPDATE cases_action SET next_try_at = now() - interval '1 s', lease_until ="
            " now() - interval '1 s' WHERE id = %s",
            [str(action.pk)],
        )
    house.carry_out(action)
    assert action.state == "succeeded"
    assert len(house.goods.replacements(sold.ref)) == 1


def test_somebody_cancelled_the_new_order_before_it_was_looked_at(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold))

    def strike(point: Point) -> None:
        if point is Point.ANSWERED:
            points.listeners.clear()
            (made,) = house.goods.replacements(sold.ref)
            house.goods.shop.by_hand("update", made["id"], model="sale.order", values={"state": "cancel"})

    monkeypatch.setattr(points, "listeners", [strike])
    house.carry_out(action)
    assert (action.state, action.cause) == ("parked", "cancelled_there")
    assert len(tell_cause(action.cause)) > 20


def test_an_approval_needs_the_order_as_it_was_shown(house: House) -> None:
    sold = house.sold()
    action = house.ask(sold)
    house.goods.shop.by_hand(
        "update", sold.line.id, model="sale.order.line", values={"product_uom_qty": 77.0}
    )
    with pytest.raises(approvals.Conflict) as conflict:
        house.approve(action)
    assert conflict.value.reason == "order_changed"
    assert house.goods.replacements(sold.ref) == []
