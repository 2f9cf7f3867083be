"""Until when something may be done about goods, by everything that grants time for it.

Pure: no Django.
"""

from __future__ import annotations

from datetime import datetime

from cases.rules.book import RuleBook
from cases.rules.matter import Item, Matter, Nature, Remedy


def latest_of(book: RuleBook, item: Item, matter: Matter, remedy: Remedy) -> datetime | None:
    """The latest moment that shop, law or, for a fault, warranty grants; None where nobody knows since when it runs."""
    granted = [book.windows.until(item, matter, remedy), book.statutory.until(item, matter)]
    if matter.nature is Nature.FAULT:
        granted.append(book.warranty.until(item, matter))
    return max((moment for moment in granted if moment is not None), default=None)
