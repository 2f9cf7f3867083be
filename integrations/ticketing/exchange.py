"""Carries one question to a ticketing tool and back: bounded, within its deadline, with failures named by our family.

An error is judged by its status only. What the tool writes about it may hold names and texts: none of it is kept.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import orjson

from integrations.errors import (
    AuthenticationFailed,
    BusinessRefusal,
    Busy,
    Conflict,
    Forbidden,
    Garbled,
    GatewayError,
    Missing,
    NotSupported,
    Overloaded,
    TimedOut,
    Unavailable,
)
from integrations.event_loop import current_scope
from integrations.http import HttpAnswer, send
from integrations.odoo.budget import Budget
from integrations.odoo.protocols import retry_after_s
from integrations.odoo.retries import RetryBudget, pause_before_repeat
from integrations.ticketing import pauses
from integrations.ticketing.connections import TicketingConfig, require_reachable

MAX_ANSWER_BYTES = 8 * 1024 * 1024
CONNECT_S = 3.0  # far away, unlike an Odoo next door

logger = logging.getLogger(__name__)

_BY_STATUS: Mapping[int, tuple[type[GatewayError], str]] = {
    400: (BusinessRefusal, "the tool's own rules refused"),
    401: (AuthenticationFailed, "the key is wrong, expired or revoked"),
    402: (Forbidden, "the plan does not include this"),
    403: (Forbidden, "the integration user lacks a right"),
    404: (Missing, "a record is not there"),
    405: (NotSupported, "the tool does not know this question"),
    409: (Conflict, "it has been changed since it was read"),
    410: (Missing, "a record is not there any more"),
    412: (Conflict, "it has been changed since it was read"),
    413: (NotSupported, "that is more than the tool takes"),
    415: (NotSupported, "the tool does not know this question"),
    422: (BusinessRefusal, "the tool's own rules refused"),
    428: (Conflict, "the tool wants to know what was read before"),
}
_TOO_MUCH = frozenset({429, 502, 503, 504})

_saved: dict[int, RetryBudget] = {}


@dataclass(frozen=True, slots=True)
class Reply:
    body: Any = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question in the vendor's words; ``name`` is ours, for logs. Headers and body hold keys and texts."""

    name: str
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Any = field(default=None, repr=False)

    @property
    def is_read(self) -> bool:
        return self.method == "GET"


async def exchange(
    config: TicketingConfig, question: Question, *, budget: Budget, correlation_id: str
) -> Reply:
    """The answer to one question; a read that found nobody, or no end, is repeated once where time allows."""
    saved = _saved.setdefault(config.id, RetryBudget())
    saved.earn()
    failure: GatewayError
    try:
        return await _once(config, question, budget=budget, correlation_id=correlation_id)
    except GatewayError as error:
        pause = pause_before_repeat(error, budget=budget, saved=saved) if question.is_read else None
        if pause is None:
            raise
        failure = error
    del failure
    await asyncio.sleep(pause)
    return await _once(config, question, budget=budget, correlation_id=correlation_id)


async def _once(config: TicketingConfig, question: Question, *, budget: Budget, correlation_id: str) -> Reply:
    began = time.monotonic()
    outcome = "failed"
    try:
        reply = await _in_turn(config, question, budget=budget, correlation_id=correlation_id)
        outcome = "ok"
        return reply
    except GatewayError as error:
        outcome = error.reason
        raise
    finally:
        logger.info(
            "Ticketing %s: %s %s in %d ms",
            config.slug,
            question.name,
            outcome,
            (time.monotonic() - began) * 1000,
        )


async def _in_turn(
    config: TicketingConfig, question: Question, *, budget: Budget, correlation_id: str
) -> Reply:
    reference = f"{config.slug} {question.name}"
    private_hosts = require_reachable(config)
    pauses.refuse_while_paused(config)
    if not budget.is_enough_to_start():
        raise Busy(f"{reference}: no time is left to ask")
    turns = _turns(config)
    try:
        await asyncio.wait_for(turns.acquire(), min(budget.queue_s, budget.remaining_s()))
    except TimeoutError:
        turn = False
    else:
        turn = True
    if not turn:
        raise Busy(f"{reference}: too many calls at the same time")
    try:
        answer = await _send(
            config, question, budget=budget, correlation_id=correlation_id, private_hosts=private_hosts
        )
    finally:
        turns.release()
    pause_s = retry_after_s(answer)
    await pauses.note(config, answer, retry_after_s=pause_s)
    return _read(answer, reference=reference, pause_s=pause_s)


async def _send(
    config: TicketingConfig,
    question: Question,
    *,
    budget: Budget,
    correlation_id: str,
    private_hosts: frozenset[str],
) -> HttpAnswer:
    headers = {**question.headers, "X-Request-Id": correlation_id}
    content = b""
    if question.body is not None:
        headers["Content-Type"] = "application/json"
        content = orjson.dumps(question.body)
    query = f"?{urlencode(question.query)}" if question.query else ""
    try:
        async with asyncio.timeout(budget.for_call_s()):
            return await send(
                question.method,
                f"{config.url}{question.path}{query}",
                headers=headers,
                content=content,
                max_bytes=MAX_ANSWER_BYTES,
                silence_s=budget.for_call_s(),
                connect_s=CONNECT_S,
                private_hosts=private_hosts,
            )
    except TimeoutError:
        pass
    raise TimedOut(f"{config.slug} {question.name}: no answer in time")


def _read(answer: HttpAnswer, *, reference: str, pause_s: float | None) -> Reply:
    status = answer.status
    if 200 <= status < 300:
        return Reply(_parsed(answer, reference), answer.headers, status)
    if status in _TOO_MUCH:
        raise Overloaded(f"{reference}: the tool answered {status}", retry_after_s=pause_s)
    if status in _BY_STATUS:
        kind, words = _BY_STATUS[status]
        raise kind(f"{reference}: {words}")
    if 300 <= status < 400:
        raise NotSupported(f"{reference}: the tool answered with a redirect, which is never followed")
    if status >= 500:
        raise Unavailable(f"{reference}: the tool answered {status}", retry_after_s=pause_s)
    raise Garbled(f"{reference}: the tool answered {status}")


def _parsed(answer: HttpAnswer, reference: str) -> Any:
    if not answer.body.strip():
        return None
    is_json = answer.content_type == "application/json" or answer.content_type.endswith("+json")
    try:
        if is_json:
            return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        pass
    raise Garbled(f"{reference}: the answer is not JSON")


def _turns(config: TicketingConfig) -> asyncio.Semaphore:
    resources = current_scope().resources
    place = f"ticketing turns {config.id} {config.cap}"
    turns: asyncio.Semaphore | None = resources.get(place)
    if turns is None:
        turns = resources[place] = asyncio.Semaphore(config.cap)
    return turns
