"""Rules by which the sandbox misbehaves on purpose."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .statistics import Call


class Kind(StrEnum):
    LATENCY = "latency"
    HANG = "hang"
    RESET = "reset"
    STATUS_500 = "status_500"
    STATUS_429 = "status_429"
    STATUS_503 = "status_503"
    GARBAGE = "garbage"
    HALF_ANSWER = "half_answer"
    EMPTY = "empty"
    ACCESS_ERROR = "access_error"
    UNKNOWN_FIELD = "unknown_field"
    SLOW_BYTES = "slow_bytes"
    DOWN = "down"
    # Around a write: where in it something goes wrong.
    LATE = "late"  # waits before it begins; a client that gave up meanwhile does not stop it
    LOST_BEFORE = "lost_before"  # the server dies before the commit: nothing is done, the line is cut
    LOST_AFTER = "lost_after"  # done and committed, but the line is cut before the answer
    ROLLED_BACK = "rolled_back"  # the database goes away in mid-call: Odoo says so, nothing is done
    CONFLICT = "conflict"  # others changed the same rows until Odoo gave up trying


PARAMETERS = ("ms", "times", "retry_after", "field", "share")


class BadRule(Exception):
    """A fault rule that cannot be understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`match` narrows by model, method, verb of the bridge and user (login or the role in keys.json).

    Nothing matches all. `share` is how many of the matching calls are hit, chosen by chance.
    """

    kind: Kind
    match: Mapping[str, str]
    ms: int = 1000
    times: int | None = None
    retry_after: int = 1
    field: str = "no_such_field"
    share: float = 1.0

    def fits(self, call: Call) -> bool:
        held = {
            "model": (call.model,),
            "method": (call.method,),
            "verb": (call.verb,),
            "user": (call.login, call.role),
        }
        return all(value in held[name] for name, value in self.match.items())

    def as_json(self) -> dict[str, Any]:
        shown = {"kind": self.kind, "match": dict(self.match), "ms": self.ms, "times": self.times}
        return {**shown, "retry_after": self.retry_after, "field": self.field, "share": self.share}


def parse_rule(raw: Any) -> Rule:
    if not isinstance(raw, dict):
        raise BadRule("a rule is an object")
    unknown = set(raw) - {"kind", "match", *PARAMETERS}
    match = raw.get("match") or {}
    if unknown or set(match) - {"model", "method", "verb", "user"}:
        raise BadRule(f"unknown keys in {raw}")
    try:
        kind = Kind(str(raw.get("kind")))
    except ValueError:
        raise BadRule(f"unknown kind {raw.get('kind')!r}; known: {', '.join(Kind)}") from None
    known = {name: raw[name] for name in PARAMETERS if name in raw}
    return Rule(kind=kind, match=match, **known)


class Faults:
    """The rules in force, first match wins; `times` counts down and drops the rule at zero."""

    def __init__(self, seed: int = 7) -> None:
        self.rules: list[Rule] = []
        self._rng = random.Random(seed)  # noqa: S311  # nosec B311

    def replace_all(self, raw: Any) -> None:
        if not isinstance(raw, list):
            raise BadRule("send a JSON list of rules")
        self.rules = [parse_rule(rule) for rule in raw]

    def take(self, call: Call) -> Rule | None:
        for index, rule in enumerate(self.rules):
            if rule.kind is not Kind.DOWN and rule.fits(call) and self._rng.random() < rule.share:
                self._count_down(index)
                return rule
        return None

    def take_down(self) -> bool:
        """Whether the server plays dead for this connection."""
        for index, rule in enumerate(self.rules):
            if rule.kind is Kind.DOWN:
                self._count_down(index)
                return True
        return False

    def _count_down(self, index: int) -> None:
        rule = self.rules[index]
        if rule.times is None:
            return
        if rule.times <= 1:
            del self.rules[index]
        else:
            self.rules[index] = replace(rule, times=rule.times - 1)
