"""A writer without keys: every attempt is a new request. It shows that the checker finds duplicates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cases.actions import journal
from cases.actions.identifiers import uuid7
from cases.actions.kinds import Changed, Impossible, Proof, Step
from cases.actions.refund import request as refund_request
from cases.actions.refund.judging import expected_hash
from cases.actions.refund.lines import note_of
from cases.actions.refund.request import RefundRequest
from cases.models import Action
from integrations.gateways import EffectDoor


class Keyless(RefundRequest):
    def steps(self, action: Action) -> tuple[Step, ...]:
        return tuple(replace(step, key=f"{uuid7()}:note_{step.number}") for step in super().steps(action))

    async def word(self, action: Action, step: Step, door: EffectDoor) -> str | Changed | Impossible:
        """Whatever the order has become meanwhile: nobody compares."""
        facts = await self._facts(action, door)
        note = note_of(action.payload["notes"][step.number - 1])
        action.facts["expected"] = {str(note.invoice_id): expected_hash(facts, note)}
        return await super().word(action, step, door)

    async def prove(self, action: Action, door: EffectDoor) -> Proof | Changed:
        return Proof(effects=[])


def forget_keys() -> None:
    def nothing_before(*_: Any) -> None:
        return None

    refund_request.KIND = Keyless()
    journal.sent_before = nothing_before  # type: ignore[assignment]
