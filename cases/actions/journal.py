"""Writes down each step of an action: the intent before the call is made, the answer when it is known.

What was sent is kept word by word, because only the same words may go out again under the same key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from cases import audit
from cases.actions.claiming import Claim, LeaseLost, database_now, renew, write_as_holder
from cases.actions.hashing import sha256_of, sha256_text
from cases.actions.pace import Pace
from cases.actions.sealing import seal, unseal
from cases.actions.states import FINAL, ActionState
from cases.audit.chain import canonical_json
from cases.models import Action, ActionStep, StepState


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One attempt that was committed and may be made now."""

    step_id: int
    key: str
    request: str
    is_doubtful: bool  # an earlier attempt may have had its effect


def done_step(action: Action, number: int) -> ActionStep | None:
    return ActionStep.objects.filter(action=action, number=number, state=StepState.DONE).first()


def sent_before(action: Action, number: int, key: str) -> ActionStep | None:
    """The first attempt under this key: its words are the ones to send again."""
    return ActionStep.objects.filter(action=action, number=number, key=key).order_by("attempt").first()


def words_of(step: ActionStep) -> str:
    return unseal(step.request, key_id=step.request_key_id, place=_place(step.action_id, step.key))


def intend(
    claim: Claim, action: Action, *, number: int, name: str, key: str, request: str, pace: Pace
) -> Intent:
    """Commit that a call is about to be made, with a lease that outlives it. Raises ``LeaseLost``."""
    with transaction.atomic():
        renew(claim, pace=pace)
        earlier = ActionStep.objects.filter(action=action, number=number)
        now = database_now()
        # Whoever began these is gone, or we would not hold the lease.
        earlier.filter(state=StepState.INTENDED).update(
            state=StepState.UNKNOWN, answered_at=now, problem="worker_lost"
        )
        last = earlier.aggregate(last=Max("attempt"))["last"] or 0
        doubtful = earlier.filter(key=key, state=StepState.UNKNOWN).exists()
        sealed, key_id = seal(request, place=_place(action.pk, key))
        step = ActionStep.objects.create(
            action=action,
            number=number,
            attempt=last + 1,
            name=name,
            fence=claim.fence,
            key=key,
            request=sealed,
            request_key_id=key_id,
            request_hash=sha256_text(request),
            intended_at=now,
        )
        _tell(action, step, StepState.INTENDED)
    return Intent(step_id=step.pk, key=key, request=request, is_doubtful=doubtful)


def answer(
    claim: Claim,
    action: Action,
    intent: Intent,
    *,
    state: StepState,
    result: Mapping[str, Any] | None = None,
    problem: str = "",
) -> None:
    """Commit what became of a call. Raises ``LeaseLost``: then somebody else finds out for themselves."""
    with transaction.atomic():
        write_as_holder(claim, "lease_until = lease_until", [])
        step = ActionStep.objects.get(pk=intent.step_id)
        if step.state != StepState.INTENDED:
            raise LeaseLost
        step.state = state
        step.result = dict(result or {})
        step.reply_hash = sha256_of(step.result) if result else ""
        step.problem = problem[:60]
        step.answered_at = database_now()
        step.save(update_fields=["state", "result", "reply_hash", "problem", "answered_at"])
        _tell(action, step, state)


def move(
    claim: Claim,
    action: Action,
    state: ActionState,
    *,
    cause: str = "",
    wait_s: float | None = None,
    keep_attempt: bool = True,
    effects: list[dict[str, Any]] | None = None,
) -> None:
    """Let go of an action in another state. Raises ``LeaseLost``; to be called inside a transaction."""
    assignments = (
        "state = %s, cause = %s, lease_holder = '', lease_until = NULL,"
        " attempts = greatest(0, attempts - %s),"
        " parked_at = CASE WHEN %s THEN clock_timestamp() ELSE parked_at END,"
        " finished_at = CASE WHEN %s THEN clock_timestamp() END,"
        " next_try_at = CASE WHEN %s::float IS NULL THEN next_try_at"
        " ELSE clock_timestamp() + %s::float * interval '1 second' END"
    )
    has_parked, has_ended = state is ActionState.PARKED, state in FINAL
    values: list[Any] = [
        state.value, cause[:60], 0 if keep_attempt else 1, has_parked, has_ended, wait_s, wait_s
    ]  # fmt: skip
    if effects is not None:
        assignments += ", effects = %s::jsonb"
        values.append(canonical_json({"e": effects}).decode()[5:-1])
    write_as_holder(claim, assignments, values)
    tell_move(action, state, cause=cause)


def tell_move(action: Action, state: ActionState, *, cause: str = "", actor: str = "system:actions") -> None:
    audit.record(
        actor=actor,
        action=audit.Action.ACTION_MOVED,
        object_kind="action",
        object_ref=action.reference,
        connection_slug=action.connection,
        company_id=action.company_id,
        details={"to": state.value, "cause": cause, "action": str(action.pk), "case": action.case_id or 0},
    )


def _tell(action: Action, step: ActionStep, state: StepState) -> None:
    audit.record(
        actor="system:actions",
        action=audit.Action.ACTION_STEP,
        object_kind="action",
        object_ref=action.reference,
        on_behalf_of=f"user:{action.requester_id}",
        connection_slug=action.connection,
        company_id=action.company_id,
        reason=step.problem,
        details={
            "step": step.name,
            "attempt": step.attempt,
            "state": state.value,
            "key": step.key,
            "request": step.request_hash,
            "reply": step.reply_hash,
            "case": action.case_id or 0,
        },
    )


def _place(action_id: Any, key: str) -> str:
    return f"action/{action_id}/{key}"
