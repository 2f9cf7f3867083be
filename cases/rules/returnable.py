"""What never comes back, such as opened food or a used battery: money for it, if any, is given without a return.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cases.rules.fields import Names
from cases.rules.matter import Item, is_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Returnable:
    never_skus: Annotated[tuple[str, ...], Names()] = ()
    never_categories: Annotated[tuple[str, ...], Names(120)] = ()

    def never(self, item: Item) -> bool:
        return is_named(item, skus=self.never_skus, categories=self.never_categories)
