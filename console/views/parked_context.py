"""What the page of a parked action shows beside what every action shows."""

from __future__ import annotations

from typing import Any

from cases.actions import caring
from cases.actions.kinds import kind_named
from cases.actions.parked_records import masked_care, masked_evidence, masked_passed_on
from cases.models import Action, ActionStep, StepState
from console.runbooks import TOPIC_OF, cause_sentence
from console.security import ViewerRequest


def parked_context(request: ViewerRequest, found: Action) -> dict[str, Any]:
    (care,) = masked_care([found], request.viewer)
    may_care = caring.may_care(request.viewer)
    return {
        "care": care,
        "cause": cause_sentence(found.cause),
        "runbook_cause": found.cause if found.cause in TOPIC_OF else "",
        "may_care": may_care,
        "teams": [(team.pk, team.name) for team in caring.teams_for(found)] if may_care else [],
        "passed_on": masked_passed_on(found, request.viewer),
        "rest_from": _rest_from(found),
        "shown_evidence": masked_evidence(found, request.viewer).evidence
        if found.fix.get("verb") == "mark_done"
        else None,
    }


def _rest_from(action: Action) -> int | None:
    """The first step that was not done, where another one was."""
    done = set(
        ActionStep.objects.filter(action=action, state=StepState.DONE).values_list("number", flat=True)
    )
    if not done:
        return None
    left = [step.number for step in kind_named(action.kind).steps(action) if step.number not in done]
    return left[0] if left else None
