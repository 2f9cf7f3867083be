"""Decides whether an order's tree is asked for in one call or in two halves side by side.

Odoo works through one call on one processor. Halves take about half as long where it has several, and cost it one
more call's fixed price: checking the key, opening a transaction. That pays where the tree is long against a short
call of the same page, which is measured, and never where the distance to the server is what takes the time.
"""

from __future__ import annotations

from collections.abc import Sequence

from integrations.canonical import Branch

LEAST_SAVED_MS = 25.0
READINGS_BEFORE = 8  # a server that has just started is slow in everything
WEIGHT = 0.2  # of the newest reading


class Pace:
    """How long trees and short calls of one connection take, smoothed over this process's latest readings."""

    __slots__ = ("_readings", "_short_ms", "_tree_ms")

    def __init__(self) -> None:
        self._tree_ms = self._short_ms = 0.0
        self._readings = 0

    def learn(self, *, tree_ms: float, short_ms: float) -> None:
        """``tree_ms``: of the whole tree; of halves, what one call would have taken (see ``whole_ms``)."""
        weight = WEIGHT if self._readings else 1.0
        self._tree_ms += weight * (tree_ms - self._tree_ms)
        self._short_ms += weight * (short_ms - self._short_ms)
        self._readings += 1

    @property
    def pays_in_halves(self) -> bool:
        saved_ms = (self._tree_ms - self._short_ms) / 2
        return self._readings >= READINGS_BEFORE and saved_ms > max(LEAST_SAVED_MS, self._short_ms)


def whole_ms(parts_ms: Sequence[float], *, short_ms: float) -> float:
    """About what a tree takes in one call, of which these are the parts: each has the fixed price in it."""
    return sum(parts_ms) - (len(parts_ms) - 1) * min(short_ms, *parts_ms)


# Of the halves: stock hangs on the products of the lines, which this one reads anyway.
_WITH_THE_ORDER = frozenset({Branch.ORDER, Branch.STOCK})


def parts_of(branches: Sequence[Branch], *, in_halves: bool) -> list[tuple[Branch, ...]]:
    """The order with its lines, their stock and its customer costs about as much as all else that hangs on it."""
    others = tuple(branch for branch in branches if branch not in _WITH_THE_ORDER)
    if not in_halves or not others:
        return [tuple(branches)]
    return [tuple(branch for branch in branches if branch in _WITH_THE_ORDER), others]
