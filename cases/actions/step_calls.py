"""How a step calls Odoo, whatever its kind: its key of this round, how long a call may take, what its key made."""

from __future__ import annotations

from cases.actions.kinds import Changed, Step
from cases.actions.pace import current_pace
from cases.models import Action
from integrations.canonical import EffectResult, EffectState
from integrations.gateways import Budget, EffectDoor

LONGEST_REASON = 120


def key_of(action: Action, name: str) -> str:
    """Another round is another content: it never meets the keys of the one before."""
    lead = "" if action.round == 1 else f"r{action.round}_"
    return f"{action.pk}:{lead}{name}"


def write_budget() -> Budget:
    pace = current_pace()
    return Budget.of(pace.write_s, queue_s=pace.write_s / 4)


def read_budget() -> Budget:
    return Budget.of(current_pace().read_s, queue_s=1.0)


async def find(action: Action, step: Step, door: EffectDoor) -> EffectResult | None:
    """What its key made; None where nothing knows the key."""
    return await door.find_effect(
        step.key,
        company_id=action.company_id,
        budget=Budget.of(current_pace().read_s),
        correlation_id=action.reference,
    )


async def find_again(action: Action, step: Step, door: EffectDoor) -> EffectResult | Changed:
    """What its key made, if that is still there."""
    found = await find(action, step, door)
    if found is None or not found.documents:
        return Changed(what="not_found_again")
    if found.state is EffectState.GONE:
        return Changed(what="document_gone")
    return found
