"""A return from the wish to the receipt: awaited once, read back, received, and told to the case."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.actions import history
from cases.actions.following import follow
from cases.actions.proposing import AlreadyOpen, Refused
from cases.actions.returns.form import WishedBack, WishedLot
from cases.models import DocumentSighting, ReturnRoute, TicketNote
from cases.models.casework import CaseEntry, CaseState
from tests.returns.conftest import House, back

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_approved_return_is_awaited_once_and_read_back(house: House) -> None:
    order = house.order()
    line = order.line
    action = house.returned(order)
    (transfer,) = house.goods.returns(order.id)
    (effect,) = action.effects
    assert (effect["model"], effect["id"], effect["state"]) == ("stock.picking", transfer["id"], "ready")
    assert transfer["origin"].endswith(action.reference)
    assert order.line.announced == line.announced + 1
    assert action.amount > 0, "what approval limits compare is the worth of the goods"
    assert TicketNote.objects.filter(action=action).count() == 1
    assert house.goods.returns(order.id) == [transfer], "nothing is made again"


def test_the_receipt_comes_to_the_case_once_and_wakes_it(house: House) -> None:
    order = house.order()
    action = house.returned(order)
    now = timezone.now()
    case = order.case
    case.state, case.snoozed_until = CaseState.SNOOZED, now + timedelta(days=9)
    case.save()
    assert not follow(action, at=now)

    house.receive(action)

    assert follow(action, at=now)
    assert not follow(action, at=now)
    seen = DocumentSighting.objects.get()
    assert (seen.state, seen.quantity) == ("done", Decimal(1))
    case.refresh_from_db()
    assert (case.state, case.snoozed_until) == (CaseState.OPEN, None)
    entry = CaseEntry.objects.get(case=case, code="goods_received")
    assert entry.facts == {"action": action.reference, "document": seen.ref, "quantity": "1"}


def test_somebody_returned_the_same_meanwhile_and_it_is_judged_anew(house: House) -> None:
    order = house.order()
    action = house.ask(order, back(order.line, None))
    house.approve(action)
    house.return_by_hand(order)
    house.carry_out(action)
    assert (action.cause, action.round) == ("order_changed", 2)
    assert action.state in ("awaiting_approval", "rejected")
    assert len(house.goods.returns(order.id)) == 1, "only what was made by hand"


def test_more_than_can_come_back_is_refused_with_how_many_could(house: House) -> None:
    order = house.order()
    line = order.line
    with pytest.raises(Refused) as refused:
        house.ask(order, back(line, str(line.done + 1)))
    failed = {rule.id: rule for rule in refused.value.verdict.rules if rule.outcome.value == "failed"}
    assert set(failed) == {"within_returnable"}
    assert failed["within_returnable"].words["left"].startswith(f"{line.done.normalize():f}")
    assert house.goods.returns(order.id) == []


def test_one_order_has_one_open_return(house: House) -> None:
    order = house.order()
    first = house.ask(order)
    with pytest.raises(AlreadyOpen) as already:
        house.ask(order)
    assert already.value.reference == first.reference


def test_serial_numbers_are_asked_for_shown_and_sent(house: House) -> None:
    order = house.order(tracking="serial")
    line = order.line
    with pytest.raises(Refused) as refused:
        house.ask(order, back(line))
    assert [rule.id for rule in refused.value.verdict.rules if rule.outcome.value == "failed"][:1] == [
        "can_come_back"
    ]
    lot = line.lots[0]
    chosen = WishedBack(move_id=line.move_id, reason="defective", lots=(WishedLot(id=lot.id),))
    action = house.returned(order, chosen)
    assert action.payload["returns"][0]["lines"][0]["lots"] == [[lot.id, lot.name, "1"]]
    assert next(one for one in order.line.lots if one.id == lot.id).left == lot.left - 1


def test_what_moves_no_money_counts_in_no_limit_of_money(house: House) -> None:
    order = house.order()
    action = house.returned(order)
    assert action.amount > 0
    assert history.asked_by(house.asks.user_id, action.currency, at=timezone.now()) == 0
    assert history.past_of_order("main", order.id, action.currency, at=timezone.now()) == {}


def test_a_rule_says_which_warehouse_and_the_form_may_say_another(house: House) -> None:
    order = house.order()
    facts = order.facts()
    own = facts.deliveries[0].warehouse_id
    other = next(one for one in facts.destinations if one.warehouse_id != own)
    ReturnRoute.objects.create(
        connection="main", company_id=1, warehouse_id=other.warehouse_id, changed_at=timezone.now()
    )
    judged = house.try_(order).judged
    assert judged is not None
    assert judged.payload["returns"][0]["warehouse_id"] == other.warehouse_id
    judged = house.try_(order, warehouse=own).judged
    assert judged is not None
    assert judged.payload["returns"][0]["warehouse_id"] == own
    judged = house.try_(order, warehouse=999_999).judged
    assert judged is not None
    assert not judged.verdict.allowed
