"""A return in a real Odoo, from the wish to the receipt, and what others do with the same goods meanwhile."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from cases.actions.following import follow
from cases.actions.proposing import Refused, propose_action
from cases.actions.returns.form import ReturnForm, WishedBack, WishedLot
from cases.models import Action
from cases.models.casework import Case, CaseEntry, CaseState
from tests.crash.people import People, approve, stubborn
from tests.live.actions.test_route import carry_out
from tests.live.bridge.scene import Scene
from tests.live.bridge.stockroom import Delivered, Stockroom


@pytest.fixture(scope="module")
def stockroom(scene: Scene) -> Stockroom:
    return Stockroom(scene)


def line_of(scene: Scene, sold: Delivered) -> int:
    (line,) = scene.read("sale.order", sold.order_id, "order_line")["order_line"]
    return int(line)


def asked(
    people: People,
    scene: Scene,
    sold: Delivered,
    quantity: str | None = "2",
    *,
    lots: tuple[int, ...] = (),
    warehouse: int | None = None,
) -> Action:
    wish = WishedBack(
        line_id=line_of(scene, sold),
        quantity=None if quantity is None or lots else Decimal(quantity),
        reason="defective",
        lots=tuple(WishedLot(id=lot) for lot in lots),
    )

    def once() -> Action | None:
        return async_to_sync(propose_action)(
            viewer=people.agent,
            case_id=people.case_id,
            form=ReturnForm(
                connection=people.connection,
                ref=sold.order_ref,
                company=sold.company_id,
                lines=(wish,),
                warehouse=warehouse,
            ),
            key=f"live-return-{sold.order_id}",
            body_hash=f"{quantity}",
            correlation_id=f"live-return-{sold.order_id}",
            at=timezone.now(),
        ).action

    action = stubborn(once)
    assert action is not None
    return action


def approved(people: People, action: Action) -> Action:
    approve(people, action)
    action.refresh_from_db()
    assert action.state == "queued", action.cause
    return action


def test_two_of_five_come_back_where_they_were_approved_to_and_the_case_hears_of_it(
    people: People, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    action = approved(people, asked(people, scene, sold, warehouse=stockroom.second))
    carry_out(action)
    assert (action.state, action.cause) == ("succeeded", "")
    (back,) = stockroom.returns(sold)
    assert back["origin"].endswith(action.reference)
    assert back["location_dest_id"][0] == stockroom.shelf(stockroom.second)
    (move,) = back["move_ids"]
    assert scene.read("stock.move", move, "product_uom_qty")["product_uom_qty"] == 2
    assert [effect["id"] for effect in action.effects] == [back["id"]]
    assert not stubborn(lambda: follow(action, at=timezone.now()))

    now = timezone.now()
    Case.objects.filter(pk=people.case_id).update(
        state=CaseState.SNOOZED, snoozed_until=now + timedelta(days=9)
    )
    stockroom.finish(back["id"])  # the warehouse receives it

    assert stubborn(lambda: follow(action, at=timezone.now()))
    assert Case.objects.get(pk=people.case_id).state == CaseState.OPEN
    entry = CaseEntry.objects.get(
        case_id=people.case_id, code="goods_received", facts__action=action.reference
    )
    assert (entry.facts["document"], entry.facts["quantity"]) == (back["name"], "2")


def test_somebody_else_returned_the_same_units_and_it_is_judged_anew(
    people: People, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    action = approved(people, asked(people, scene, sold, "4"))
    stockroom.by_wizard(sold, 3)
    carry_out(action)
    assert (action.state, action.cause, action.round) == ("rejected", "order_changed", 2)
    assert len(stockroom.returns(sold)) == 1, "only what was made by hand"


def test_what_is_still_possible_after_somebody_elses_return_waits_for_people_again(
    people: People, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    action = approved(people, asked(people, scene, sold, "2"))
    stockroom.by_wizard(sold, 3)
    carry_out(action)
    assert (action.state, action.cause, action.round) == ("awaiting_approval", "order_changed", 2)
    carry_out(approved(people, action))
    assert action.state == "succeeded"
    assert len(stockroom.returns(sold)) == 2


def test_more_than_was_delivered_is_refused_by_us_because_odoo_would_not(
    people: People, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    with pytest.raises(Refused):
        asked(people, scene, sold, "6")
    assert stockroom.returns(sold) == []


def test_serial_numbers_come_back_by_their_number(people: People, scene: Scene, stockroom: Stockroom) -> None:
    sold = stockroom.delivered(2, tracking="serial", lots=2)
    action = approved(people, asked(people, scene, sold, None, lots=sold.lots[:1]))
    carry_out(action)
    assert action.state == "succeeded", action.cause
    (back,) = stockroom.returns(sold)
    assert stockroom.lots_of(back["id"]) == {sold.lots[0]: 1.0}


def test_what_is_not_delivered_a_kit_and_a_drop_shipment_are_refused_with_words(
    people: People, scene: Scene, stockroom: Stockroom
) -> None:
    product = stockroom.product()
    for sold in (stockroom.open_delivery(product), stockroom.drop_shipped()):
        with pytest.raises(Refused) as refused:
            asked(people, scene, sold, "1")
        failed = {rule.id for rule in refused.value.verdict.rules if rule.outcome.value == "failed"}
        assert failed & {"delivered", "can_come_back"}, failed
