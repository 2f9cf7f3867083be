"""Remembers which branches one connection's Odoo refused, so that the refusal is paid for once.

Per process: a refusal costs one repeat, and every process may find it out for itself.
"""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from integrations.canonical import Branch, BranchProblem

REMEMBERED_S = 600.0  # rights are changed by people: after this it is tried again


class BranchMemory:
    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._refused: dict[tuple[str, int], dict[Branch, tuple[BranchProblem, float]]] = {}

    def refused(self, connection: str, credential_version: int) -> dict[Branch, BranchProblem]:
        """What was refused lately; a rotated key starts with a clean sheet."""
        entries = self._refused.get((connection, credential_version), {})
        now = self._clock()
        return {branch: problem for branch, (problem, until) in entries.items() if until > now}

    def remember(
        self, connection: str, credential_version: int, problems: dict[Branch, BranchProblem]
    ) -> None:
        until = self._clock() + REMEMBERED_S
        entries = self._refused.setdefault((connection, credential_version), {})
        entries.update({branch: (problem, until) for branch, problem in problems.items()})

    def forget(self, connection: str) -> None:
        for key in [key for key in self._refused if key[0] == connection]:
            del self._refused[key]
