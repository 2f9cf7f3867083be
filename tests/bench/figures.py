"""Turns samples into the figures that are reported: plain arithmetic, tested without a clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

CONTRACT_KEYS = (
    "cold_p50_ratio",
    "cold_p95_ratio",
    "overhead_ms_p50",
    "vs_flat_ratio",
    "calls_cold",
    "calls_warm",
    "warm_p95_ms",
    "warm_cpu_ms",
    "load_p95_ms",
    "load_errors",
    "max_in_flight",
    "down_p95_ms",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdPage:
    """One complete page and the slowest Odoo call of the same load; both in milliseconds."""

    page_ms: float
    slowest_call_ms: float
    calls: int

    @property
    def ratio(self) -> float:
        return self.page_ms / self.slowest_call_ms

    @property
    def overhead_ms(self) -> float:
        return self.page_ms - self.slowest_call_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One figure, measured in several rounds: its median, and how far the rounds lie apart."""

    rounds: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.rounds)

    @property
    def width(self) -> float:
        return max(self.rounds) - min(self.rounds)


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that at least ``share`` of all samples do not exceed (nearest rank)."""
    if not samples:
        raise ValueError("no samples")
    ranked = sorted(samples)
    return ranked[max(1, math.ceil(share * len(ranked))) - 1]


def cold_figures(
    pages: Sequence[ColdPage], flat_ms: Sequence[float], *, unfinished: int = 0
) -> dict[str, float]:
    """Of one round; without flat reads there is nothing to compare with."""
    if not pages:
        raise ValueError(f"none of {unfinished} pages was a whole order")
    page_ms = [page.page_ms for page in pages]
    figures = {
        "cold_p50_ratio": median(page.ratio for page in pages),
        "cold_p95_ratio": percentile([page.ratio for page in pages], 0.95),
        "overhead_ms_p50": median(page.overhead_ms for page in pages),
        # On a busy machine this one comes closest to what the page itself costs.
        "overhead_ms_p10": percentile([page.overhead_ms for page in pages], 0.10),
        "overhead_ms_p95": percentile([page.overhead_ms for page in pages], 0.95),
        "cold_p50_ms": median(page_ms),
        "slowest_call_p50_ms": median(page.slowest_call_ms for page in pages),
        "calls_cold": max(page.calls for page in pages),
        "unfinished": unfinished,
    }
    if flat_ms:
        figures |= {"flat_p50_ms": median(flat_ms), "vs_flat_ratio": median(flat_ms) / median(page_ms)}
    return figures


def over_rounds(rounds: Sequence[dict[str, float]]) -> dict[str, Spread]:
    """The same figure of all rounds, side by side."""
    return {name: Spread(rounds=tuple(figures[name] for figures in rounds)) for name in rounds[0]}


def medians(spreads: dict[str, Spread]) -> dict[str, float]:
    return {name: spread.median for name, spread in spreads.items()}


def rounded(figures: dict[str, float]) -> dict[str, float | int]:
    """As many digits as mean something; whole numbers stay whole."""
    return {
        name: int(value) if float(value).is_integer() else round(value, 3 if name.endswith("ratio") else 2)
        for name, value in figures.items()
    }
