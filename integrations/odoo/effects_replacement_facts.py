"""Reads what of an order can be sent once more, from which warehouse, and what was sent already, in one round trip."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    Carrier,
    Company,
    ExpectedReplacement,
    FreeStock,
    Refusal,
    ReplaceableLine,
    ReplacementFacts,
    ReplacementProduct,
    SentAgain,
    Warehouse,
)
from integrations.errors import Garbled, GatewayError, Missing
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooCall
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.client import OdooClient
from integrations.odoo.dialects import Dialect, dialect_for
from integrations.odoo.mapping.moves import line_quantities, read_moves, unit_size
from integrations.odoo.mapping.values import (
    Row,
    decimal,
    display,
    quantity,
    reference,
    related,
    rows,
    text,
)
from integrations.odoo.order_question import records_of, understanding
from integrations.odoo.specification import Relation, Specification, cut_wish

_UNSENDABLE = {"service", "combo"}


async def read_replacement_facts(
    client: OdooClient,
    order_id: int,
    *,
    order_ref: str,
    company_id: int,
    other_products: Collection[int],
    product_codes: Collection[str],
    budget: Budget,
    correlation_id: str,
) -> ReplacementFacts:
    """One order by id and number; ``Missing`` where that company has none."""
    capabilities = await client.capabilities(budget=budget)
    dialect = dialect_for(capabilities.version)
    context: dict[str, Any] = {"allowed_company_ids": [company_id], "active_test": False}
    own: list[Any] = ["company_id", "=", company_id]

    def search(model: str, domain: list[Any], specification: Specification) -> OdooCall:
        params = {"domain": domain, "specification": specification}
        return OdooCall(model=model, method="web_search_read", params=params, context=context)

    calls = [
        search(
            "sale.order",
            [["id", "=", order_id], ["name", "=", order_ref], own],
            cut_wish("sale.order", _order(dialect), capabilities),
        ),
        search("stock.warehouse", [own, ["active", "=", True]], {"name": {}}),
        search(
            "sale.order",
            [own, ["state", "!=", "cancel"], *_tied_to(order_ref)],
            cut_wish("sale.order", _replacement(dialect), capabilities),
        ),
    ]
    if other_products or product_codes:
        wish = cut_wish("product.product", _other_product(), capabilities)
        calls.append(search("product.product", _named(other_products, product_codes), wish))
    answers = await client.read(calls, budget=budget, correlation_id=correlation_id)
    for answer in answers:
        if isinstance(answer, GatewayError):
            raise answer
    found = [records_of(answer) for answer in answers if not isinstance(answer, GatewayError)]
    fetched_at = next(answer.sent_at for answer in answers if not isinstance(answer, GatewayError))
    if not found[0]:
        raise Missing("no such order in this company")
    with understanding("what can be replaced"):
        return facts_of(
            found[0][0],
            warehouses=found[1],
            tied=found[2],
            others=found[3] if len(found) > 3 else (),
            connection=client.config.slug,
            capabilities=capabilities,
            fetched_at=fetched_at,
        )


def _tied_to(order_ref: str) -> list[Any]:
    name = order_ref.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return ["|", ["origin", "=", order_ref], ["origin", "=like", f"{name}, %"]]


def _named(numbers: Collection[int], codes: Collection[str]) -> list[Any]:
    if not codes:
        return [["id", "in", sorted(numbers)]]
    return [
        "|",
        ["id", "in", sorted(numbers)],
        "|",
        ["default_code", "in", sorted(codes)],
        ["barcode", "in", sorted(codes)],
    ]


def _leaves(names: str) -> dict[str, Relation | None]:
    return dict.fromkeys(names.split())


def _product() -> dict[str, Relation | None]:
    location = Relation("stock.location", _leaves("usage warehouse_id"))
    return {
        **_leaves("display_name active type detailed_type is_storable standard_price company_id"),
        "uom_id": Relation("uom.uom", _leaves("factor")),
        "stock_quant_ids": Relation(
            "stock.quant", {**_leaves("quantity reserved_quantity"), "location_id": location}
        ),
    }


def _other_product() -> dict[str, Relation | None]:
    """What is not on the order's own lines: what it is called and what it costs."""
    return {**_product(), **_leaves("default_code barcode lst_price")}


