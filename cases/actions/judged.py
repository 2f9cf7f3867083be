"""What a verdict rests on beside the order itself, and what comes of it: the same for every kind of action.

Everything in it is plain and is stored as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from cases.actions.hashing import content_hash, sha256_of
from cases.actions.verdicts import Verdict
from integrations.canonical import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the verdict rests on beside the order's own figures."""

    at: datetime
    placed_at: datetime | None
    shipped_at: datetime | None  # when the last goods left
    holds: tuple[str, ...]
    roles: tuple[str, ...]  # of whoever asks
    agent_before: Decimal  # asked for by them within a day
    past: Mapping[str, Mapping[str, Any]]  # asked for by the customer and for the order, by whole days ago
    about: Mapping[str, Any]  # whose order it is, and what its goods are
    # By Odoo's number of a delivery's line, what requests of ours that are not in Odoo yet ask back of it.
    pending: Mapping[int, Decimal] = field(default_factory=dict)
    way: Mapping[str, Any] = field(default_factory=dict)  # how goods come back here, and where to
    requests: tuple[
        Mapping[str, Any], ...
    ] = ()  # on the order, open and done, but for the one that is judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A request as it is shown, approved and stored."""

    payload: dict[str, Any]
    facts: dict[str, Any]
    facts_hash: str
    verdict: Verdict
    preview: list[dict[str, Any]]
    total: Money
    round: int

    @property
    def kind(self) -> str:
        return str(self.payload["kind"])

    def columns(self) -> dict[str, Any]:
        """What an action's row keeps of it, whether it is asked for, judged anew or was a draft."""
        return {
            "payload": self.payload,
            "payload_hash": sha256_of(self.payload),
            "facts": self.facts,
            "facts_hash": self.facts_hash,
            "policy_version": self.verdict.rules[0].version,
            "verdict": self.verdict.as_json(),
            "preview": self.preview,
            "content_hash": self.content_hash,
            "amount": self.total.amount,
        }

    @property
    def content_hash(self) -> str:
        return content_hash(
            kind=self.kind,
            payload=self.payload,
            facts_hash=self.facts_hash,
            policy_version=self.verdict.rules[0].version,
            outcomes=self.verdict.outcomes,
            preview=self.preview,
            round=self.round,
        )
