"""Goods sent once more at no price, and the live facts such a replacement is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from integrations.canonical.effects import Refusal
from integrations.canonical.orders import Company
from integrations.canonical.sensitivity import FINANCIAL, INTERNAL, PERSONAL, PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementLine:
    """So many of a product in place of an order's line: in the line's unit, or in the other product's own."""

    order_line_id: Annotated[int, PUBLIC]
    product_id: Annotated[int, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedReplacedLine:
    id: Annotated[int, PUBLIC]
    ordered: Annotated[Decimal, PUBLIC]
    delivered: Annotated[Decimal, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedReplacement:
    """An order that names this one as its origin and is not cancelled."""

    id: Annotated[int, PUBLIC]
    state: Annotated[str, PUBLIC]  # Odoo's own word


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedReplacementFacts:
    order_state: Annotated[str, PUBLIC]  # Odoo's own word
    order_lines: tuple[ExpectedReplacedLine, ...]
    replacements: tuple[ExpectedReplacement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementRequest:
    """One order tied to the first, priced as the first and discounted by 100 %, confirmed.

    With ``must_reserve`` it is made only where the warehouse has everything free, and reserves it.
    """

    key: Annotated[str, PUBLIC]
    connection: Annotated[str, PUBLIC]
    company_id: Annotated[int, PUBLIC]
    order_id: Annotated[int, PUBLIC]
    order_ref: Annotated[str, PUBLIC]
    warehouse_id: Annotated[int, PUBLIC]
    carrier_id: Annotated[int | None, PUBLIC]
    must_reserve: Annotated[bool, PUBLIC] = True
    lines: tuple[ReplacementLine, ...]
    expected: ExpectedReplacementFacts
    reference: Annotated[str, PUBLIC]
    reason: Annotated[str, PERSONAL]
    requested_by: Annotated[str, PERSONAL]
    approved_by: Annotated[str, PERSONAL]
    assignee_id: Annotated[int | None, PUBLIC] = None
    task: Annotated[str, PERSONAL] = ""

    def __repr__(self) -> str:
        return f"ReplacementRequest({self.key})"


# -- what is there -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeStock:
    """What one warehouse has on its shelves and not reserved, in the product's own unit."""

    warehouse_id: Annotated[int, PUBLIC]
    free: Annotated[Decimal, INTERNAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementProduct:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    is_counted: Annotated[bool, PUBLIC]  # Odoo keeps stock of it
    cost: Annotated[
        Decimal | None, INTERNAL
    ]  # of one, in the company's currency; None where it may not be read
    unit_size: Annotated[Decimal, PUBLIC]
    stock: tuple[FreeStock, ...]  # a warehouse that is not named has none
    obstacle: Annotated[Refusal | None, PUBLIC]
    # Of products that are not the order's own.
    code: Annotated[str, PUBLIC] = ""
    barcode: Annotated[str, PUBLIC] = ""
    list_price: Annotated[Decimal | None, FINANCIAL] = None  # of one, in the company's currency

    def free_in(self, warehouse_id: int) -> Decimal:
        return next((one.free for one in self.stock if one.warehouse_id == warehouse_id), Decimal(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceableLine:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    product_id: Annotated[int, PUBLIC]
    ordered: Annotated[Decimal, PUBLIC]
    delivered: Annotated[Decimal, PUBLIC]  # Odoo's own net figure
    shipped: Annotated[Decimal, PUBLIC]  # what ever left for the customer
    credited: Annotated[Decimal, PUBLIC]  # on credit notes that are not cancelled, drafts included
    unit_size: Annotated[Decimal, PUBLIC]
    price: Annotated[Decimal, FINANCIAL]  # of one, as it is shown on the order
    total: Annotated[Decimal, FINANCIAL]  # of all that was ordered, tax included


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAgain:
    """So many of a product on an order that names this one as its origin and is not cancelled."""

    order_id: Annotated[int, PUBLIC]
    reference: Annotated[str, PUBLIC]  # what stands beside this order's number: of ours, our reference
    product_id: Annotated[int, PUBLIC]
    quantity: Annotated[Decimal, PUBLIC]  # in reference units of its unit's family


@dataclass(frozen=True, slots=True, kw_only=True)
class Warehouse:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]
    charges_later: Annotated[bool, PUBLIC]  # puts its real costs on the order: refused for a replacement


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementFacts:
    """Everything a replacement for an order is judged, built and compared by, as it is in this moment."""

    connection: Annotated[str, PUBLIC]
    company: Company
    order_id: Annotated[int, PUBLIC]
    order_ref: Annotated[str, PUBLIC]
    order_state: Annotated[str, PUBLIC]  # Odoo's own word
    odoo_version: Annotated[int, PUBLIC]
    customer_ref: Annotated[str | None, PUBLIC]  # the customer's own, which a replacement keeps
    warehouse_id: Annotated[int | None, PUBLIC]  # the order's own
    carrier: Carrier | None
    lines: tuple[ReplaceableLine, ...]
    products: tuple[ReplacementProduct, ...]
    warehouses: tuple[Warehouse, ...]
    replacements: tuple[ExpectedReplacement, ...]
    sent: tuple[SentAgain, ...]  # what those replacements carry
    currency: Annotated[str, PUBLIC]
    cost_currency: Annotated[str, PUBLIC]  # the company's own
    fetched_at: Annotated[datetime, PUBLIC]

    def product(self, number: int) -> ReplacementProduct:
        """``LookupError`` where it was not read."""
        for product in self.products:
            if product.id == number:
                return product
        raise LookupError(number)


def expected_replacement(
    facts: ReplacementFacts, lines: tuple[ReplacementLine, ...]
) -> ExpectedReplacementFacts:
    """What must still be so when the replacement is made."""
    replaced = {line.order_line_id for line in lines}
    return ExpectedReplacementFacts(
        order_state=facts.order_state,
        order_lines=tuple(
            ExpectedReplacedLine(id=line.id, ordered=line.ordered, delivered=line.delivered)
            for line in facts.lines
            if line.id in replaced
        ),
        replacements=facts.replacements,
    )
