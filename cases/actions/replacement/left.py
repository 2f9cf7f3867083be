"""How much of each line of an order can still be sent once more: nobody gets for one piece both money and another.

Pure: no Django.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from integrations.canonical import ReplaceableLine, ReplacementFacts

Request = Mapping[str, Any]
_SENDS = ("replacement", "exchange")


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """In the line's unit."""

    kept: Decimal  # with the customer, and paid for
    claimed: Decimal  # sent again already, or asked for

    @property
    def quantity(self) -> Decimal:
        return max(Decimal(0), self.kept - self.claimed)


def left_of(facts: ReplacementFacts, requests: Sequence[Request]) -> dict[int, Left]:
    """By line. ``requests`` are ours on the order, open and done, but for the one that is judged."""
    claimed: dict[int, Decimal] = dict.fromkeys((line.id for line in facts.lines), Decimal(0))
    kept = {line.id: _kept(line) for line in facts.lines}
    for request in requests:
        for line_id, much in _claims(request, facts, kept):
            if line_id in claimed:
                claimed[line_id] += much
    for product, much in _sent_by_others(facts, requests).items():
        _spread(claimed, kept, facts, product, much)
    return {number: Left(kept=kept[number], claimed=claimed[number]) for number in kept}


def _kept(line: ReplaceableLine) -> Decimal:
    """A credited piece that came back lowers both figures, and counts once."""
    return max(Decimal(0), min(line.delivered, line.shipped - line.credited))


def _claims(
    request: Request, facts: ReplacementFacts, kept: Mapping[int, Decimal]
) -> Iterator[tuple[int, Decimal]]:
    payload = request["payload"]
    if request["kind"] in _SENDS and _counts(request, facts):
        for line in payload.get("lines", ()):
            yield int(line["line_id"]), Decimal(line["quantity"])
    if request["kind"] == "refund" and not request["is_done"]:  # what is done is on Odoo's credit notes
        yield from _asked_back(payload["wish"], kept)


def _counts(request: Request, facts: ReplacementFacts) -> bool:
    """What was done and cancelled in Odoo since gave the customer nothing."""
    there = {one.id for one in facts.replacements}
    return not request["is_done"] or not request["documents"] or bool(there & set(request["documents"]))


def _asked_back(wish: Mapping[str, Any], kept: Mapping[int, Decimal]) -> Iterator[tuple[int, Decimal]]:
    """Of a refund that waits, the pieces that are credited as given back."""
    if not wish["lines"] and wish["amount"] is None and wish["goods_back"]:
        yield from kept.items()
    for line in wish["lines"]:
        if line["goods_back"] and wish["amount"] is None:
            number = int(line["line_id"])
            much = line["quantity"]
            yield number, kept.get(number, Decimal(0)) if much is None else Decimal(much)


def _sent_by_others(facts: ReplacementFacts, requests: Sequence[Request]) -> dict[int, Decimal]:
    """By product, in its family's reference unit, what orders carry that are not of the requests counted above."""
    ours = {str(request["reference"]) for request in requests if request["kind"] in _SENDS}
    documents = {number for request in requests for number in request["documents"]}
    found: dict[int, Decimal] = {}
    for sent in facts.sent:
        if sent.reference not in ours and sent.order_id not in documents:
            found[sent.product_id] = found.get(sent.product_id, Decimal(0)) + sent.quantity
    return found


def _spread(
    claimed: dict[int, Decimal],
    kept: Mapping[int, Decimal],
    facts: ReplacementFacts,
    product: int,
    much: Decimal,
) -> None:
    """Over the lines of the product, the first one first; what is over lies on the last."""
    lines = [line for line in facts.lines if line.product_id == product]
    for place, line in enumerate(lines):
        wanted = much / line.unit_size
        room = max(Decimal(0), kept[line.id] - claimed[line.id])
        taken = wanted if place == len(lines) - 1 else min(wanted, room)
        claimed[line.id] += taken
        much -= taken * line.unit_size