def _replacement(dialect: Dialect) -> dict[str, Relation | None]:
    line = {
        **_leaves("display_type product_uom_qty is_delivery product_id"),
        dialect.line_unit: Relation("uom.uom", _leaves("factor")),
    }
    return {**_leaves("state origin"), "order_line": Relation("sale.order.line", line)}


def _move() -> Relation:
    wish = _leaves("state quantity product_uom_qty location_usage location_dest_usage product_id")
    more = {**_leaves("sale_line_id origin_returned_move_id"), "product_uom": _factor()}
    return Relation("stock.move", {**wish, **more})


def _billed() -> Relation:
    return Relation(
        "account.move.line",
        {
            **_leaves("quantity"),
            "product_uom_id": _factor(),
            "move_id": Relation("account.move", _leaves("move_type state")),
        },
    )


def _factor() -> Relation:
    return Relation("uom.uom", _leaves("factor"))


def _order(dialect: Dialect) -> dict[str, Relation | None]:
    return {
        **_leaves("name state client_order_ref warehouse_id"),
        "currency_id": Relation("res.currency", _leaves("name")),
        "company_id": Relation(
            "res.company",
            {**_leaves("display_name"), "currency_id": Relation("res.currency", _leaves("name"))},
        ),
        "carrier_id": Relation("delivery.carrier", _leaves("display_name invoice_policy")),
        "order_line": Relation(
            "sale.order.line",
            {
                **_leaves("name display_type product_uom_qty qty_delivered is_delivery is_reward_line"),
                **_leaves("is_downpayment price_unit price_total"),
                "move_ids": _move(),
                "invoice_lines": _billed(),
                dialect.line_unit: Relation("uom.uom", _leaves("factor")),
                "product_id": Relation("product.product", _product()),
            },
        ),
    }


def facts_of(
    order: Row,
    *,
    warehouses: Sequence[Row],
    tied: Sequence[Row],
    others: Sequence[Row],
    connection: str,
    capabilities: Capabilities,
    fetched_at: datetime,
) -> ReplacementFacts:
    company = related(order, "company_id")
    if company is None:
        raise Garbled("an order without a company")
    dialect = dialect_for(capabilities.version)
    lines = [row for row in rows(order, "order_line") if _is_of_goods(row)]
    products = [product for row in lines if (product := related(row, "product_id"))] + list(others)
    return ReplacementFacts(
        connection=connection,
        company=Company(id=int(company["id"]), name=display(order, "company_id") or ""),
        order_id=int(order["id"]),
        order_ref=str(order["name"]),
        order_state=str(order["state"]),
        odoo_version=capabilities.version,
        customer_ref=text(order.get("client_order_ref")),
        warehouse_id=reference(order, "warehouse_id"),
        carrier=_carrier(related(order, "carrier_id")),
        lines=tuple(_line(row, dialect) for row in lines),
        products=tuple(_replaceable(row, dialect) for row in {row["id"]: row for row in products}.values()),
        warehouses=tuple(
            Warehouse(id=int(row["id"]), name=str(row.get("name") or row["id"])) for row in warehouses
        ),
        replacements=tuple(
            ExpectedReplacement(id=int(row["id"]), state=str(row["state"]))
            for row in sorted(tied, key=lambda row: int(row["id"]))
            if row["id"] != order["id"]
        ),
        sent=tuple(
            one for row in tied if row["id"] != order["id"] for one in _sent(row, str(order["name"]), dialect)
        ),
        currency=_currency(order),
        cost_currency=_currency(company),
        fetched_at=fetched_at,
    )


