"""Checks the signatures of incoming webhooks on the bytes as they came, in constant time. Pure: time is passed in."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from integrations.credentials import Secret

WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How one vendor signs. With ``time_header`` the time and ``joint`` stand before the body in what is signed."""

    header: str
    algorithm: Literal["sha1", "sha256"]
    encoding: Literal["hex", "base64"]
    prefix: str = ""
    time_header: str = ""
    joint: bytes = b""
    time_unit: Literal["iso", "s", "ms"] = "s"


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value whatever the case of its name; "" where it is missing."""
    wanted = name.lower()
    return next((value.strip() for key, value in headers.items() if key.lower() == wanted), "")


def refusal(
    scheme: Scheme, raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime
) -> str:
    """Why the signature does not hold, or "" where it does. An empty secret proves nothing and never holds."""
    given = header(headers, scheme.header)
    if not secret:
        return "no_secret"
    if not given:
        return "unsigned"
    signed = raw_body
    sent_at = header(headers, scheme.time_header) if scheme.time_header else ""
    if scheme.time_header:
        if not sent_at:
            return "no_time"
        signed = sent_at.encode() + scheme.joint + raw_body
    if not hmac.compare_digest(_sign(scheme, signed, secret).encode(), given.encode()):
        return "wrong_signature"
    # Looked at last: whoever cannot sign learns nothing about our clock.
    if scheme.time_header and not _is_recent(scheme, sent_at, now):
        return "too_old"
    return ""


def _sign(scheme: Scheme, content: bytes, secret: Secret) -> str:
    algorithm = hashlib.sha256 if scheme.algorithm == "sha256" else hashlib.sha1
    digest = hmac.new(secret.reveal().encode(), content, algorithm).digest()
    text = digest.hex() if scheme.encoding == "hex" else base64.b64encode(digest).decode()
    return scheme.prefix + text


def _is_recent(scheme: Scheme, sent_at: str, now: datetime) -> bool:
    try:
        if scheme.time_unit == "iso":
            at = datetime.fromisoformat(sent_at.replace("Z", "+00:00"))
        else:
            at = datetime.fromtimestamp(int(sent_at) / (1000 if scheme.time_unit == "ms" else 1), UTC)
        return abs(now - at) <= WINDOW
    except (ValueError, OverflowError, OSError, TypeError):
        return False


def same_secret(given: str, secret: Secret) -> bool:
    """Compare a secret that is sent as it is; an empty one is never right."""
    return bool(secret) and hmac.compare_digest(given.encode(), secret.reveal().encode())


def delivery_of(raw_body: bytes, named: str = "") -> str:
    """By what a webhook is taken only once: the vendor's own name for it, or the body itself."""
    return named[:100] if named else "sha256:" + hashlib.sha256(raw_body).hexdigest()
