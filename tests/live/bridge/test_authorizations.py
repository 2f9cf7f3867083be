"""A return by the OCA add-on ``rma``, where an Odoo has it; where it has not, that is what is said."""

from __future__ import annotations

import secrets
from dataclasses import replace

from integrations.canonical import AuthorizationState, EffectState, Refusal, ReturnFacts, ReturnSource
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import new_key
from tests.bridge.asking_returns import asked_back, coming_back
from tests.live.bridge.conftest import find, return_facts_of, send_back
from tests.live.bridge.scene import Scene
from tests.live.bridge.stockroom import Stockroom

BY_HAND = {"action_create_refund": "manual_after_receipt", "action_create_delivery": "manual_after_receipt"}


def operation(scene: Scene, facts: ReturnFacts, **values: object) -> int:
    if not facts.has_rma:
        return 1
    told = {"name": f"Deskglass {secrets.token_hex(3)}", **BY_HAND, **values}
    return scene.admin.create("rma.operation", told, **scene.context)


def test_an_authorization_is_confirmed_with_its_reception_or_there_is_no_such_add_on(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    facts = return_facts_of(door, sold)
    request = asked_back(
        facts,
        coming_back(facts, 2),
        by=ReturnSource.RMA,
        warehouse=stockroom.second if facts.has_rma else stockroom.first,
        rma_operation=operation(scene, facts),
    )
    if not facts.has_rma:
        # With a place that is none the refusal would be about the place.
        request = replace(request, location_id=stockroom.shelf(stockroom.first))
        assert send_back(door, request).refusal is Refusal.NO_RMA
        return
    result = send_back(door, request)
    assert result.state is EffectState.DONE
    first, reception = result.documents
    assert (first.model, first.state) == ("rma", AuthorizationState.CONFIRMED)
    assert reception.model == "stock.picking"
    row = scene.read("rma", first.id, "order_id move_id product_uom_qty location_id warehouse_id origin")
    assert (row["order_id"][0], row["product_uom_qty"]) == (sold.order_id, 2.0)
    assert row["warehouse_id"][0] == stockroom.second
    assert "RT-000042" in row["origin"]
    again = return_facts_of(door, sold)
    assert again.deliveries[0].lines[0].announced == 2
    assert send_back(door, asked_back(again, coming_back(again, 4))).refusal is Refusal.MORE_THAN_RETURNABLE
    stockroom.finish(reception.id)
    seen = find(door, request)
    assert seen is not None
    assert seen.documents[0].state is AuthorizationState.RECEIVED
    assert return_facts_of(door, sold).deliveries[0].lines[0].returned == 2


def test_an_operation_that_acts_alone_lots_and_unknown_operations_are_refused(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered(2, tracking="lot", lots=1)
    facts = return_facts_of(door, sold)
    if not facts.has_rma:
        assert facts.rma_operations == facts.authorizations == ()
        return
    alone = operation(scene, facts, action_create_refund="automatic_after_receipt")
    lots = coming_back(facts, 1, lots=((sold.lots[0], 1),))
    request = asked_back(facts, lots, by=ReturnSource.RMA, rma_operation=alone)
    assert {one.id: one.acts_alone for one in return_facts_of(door, sold).rma_operations}[alone]
    assert send_back(door, request).refusal is Refusal.RMA_OPERATION
    unknown = replace(request, key=new_key(), rma_operation_id=None)
    assert send_back(door, unknown).refusal is Refusal.RMA_OPERATION
    by_hand = replace(request, key=new_key(), rma_operation_id=operation(scene, facts))
    assert send_back(door, by_hand).refusal is Refusal.RMA_LOTS


def test_an_authorization_without_a_reception_counts_and_voids_what_was_approved(
    door: OdooEffects, scene: Scene, stockroom: Stockroom
) -> None:
    sold = stockroom.delivered()
    facts = return_facts_of(door, sold)
    if not facts.has_rma:
        assert send_back(door, asked_back(facts, coming_back(facts, 5))).state is EffectState.DONE
        return
    partner = scene.read("sale.order", sold.order_id, "partner_id")["partner_id"][0]
    draft = {
        "partner_id": partner,
        "order_id": sold.order_id,
        "picking_id": sold.picking_id,
        "move_id": facts.deliveries[0].lines[0].move_id,
        "product_id": sold.product_id,
        "product_uom_qty": 2,
    }
    scene.admin.create("rma", draft, **scene.context)
    assert send_back(door, asked_back(facts)).refusal is Refusal.RETURNS_CHANGED
    again = return_facts_of(door, sold)
    assert again.deliveries[0].lines[0].announced == 2
    assert send_back(door, asked_back(again, coming_back(again, 4))).refusal is Refusal.MORE_THAN_RETURNABLE
    assert send_back(door, asked_back(again, coming_back(again, 3))).state is EffectState.DONE