def _currency(row: Row) -> str:
    return text((related(row, "currency_id") or {}).get("name")) or ""


def _is_of_goods(row: Row) -> bool:
    marks = ("display_type", "is_delivery", "is_reward_line", "is_downpayment")
    return not any(row.get(mark) for mark in marks) and related(row, "product_id") is not None


def _line(row: Row, dialect: Dialect) -> ReplaceableLine:
    number, product = int(row["id"]), int((related(row, "product_id") or {})["id"])
    ordered, size = quantity(row.get("product_uom_qty")), unit_size(related(row, dialect.line_unit), dialect)
    moves = read_moves([{"id": 0, "move_ids": rows(row, "move_ids")}], dialect)
    return ReplaceableLine(
        id=number,
        name=text(row.get("name")) or "",
        product_id=product,
        ordered=ordered,
        delivered=quantity(row.get("qty_delivered")),
        shipped=line_quantities(number, product, ordered, size, moves).shipped,
        credited=_credited(row, size, dialect),
        unit_size=size,
        price=decimal(row.get("price_unit")),
        total=decimal(row.get("price_total")),
    )


def _credited(row: Row, size: Decimal, dialect: Dialect) -> Decimal:
    """Odoo ties a credit to the order's line where it takes the goods off the bill, and only there."""
    credited = Decimal(0)
    for billed in rows(row, "invoice_lines"):
        move = related(billed, "move_id") or {}
        if move.get("move_type") == "out_refund" and move.get("state") != "cancel":
            unit = related(billed, "product_uom_id")
            credited += decimal(billed.get("quantity")) * (unit_size(unit, dialect) if unit else size)
    return quantity(credited / size)


def _sent(row: Row, order_ref: str, dialect: Dialect) -> list[SentAgain]:
    told = text(row.get("origin")) or ""
    return [
        SentAgain(
            order_id=int(row["id"]),
            reference=told.removeprefix(order_ref).removeprefix(", "),
            product_id=product,
            quantity=quantity(
                decimal(line.get("product_uom_qty")) * unit_size(related(line, dialect.line_unit), dialect)
            ),
        )
        for line in rows(row, "order_line")
        if not (line.get("display_type") or line.get("is_delivery"))
        and (product := reference(line, "product_id")) is not None
    ]


def _carrier(row: Row | None) -> Carrier | None:
    if row is None:
        return None
    name = text(row.get("display_name")) or str(row["id"])
    return Carrier(id=int(row["id"]), name=name, charges_later=row.get("invoice_policy") == "real")


def _replaceable(row: Row, dialect: Dialect) -> ReplacementProduct:
    free: defaultdict[int, Decimal] = defaultdict(Decimal)
    for quant in rows(row, "stock_quant_ids"):
        location = related(quant, "location_id") or {}
        warehouse = reference(location, "warehouse_id")
        if location.get("usage") == "internal" and warehouse is not None:
            free[warehouse] += decimal(quant.get("quantity")) - decimal(quant.get("reserved_quantity"))
    return ReplacementProduct(
        id=int(row["id"]),
        name=text(row.get("display_name")) or str(row["id"]),
        is_counted=bool(row["is_storable"])
        if "is_storable" in row
        else row.get("detailed_type") == "product",
        cost=decimal(row["standard_price"]) if "standard_price" in row else None,
        unit_size=unit_size(related(row, "uom_id"), dialect),
        stock=tuple(FreeStock(warehouse_id=key, free=quantity(free[key])) for key in sorted(free)),
        obstacle=_obstacle(row),
        code=text(row.get("default_code")) or "",
        barcode=text(row.get("barcode")) or "",
        list_price=decimal(row["lst_price"]) if "lst_price" in row else None,
    )


def _obstacle(row: Row) -> Refusal | None:
    if not row.get("active", True):
        return Refusal.PRODUCT_ARCHIVED
    return Refusal.NOT_GOODS if row.get("type") in _UNSENDABLE else None
