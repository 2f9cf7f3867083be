"""Finds the question whose answer tells several candidates apart, without telling the answer to anybody.

Pure. Preferred is what the viewer can compare with what they see; where only hidden facts differ, the question
says so, because somebody else has to compare.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from cases.masking import Matrix, Mode
from integrations.canonical import OrderMatch, Sensitivity


class Asked(StrEnum):
    """What the customer is asked for."""

    POSTCODE = "postcode"
    CITY = "city"
    PLACED_ON = "placed_on"
    TOTAL = "total"
    SHOP = "shop"
    ORDER_NUMBER = "order_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """``same_account``: who it is seems clear, only which order is not. ``comparable``: the viewer sees the answer."""

    asked: Asked
    same_account: bool
    comparable: bool
    settles: bool  # every candidate has an answer of its own


_UTC = ZoneInfo("UTC")

_READ: dict[Asked, tuple[Sensitivity, Callable[[OrderMatch], Any]]] = {
    Asked.POSTCODE: (Sensitivity.PERSONAL, lambda m: _folded(m.postcode)),
    Asked.CITY: (Sensitivity.PERSONAL, lambda m: _folded(m.city)),
    Asked.PLACED_ON: (Sensitivity.PUBLIC, lambda m: m.placed_at and m.placed_at.astimezone(_UTC).date()),
    Asked.TOTAL: (Sensitivity.PUBLIC, lambda m: (m.total.amount, m.total.currency)),
    Asked.SHOP: (Sensitivity.PUBLIC, lambda m: (m.connection, m.company.id)),
}


def question_for(candidates: Sequence[OrderMatch], matrix: Matrix) -> Question | None:
    """None where there is nothing to tell apart."""
    if len(candidates) < 2:
        return None
    accounts = {(m.connection, m.account_id or m.customer_id) for m in candidates}
    same_account = len(accounts) == 1 and (candidates[0].account_id or candidates[0].customer_id) is not None
    ranked = []
    for preference, (asked, (sensitivity, read)) in enumerate(_READ.items()):
        answers = [read(candidate) for candidate in candidates]
        different = len({answer for answer in answers if answer})
        if different < 2 or (same_account and asked in (Asked.POSTCODE, Asked.CITY)):
            continue
        comparable = matrix.get(sensitivity, Mode.HIDE) is Mode.SHOW
        settles = different == len(candidates) and all(answers)
        ranked.append((not comparable, not settles, -different, preference, asked))
    if not ranked:
        return Question(asked=Asked.ORDER_NUMBER, same_account=same_account, comparable=True, settles=True)
    hidden, open_, _, _, asked = min(ranked)
    return Question(asked=asked, same_account=same_account, comparable=not hidden, settles=not open_)


def _folded(text: str | None) -> str:
    return "".join((text or "").split()).casefold()
