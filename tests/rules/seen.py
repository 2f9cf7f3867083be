"""What of a masked record could reach a page, a log line or an export."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cases.masking import Cell, MaskedRecord, Mode
from integrations.canonical import Sensitivity

ALL: dict[Sensitivity, Mode] = dict.fromkeys(Sensitivity, Mode.SHOW)
NOTHING: dict[Sensitivity, Mode] = dict.fromkeys(Sensitivity, Mode.HIDE)


def only(sensitivity: Sensitivity, mode: Mode) -> dict[Sensitivity, Mode]:
    return {**NOTHING, sensitivity: mode}


def cells(masked: Any) -> Iterator[Cell]:
    if isinstance(masked, Cell):
        yield masked
    elif isinstance(masked, MaskedRecord):
        for value in masked.values():
            yield from cells(value)
    elif isinstance(masked, tuple):
        for value in masked:
            yield from cells(value)


def shown(masked: Any) -> str:
    """Everything a careless template or log line could print of it."""
    return " ".join([repr(masked), str(masked), *(f"{cell!r} {cell} {cell.value}" for cell in cells(masked))])
