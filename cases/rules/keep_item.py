"""Up to which worth goods may stay with a customer who gets their money back.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from cases.rules.fields import Amount, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepItem:
    up_to: Annotated[Decimal, Amount(Decimal(0), Decimal(100_000), Unit.MONEY)] = Decimal(50)
