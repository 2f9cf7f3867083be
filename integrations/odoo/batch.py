"""Runs the calls of one page through the slots they were given and answers at the deadline, whatever still runs."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from integrations.errors import BreakerOpen, Busy, GatewayError, TimedOut
from integrations.event_loop import spawn
from integrations.odoo import breaker, capacity, pauses
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooAnswer, OdooCall
from integrations.odoo.capacity import Grant
from integrations.odoo.outcome_record import OPEN_S

logger = structlog.get_logger(__name__)

Outcome = OdooAnswer | GatewayError
Attempt = Callable[[OdooCall], Awaitable[Outcome]]
OnLate = Callable[[OdooCall, OdooAnswer], None]


class Batch:
    """Some calls, some slots, one deadline. A call nobody waits for any more keeps its slot until it ends."""

    __slots__ = ("_attempt", "_calls", "_grant", "_on_late", "_outcomes", "_started", "_waiting")

    def __init__(
        self, calls: Sequence[OdooCall], *, grant: Grant, attempt: Attempt, on_late: OnLate | None
    ) -> None:
        self._calls = calls
        self._grant = grant
        self._attempt = attempt
        self._on_late = on_late
        self._waiting = deque(range(len(calls)))
        self._started: set[int] = set()
        self._outcomes: list[Outcome | None] = [None] * len(calls)

    async def run(self, budget: Budget) -> list[Outcome]:
        runners = [
            spawn(self._use_slot(number), name=f"odoo-slot-{number}") for number in self._grant.numbers
        ]
        await asyncio.wait(runners, timeout=budget.for_call_s())
        self._waiting.clear()
        for index, call in enumerate(self._calls):
            if self._outcomes[index] is None:
                self._settle(index, self._at_the_deadline(index, call))
        return [outcome for outcome in self._outcomes if outcome is not None]

    def _at_the_deadline(self, index: int, call: OdooCall) -> GatewayError:
        if index in self._started:
            logger.warning("odoo_call_late", call=call.reference)
            return TimedOut(f"{call.reference}: no answer in time")
        return Busy(f"{call.reference}: its turn did not come in time", retry_after_s=1.0)

    def _settle(self, index: int, outcome: Outcome) -> None:
        self._outcomes[index] = outcome
        breaker.count(self._grant.connection_id, outcome)

    async def _use_slot(self, number: int) -> None:
        is_probing = self._grant.is_probe
        leased_at = time.monotonic()
        while self._waiting:
            if pauses.is_known(self._grant.connection_id):
                self._refuse_the_rest(pauses.refusal(self._grant.connection_id))
                break
            if time.monotonic() - leased_at > capacity.RENEW_AFTER_S:
                if not await capacity.renew(self._grant, number):
                    return
                leased_at = time.monotonic()
                continue  # the wait may have taken the last call from under us
            index = self._waiting.popleft()
            self._started.add(index)
            # Cancelled in here means that the loop ends in mid-call: the slot stays taken until its lease ends.
            outcome = await self._try(self._calls[index])
            if self._outcomes[index] is None:
                self._settle(index, outcome)
            elif isinstance(outcome, OdooAnswer):
                self._hand_over_late(self._calls[index], outcome)
            if is_probing:
                is_probing = False
                await breaker.settle_probe(self._grant.connection_id, outcome)
                if breaker.counts_as_failure(outcome):
                    self._refuse_the_rest(BreakerOpen("the server still fails", retry_after_s=float(OPEN_S)))
        capacity.give_back(self._grant, [number])

    async def _try(self, call: OdooCall) -> Outcome:
        try:
            return await self._attempt(call)
        except Exception as error:
            # A fault of ours must cost neither the slot nor the other calls. Its text may hold values.
            logger.error("odoo_call_crashed", call=call.reference, error=type(error).__name__)
        return GatewayError(f"{call.reference}: the call failed on our side")

    def _refuse_the_rest(self, error: GatewayError) -> None:
        while self._waiting:
            self._outcomes[self._waiting.popleft()] = error

    def _hand_over_late(self, call: OdooCall, answer: OdooAnswer) -> None:
        if self._on_late is None:
            return
        try:
            self._on_late(call, answer)
        except Exception:
            logger.exception("late_answer_not_taken", call=call.reference)
