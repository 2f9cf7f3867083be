"""The goods an action is about, line by line, as they are shown: what, how many, why, which numbers, where to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from cases.actions.reason_words import words_of_reason
from cases.rules.reasons import CodeSet
from integrations.canonical import PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsRecord:
    name: Annotated[str, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]
    unit: Annotated[str, PUBLIC]
    reason: Annotated[str, PUBLIC]  # the code
    reason_words: Annotated[str, PUBLIC]
    numbers: Annotated[tuple[str, ...], PUBLIC]  # lots or serial numbers
    of: Annotated[str, PUBLIC]  # the delivery it came with
    place: Annotated[str, PUBLIC]  # the warehouse it comes back to
    address: Annotated[str, PUBLIC]  # of that warehouse


def goods_of(payload: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[GoodsRecord, ...]:
    """Nothing for an action that moves no goods."""
    return tuple(_coming_back(payload, facts))


def _coming_back(payload: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[GoodsRecord]:
    for stored in payload.get("returns", ()):
        for line in stored["lines"]:
            yield GoodsRecord(
                name=line["name"],
                quantity=Decimal(line["quantity"]),
                unit=line["unit"],
                reason=line["reason"],
                reason_words=words_of_reason(CodeSet.CUSTOMER, line["reason"]),
                numbers=tuple(name for _, name, _ in line["lots"]),
                of=stored["delivery"],
                place=stored["warehouse"],
                address=facts.get("addresses", {}).get(str(stored["warehouse_id"]), ""),
            )
