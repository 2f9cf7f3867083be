"""Turns what an agent asks to send again into the lines of one order, from one warehouse.

Pure: no Django. Asked for is a line of the order and a quantity in its unit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from cases.actions.hashing import plain
from cases.actions.replacement.left import Left, left_of
from cases.rules.replacement_stock import ReplacementStock
from integrations.canonical import ReplaceableLine, ReplacementFacts, ReplacementLine, ReplacementProduct

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class WishedAgain:
    """So many of an order's line; of another product in its place where one is named."""

    line_id: int
    quantity: Decimal
    product_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementWish:
    lines: tuple[WishedAgain, ...]
    warehouse_id: int | None = None  # None: whichever has enough, the order's own first
    before: int | None = None  # which it was when it was judged last: it stays while it has enough

    @property
    def other_products(self) -> tuple[int, ...]:
        return tuple(sorted({line.product_id for line in self.lines if line.product_id is not None}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """One line of the new order."""

    line: ReplaceableLine
    product_id: int
    product_name: str
    quantity: Decimal  # in the line's unit, of another product in that one's own
    needed: Decimal  # in the product's own unit
    worth: Decimal  # tax included, by what the line cost; of another product by its list price
    in_place_of: Decimal  # what the goods it takes the place of cost, tax included
    is_priced: bool  # of another product whether its price is known in the order's money
    left: Left

    @property
    def request(self) -> ReplacementLine:
        return ReplacementLine(order_line_id=self.line.id, product_id=self.product_id, quantity=self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A warehouse, and whether it has all of it on its shelves."""

    id: int
    name: str
    is_enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What the wish comes to; ``problem`` where it comes to nothing."""

    lines: tuple[Again, ...] = ()
    sources: tuple[Source, ...] = ()
    source: Source | None = None
    problem: str = ""  # not_of_order, no_such_product, no_such_warehouse

    @property
    def total(self) -> Decimal:
        return sum((line.worth for line in self.lines), Decimal(0))

    @property
    def requests(self) -> tuple[ReplacementLine, ...]:
        return tuple(line.request for line in self.lines)

    @property
    def needed(self) -> dict[int, Decimal]:
        """By product, in its own unit."""
        found: dict[int, Decimal] = {}
        for line in self.lines:
            found[line.product_id] = found.get(line.product_id, Decimal(0)) + line.needed
        return found


def resolve(
    wish: ReplacementWish,
    facts: ReplacementFacts,
    requests: Sequence[Mapping[str, Any]],
    stock: ReplacementStock,
) -> Resolved:
    lefts, known = left_of(facts, requests), {line.id: line for line in facts.lines}
    found = []
    for wished in wish.lines:
        line = known.get(wished.line_id)
        if line is None:
            return Resolved(problem="not_of_order")
        try:
            found.append(_again(wished, line, facts, lefts[line.id]))
        except LookupError:
            return Resolved(problem="no_such_product")
    made = Resolved(lines=tuple(found))
    sources = tuple(
        Source(
            id=house.id,
            name=house.name,
            is_enough=_shortest(facts, made.needed, house.id, stock) >= 0,
        )
        for house in facts.warehouses
    )
    source = _source(wish, facts, made.needed, sources, stock)
    return Resolved(
        lines=made.lines,
        sources=sources,
        source=source,
        problem="" if source else "no_such_warehouse",
    )


def _again(wished: WishedAgain, line: ReplaceableLine, facts: ReplacementFacts, left: Left) -> Again:
    product = facts.product(line.product_id if wished.product_id is None else wished.product_id)
    is_same = product.id == line.product_id
    cost = _worth(line, wished.quantity)
    other = None if is_same else _worth_of_other(product, line, facts, wished.quantity)
    return Again(
        line=line,
        product_id=product.id,
        product_name=product.name,
        quantity=wished.quantity,
        needed=wished.quantity * line.unit_size / product.unit_size if is_same else wished.quantity,
        worth=cost if other is None else other,
        in_place_of=cost,
        is_priced=is_same or other is not None,
        left=left,
    )


def _worth(line: ReplaceableLine, quantity: Decimal) -> Decimal:
    each = line.total / line.ordered if line.ordered else line.price
    return (each * quantity).quantize(_CENT, ROUND_HALF_UP)


def _worth_of_other(
    product: ReplacementProduct, line: ReplaceableLine, facts: ReplacementFacts, quantity: Decimal
) -> Decimal | None:
    """By its list price on the terms of the line it takes the place of: that one's tax and discount."""
    if product.list_price is None or facts.cost_currency != facts.currency:
        return None
    listed = line.price * line.ordered
    terms = line.total / listed if listed > 0 else Decimal(1)
    return (product.list_price * terms * quantity).quantize(_CENT, ROUND_HALF_UP)


def _shortest(
    facts: ReplacementFacts, needed: Mapping[int, Decimal], warehouse_id: int, stock: ReplacementStock
) -> Decimal:
    """What would be free over what is kept back, of the product that is scarcest; products not counted never are."""
    over = [
        facts.product(product).free_in(warehouse_id) - stock.kept_back - much
        for product, much in needed.items()
        if facts.product(product).is_counted
    ]
    return min(over, default=Decimal(0))


def _source(
    wish: ReplacementWish,
    facts: ReplacementFacts,
    needed: Mapping[int, Decimal],
    sources: Sequence[Source],
    stock: ReplacementStock,
) -> Source | None:
    """The one that was named; else of those with enough the one from before, the order's own, the one with most."""
    if wish.warehouse_id is not None:
        return next((one for one in sources if one.id == wish.warehouse_id), None)

    def rank(one: Source) -> tuple[bool, bool, bool, Decimal, int]:
        most = _shortest(facts, needed, one.id, stock)
        return one.is_enough, one.id == wish.before, one.id == facts.warehouse_id, most, -one.id

    return max(sources, key=rank, default=None)


def wish_json(wish: ReplacementWish) -> dict[str, Any]:
    return {
        "warehouse": wish.warehouse_id,
        "lines": [
            {"line_id": line.line_id, "quantity": plain(line.quantity), "product_id": line.product_id}
            for line in wish.lines
        ],
    }


def wish_of(stored: Mapping[str, Any], *, before: int | None = None) -> ReplacementWish:
    return ReplacementWish(
        warehouse_id=stored["warehouse"],
        before=before,
        lines=tuple(
            WishedAgain(
                line_id=line["line_id"], quantity=Decimal(line["quantity"]), product_id=line["product_id"]
            )
            for line in stored["lines"]
        ),
    )


def line_json(line: Again) -> dict[str, Any]:
    """One line as it is approved."""
    return {
        "line_id": line.line.id,
        "product_id": line.product_id,
        "name": line.product_name,
        "quantity": plain(line.quantity),
        "total": plain(line.worth),
    }


def line_of(stored: Mapping[str, Any]) -> ReplacementLine:
    return ReplacementLine(
        order_line_id=stored["line_id"],
        product_id=stored["product_id"],
        quantity=Decimal(stored["quantity"]),
    )
