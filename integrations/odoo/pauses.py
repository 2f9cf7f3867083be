"""Leaves an Odoo alone for as long as it, or the proxy before it, has asked to be (429 or 503 with Retry-After).

The moment lies in the table of limits for all processes; each believes what it knows for a second.
"""

from __future__ import annotations

import time

from integrations.errors import AskedToWait, Overloaded

LONGEST_S = 600.0  # a proxy that says "tomorrow" must not take the console away until then
BELIEVED_S = 1.0

_known: dict[int, tuple[float, float]] = {}  # believed until, paused until


def asked_for_s(outcome: object) -> float:
    """How long the server wants no more calls."""
    if not isinstance(outcome, Overloaded):
        return 0.0
    return min(outcome.retry_after_s or 0.0, LONGEST_S)


def note(connection_id: int, seconds: float) -> None:
    """Known here at once; the table tells the others."""
    now = time.monotonic()
    _, until = _known.get(connection_id, (0.0, 0.0))
    until = max(until, now + seconds)
    _known[connection_id] = (min(until, now + BELIEVED_S), until)


def asked_to_wait(connection_id: int, seconds: float) -> AskedToWait:
    """The refusal for a pause that the table knows of."""
    note(connection_id, seconds)
    return _refusal(seconds)


def is_known(connection_id: int) -> bool:
    believed_until, _ = _known.get(connection_id, (0.0, 0.0))
    return time.monotonic() < believed_until


def refusal(connection_id: int) -> AskedToWait:
    _, until = _known.get(connection_id, (0.0, 0.0))
    return _refusal(max(0.0, until - time.monotonic()))


def refuse_while_asked_to_wait(connection_id: int) -> None:
    if is_known(connection_id):
        raise refusal(connection_id)
    _known.pop(connection_id, None)


def _refusal(seconds: float) -> AskedToWait:
    return AskedToWait("the server has asked for a pause", retry_after_s=round(seconds, 1))
