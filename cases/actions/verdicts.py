"""What a policy says of a wish: every rule with its version, its outcome, and what would have made it pass.

Pure: no Django. A verdict is stored as it was given; its sentences are message ids that are filled and translated when
somebody reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    PASSED = "passed"
    RAISED = "raised"  # allowed, but one more person has to agree
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    id: str
    version: int
    outcome: Outcome
    explanation: str  # a message id, filled with ``words``
    eligible_if: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "version": self.version,
            "outcome": self.outcome.value,
            "explanation": self.explanation,
            "eligible_if": self.eligible_if,
            "words": dict(self.words),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    needs_approval: int  # by how many people, none of them who asked
    rules: tuple[RuleResult, ...]

    @property
    def allowed(self) -> bool:
        return all(rule.outcome is not Outcome.FAILED for rule in self.rules)

    @property
    def outcomes(self) -> dict[str, Any]:
        """What an approval rests on: not the sentences, which may be worded better one day."""
        return {
            "allowed": self.allowed,
            "needs": self.needs_approval,
            "rules": {rule.id: rule.outcome.value for rule in self.rules},
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "allowed": self.allowed,
            "needs_approval": self.needs_approval,
            "rules": [rule.as_json() for rule in self.rules],
        }


def verdict_of(stored: Mapping[str, Any]) -> Verdict:
    """A verdict as it was stored."""
    return Verdict(
        needs_approval=int(stored.get("needs_approval", 1)),
        rules=tuple(
            RuleResult(
                id=rule["id"],
                version=rule["version"],
                outcome=Outcome(rule["outcome"]),
                explanation=rule["explanation"],
                eligible_if=rule["eligible_if"],
                words=rule["words"],
            )
            for rule in stored.get("rules", ())
        ),
    )
