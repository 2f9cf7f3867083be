"""Refunds of one order within some days count as one, and many small ones are looked at twice.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cases.rules.fields import Unit, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    days: Annotated[int, Whole(1, 90, Unit.DAYS)] = 7
    most_parts: Annotated[int, Whole(1, 50, Unit.TIMES)] = 3
