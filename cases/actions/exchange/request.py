"""The exchange: goods are asked back, and others go out on an order of their own, both with one approval.

The way back comes first. An announced return binds nobody and is cancelled in Odoo until something was received; a
confirmed order reserves goods and may leave within the hour, so it is made only for a return that Odoo awaits. If
Odoo refuses the second half, people find both halves on their desk: the return that is there, the order that is not.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async

from cases.actions.kinds import Changed, DocumentNow, Impossible, Kind, Owed, Proof, Step
from cases.actions.replacement import request as sending
from cases.actions.replacement.evidence import ORDER, owed_by_replacement, stand_in_for_replacement
from cases.actions.returns import request as returning
from cases.actions.returns.evidence import MODELS as RETURN_MODELS
from cases.actions.returns.evidence import owed_by_return, stand_in_for_return
from cases.models import Action
from cases.writing.finance_assignees import finance_assignee
from integrations.canonical import EffectResult
from integrations.canonical.evidence import Evidence
from integrations.gateways import EffectDoor


class Exchange:
    prefix = "X"
    models: tuple[str, ...] = (ORDER, *RETURN_MODELS)

    def steps(self, action: Action) -> tuple[Step, ...]:
        back, again = _halves(action)
        return (*back, again)

    async def word(self, action: Action, step: Step, door: EffectDoor) -> str | Changed | Impossible:
        _, again = _halves(action)
        if step.number == again.number:
            return await _worded_order(action, again, door)
        if step.number == 1:  # what could not be sent any more is not asked back either
            words = await _worded_order(action, again, door)
            if not isinstance(words, str):
                return words
        # The order counts it as delivered still: its place is taken by what is sent, nothing of it is credited.
        return await returning.worded(action, step, door, to_refund=False)

    async def send(self, action: Action, step: Step, words: str, door: EffectDoor) -> EffectResult:
        _, again = _halves(action)
        if step.number == again.number:
            return await sending.sent(action, words, door)
        return await returning.sent(action, words, door)

    async def prove(self, action: Action, door: EffectDoor) -> Proof | Changed:
        steps, last = _halves(action)
        back = await returning.proven(action, steps, door)
        if isinstance(back, Changed):
            return back
        again = await sending.proven(action, last, door)
        if isinstance(again, Changed):
            return again
        return Proof(
            effects=[*back.effects, *again.effects],
            remark=back.remark or again.remark,
            differs=back.differs or again.differs,
        )

    async def look(self, action: Action, door: EffectDoor) -> list[DocumentNow]:
        back, again = _halves(action)
        return [
            *await returning.looked_at(action, back, door),
            *await sending.looked_at(action, again, door),
        ]

    def owed(self, action: Action) -> tuple[Owed, ...]:
        back, again = _halves(action)
        return (*owed_by_return(action, back), *owed_by_replacement(action, again))

    def stand_in(self, action: Action, document: Evidence, steps: Collection[int]) -> dict[str, Any] | str:
        """For the one half that is missing; a single document never stands for both."""
        _, again = _halves(action)
        if len(steps) != 1:
            return "no_such_document"
        if again.number in steps:
            return stand_in_for_replacement(action, document)
        return stand_in_for_return(action, document, steps)


def _halves(action: Action) -> tuple[tuple[Step, ...], Step]:
    back = returning.steps_of(action)
    return back, sending.step_of(action, number=len(back) + 1)


async def _worded_order(action: Action, step: Step, door: EffectDoor) -> str | Changed | Impossible:
    facts = await sending.facts_of(action, door)
    difference = Decimal(action.payload["difference"])
    if difference == 0:
        return await sending.worded(action, step, facts)
    assignee = await sync_to_async(finance_assignee)(action.connection, action.company_id)
    return await sending.worded(
        action,
        step,
        facts,
        assignee_id=assignee.odoo_user_id if assignee else None,
        task=_task(difference, action.currency),
    )


def _task(difference: Decimal, currency: str) -> str:
    """What finance is asked on the new order."""
    if difference > 0:
        return f"collect {difference:.2f} {currency}: the new goods cost more than what comes back"
    return f"give back {-difference:.2f} {currency}: the new goods cost less than what comes back"


KIND: Kind = Exchange()

__all__ = ["KIND"]
