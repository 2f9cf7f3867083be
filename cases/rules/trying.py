"""How a decision by other rules differs from the one that was made.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cases.actions.verdicts import Outcome, Verdict


class Standing(StrEnum):
    """What became of a decision; in the order people care about."""

    REFUSED = "refused"  # was allowed, would be refused
    ALLOWED = "allowed"  # was refused, would be allowed
    MORE_PEOPLE = "more_people"
    FEWER_PEOPLE = "fewer_people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    kind: Standing
    before: int | None  # approvals needed; None: refused
    after: int | None
    because: tuple[str, ...]  # the rules that came out differently

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "before": self.before,
            "after": self.after,
            "because": list(self.because),
        }


def compare(then: Verdict, now: Verdict) -> Difference | None:
    """None where nobody would notice: the same people would have to agree to the same."""
    before = then.needs_approval if then.allowed else None
    after = now.needs_approval if now.allowed else None
    if before == after:
        return None
    return Difference(kind=_kind(before, after), before=before, after=after, because=_because(then, now))


def _kind(before: int | None, after: int | None) -> Standing:
    if after is None:
        return Standing.REFUSED
    if before is None:
        return Standing.ALLOWED
    return Standing.MORE_PEOPLE if after > before else Standing.FEWER_PEOPLE


def _because(then: Verdict, now: Verdict) -> tuple[str, ...]:
    """A rule that did not speak then passed, as far as anybody knew."""
    before = {rule.id: rule.outcome for rule in then.rules}
    return tuple(rule.id for rule in now.rules if rule.outcome is not before.get(rule.id, Outcome.PASSED))
