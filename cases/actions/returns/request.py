"""The return: one transfer back for each delivery, or one return authorization for each of its lines.

Nothing here receives goods or credits them. The undo is the transfer's cancellation in Odoo, until it is received.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async

from cases.actions.action_people import people_of
from cases.actions.effects import effect_of
from cases.actions.kinds import Changed, DocumentNow, Impossible, Kind, Owed, Proof, Step
from cases.actions.reason_words import reason_for_odoo
from cases.actions.returns.evidence import MODELS, owed_by_return, stand_in_for_return
from cases.actions.returns.judging import as_approved, expected_hash, lines_of
from cases.actions.returns.pending import STEP, told_of_return
from cases.actions.returns.words import return_of_words
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
    ReturnFacts,
    ReturnRequest,
    ReturnSource,
    expected_return,
)
from integrations.canonical.evidence import Evidence
from integrations.gateways import EffectDoor

_CAME = ("done", "received")


class ReturnAction:
    prefix = "B"  # goods come back
    models = MODELS

    def steps(self, action: Action) -> tuple[Step, ...]:
        return steps_of(action)

    async def word(self, action: Action, step: Step, door: EffectDoor) -> str | Changed | Impossible:
        # What comes back is credited, by a request of its own.
        return await worded(action, step, door, to_refund=True)

    async def send(self, action: Action, step: Step, words: str, door: EffectDoor) -> EffectResult:
        return await sent(action, words, door)

    async def prove(self, action: Action, door: EffectDoor) -> Proof | Changed:
        return await proven(action, steps_of(action), door)

    async def look(self, action: Action, door: EffectDoor) -> list[DocumentNow]:
        return await looked_at(action, steps_of(action), door)

    def owed(self, action: Action) -> tuple[Owed, ...]:
        return owed_by_return(action, self.steps(action))

    def stand_in(self, action: Action, document: Evidence, steps: Collection[int]) -> dict[str, Any] | str:
        return stand_in_for_return(action, document, steps)


def steps_of(action: Action) -> tuple[Step, ...]:
    return tuple(
        Step(
            number=number,
            name=STEP,
            key=key_of(action, f"return_{number}"),
            undo="the warehouse cancels the transfer in Odoo, as long as nothing was received",
        )
        for number, _ in enumerate(action.payload["returns"], start=1)
    )


async def worded(
    action: Action, step: Step, door: EffectDoor, *, to_refund: bool
) -> str | Changed | Impossible:
    """The request by facts read now, or what is not as it was approved."""
    stored, told = action.payload["returns"][step.number - 1], told_of_return(action)
    facts = await facts_of(action, door)
    earlier = action.payload["returns"][: step.number - 1]
    if not only_ours_came(told, facts, earlier):
        return Changed(what="order_changed")
    try:
        approved = expected_hash(as_approved(facts, told), stored)
    except LookupError:
        return Changed(what="order_changed")
    if approved != told["expected"].get(str(stored["delivery_id"])):
        return Changed(what="order_changed")
    requested_by, approved_by = await sync_to_async(people_of)(action)
    reasons = await sync_to_async(_reasons)(action, stored)
    lines = lines_of(stored, to_refund=to_refund)
    request = ReturnRequest(
        key=step.key,
        connection=action.connection,
        company_id=action.company_id,
        order_id=action.order_id,
        order_ref=action.order_ref,
        delivery_id=stored["delivery_id"],
        by=ReturnSource(stored["by"]),
        warehouse_id=stored["warehouse_id"],
        location_id=stored["location_id"],
        operation_type_id=stored["operation_type_id"],
        rma_operation_id=stored["rma_operation_id"],
        lines=lines,
        expected=expected_return(facts, stored["delivery_id"], lines),
        reference=action.reference,
        reason=reasons[:LONGEST_REASON],
        requested_by=requested_by,
        approved_by=approved_by,
    )
    return words_of(request)


async def sent(action: Action, words: str, door: EffectDoor) -> EffectResult:
    return await door.create_return(
        return_of_words(words), budget=write_budget(), correlation_id=action.reference
    )


async def proven(action: Action, steps: Collection[Step], door: EffectDoor) -> Proof | Changed:
    """What is there now: ours by its key, and of every line as much more on its way back as was approved."""
    effects: list[dict[str, Any]] = []
    for step in steps:
        found = await find_again(action, step, door)
        if isinstance(found, Changed):
            return found
        delivery = action.payload["returns"][step.number - 1]["delivery_id"]
        effects += [effect_of(action, document, delivery_id=delivery) for document in found.documents]
    more = _more_than_before(action, await facts_of(action, door))
    if any(much < 0 for much in more.values()):
        return Proof(effects=effects, differs="quantity_differs")
    return Proof(effects=effects, remark="surplus_back" if any(more.values()) else "")


async def looked_at(action: Action, steps: Collection[Step], door: EffectDoor) -> list[DocumentNow]:
    """With how many came of what each brings, in the units of the deliveries' lines."""
    seen = []
    came: dict[int, Decimal] | None = None
    for step in steps:
        found = await find(action, step, door)
        for document in found.documents if found else ():
            if document.state is None:
                continue
            if document.state.value in _CAME and came is None:
                came = returned_of(await facts_of(action, door))
            moves = [line["move_id"] for line in action.payload["returns"][step.number - 1]["lines"]]
            seen.append(
                DocumentNow(
                    model=document.model,
                    id=document.id,
                    state=document.state.value,
                    ref=document.ref or "",
                    quantity=_came_of(action, moves, came)
                    if came is not None and document.state.value in _CAME
                    else None,
                )
            )
    return seen


