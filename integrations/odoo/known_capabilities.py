"""Keeps what an Odoo can do on its connection's row: discovered when missing, renewed behind the pages' back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol as Shape

import orjson
import psycopg
import structlog

from integrations import database
from integrations.errors import AuthenticationFailed, GatewayError, TimedOut
from integrations.event_loop import current_scope, spawn
from integrations.odoo import breaker, capacity
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooAnswer, OdooCall
from integrations.odoo.capabilities import Capabilities, Protocol
from integrations.odoo.capacity import Lane
from integrations.odoo.connections import ConnectionConfig, UnknownConnection, reread
from integrations.odoo.discovery import (
    ServerVersion,
    ask_version,
    capabilities_from,
    discovery_calls,
    protocol_for,
)

logger = structlog.get_logger(__name__)

RENEW_AFTER = timedelta(hours=6)
SUSPECT_EVERY_S = 60.0
DISCOVERY = "discovery"  # stands where a page's correlation id would

_KEEP = """
UPDATE integrations_odooconnection
   SET capabilities = %(capabilities)s::jsonb, version = %(version)s, probed_at = clock_timestamp()
 WHERE id = %(connection)s
"""
_FORGET = (
    "UPDATE integrations_odooconnection SET capabilities = '{}', probed_at = NULL WHERE id = %(connection)s"
)

_suspected_at: dict[int, float] = {}


class Read(Shape):
    """``OdooClient.read``, as far as it is needed here."""

    def __call__(
        self, calls: list[OdooCall], *, budget: Budget, lane: Lane, correlation_id: str
    ) -> Awaitable[list[OdooAnswer | GatewayError]]: ...


Reader = Callable[[Protocol], Read]


async def known_or_discovered(
    config: ConnectionConfig, reader: Reader, *, budget: Budget | None = None
) -> Capabilities:
    if config.capabilities is None:
        config = await _reread_or(config)
    if config.capabilities is None:
        return await _wait_for(_discovery(config, reader, Lane.INTERACTIVE), config, budget or Budget.page())
    if config.probed_at is None or datetime.now(UTC) - config.probed_at > RENEW_AFTER:
        _discovery(config, reader, Lane.SYNC)
    return config.capabilities


async def discover(config: ConnectionConfig, reader: Reader, *, lane: Lane = Lane.SYNC) -> Capabilities:
    """Ask the server now and keep what it says."""
    budget = Budget.probe()
    version = await version_through_slot(config, lane=lane, budget=budget)
    protocol = protocol_for(version, chosen=config.protocol)
    ask = partial(reader(protocol), budget=budget, lane=lane, correlation_id=DISCOVERY)
    calls = discovery_calls()
    # Alone and before the rest: a key that is refused is not tried dozens of times.
    answers = await ask(calls[:1])
    if isinstance(answers[0], AuthenticationFailed):
        raise answers[0]
    answers += await ask(calls[1:])
    found = capabilities_from(answers, version=version, protocol=protocol)
    await _keep(config, found)
    await _reread_or(config)
    return found


async def _keep(config: ConnectionConfig, found: Capabilities) -> None:
    parameters = {
        "capabilities": orjson.dumps(found.to_json()).decode(),
        "version": found.server_version,
        "connection": config.id,
    }
    try:
        await database.rows(_KEEP, parameters)
    except psycopg.Error as error:  # then the next process asks again
        logger.warning("odoo_capabilities_not_kept", connection=config.slug, sqlstate=error.sqlstate)


async def forget(config: ConnectionConfig) -> None:
    await database.rows(_FORGET, {"connection": config.id})
    await _reread_or(config)


def suspect_other_version(config: ConnectionConfig, reader: Reader) -> None:
    """Something that was there is gone: look, behind the page's back, whether the server was upgraded."""
    now = time.monotonic()
    if config.capabilities is None or now - _suspected_at.get(config.id, -SUSPECT_EVERY_S) < SUSPECT_EVERY_S:
        return
    _suspected_at[config.id] = now
    spawn(_renew_if_upgraded(config, reader), name="odoo-version-check")


async def version_through_slot(config: ConnectionConfig, *, lane: Lane, budget: Budget) -> ServerVersion:
    """Ask for the version like any other call: within the cap, and counted by the breaker."""
    grant = await capacity.take_slots(
        connection_id=config.id, cap=config.cap, lane=lane, wanted=1, queue_s=budget.queue_s
    )
    outcome: object = None
    try:
        async with asyncio.timeout(budget.for_call_s()):
            outcome = await ask_version(config, correlation_id=DISCOVERY)
            return outcome
    except TimeoutError:
        outcome = TimedOut(f"{config.slug}: no answer about the version in time")
    except GatewayError as error:
        outcome = error
        raise
    finally:
        if outcome is not None:
            breaker.count(config.id, outcome)
            if grant.is_probe:
                await breaker.settle_probe(config.id, outcome)
        capacity.give_back(grant, grant.numbers)
    raise outcome


async def _renew_if_upgraded(config: ConnectionConfig, reader: Reader) -> None:
    try:
        version = await version_through_slot(config, lane=Lane.SYNC, budget=Budget.probe())
    except GatewayError:
        return
    if version.text != config.version:
        _discovery(config, reader, Lane.SYNC)


def _discovery(config: ConnectionConfig, reader: Reader, lane: Lane) -> asyncio.Task[Capabilities]:
    """The one discovery of this connection on this loop."""
    running: dict[int, asyncio.Task[Capabilities]] = current_scope().resources.setdefault("discoveries", {})
    task = running.get(config.id)
    if task is None or task.done():
        task = running[config.id] = spawn(discover(config, reader, lane=lane), name="odoo-discovery")
        task.add_done_callback(_note_failure)
    return task


def _note_failure(task: asyncio.Task[Capabilities]) -> None:
    if task.cancelled():
        return
    error = task.exception()
    if error is not None:
        reason = error.reason if isinstance(error, GatewayError) else type(error).__name__
        logger.warning("odoo_discovery_failed", reason=reason)


async def _wait_for(
    task: asyncio.Task[Capabilities], config: ConnectionConfig, budget: Budget
) -> Capabilities:
    done, _running = await asyncio.wait({task}, timeout=budget.remaining_s())
    if not done:
        raise TimedOut(f"{config.slug}: still finding out what this Odoo can do")
    return task.result()


async def _reread_or(config: ConnectionConfig) -> ConnectionConfig:
    try:
        return await reread(config.slug, purpose=config.purpose)
    except (psycopg.Error, UnknownConnection, GatewayError):
        return config
