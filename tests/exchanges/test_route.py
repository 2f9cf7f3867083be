"""From the wish to a return that is awaited and an order that is confirmed, and whatever comes between."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from cases.actions import desk, journal, points
from cases.actions.candidates import candidates_of
from cases.actions.desk import Fix
from cases.actions.following import follow, newest_sightings
from cases.actions.points import Point
from cases.actions.proposing import Refused
from cases.actions.records import masked_action
from cases.actions.running import run_due
from cases.approvals import Conflict
from cases.masking.roles import Role
from cases.models import Action, ActionStep, Finding
from cases.models.casework import CaseEntry
from cases.people.access import viewer_for
from cases.reconciliation.running import begin, carry_on
from console.return_words import instructions_of
from console.runbooks import cause_sentence
from tests.conftest import PersonMaker
from tests.exchanges.conftest import House
from tests.sandbox.process import Sandbox

pytestmark = pytest.mark.timeout(600)

Fixed = Callable[..., Action]


@pytest.fixture
def odoo(odoo18: Sandbox) -> Sandbox:
    return odoo18


@pytest.fixture(params=[17, 18, 19])
def everywhere(request: pytest.FixtureRequest, sandboxes: Callable[[int], Sandbox]) -> Sandbox:
    return sandboxes(request.param)


@pytest.fixture
def fixed(house: House, make_person: PersonMaker) -> Fixed:
    """Two people say the same about a parked action."""
    second = viewer_for(make_person("second", Role.SUPERVISOR, main=[1]))

    def fix(action: Action, verb: Fix, **more: Any) -> Action:
        now = timezone.now()
        for viewer in (house.decides, second):
            action = desk.fix(
                viewer=viewer, action_id=action.pk, verb=verb, stepped_up_at=now, at=now, **more
            )
        return action

    return fix


def failed(refused: Refused) -> list[str]:
    return [rule.id for rule in refused.verdict.rules if rule.outcome == "failed"]


class TestOnEveryVersion:
    @pytest.fixture
    def odoo(self, everywhere: Sandbox) -> Sandbox:
        return everywhere

    def test_the_same_again_is_awaited_back_and_sent_at_no_price(self, house: House) -> None:
        sold = house.sold()
        action = house.done(sold)

        assert action.reference.startswith("X-")
        assert action.payload["difference"] == "0"
        steps = ActionStep.objects.filter(action=action).order_by("number")
        assert [(one.name, one.state) for one in steps] == [("return", "done"), ("replacement", "done")]
        (back,) = house.goods.returns(sold.id)
        (made,) = house.goods.replacements(sold.ref)
        assert [(one["model"], one["id"]) for one in action.effects] == [
            ("stock.picking", back["id"]),
            ("sale.order", made["id"]),
            ("stock.picking", made["picking_ids"][0]),
        ]
        assert (back["state"], made["state"], made["amount_total"]) == ("assigned", "sale", 0.0)
        assert action.reference in back["origin"]
        # It stays delivered and charged: another one takes its place, nothing is credited.
        move = house.goods.shop.row("stock.move", back["move_ids"][0], "to_refund")
        assert move["to_refund"] is False
        shown = masked_action(action, house.asks)
        told = instructions_of(shown)
        assert told is not None
        assert told.label == back["name"], "what goes to the customer is no label for the way back"
        assert CaseEntry.objects.filter(case__actions=action, code="sent_again").count() == 1

        assert follow(action, at=timezone.now()) is False
        house.goods.shop.by_hand("finish_transfer", back["id"], model="stock.picking")
        assert follow(action, at=timezone.now()) is True
        seen = newest_sightings(action)["stock.picking", back["id"]]
        assert (seen.state, seen.quantity) == ("done", 1)
        house.goods.shop.by_hand("finish_transfer", made["picking_ids"][0], model="stock.picking")
        assert follow(action, at=timezone.now()) is True
        arrivals = CaseEntry.objects.filter(case__actions=action, code="goods_received")
        assert arrivals.count() == 1, "what left for the customer is no arrival"
        facts = house.facts(sold.id, sold.ref)
        assert facts.lines[0].delivered == sold.line.delivered

    def test_another_product_is_named_by_its_code_and_its_difference_is_told_to_finance(
        self, house: House
    ) -> None:
        sold = house.sold()
        other = house.other(sold)
        action = house.done(sold, code=other.code)

        line = sold.line
        terms = line.total / (line.price * line.ordered)
        cent = Decimal("0.01")
        new, old = (other.price * terms).quantize(cent), (line.total / line.ordered).quantize(cent)
        assert (action.amount, Decimal(action.payload["difference"])) == (new, new - old)
        (made,) = house.goods.replacements(sold.ref)
        sent = house.goods.shop.row("sale.order.line", made["order_line"][0], "product_id price_total")
        assert (sent["product_id"][0], sent["price_total"]) == (other.id, 0.0)
        step = ActionStep.objects.get(action=action, number=2)
        task = json.loads(json.loads(journal.words_of(step))["payload"])["task"]
        assert f"{abs(new - old):.2f}" in task
        assert task.startswith("collect" if new > old else "give back")
        preview = {line["what"]: line for line in action.preview}
        assert preview["price_difference"]["after"] == ("more" if new > old else "less")
        assert f"{abs(new - old):.2f}" in preview["price_difference"]["words"]["amount"]
        told = {rule["id"]: rule for rule in action.verdict["rules"]}["price_difference"]
        assert f"{abs(new - old):.2f}" in told["words"]["difference"]


def test_a_code_that_nothing_has_is_refused_and_nothing_is_stored(house: House) -> None:
    with pytest.raises(Refused) as refused:
        house.ask(house.sold(), code="no-such-code")
    assert failed(refused.value) == ["sendable"]
    assert not Action.objects.exists()


def test_what_waits_for_an_exchange_can_neither_come_back_nor_be_sent_once_more(house: House) -> None:
    sold = house.sold()
    house.done(sold, str(sold.line.delivered))
    with pytest.raises(Refused) as refused:
        house.ask(sold)
    assert {"within_returnable", "quantity"} <= set(failed(refused.value))


def test_goods_that_are_gone_before_anything_was_made_leave_nothing_behind(house: House) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold))
    house.empty(sold.line.product_id)
    house.carry_out(action)
    assert (action.state, action.cause, action.round) == ("rejected", "stock_gone", 2)
    assert house.goods.returns(sold.id) == []
    assert house.goods.replacements(sold.ref) == []


def test_a_refused_second_half_is_parked_with_both_halves_and_sent_again_from_there(
    house: House, fixed: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = house.sold()
    action = house.half_done(sold, monkeypatch)
    assert (action.state, action.cause) == ("parked", "stock_gone")
    assert "A part of it is in Odoo" in cause_sentence(action.cause)
    assert len(house.goods.returns(sold.id)) == 1
    assert house.goods.replacements(sold.ref) == []
    with pytest.raises(Conflict, match="earlier_not_proven"):
        fixed(action, Fix.REPLAY, from_step=1)
    with pytest.raises(Conflict, match="came_through"):
        fixed(action, Fix.CANCEL)

    house.refill(sold.line.product_id)
    Action.objects.filter(pk=action.pk).update(fix={}, fix_by=None)
    action = house.carry_out(fixed(action, Fix.REPLAY, from_step=2))
    assert action.state == "succeeded", action.cause
    assert len(house.goods.returns(sold.id)) == 1
    assert len(house.goods.replacements(sold.ref)) == 1
    assert len(action.effects) == 3


def test_the_half_that_is_there_is_taken_back_in_odoo_and_the_exchange_is_given_up(
    house: House, fixed: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = house.sold()
    action = house.half_done(sold, monkeypatch)
    (back,) = house.goods.returns(sold.id)
    house.goods.shop.by_hand("update", back["id"], model="stock.picking", values={"state": "cancel"})
    for move in back["move_ids"]:
        house.goods.shop.by_hand("update", move, model="stock.move", values={"state": "cancel"})
    assert fixed(action, Fix.CANCEL).state == "cancelled"
    house.refill(sold.line.product_id)
    judged = house.propose(sold, dry_run=True).judged
    assert judged is not None
    assert judged.verdict.allowed, "its pieces are free again"


def test_an_order_somebody_made_by_hand_is_taken_for_the_half_that_is_missing(
    house: House, fixed: Fixed, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = house.sold()
    action = house.half_done(sold, monkeypatch)
    house.refill(sold.line.product_id)
    by_hand = house.done(house.sold()).effects[1]
    house.goods.shop.by_hand(
        "update",
        by_hand["id"],
        model="sale.order",
        values={"origin": f"{sold.ref}, {action.reference}"},
    )
    offered = [one.document.id for one in candidates_of(action) if not one.against]
    assert offered == [by_hand["id"]]
    action = fixed(action, Fix.ADOPT, document_id=by_hand["id"])
    assert action.state == "succeeded"
    assert [one["model"] for one in action.effects] == ["stock.picking", "sale.order"]


class Killed(BaseException):
    """Stands for SIGKILL."""


@pytest.mark.parametrize(("where", "times"), [(Point.ANSWERED, 1), (Point.INTENDED, 2), (Point.ANSWERED, 2)])
def test_a_worker_killed_in_either_half_leaves_one_of_each(
    house: House, monkeypatch: pytest.MonkeyPatch, where: Point, times: int
) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold))
    reached: list[Point] = []

    def strike(point: Point) -> None:
        reached.append(point)
        if reached.count(where) == times:
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
    assert action.state == "succeeded", action.cause
    assert len(house.goods.returns(sold.id)) == 1
    assert len(house.goods.replacements(sold.ref)) == 1


def test_comparing_with_odoo_finds_nothing_wrong_with_it(house: House) -> None:
    action = house.done(house.sold())
    run = begin("main", at=timezone.now())
    assert carry_on(run.pk)
    assert list(Finding.objects.filter(reference=action.reference)) == []
    house.goods.shop.by_hand(
        "update", action.effects[1]["id"], model="sale.order", values={"state": "cancel"}
    )
    run = begin("main", at=timezone.now())
    assert carry_on(run.pk)
    assert Finding.objects.filter(reference=action.reference).exists(), "it does look at both halves"


def test_an_order_that_was_cancelled_meanwhile_gets_nothing(house: House) -> None:
    sold = house.sold()
    action = house.approve(house.ask(sold))
    house.goods.shop.by_hand("update", sold.id, model="sale.order", values={"state": "cancel"})
    house.carry_out(action)
    assert (action.state, action.cause) == ("rejected", "order_changed")
    assert house.goods.returns(sold.id) == []
