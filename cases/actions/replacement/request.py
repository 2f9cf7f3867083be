"""The replacement: one order tied to the first, at a discount of 100 %, confirmed and reserved in one warehouse.

The undo is its cancellation in Odoo by the warehouse, until the goods have left.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async

from cases.actions.action_people import people_of
from cases.actions.kinds import Changed, DocumentNow, Impossible, Kind, Owed, Proof, Step
from cases.actions.policies import rules_of_version
from cases.actions.reason_words import reason_for_odoo
from cases.actions.replacement.evidence import (
    MODELS,
    owed_by_replacement,
    promised_effect,
    remark_on,
    stand_in_for_replacement,
)
from cases.actions.replacement.judging import carrier_of, expected_hash
from cases.actions.replacement.lines import line_of, resolve, wish_of
from cases.actions.replacement.words import replacement_of_words
from cases.actions.sent_words import words_of
from cases.actions.step_calls import (
    LONGEST_REASON,
    find,
    find_again,
    key_of,
    read_budget,
    write_budget,
)
from cases.models import Action
from cases.rules.reasons import CodeSet
from integrations.canonical import (
    EffectResult,
    OrderState,
    ReplacementFacts,
    ReplacementRequest,
    expected_replacement,
)
from integrations.canonical.evidence import Evidence
from integrations.gateways import EffectDoor

STEP = "replacement"


class Replacement:
    prefix = "RP"
    models = MODELS

    def steps(self, action: Action) -> tuple[Step, ...]:
        return (step_of(action, number=1),)

    async def word(self, action: Action, step: Step, door: EffectDoor) -> str | Changed | Impossible:
        return await worded(action, step, await facts_of(action, door))

    async def send(self, action: Action, step: Step, words: str, door: EffectDoor) -> EffectResult:
        return await sent(action, words, door)

    async def prove(self, action: Action, door: EffectDoor) -> Proof | Changed:
        return await proven(action, self.steps(action)[0], door)

    async def look(self, action: Action, door: EffectDoor) -> list[DocumentNow]:
        return await looked_at(action, self.steps(action)[0], door)

    def owed(self, action: Action) -> tuple[Owed, ...]:
        return owed_by_replacement(action, self.steps(action)[0])

    def stand_in(self, action: Action, document: Evidence, steps: Collection[int]) -> dict[str, Any] | str:
        return stand_in_for_replacement(action, document)


def step_of(action: Action, *, number: int) -> Step:
    return Step(
        number=number,
        name=STEP,
        key=key_of(action, STEP),
        undo="somebody cancels the order in Odoo, until its goods have left",
    )


async def worded(
    action: Action,
    step: Step,
    facts: ReplacementFacts,
    *,
    assignee_id: int | None = None,
    task: str = "",
) -> str | Changed | Impossible:
    """The request by facts read now, or what is not as it was approved."""
    payload = action.payload
    lines = tuple(line_of(line) for line in payload["lines"])
    wish = replace(wish_of(payload["wish"]), warehouse_id=payload["warehouse_id"])
    rules = (await sync_to_async(rules_of_version)(action.policy_version)).for_brand(action.brand)
    source = resolve(wish, facts, (), rules.replacement_stock).source
    if source is None:
        return Changed(what="order_changed")
    if (
        expected_hash(facts, lines, warehouse_id=source.id, is_there=source.is_enough)
        != action.facts["expected"]
    ):
        return Changed(what="order_changed" if source.is_enough else "stock_gone")
    asked_by, approved_by = await sync_to_async(people_of)(action)
    said = await sync_to_async(reason_for_odoo)(CodeSet.CUSTOMER, action.reason, action.policy_version)
    return words_of(
        ReplacementRequest(
            key=step.key,
            connection=action.connection,
            company_id=action.company_id,
            order_id=action.order_id,
            order_ref=action.order_ref,
            warehouse_id=source.id,
            carrier_id=carrier_of(facts),
            must_reserve=payload["must_reserve"],
            lines=lines,
            expected=expected_replacement(facts, lines),
            reference=action.reference,
            reason=said[:LONGEST_REASON],
            requested_by=asked_by,
            approved_by=approved_by,
            assignee_id=assignee_id,
            task=task,
        )
    )


async def sent(action: Action, words: str, door: EffectDoor) -> EffectResult:
    return await door.create_replacement(
        replacement_of_words(words), budget=write_budget(), correlation_id=action.reference
    )


async def looked_at(action: Action, step: Step, door: EffectDoor) -> list[DocumentNow]:
    found = await find(action, step, door)
    if found is not None:
        return documents_now(found)
    # Another order was taken for it, or there is no bridge any more.
    facts = await facts_of(action, door)
    return [
        DocumentNow(model=MODELS[0], id=one.id, state=OrderState.CONFIRMED, ref="")
        for one in facts.replacements
    ]


async def proven(action: Action, step: Step, door: EffectDoor) -> Proof | Changed:
    """The order by its key, and its lines by what Odoo holds of them now."""
    found = await find_again(action, step, door)
    if isinstance(found, Changed):
        return found
    effects = [promised_effect(action, document) for document in found.documents]
    order = found.documents[0]
    if order.state is OrderState.CANCELLED:
        return Proof(effects=effects, differs="cancelled_there")
    if found.total is None or found.total.amount != 0:
        return Proof(effects=effects, differs="total_differs")
    facts = await facts_of(action, door)
    if _sent(facts, order.id) != _approved(action, facts):
        return Proof(effects=effects, differs="sent_differs")
    return Proof(effects=effects, remark=remark_on(action, found.documents))


def _sent(facts: ReplacementFacts, order_id: int) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for sent in facts.sent:
        if sent.order_id == order_id:
            found[sent.product_id] = found.get(sent.product_id, Decimal(0)) + sent.quantity
    return found


def _approved(action: Action, facts: ReplacementFacts) -> dict[int, Decimal]:
    """By product, in reference units, as an order's lines are read."""
    sizes = {line.id: (line.product_id, line.unit_size) for line in facts.lines}
    found: dict[int, Decimal] = {}
    for line in map(line_of, action.payload["lines"]):
        product, size = sizes.get(line.order_line_id, (line.product_id, Decimal(1)))
        if product != line.product_id:
            size = facts.product(line.product_id).unit_size
        found[line.product_id] = found.get(line.product_id, Decimal(0)) + line.quantity * size
    return found


def documents_now(found: EffectResult) -> list[DocumentNow]:
    return [
        DocumentNow(
            model=document.model,
            id=document.id,
            state=document.state.value,
            ref=document.ref or "",
            total=document.total.amount if document.total else None,
        )
        for document in found.documents
        if document.state is not None
    ]


async def facts_of(action: Action, door: EffectDoor) -> ReplacementFacts:
    return await read_facts(
        door,
        order_id=action.order_id,
        order_ref=action.order_ref,
        company_id=action.company_id,
        other_products=wish_of(action.payload["wish"]).other_products,
        correlation_id=action.reference,
    )


async def read_facts(
    door: EffectDoor,
    *,
    order_id: int,
    order_ref: str,
    company_id: int,
    other_products: Collection[int] = (),
    product_codes: Collection[str] = (),
    correlation_id: str,
) -> ReplacementFacts:
    return await door.read_replacement_facts(
        order_id,
        order_ref=order_ref,
        company_id=company_id,
        other_products=other_products,
        product_codes=product_codes,
        budget=read_budget(),
        correlation_id=correlation_id,
    )


KIND: Kind = Replacement()

__all__ = ["KIND", "read_facts"]
