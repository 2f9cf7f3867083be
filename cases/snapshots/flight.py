"""Reads one question once for all processes: one of them asks Odoo, the others wait for what it keeps.

Within a process ``cases.orders.readings`` sees to it that one task does this. A viewer who may see payments reads
themselves, as those are not kept; what else they read is, for everybody who waits.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from time import monotonic

import psycopg
import structlog

from cases.snapshots import decoded, table
from cases.snapshots.question import Question
from cases.snapshots.sealing import CannotOpen, NotKept, aged, seal, unseal
from cases.snapshots.table import KEPT, NOT_KEPT, NOTHING_FOUND, Look, Place
from integrations.canonical import BranchProblem, OrderReading
from integrations.errors import GatewayError
from integrations.event_loop import spawn
from integrations.gateways import Budget

logger = structlog.get_logger(__name__)

RENEW_S = 0.3
POLL_S = (0.015, 0.04)
WRITE_AFTER_S = 0.05  # first the page that waits for this reading is drawn

_PASSING = (BranchProblem.TIMED_OUT, BranchProblem.UNAVAILABLE)


async def fly(question: Question, look: Look) -> OrderReading:
    """Read, or wait for who reads and take over when they fall silent. Raises what the reading raised."""
    before = look.fetched_at
    while True:
        if look.is_ours or question.key.payment_details or look.outcome == NOT_KEPT:
            return await _read(question, has_lease=look.is_ours)
        if look.fetched_at is not None and (look.fetched_at != before or look.outcome == KEPT):
            known = decoded.find(question.place.key, has_payments=False)
            entry = open_kept(question.place, look, known)
            return entry.reading if entry else await _read(question, has_lease=False)
        if look.outcome == NOTHING_FOUND:
            return _nothing()
        if look.failure:
            raise failure_named(look.failure, look.retry_after_s)
        # Jitter, so that the processes do not ask in step.
        await asyncio.sleep(random.uniform(*POLL_S))  # noqa: S311  # nosec B311
        try:
            look = await table.look(question.place, holder=question.holder, known=before, first=False)
        except psycopg.Error:
            return await _read(question, has_lease=False)


def open_kept(place: Place, look: Look, known: decoded.Entry | None) -> decoded.Entry | None:
    """What the table holds, decoded once per process; None where there is nothing that can be opened."""
    if look.fetched_at is None:
        return None
    if known is not None and known.fetched_at == look.fetched_at:
        return known
    if look.content is None:
        return None
    try:
        opened = unseal(look.content, key_id=look.key_id, place=place.text, fetched_at=look.fetched_at)
    except CannotOpen as error:
        logger.warning("snapshot_unreadable", key=str(place.key), key_id=look.key_id, problem=str(error))
        return None
    return decoded.remember(place.key, opened.reading, facts=opened.facts, size=opened.size)


async def _read(question: Question, *, has_lease: bool) -> OrderReading:
    key, began_at = question.key, monotonic()
    beat = spawn(_renew(question), name="renew-reading") if has_lease else None
    try:
        reading = await question.source.read_order(
            key.ref,
            companies=key.companies,
            payment_details=key.payment_details,
            budget=Budget.page(),
            correlation_id=question.correlation_id,
            origins=key.origins,
            in_background=question.in_background,
            on_late=partial(_keep_later, question, began_at),
        )
    except GatewayError as error:
        # What failed with nobody waiting says nothing to those who come now: they try themselves.
        outcome = NOT_KEPT if question.in_background else error.reason
        spawn(_end(question, outcome, error.retry_after_s), name="end-reading")
        raise
    finally:
        if beat is not None:
            beat.cancel()
    _keep_later(question, began_at, reading)
    return reading


async def _renew(question: Question) -> None:
    while True:
        await asyncio.sleep(RENEW_S)
        with suppress(psycopg.Error):  # then another process may read as well
            await table.renew(question.place, holder=question.holder)


def _keep_later(question: Question, began_at: float, reading: OrderReading) -> None:
    """In the background; also for an answer that nobody waits for any more."""
    spawn(_keep(question, reading, began_at, monotonic()), name="keep-snapshot")


async def _keep(question: Question, reading: OrderReading, began_at: float, ended_at: float) -> None:
    with suppress(asyncio.CancelledError):  # the loop ends: then at once
        await asyncio.sleep(WRITE_AFTER_S)
    place = question.place
    if not reading.records:
        return await _end(question, NOTHING_FOUND)
    try:
        sealed = seal(reading, place=place.text)
    except NotKept as refused:
        logger.warning("snapshot_not_kept", key=str(place.key), problem=str(refused))
        return await _end(question, NOT_KEPT)
    is_whole = not any(problem in _PASSING for problem in reading.problems.values())
    try:
        fetched_at = await table.keep(
            place,
            sealed,
            holder=question.holder,
            began_s=monotonic() - began_at,
            ended_s=monotonic() - ended_at,
            is_whole=is_whole,
        )
    except psycopg.Error as error:
        logger.warning("snapshot_not_kept", key=str(place.key), problem=type(error).__name__)
        return None
    if fetched_at is not None:
        _remember(question, reading, fetched_at, sealed.facts, sealed.size)
    return None


def _remember(question: Question, reading: OrderReading, fetched_at: datetime, facts: str, size: int) -> None:
    decoded.remember(
        question.place.key,
        aged(reading, fetched_at),
        facts=facts,
        size=size,
        has_payments=question.key.payment_details,
    )


async def _end(question: Question, outcome: str, retry_after_s: float | None = None) -> None:
    place = question.place
    try:
        await table.end(place, holder=question.holder, outcome=outcome, retry_after_s=retry_after_s)
    except psycopg.Error as error:
        logger.warning("reading_not_ended", key=str(place.key), problem=type(error).__name__)


def _nothing() -> OrderReading:
    """What the reader found, too: no such order."""
    return OrderReading(records=(), problems={}, fetched_at=datetime.now(UTC), calls=0, slowest_call_ms=0.0)


def failure_named(reason: str, retry_after_s: float | None = None) -> GatewayError:
    """The error that somebody else ran into, for everybody who waited for it."""
    kind = next((kind for kind in _kinds(GatewayError) if kind.reason == reason), GatewayError)
    return kind("as somebody else was answered", retry_after_s=retry_after_s)


def _kinds(kind: type[GatewayError]) -> Iterator[type[GatewayError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)
