"""What is sold for good: no money and no exchange for it, unless it is faulty or the law says otherwise.

Pure: no Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cases.rules.fields import Flag, Names
from cases.rules.matter import Item, Matter, Nature, is_named
from cases.rules.statutory import Statutory


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalSale:
    skus: Annotated[tuple[str, ...], Names()] = ()
    categories: Annotated[tuple[str, ...], Names(120)] = ()
    unless_faulty: Annotated[bool, Flag()] = True

    def names(self, item: Item) -> bool:
        return is_named(item, skus=self.skus, categories=self.categories)

    def stops(self, item: Item, matter: Matter, statutory: Statutory) -> bool:
        if not self.names(item):
            return False
        if self.unless_faulty and matter.nature is Nature.FAULT:
            return False
        return not statutory.covers(item, matter)
