"""Reads what little is believed of an incoming webhook: which ticket to read again, and a name to take it once by."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.ticketing.records import Hook, Trust

LONGEST_BODY = 1_000_000


def refused(reason: str) -> Hook:
    return Hook(trust=Trust.REFUSED, reason=reason)


def read_body(raw_body: bytes) -> Any:
    """The JSON in a body, or nothing: one that cannot be read names no ticket, and that is all it does."""
    if len(raw_body) > LONGEST_BODY:
        return None
    try:
        return orjson.loads(raw_body)
    except orjson.JSONDecodeError:
        return None


def text_at(body: Any, *path: str) -> str:
    """A short word or number somewhere in a body that may have any shape; "" where it is not there."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    if isinstance(body, bool) or not isinstance(body, str | int):
        return ""
    return str(body)[:100]
