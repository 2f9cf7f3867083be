"""Whether a replacement may be promised that is not on the shelf.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from cases.rules.fields import Amount, Flag, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementStock:
    must_be_in_stock: Annotated[bool, Flag()] = True
    kept_back: Annotated[Decimal, Amount(Decimal(0), Decimal(100_000), Unit.PIECES)] = Decimal(0)

    def is_enough(self, free: Decimal | None) -> bool | None:
        """For one piece; None: nobody knows."""
        if not self.must_be_in_stock:
            return True
        return None if free is None else free - self.kept_back >= 1
