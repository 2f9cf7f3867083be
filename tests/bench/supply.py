"""Which orders are opened when: the same ones in every run, no order twice where a first look is measured."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

SEED = 7
WARM_UP = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """Numbers of orders of one company."""

    warm_up: tuple[str, ...]
    rounds: tuple[tuple[str, ...], ...]
    everywhere: tuple[str, ...]
    all: tuple[str, ...]
    typical: str
    about: str


def divide(orders: Sequence[dict[str, Any]], *, rounds: int, per_round: int, everywhere: int) -> Supply:
    """Shuffled, so that rounds resemble each other; the rounds are shorter where there are too few orders."""
    shuffled = sorted(orders, key=lambda row: int(row["id"]))
    random.Random(SEED).shuffle(shuffled)
    names = tuple(str(row["name"]) for row in shuffled)
    per_round = min(per_round, (len(names) - WARM_UP - everywhere) // rounds)
    if per_round < 1:
        raise ValueError(f"{len(names)} orders are too few to measure with")
    ends = [WARM_UP + per_round * number for number in range(rounds + 1)]
    return Supply(
        warm_up=names[:WARM_UP],
        rounds=tuple(names[start:end] for start, end in pairwise(ends)),
        everywhere=names[ends[-1] : ends[-1] + everywhere],
        all=names,
        typical=_typical(shuffled),
        about=_about(shuffled, rounds * per_round),
    )


def _typical(orders: Sequence[dict[str, Any]]) -> str:
    sold = [row for row in orders if row["state"] == "sale"] or orders
    middle = median(len(row["order_line"]) for row in sold)
    return str(min(sold, key=lambda row: abs(len(row["order_line"]) - middle))["name"])


def _about(orders: Sequence[dict[str, Any]], used: int) -> str:
    lines = sorted(len(row["order_line"]) for row in orders)
    counted = sorted(Counter(row["state"] for row in orders).items())
    states = ", ".join(f"{count} {state}" for state, count in counted)
    sizes = f"{lines[0]} to {lines[-1]} lines, {median(lines):g} in the middle"
    return f"{used} of {len(orders)} orders ({states}; {sizes})"
