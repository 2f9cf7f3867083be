"""Sends one write to Odoo once: in its own lane, under its own key, and never again by itself."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import structlog

from integrations import telemetry
from integrations.errors import GatewayError, NotSent, Rejected, TimedOut
from integrations.event_loop import spawn
from integrations.odoo import breaker, capacity
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooAnswer, OdooCall
from integrations.odoo.capabilities import Protocol
from integrations.odoo.capacity import Grant, Lane
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.exchange import exchange

logger = structlog.get_logger(__name__)

RENEW_EVERY_S = 8.0  # half of a slot's lease: a write may take longer than one


async def send_once(
    config: ConnectionConfig, call: OdooCall, *, protocol: Protocol, budget: Budget, correlation_id: str
) -> Any:
    """The result, or one of the gateway's errors; ``NotSent`` among them means that Odoo never saw it.

    In a task of its own: a caller that goes away neither stops a write that is under way nor frees its slot.
    """
    work = spawn(_send(config, call, protocol, budget, correlation_id), name="odoo-write")
    return await asyncio.shield(work)


async def _send(
    config: ConnectionConfig, call: OdooCall, protocol: Protocol, budget: Budget, correlation_id: str
) -> Any:
    grant = await capacity.take_slots(
        connection_id=config.id,
        cap=config.cap,
        lane=Lane.WRITEBACK,
        wanted=1,
        queue_s=min(budget.queue_s, budget.remaining_s()),
    )
    started = time.monotonic()
    keeping = spawn(_keep(grant), name="odoo-write-slot")
    outcome: OdooAnswer | GatewayError
    try:
        outcome = await _attempt(config, call, protocol, budget, correlation_id, started)
    finally:
        keeping.cancel()
    _account_for(config, call, grant, outcome, time.monotonic() - started, correlation_id)
    if grant.is_probe:
        await breaker.settle_probe(grant.connection_id, outcome)
    if not isinstance(outcome, TimedOut):
        capacity.give_back(
            grant, grant.numbers
        )  # else Odoo still works: the slot stays taken until its lease ends
    if isinstance(outcome, GatewayError):
        raise outcome
    return outcome.result


async def _attempt(
    config: ConnectionConfig,
    call: OdooCall,
    protocol: Protocol,
    budget: Budget,
    correlation_id: str,
    started: float,
) -> OdooAnswer | GatewayError:
    if not budget.is_enough_to_start():
        return NotSent(f"{call.reference}: too little time left to start")
    sent_at = datetime.now(UTC)
    left_s = budget.for_call_s()
    try:
        async with asyncio.timeout(left_s):
            result = await exchange(
                config, call, protocol=protocol, correlation_id=correlation_id, silence_s=left_s
            )
    except TimeoutError:
        return TimedOut(f"{call.reference}: no answer within {left_s:.0f} s")
    except GatewayError as error:
        return error.with_traceback(None)
    return OdooAnswer(result=result, elapsed_ms=(time.monotonic() - started) * 1000, sent_at=sent_at)


async def _keep(grant: Grant) -> None:
    with suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(RENEW_EVERY_S)
            for number in grant.numbers:
                await capacity.renew(grant, number)


def _account_for(
    config: ConnectionConfig,
    call: OdooCall,
    grant: Grant,
    outcome: OdooAnswer | GatewayError,
    duration_s: float,
    correlation_id: str,
) -> None:
    breaker.count(grant.connection_id, outcome)
    telemetry.report_odoo_call(
        telemetry.OdooCall(
            connection=config.slug,
            model=call.model,
            method=call.method,
            outcome=outcome.reason if isinstance(outcome, GatewayError) else "ok",
            duration_s=duration_s,
        )
    )
    if isinstance(outcome, GatewayError):
        tell = logger.info if isinstance(outcome, Rejected) else logger.warning
        tell(
            "odoo_write_failed",
            connection=config.slug,
            call=call.reference,
            reason=outcome.reason,
            correlation_id=correlation_id,
        )
