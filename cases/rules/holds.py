"""What an open hold on the customer means for money.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from cases.rules.fields import Choice, PerKey

KINDS = ("fraud", "legal", "payment", "other")


class HoldEffect(StrEnum):
    STOP = "stop"
    SECOND = "second"  # one more person has to agree
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    effects: Annotated[Mapping[str, HoldEffect], PerKey(KINDS, Choice(HoldEffect))] = field(
        default_factory=lambda: {
            "fraud": HoldEffect.STOP,
            "legal": HoldEffect.STOP,
            "payment": HoldEffect.STOP,
            "other": HoldEffect.NOTHING,
        }
    )

    def effect(self, kinds: list[str]) -> HoldEffect:
        """The hardest one. A kind nobody decided about stops."""
        found = {self.effects.get(kind, HoldEffect.STOP) for kind in kinds}
        return next((effect for effect in HoldEffect if effect in found), HoldEffect.NOTHING)
