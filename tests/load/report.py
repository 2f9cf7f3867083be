"""Puts a run into a table that can be read and pasted: one line per phase, and how the processes grew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.figures import percentile
from tests.load.browsers import Outcome, Visit
from tests.load.watching import Sample

HEAD = "| phase | pages | p50 ms | p95 ms | p99 ms | errors | named | kept | in flight | back after s |"
RULE = "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"


@dataclass(slots=True, kw_only=True)
class Phase:
    says: str
    visits: list[Visit] = field(default_factory=list)
    max_in_flight: int | None = None  # as Odoo itself has counted; None where it was not there to be asked
    reads: int | None = None  # of the one order that everybody opened
    back_after_s: float | None = None  # from the end of the trouble to a whole order from Odoo

    def count(self, outcome: Outcome) -> int:
        return sum(visit.outcome is outcome for visit in self.visits)

    @property
    def errors(self) -> float:
        return self.count(Outcome.ERROR) / len(self.visits) if self.visits else 0.0

    def row(self) -> str:
        ms = [visit.ms for visit in self.visits] or [0.0]
        cells = [
            self.says,
            str(len(self.visits)),
            *(f"{percentile(ms, share):.0f}" for share in (0.5, 0.95, 0.99)),
            f"{self.errors:.2%}",
            str(self.count(Outcome.NAMED)),
            str(self.count(Outcome.KEPT)),
            "–" if self.max_in_flight is None else str(self.max_in_flight),
            "–" if self.back_after_s is None else f"{self.back_after_s:.1f}",
        ]
        return f"| {' | '.join(cells)} |"


def show(phases: Sequence[Phase], samples: Sequence[Sample]) -> None:
    print("\n".join([HEAD, RULE, *(phase.row() for phase in phases)]))
    for phase in phases:
        found = Counter(f"{visit.kind}: {visit.outcome} {visit.detail}" for visit in phase.visits)
        print(f"{phase.says}: {', '.join(f'{count} x {what}' for what, count in sorted(found.items()))}")
        if phase.reads is not None:
            print(f"{phase.says}: {phase.reads} reading of Odoo for {len(phase.visits)} pages")
    if samples:
        print(growth(samples))


def growth(samples: Sequence[Sample]) -> str:
    """The first and the last tenth of the run side by side."""
    part = max(1, len(samples) // 10)
    first, last = samples[:part], samples[-part:]
    told = []
    for name, says in (
        ("web_mb", "web memory MB"),
        ("database_connections", "database connections"),
        ("web_sockets", "web sockets"),
    ):
        values = [[float(getattr(sample, name)) for sample in group] for group in (first, last)]
        before, after = (sum(group) / len(group) for group in values)
        most = max(float(getattr(sample, name)) for sample in samples)
        told.append(f"{says} {before:.0f} -> {after:.0f} (most {most:.0f})")
    return f"grew over {len(samples)} s: {'; '.join(told)}"


def as_figures(phases: Sequence[Phase]) -> dict[str, object]:
    """For programs: the last line of the output."""
    return {
        phase.says: {
            "pages": len(phase.visits),
            "p95_ms": round(percentile([visit.ms for visit in phase.visits] or [0.0], 0.95), 1),
            "errors": round(phase.errors, 5),
            "max_in_flight": phase.max_in_flight,
            **({} if phase.reads is None else {"reads": phase.reads}),
            "back_after_s": phase.back_after_s,
        }
        for phase in phases
    }
