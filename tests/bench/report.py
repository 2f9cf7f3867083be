"""Says what was found: lines for people, one JSON object for programs, a file for later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.figures import CONTRACT_KEYS, Spread, rounded


def show(title: str, found: Mapping[str, Spread]) -> None:
    """Each figure as median, spread and rounds."""
    print(f"{title}")
    for name, spread in found.items():
        values = " ".join(f"{value:.2f}" for value in spread.rounds)
        print(f"  {name:<22}{spread.median:>9.2f}   spread {spread.width:.2f}   rounds {values}")


def say(line: str) -> None:
    print(line, flush=True)


def as_json(figures: Mapping[str, float], parts: Mapping[str, Mapping[str, float]]) -> dict[str, Any]:
    """The contract's keys first, then what else was found, then the parts (``everywhere``, ``real``)."""
    missing = [name for name in CONTRACT_KEYS if name not in figures]
    if missing:
        raise ValueError(f"not measured: {', '.join(missing)}")
    plain = rounded(dict(figures))
    ordered = {name: plain.pop(name) for name in CONTRACT_KEYS}
    return {**ordered, **plain, **{name: rounded(dict(part)) for name, part in parts.items()}}


def record(file: Path, about: Mapping[str, str], result: Mapping[str, Any]) -> None:
    """Append one line to the file of past results."""
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps({**about, "figures": result}) + "\n")
