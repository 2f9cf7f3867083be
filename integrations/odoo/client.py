"""Reads from one Odoo on behalf of one page: all calls of a page at once, each with its own answer or error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import psycopg
import structlog

from integrations import telemetry
from integrations.errors import AuthenticationFailed, Busy, GatewayError, NotSupported, Rejected, TimedOut
from integrations.event_loop import spawn
from integrations.odoo import breaker, capacity, known_capabilities, load
from integrations.odoo.batch import Batch, OnLate
from integrations.odoo.budget import HARD_LIMIT_S, Budget
from integrations.odoo.calls import OdooAnswer, OdooCall, require_read_method
from integrations.odoo.capabilities import Capabilities, Protocol
from integrations.odoo.capacity import Lane
from integrations.odoo.connections import ConnectionConfig, UnknownConnection, reread
from integrations.odoo.exchange import exchange
from integrations.odoo.latency import OwnDelay
from integrations.odoo.retries import pause_before_repeat, retry_budget

__all__ = ["OdooAnswer", "OdooCall", "OdooClient"]

logger = structlog.get_logger(__name__)

DATABASE_GRACE_S = 0.1

Outcome = OdooAnswer | GatewayError


class OdooClient:
    """Cheap to make, one per use; what is shared lies in the process, the loop or the database."""

    __slots__ = ("_config", "_protocol")

    def __init__(self, config: ConnectionConfig, *, protocol: Protocol | None = None) -> None:
        self._config = config
        self._protocol = protocol

    @property
    def config(self) -> ConnectionConfig:
        return self._config

    async def read(
        self,
        calls: Sequence[OdooCall],
        *,
        budget: Budget,
        lane: Lane = Lane.INTERACTIVE,
        correlation_id: str,
        on_late: OnLate | None = None,
    ) -> list[Outcome]:
        """Run all ``calls`` in parallel; the list holds an answer or an error for each, in their order.

        At the deadline the caller gets ``TimedOut``; the call goes on, and its answer is handed to ``on_late``.
        """
        for call in calls:
            require_read_method(call)
        if not calls:
            return []
        # In a task of its own: a browser that leaves must neither stop a call nor lose its slot, and a database
        # that hangs must not hold the page.
        work = spawn(self._read(calls, budget, lane, correlation_id, on_late), name="odoo-read")
        await asyncio.wait({work}, timeout=budget.remaining_s() + DATABASE_GRACE_S)
        if work.done():
            return work.result()
        late = TimedOut(f"{self._config.slug}: our own database did not answer in time")
        self._log_failure(late, f"{len(calls)} calls", correlation_id)
        return [late for _ in calls]

    async def capabilities(self, *, budget: Budget | None = None) -> Capabilities:
        """What this Odoo can do: from the connection's row where it is known, else discovered now."""
        return await known_capabilities.known_or_discovered(self._config, self._reader, budget=budget)

    async def discover(self) -> Capabilities:
        """Ask the server now, whatever is known."""
        return await known_capabilities.discover(self._config, self._reader, lane=Lane.INTERACTIVE)

    async def forget_capabilities(self) -> None:
        """Have every process discover them again before its next use of this connection."""
        await known_capabilities.forget(self._config)

    def _reader(self, protocol: Protocol) -> known_capabilities.Read:
        return OdooClient(self._config, protocol=protocol).read

    async def _read(
        self,
        calls: Sequence[OdooCall],
        budget: Budget,
        lane: Lane,
        correlation_id: str,
        on_late: OnLate | None,
    ) -> list[Outcome]:
        cause = telemetry.cause.get()
        if lane is not Lane.INTERACTIVE:
            cause = telemetry.Cause(lane.value)
        try:
            if not budget.is_enough_to_start():
                raise TimedOut(f"{self._config.slug}: too little time left to start")
            protocol = self._protocol or (await self.capabilities(budget=budget)).protocol
            grant = await self._turn(len(calls), lane, budget)
        except GatewayError as error:
            error = error.with_traceback(None)
            self._log_failure(error, f"{len(calls)} calls", correlation_id)
            for call in calls:
                self._count(call, error, 0.0, cause)
            return [error for _ in calls]
        attempt = partial(
            self._attempt, protocol=protocol, budget=budget, correlation_id=correlation_id, cause=cause
        )
        outcomes = await Batch(calls, grant=grant, attempt=attempt, on_late=on_late).run(budget)
        if any(isinstance(outcome, NotSupported) for outcome in outcomes):
            known_capabilities.suspect_other_version(self._config, self._reader)
        return outcomes

    async def _turn(self, wanted: int, lane: Lane, budget: Budget) -> capacity.Grant:
        """Slots for these calls, or the error that says why there are none now."""
        began, outcome = time.monotonic(), "ok"
        try:
            grant = await capacity.take_slots(
                connection_id=self._config.id,
                cap=self._config.cap,
                lane=lane,
                wanted=wanted,
                queue_s=min(budget.queue_s, budget.remaining_s()),
            )
        except GatewayError as error:
            outcome = error.reason
            raise
        finally:
            telemetry.report_odoo_wait(
                telemetry.OdooWait(
                    connection=self._config.slug,
                    lane=lane.value,
                    outcome=outcome,
                    duration_s=time.monotonic() - began,
                )
            )
        if not budget.is_enough_to_start():
            capacity.give_back(grant, grant.numbers)
            raise TimedOut(f"{self._config.slug}: its turn came too late to start")
        return grant

    async def _attempt(
        self,
        call: OdooCall,
        *,
        protocol: Protocol,
        budget: Budget,
        correlation_id: str,
        cause: telemetry.Cause,
    ) -> Outcome:
        """One call with the one repeat it may have; both within the time for which its slot is safe."""
        config, saved = self._config, retry_budget(self._config.id)
        saved.earn()
        ends_at = asyncio.get_running_loop().time() + HARD_LIMIT_S
        outcome = await self._once(config, call, protocol, correlation_id, ends_at, cause)
        if isinstance(outcome, AuthenticationFailed):
            rotated = await self._config_if_rotated(config)
            if rotated is not None and budget.is_enough_to_start():
                return await self._once(rotated, call, protocol, correlation_id, ends_at, cause)
        if isinstance(outcome, GatewayError):
            pause_s = pause_before_repeat(outcome, budget=budget, saved=saved)
            if pause_s is not None:
                await asyncio.sleep(pause_s)
                return await self._once(config, call, protocol, correlation_id, ends_at, cause)
        return outcome

    async def _once(
        self,
        config: ConnectionConfig,
        call: OdooCall,
        protocol: Protocol,
        correlation_id: str,
        ends_at: float,
        cause: telemetry.Cause,
    ) -> Outcome:
        started, sent_at, own_delay = time.monotonic(), datetime.now(UTC), OwnDelay()
        outcome: Outcome
        try:
            async with asyncio.timeout_at(ends_at):
                result = await exchange(config, call, protocol=protocol, correlation_id=correlation_id)
            elapsed_ms = (time.monotonic() - started) * 1000
            outcome = OdooAnswer(result=result, elapsed_ms=elapsed_ms, sent_at=sent_at)
            breaker.time_call(config.id, call.reference, max(0.0, elapsed_ms - own_delay.end_ms()))
        except TimeoutError:
            outcome = TimedOut(f"{call.reference}: no answer within {HARD_LIMIT_S:.0f} s")
        except GatewayError as error:
            outcome = error.with_traceback(None)
        finally:
            own_delay.end_ms()
        self._count(call, outcome, time.monotonic() - started, cause)
        if isinstance(outcome, GatewayError):
            self._log_failure(outcome, call.reference, correlation_id)
        return outcome

    async def _config_if_rotated(self, config: ConnectionConfig) -> ConnectionConfig | None:
        """The connection with its new key, or as it is where only Odoo's number for the login may be out of date."""
        try:
            now = await reread(config.slug, purpose=config.purpose)
        except (psycopg.Error, UnknownConnection, AuthenticationFailed):
            return None
        if now.credential_version != config.credential_version or now.odoo_uid is not None:
            return now
        return None

    def _count(self, call: OdooCall, outcome: Outcome, duration_s: float, cause: telemetry.Cause) -> None:
        failed = isinstance(outcome, GatewayError)
        load.note(
            self._config.id,
            cause.workflow,
            cause.person_id,
            has_failed=failed and not isinstance(outcome, Busy),
            was_turned_away=isinstance(outcome, Busy),
            busy_ms=duration_s * 1000,
        )
        telemetry.report_odoo_call(
            telemetry.OdooCall(
                connection=self._config.slug,
                model=call.model,
                method=call.method,
                outcome=outcome.reason if isinstance(outcome, GatewayError) else "ok",
                duration_s=duration_s,
                workflow=cause.workflow,
            )
        )

    def _log_failure(self, error: GatewayError, what: str, correlation_id: str) -> None:
        tell = logger.info if isinstance(error, Rejected) else logger.warning  # a "no" may be expected
        tell(
            "odoo_call_failed",
            connection=self._config.slug,
            call=what,
            reason=error.reason,
            correlation_id=correlation_id,
        )
