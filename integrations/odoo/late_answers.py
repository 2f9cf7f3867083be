"""Puts the answers together that came after a page's deadline: Odoo worked for them, so somebody may use them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from integrations.errors import GatewayError
from integrations.odoo.calls import OdooAnswer, OdooCall

Complete = Callable[[list[OdooAnswer]], None]


class LateAnswers:
    """Waits until each of some calls has an answer; where one never has, the others are of no use."""

    def __init__(self, calls: Sequence[OdooCall], complete: Complete) -> None:
        self._calls = calls
        self._complete = complete
        self._answers: dict[int, OdooAnswer] = {}
        self._is_deadline_over = False

    def take_early(self, outcomes: Sequence[OdooAnswer | GatewayError]) -> None:
        """What there was at the deadline; where that was all, nothing is late."""
        early = {index: it for index, it in enumerate(outcomes) if isinstance(it, OdooAnswer)}
        self._is_deadline_over = len(early) < len(self._calls)
        self._answers |= early
        self._hand_over_if_complete()

    def take_late(self, call: OdooCall, answer: OdooAnswer) -> None:
        self._answers[next(index for index, known in enumerate(self._calls) if known is call)] = answer
        self._hand_over_if_complete()

    def _hand_over_if_complete(self) -> None:
        if self._is_deadline_over and len(self._answers) == len(self._calls):
            self._complete([answer for _, answer in sorted(self._answers.items())])
