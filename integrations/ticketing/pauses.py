"""Reads how much of a tool's limit is left, and leaves the tool alone for as long as it has asked to be.

The moment lies in the connection's row for all processes, which see it within seconds; this one knows it at once.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import psycopg

from integrations import database
from integrations.errors import AskedToWait
from integrations.http import HttpAnswer
from integrations.ticketing.connections import TicketingConfig

LONGEST_S = 600.0  # a tool that says "tomorrow" must not take the console away until then
_REMAINING = ("x-rate-limit-remaining", "ratelimit-remaining", "x-ratelimit-remaining")
_RESET = ("ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset")
_EPOCH_FROM = 1_000_000_000  # a reset as large as this is a moment, not a number of seconds

_until: dict[int, float] = {}


def refuse_while_paused(config: TicketingConfig) -> None:
    """Raise ``AskedToWait`` where a call now would only be refused again."""
    left = _until.get(config.id, 0.0) - time.monotonic()
    if config.paused_until is not None:
        left = max(left, (config.paused_until - datetime.now(UTC)).total_seconds())
    if left <= 0:
        _until.pop(config.id, None)
        return
    raise AskedToWait(
        f"{config.slug}: the tool has asked for a pause", retry_after_s=round(min(left, LONGEST_S), 1)
    )


async def note(config: TicketingConfig, answer: HttpAnswer, *, retry_after_s: float | None) -> None:
    """Remember a pause that was asked for, and begin one where the last call of a window was just used up."""
    seconds = retry_after_s if answer.status in {429, 503} else _until_reset_s(answer)
    if not seconds:
        return
    seconds = min(seconds, LONGEST_S)
    _until[config.id] = max(_until.get(config.id, 0.0), time.monotonic() + seconds)
    with suppress(psycopg.Error):  # then the other processes find out for themselves
        await database.rows(
            "UPDATE integrations_ticketingconnection"
            " SET paused_until = greatest(paused_until, now() + make_interval(secs => %s)) WHERE id = %s",
            (seconds, config.id),
        )


def _until_reset_s(answer: HttpAnswer) -> float | None:
    remaining = _number(answer, _REMAINING)
    reset = _number(answer, _RESET)
    if remaining is None or remaining > 0 or reset is None:
        return None
    return max(0.0, reset - time.time() if reset > _EPOCH_FROM else reset)


def _number(answer: HttpAnswer, names: tuple[str, ...]) -> float | None:
    for name in names:
        try:
            return float(answer.headers[name])
        except (KeyError, ValueError):
            continue
    return None
