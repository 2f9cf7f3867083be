"""What Odoo holds of our effects, read back: keys, documents, references, and what others made on the same orders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.canonical import CreditNoteRequest, DocumentState, EffectResult, ShipmentState
from integrations.canonical.evidence import DocumentName, Evidence
from integrations.odoo.budget import Budget
from integrations.odoo.connections import Purpose, reread
from integrations.odoo.effects import OdooEffects
from integrations.odoo.evidence import OdooEvidence
from tests.bridge.asking import asked, new_key, one_of
from tests.bridge.asking_returns import asked_back
from tests.bridge.conftest import Open, Shop, facts_of, send
from tests.bridge.goods import Goods, return_facts_of, send_back
from tests.sandbox.process import Sandbox

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Scene:
    """One Odoo with both doors, and a refund that was made there."""

    shop: Shop
    effects: OdooEffects
    evidence: OdooEvidence

    async def refund(self, reference: str) -> tuple[CreditNoteRequest, EffectResult]:
        order, invoice = self.shop.refundable()
        facts = await facts_of(self.effects, order)
        lines = one_of(facts, invoice, goods_back=False)
        request = replace(asked(facts, invoice, lines), reference=reference)
        return request, await send(self.effects, request)

    async def documents(self, *numbers: int) -> tuple[Evidence, ...]:
        names = [DocumentName(model="account.move", id=number) for number in numbers]
        return await self.evidence.read_documents(names, **asking())

    async def marked(self, model: str, prefix: str, **more: Any) -> tuple[Evidence, ...]:
        given = {"changed_since": LONG_AGO, **more}
        return await self.evidence.find_marked(model, prefixes=[prefix], **given, **asking())


def asking() -> dict[str, Any]:
    return {"company_id": 1, "budget": Budget.of(20.0), "correlation_id": "test"}


@pytest.fixture
async def scene(odoo: Sandbox, open_door: Open) -> Scene:
    effects = await open_door(odoo)
    evidence = OdooEvidence(reading=await reread("main"), writing=await reread("main", purpose=Purpose.WRITE))
    return Scene(shop=Shop(odoo), effects=effects, evidence=evidence)


async def test_a_key_tells_what_was_made_whatever_became_of_it(scene: Scene) -> None:
    request, result = await scene.refund("R-7K3D2")
    revoked = new_key()
    await scene.effects.revoke_key(revoked, **asking())
    keys = await scene.evidence.read_keys([request.key, revoked, new_key()], **asking())
    assert keys is not None
    assert set(keys) == {request.key, revoked}
    assert keys[revoked].is_revoked
    kept, name = keys[request.key], DocumentName(model="account.move", id=result.documents[0].id)
    assert (kept.payload_sha256, kept.documents, kept.total) == (
        result.payload_sha256,
        (name,),
        request.total,
    )
    scene.shop.by_hand("delete", name.id)
    assert (await scene.evidence.read_keys([request.key], **asking()) or {})[request.key] == kept


async def test_a_document_is_told_as_it_is_now_and_not_at_all_once_it_is_gone(scene: Scene) -> None:
    request, result = await scene.refund("R-7K3D3")
    number = result.documents[0].id
    (seen,) = await scene.documents(number, 999_999)
    assert (seen.state, seen.total, seen.marks) == (DocumentState.DRAFT, request.total, {"R-7K3D3"})
    assert (seen.quantities, seen.company_id) == ((Decimal(1),), 1)
    assert await scene.evidence.find_bearing("R-7K3D3", models=["account.move"], **asking()) == (seen,)
    scene.shop.by_hand("update", number, values={"amount_total": 1.0})
    (edited,) = await scene.documents(number)
    assert edited.total is not None
    assert edited.total.amount == 1
    scene.shop.by_hand("delete", number)
    assert await scene.documents(number) == ()


async def test_what_bears_a_reference_is_found_by_its_prefix_in_pages_and_by_when_it_changed(
    scene: Scene,
) -> None:
    made = [(await scene.refund(f"Q-7K3D{number}"))[1].documents[0].id for number in (4, 5)]
    found = await scene.marked("account.move", "Q")
    assert [one.id for one in found] == sorted(made)
    assert {mark for one in found for mark in one.marks} == {"Q-7K3D4", "Q-7K3D5"}
    assert [one.id for one in await scene.marked("account.move", "Q", after_id=min(made))] == [max(made)]
    assert await scene.marked("account.move", "Z") == ()
    later = datetime.now(UTC) + timedelta(days=1)
    assert await scene.marked("account.move", "Q", changed_since=later) == ()
    for number in made:
        scene.shop.by_hand("delete", number)


async def test_a_payment_that_repeats_the_reference_of_its_note_is_no_document_of_ours(scene: Scene) -> None:
    _, invoice = scene.shop.refundable()
    note = scene.shop.by_hand("draft_credit_note", invoice)["id"]
    paid = {"ref": "Refund [P-7K3D7]", "move_type": "entry"}
    scene.shop.by_hand("update", note, values=paid)
    assert await scene.marked("account.move", "P") == ()
    assert await scene.evidence.find_bearing("P-7K3D7", models=["account.move"], **asking()) == ()
    scene.shop.by_hand("update", note, values={**paid, "move_type": "out_refund"})
    assert [one.id for one in await scene.marked("account.move", "P")] == [note]
    scene.shop.by_hand("delete", note)


async def test_a_return_of_ours_and_one_by_hand_are_both_told_of_the_order(
    odoo: Sandbox, scene: Scene
) -> None:
    goods = Goods(odoo)
    order, ref = goods.delivered()
    facts = await return_facts_of(scene.effects, order)
    request = replace(asked_back(facts), reference="T-7K3D9")
    result = await send_back(scene.effects, request)
    (marked,) = await scene.marked("stock.picking", "T")
    assert (marked.id, marked.state, marked.is_rest) == (result.documents[0].id, ShipmentState.READY, False)
    assert marked.quantities == (Decimal(1),)

    async def of_order() -> Evidence:
        """Other tests may have done something with the same order."""
        found = await scene.evidence.made_on_orders([ref], **asking())
        (told,) = (one for one in found if (one.model, one.id) == ("stock.picking", marked.id))
        return told

    told = await of_order()
    assert (told.name, told.order_ref, told.marks) == (marked.name, ref, {"T-7K3D9"})
    scene.shop.by_hand("update", marked.id, model="stock.picking", values={"origin": "by hand"})
    assert (await of_order()).marks == frozenset()


async def test_a_credit_note_by_hand_is_told_of_its_order(scene: Scene) -> None:
    order, invoice = scene.shop.refundable()
    ref = scene.shop.row("sale.order", order, "name")["name"]

    async def notes() -> list[Evidence]:
        found = await scene.evidence.made_on_orders([ref], **asking())
        return [one for one in found if one.model == "account.move"]

    assert await notes() == []
    note = scene.shop.by_hand("draft_credit_note", invoice)
    (told,) = await notes()
    assert (told.id, told.corrects, told.marks) == (note["id"], invoice, frozenset())
    assert told.total is not None
    assert told.made_at is not None
    scene.shop.by_hand("delete", note["id"])
    assert await notes() == []
