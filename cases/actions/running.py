"""Carries out one claimed action, step by step, and leaves it in a state that tells the truth.

A worker may die anywhere in here. Whoever claims the action next reads the journal, sends the very same words under
the very same key, and learns what became of the first attempt.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db import transaction

from cases.actions import case_news, journal, ticket_notes
from cases.actions.claiming import Claim, LeaseLost, claim_due, database_now, write_as_holder
from cases.actions.journal import Intent
from cases.actions.kinds import Changed, Impossible, Kind, Proof, Step, kind_named
from cases.actions.pace import Pace, current_pace
from cases.actions.points import Point, reached
from cases.actions.rejudging import rejudge
from cases.actions.revaluing import revalue
from cases.actions.states import ActionState
from cases.models import Action, ActionStep, StepState
from cases.snapshots import forget_order
from integrations import gateways
from integrations.canonical import EffectResult, EffectState
from integrations.canonical.effects import ASK_AGAIN, Refusal
from integrations.errors import GatewayError, NotSent, Rejected
from integrations.gateways import EffectDoor

logger = logging.getLogger(__name__)

LANDED = (EffectState.DONE, EffectState.ALREADY_DONE, EffectState.GONE)


def run_due(*, action_id: UUID | None = None, pace: Pace | None = None) -> bool:
    """Claim one action that is due and carry it as far as it goes; False where none is due."""
    pace = pace or current_pace()
    claim = claim_due(pace=pace, action_id=action_id)
    if claim is None:
        return False
    try:
        _Run(claim, pace).go()
    except LeaseLost:
        logger.warning("An action was taken over by another worker")
    return True


class _Run:
    """One attempt at one action."""

    def __init__(self, claim: Claim, pace: Pace) -> None:
        self.claim = claim
        self.pace = pace
        self.action = Action.objects.select_related("requester").get(pk=claim.action_id)
        self.kind: Kind = kind_named(self.action.kind)

    def go(self) -> None:
        reached(Point.CLAIMED)
        if self._is_exhausted():
            self._park("outcome_unknown" if self._is_doubtful() else "gave_up")
            return
        for step in self.kind.steps(self.action):
            if journal.done_step(self.action, step.number) is None and not self._carry_out(step):
                return
        self._prove()

    def _ask(self, work: Callable[[EffectDoor], Awaitable[Any]]) -> Any:
        async def with_door() -> Any:
            try:
                door = await gateways.effect_door(self.action.connection)
            except LookupError:
                raise NotSent("the connection is switched off") from None
            return await work(door)

        return async_to_sync(with_door)()

    def _carry_out(self, step: Step) -> bool:
        """Whether the step is done and the next may follow; otherwise the action was let go of."""
        words = self._words(step)
        if words is None:
            return False
        intent = journal.intend(
            self.claim,
            self.action,
            number=step.number,
            name=step.name,
            key=step.key,
            request=words,
            pace=self.pace,
        )
        reached(Point.INTENDED)
        try:
            result: EffectResult = self._ask(lambda door: self._send(step, intent, door))
        except NotSent as error:
            journal.answer(self.claim, self.action, intent, state=StepState.NOT_SENT, problem=error.reason)
            return self._later(error, keep_attempt=False, in_doubt=intent.is_doubtful)
        except Rejected as error:
            journal.answer(self.claim, self.action, intent, state=StepState.REFUSED, problem=error.reason)
            return self._park(error.reason)
        except GatewayError as error:
            journal.answer(self.claim, self.action, intent, state=StepState.UNKNOWN, problem=error.reason)
            return self._later(error, keep_attempt=True, in_doubt=True)
        reached(Point.ANSWERED)
        return self._take(step, intent, result)

    async def _send(self, step: Step, intent: Intent, door: EffectDoor) -> EffectResult:
        result = await self.kind.send(self.action, step, intent.request, door)
        if result.state in LANDED:
            # Whoever looks at the order now must not be shown what it was before.
            await forget_order(connection=self.action.connection, ref=self.action.order_ref)
        return result

    def _words(self, step: Step) -> str | None:
        earlier = journal.sent_before(self.action, step.number, step.key)
        if earlier is not None:
            return journal.words_of(earlier)
        try:
            words = self._ask(lambda door: self.kind.word(self.action, step, door))
        except GatewayError as error:
            self._later(error, keep_attempt=not isinstance(error, NotSent), in_doubt=False)
            return None
        if isinstance(words, Changed):
            self._put_back(words.what)
            return None
        if isinstance(words, Impossible):
            self._park(words.why)
            return None
        return str(words)

    def _take(self, step: Step, intent: Intent, result: EffectResult) -> bool:
        facts = _told(result)
        match result.state:
            case EffectState.DONE | EffectState.ALREADY_DONE:
                journal.answer(self.claim, self.action, intent, state=StepState.DONE, result=facts)
                return True
            case EffectState.GONE:
                journal.answer(self.claim, self.action, intent, state=StepState.DONE, result=facts)
                return self._park("document_gone", effects=facts["documents"])
            case EffectState.REFUSED if result.refusal in ASK_AGAIN:
                self._refused(intent, facts, result)
                return self._put_back(str(result.refusal))
            case EffectState.REFUSED:
                self._refused(intent, facts, result)
                return self._park(str(result.refusal or "refused"))
            case EffectState.KEY_CONFLICT | EffectState.REVOKED:
                self._refused(intent, facts, result)
                return self._park(result.state.value)
        raise AssertionError(result.state)

    def _refused(self, intent: Intent, facts: dict[str, Any], result: EffectResult) -> None:
        problem = str(result.refusal or result.state.value)
        journal.answer(
            self.claim, self.action, intent, state=StepState.REFUSED, result=facts, problem=problem
        )

    def _prove(self) -> None:
        try:
            proof = self._ask(lambda door: self.kind.prove(self.action, door))
        except GatewayError as error:
            self._later(error, keep_attempt=not isinstance(error, NotSent), in_doubt=False)
            return
        if isinstance(proof, Changed):
            self._park(proof.what)
        elif proof.differs:
            self._park(proof.differs, effects=proof.effects)
        else:
            self._succeed(proof)

    def _succeed(self, proof: Proof) -> None:
        with transaction.atomic():
            case_news.tell_success(self.action, proof.effects, at=database_now())
            ticket_notes.write(self.action, about="succeeded", effects=proof.effects)
            journal.move(
                self.claim, self.action, ActionState.SUCCEEDED, cause=proof.remark, effects=proof.effects
            )

    def _later(self, error: GatewayError, *, keep_attempt: bool, in_doubt: bool) -> bool:
        state = ActionState.UNKNOWN if in_doubt or self._is_doubtful() else ActionState.QUEUED
        wait_s = max(self.pace.retry_s(self.action.attempts), error.retry_after_s or 0.0)
        with transaction.atomic():
            journal.move(
                self.claim, self.action, state, cause=error.reason, wait_s=wait_s, keep_attempt=keep_attempt
            )
        return False

    def _park(self, cause: str, effects: list[dict[str, Any]] | None = None) -> bool:
        with transaction.atomic():
            journal.move(self.claim, self.action, ActionState.PARKED, cause=cause, effects=effects)
        return False

    def _put_back(self, what: str) -> bool:
        """The order is not what was approved: nothing was written, people decide anew by what it is now."""
        if ActionStep.objects.filter(action=self.action, state=StepState.DONE).exists():
            return self._park(what)  # half of it is there already: no content fits that
        try:
            if not self._gave_up_keys():
                return self._look_again()
            judged = self._ask(lambda door: rejudge(self.action, door))
        except GatewayError as error:
            return self._later(error, keep_attempt=True, in_doubt=False)
        with transaction.atomic():
            write_as_holder(self.claim, "lease_until = lease_until", [])
            revalue(self.action, judged, cause=what if what == Refusal.STOCK_GONE else "order_changed")
        return False

    def _gave_up_keys(self) -> bool:
        """A request that is still on its way must find its key revoked, not a new approval.

        False where one of them had its effect after all.
        """
        keys = ActionStep.objects.filter(action=self.action, state=StepState.UNKNOWN).values_list(
            "key", flat=True
        )
        return not any(revoke_key(self.action, key, pace=self.pace).has_effect for key in sorted(set(keys)))

    def _look_again(self) -> bool:
        """It came through while we were giving it up: sent again, the same words say what was made."""
        with transaction.atomic():
            journal.move(self.claim, self.action, ActionState.UNKNOWN, cause="came_through", wait_s=0.0)
        return False

    def _is_doubtful(self) -> bool:
        return is_doubtful(self.action)

    def _is_exhausted(self) -> bool:
        begun = self.action.queued_at or self.action.requested_at
        too_old = database_now() - begun > self.pace.give_up_after
        return self.action.attempts > self.pace.most_attempts or too_old


def is_doubtful(action: Action) -> bool:
    """Whether something was sent of which nobody knows what became."""
    steps = list(
        ActionStep.objects.filter(action=action).order_by("attempt").values("number", "key", "state")
    )
    for number, key in {(step["number"], step["key"]) for step in steps}:
        states = [step["state"] for step in steps if (step["number"], step["key"]) == (number, key)]
        settled = [at for at, state in enumerate(states) if state in (StepState.DONE, StepState.REFUSED)]
        open_ = [at for at, state in enumerate(states) if state in (StepState.INTENDED, StepState.UNKNOWN)]
        if open_ and (not settled or max(open_) > max(settled)) and StepState.DONE not in states:
            return True
    return False


def revoke_key(action: Action, key: str, *, pace: Pace) -> EffectResult:
    """Make sure that no call with this key will ever have an effect; what it had already is in the answer."""

    async def revoke() -> EffectResult:
        door = await gateways.effect_door(action.connection)
        return await door.revoke_key(
            key,
            company_id=action.company_id,
            budget=gateways.Budget.of(pace.write_s),
            correlation_id=action.reference,
        )

    return async_to_sync(revoke)()


def _told(result: EffectResult) -> dict[str, Any]:
    """What the journal keeps of an answer: documents and totals, nothing about people."""
    return {
        "state": result.state.value,
        "refusal": result.refusal.value if result.refusal else "",
        "payload": result.payload_sha256,
        "total": format(result.total.amount, "f") if result.total else "",
        "documents": [
            {
                "model": document.model,
                "id": document.id,
                "ref": document.ref or "",
                "state": document.state.value if document.state else "",
                "total": format(document.total.amount, "f") if document.total else "",
            }
            for document in result.documents
        ],
    }