async def facts_of(action: Action, door: EffectDoor) -> ReturnFacts:
    return await read_facts(
        door, order_id=action.order_id, company_id=action.company_id, correlation_id=action.reference
    )


async def read_facts(door: EffectDoor, *, order_id: int, company_id: int, correlation_id: str) -> ReturnFacts:
    return await door.read_return_facts(
        order_id, company_id=company_id, budget=read_budget(), correlation_id=correlation_id
    )


def only_ours_came(told: Mapping[str, Any], facts: ReturnFacts, earlier: list[dict[str, Any]]) -> bool:
    """Whether what came since the approval is what our own earlier steps made, piece by piece."""
    new = [one.quantity for one in facts.returns if one.id not in set(told["back"])]
    new += [one.quantity for one in facts.authorizations if one.id not in set(told["authorized"])]
    ours = sorted(Decimal(line["quantity"]) for stored in earlier for line in stored["lines"])
    return sorted(new) == ours


def returned_of(facts: ReturnFacts) -> dict[int, Decimal]:
    return {line.move_id: line.returned for delivery in facts.deliveries for line in delivery.lines}


def _came_of(action: Action, moves: list[int], came: Mapping[int, Decimal]) -> Decimal:
    """Since it was asked for, and of nothing more than was asked for."""
    before = told_of_return(action).get("returned", {})
    return sum(
        (came.get(move, Decimal(0)) - Decimal(before.get(str(move), "0")) for move in moves), Decimal(0)
    )


def _more_than_before(action: Action, facts: ReturnFacts) -> dict[int, Decimal]:
    """By delivery's line, what comes or came back of it beyond what was there before and what was approved."""
    now = {
        line.move_id: line.returned + line.announced
        for delivery in facts.deliveries
        for line in delivery.lines
    }
    before = told_of_return(action)["before"]
    return {
        line["move_id"]: now.get(line["move_id"], Decimal(0))
        - Decimal(before[str(line["move_id"])])
        - Decimal(line["quantity"])
        for stored in action.payload["returns"]
        for line in stored["lines"]
    }


def _reasons(action: Action, stored: Mapping[str, Any]) -> str:
    words = [
        reason_for_odoo(CodeSet.CUSTOMER, line["reason"], action.policy_version) for line in stored["lines"]
    ]
    return ", ".join(dict.fromkeys(words))


KIND: Kind = ReturnAction()

__all__ = ["KIND", "read_facts"]
