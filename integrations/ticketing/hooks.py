"""Reads what little is believed of an incoming webhook: which ticket to read again, and a name to take it once by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from integrations.credentials import Secret
from integrations.ticketing import signatures
from integrations.ticketing.records import Hook, Trust
from integrations.ticketing.signatures import Scheme

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


def judge(
    scheme: Scheme, raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime
) -> tuple[Trust, str]:
    """For tools that sign only where it is set up: without a secret of ours there is nothing but a hint."""
    if not secret:
        return Trust.HINT, ""
    reason = signatures.refusal(scheme, raw_body, headers, secret, now=now)
    return (Trust.REFUSED, reason) if reason else (Trust.TRUSTED, "")


SECRET_HEADER = "X-Deskglass-Hook"  # noqa: S105 - a header's name


def judge_unsigned(headers: Mapping[str, str], secret: Secret) -> tuple[Trust, str]:
    """For tools that sign nothing: a secret header keeps strangers away and proves nothing about the body."""
    if not secret:
        return Trust.HINT, ""
    given = signatures.header(headers, SECRET_HEADER)
    if not given:
        return Trust.REFUSED, "unsigned"
    if not signatures.same_secret(given, secret):
        return Trust.REFUSED, "wrong_signature"
    return Trust.HINT, ""
