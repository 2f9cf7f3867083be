"""One spelling of what was asked for and judged, and the hash an approval is bound to.

Pure: no Django.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cases.audit.chain import canonical_json


def sha256_of(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical_json(value)).hexdigest()


def sha256_text(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def plain(number: Decimal) -> str:
    """A number as text without trailing zeros, so that equal numbers read the same."""
    text = format(number.normalize(), "f")
    return "0" if text in {"-0", "0"} else text


def plainly(value: Any) -> Any:
    """A record's figures and words as they are hashed and stored."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, Mapping):
        return {str(name): plainly(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plainly(item) for item in value]
    return str(value) if isinstance(value, str) else value


def content_hash(
    *,
    kind: str,
    payload: Mapping[str, Any],
    facts_hash: str,
    policy_version: int,
    outcomes: Mapping[str, Any],
    preview: list[Any],
    round: int,
) -> str:
    """Of everything somebody who approves has seen: another wish, fact, rule or consequence is another content."""
    return sha256_of(
        {
            "kind": kind,
            "payload": payload,
            "facts": facts_hash,
            "policy": policy_version,
            "outcomes": outcomes,
            "preview": preview,
            "round": round,
        }
    )
