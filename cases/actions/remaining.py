"""What of a parked action is in Odoo already and what is still to be done, looked up now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync

from cases.actions.effects import effect_of
from cases.actions.kinds import Step, kind_named
from cases.actions.pace import current_pace
from cases.models import Action, ActionStep, StepState
from integrations import gateways
from integrations.canonical.evidence import DocumentName, Evidence
from integrations.gateways import Budget, EvidenceDoor


@dataclass(frozen=True, slots=True, kw_only=True)
class Remaining:
    """``proven``: effects of the steps whose documents are there; ``open``: the steps that have none."""

    proven: list[dict[str, Any]]
    open: tuple[Step, ...]

    @property
    def next_step(self) -> int | None:
        return self.open[0].number if self.open else None


def evidence_door(action: Action) -> EvidenceDoor:
    return async_to_sync(gateways.evidence_door)(action.connection)


def asking(action: Action) -> dict[str, Any]:
    return {
        "company_id": action.company_id,
        "budget": Budget.of(current_pace().read_s),
        "correlation_id": action.reference,
    }


def remaining_of(action: Action) -> Remaining:
    """Raises ``GatewayError`` where Odoo cannot be asked; it is not asked where no step was done."""
    done = ActionStep.objects.filter(action=action, state=StepState.DONE)
    made = {step.number: _names(step) for step in done}
    names = {name for found in made.values() for name in found}
    there: dict[DocumentName, Evidence] = {}
    if names:
        found = async_to_sync(evidence_door(action).read_documents)(
            sorted(names, key=lambda name: (name.model, name.id)), **asking(action)
        )
        there = {one.name: one for one in found if one.state.value != "cancelled"}
    steps = kind_named(action.kind).steps(action)
    is_open = {step.number: not any(name in there for name in made.get(step.number, ())) for step in steps}
    proven = [
        effect_of(action, there[name])
        for step in steps
        if not is_open[step.number]
        for name in made[step.number]
        if name in there
    ]
    return Remaining(proven=proven, open=tuple(step for step in steps if is_open[step.number]))


def _names(step: ActionStep) -> tuple[DocumentName, ...]:
    return tuple(
        DocumentName(model=str(one["model"]), id=int(one["id"])) for one in step.result.get("documents", ())
    )
