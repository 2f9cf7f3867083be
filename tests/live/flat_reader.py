"""Reads one order from Odoo model by model and states what the console has to show: an answer of its own.

Written from the contract's definitions and imports nothing of the console: where the two agree, two roads met.
The record has the shape of the API's answer, with decimals and times where that holds text.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property

from tests.live.flat_billing import Billing, Purses
from tests.live.flat_customer import customer_facts, message_facts
from tests.live.flat_returns import Credits, return_facts
from tests.live.flat_rma import Authorizations, authorization_facts
from tests.live.flat_stock import Stock
from tests.live.flat_transfers import Moved, Transfers, Units, shipment_facts
from tests.live.flat_wire import FlatOdoo, Row, id_of, name_of
from tests.live.flat_words import Purse, amount, moment, text, without_code

ORDER_STATES = {
    "draft": "quotation",
    "sent": "sent",
    "sale": "confirmed",
    "done": "confirmed",
    "cancel": "cancelled",
}
DELIVERY = {"pending": "pending", "started": "pending", "partial": "partial", "full": "full"}
INVOICING = {
    "no": "nothing_to_invoice",
    "to invoice": "to_invoice",
    "invoiced": "invoiced",
    "upselling": "upselling",
}
TEXT_LINES = {"line_note": "note", "line_section": "section", "line_subsection": "section"}
WORDLESS = (
    *("sku", "uom", "ordered", "shipped", "delivered", "invoiced", "returned", "announced", "returnable"),
    *("refundable", "available", "unit_price", "discount_percent", "unit_cost", "total"),
)


class FlatReader:
    """One Odoo, its version, and the companies of whoever looks."""

    def __init__(self, odoo: FlatOdoo, major: int) -> None:
        self.odoo = odoo
        self.major = major
        self._units = Units(odoo, major)

    def read_order(self, order_id: int, *, narrowed: bool = False) -> FlatOrder:
        """``narrowed``: as somebody sees it who asked for the order's company only."""
        header = self.odoo.read_one("sale.order", order_id, "company_id")
        company = id_of(header["company_id"]) or 0
        others = [] if narrowed else [key for key in self.odoo.companies if key != company]
        # Costs, credit and the like differ by company: the order's own is the one that counts.
        return FlatOrder(self.odoo.within([company, *others]), self.major, self._units, order_id)


class FlatOrder:
    def __init__(self, odoo: FlatOdoo, major: int, units: Units, order_id: int) -> None:
        self._odoo = odoo
        self._unit_field = odoo.first_of("sale.order.line", "product_uom_id", "product_uom")
        self.header = odoo.read_one(
            "sale.order",
            order_id,
            "name client_order_ref origin state date_order commitment_date invoice_status delivery_status "
            "amount_untaxed amount_tax amount_total currency_id company_id warehouse_id fiscal_position_id partner_id "
            "partner_shipping_id partner_invoice_id",
        )
        self.lines = odoo.search(
            "sale.order.line",
            [["order_id", "=", order_id]],
            "name display_type product_id product_uom_qty qty_delivered qty_delivered_method qty_invoiced price_unit "
            f"discount price_total is_delivery is_reward_line is_downpayment {self._unit_field}",
        )
        self._units = units
        self._purses = Purses(odoo)
        self._transfers = Transfers(odoo, self._units, order_id)
        self._billing = Billing(odoo, self._purses, order_id, self.lines)
        moved = {move.product for move in self._transfers.all_moves}
        sold = {id_of(line["product_id"]) or 0 for line in self.lines} - {0}
        self._products = odoo.read(
            "product.product",
            moved | sold,
            "display_name default_code active type detailed_type is_storable standard_price uom_id",
        )
        self._stock = Stock(odoo, major, [self._products[key] for key in sorted(sold)])
        self.record = self._record()

    def _record(self) -> Row:
        shipments, preparations, returns = self._split_transfers()
        return {
            "order": self._order(),
            "customer": customer_facts(self._odoo, self.header, self._company_purse),
            "shipments": shipments,
            "preparations": preparations,
            "returns": returns,
            "invoices": self._billing.invoice_facts(),
            "credit_notes": self._billing.note_facts(),
            "payments": self._billing.payment_facts(),
            "messages": message_facts(self._odoo, self.header["id"]),
        }

    @cached_property
    def _company_purse(self) -> Purse:
        company = self._odoo.read_one("res.company", id_of(self.header["company_id"]) or 0, "currency_id")
        return self._purses.of(company["currency_id"])

    # --- Header and lines --------------------------------------------------------------------------------------

    def _order(self) -> Row:
        row, purse = self.header, self._purses.of(self.header["currency_id"])
        whole, per_line = self._billing.refundable(purse)
        return {
            "company": id_of(row["company_id"]),
            "company_name": name_of(row["company_id"]),
            "id": row["id"],
            "ref": row["name"],
            "channel_ref": text(row["client_order_ref"]),
            "replaces": text(row["origin"]),
            "source": "sale.order",
            "state": ORDER_STATES[row["state"]],
            "delivery": self._delivery(),
            "invoicing": INVOICING.get(row["invoice_status"]),
            "placed_at": moment(row["date_order"]),
            "promised_at": moment(row["commitment_date"]),
            "warehouse": name_of(row.get("warehouse_id")),
            "untaxed": purse.money(row["amount_untaxed"]),
            "tax": purse.money(row["amount_tax"]),
            "total": purse.money(row["amount_total"]),
            "refundable": whole,
            "lines": [self._line(line, purse, per_line) for line in self.lines],
        }

    def _delivery(self) -> str | None:
        """Odoo says nothing before the first transfer is made, as while a drop-ship's purchase is a draft."""
        if "delivery_status" not in self.header:
            return None
        told = DELIVERY.get(self.header["delivery_status"])
        goods = [line for line in self.lines if self._kind(line) == "goods"]
        awaited = any(line["qty_delivered"] < line["product_uom_qty"] for line in goods)
        if told is None and awaited and self.header["state"] in ("sale", "done"):
            return "pending"
        return told or "nothing_to_ship"

    def _line(self, line: Row, purse: Purse, refundable: dict[int, Row | None]) -> Row:
        product = self._products.get(id_of(line["product_id"]) or 0, {})
        code = text(product.get("default_code"))
        base = {
            "id": line["id"],
            "name": without_code(line["name"], code),
            "archived": product.get("active") is False,
        }
        if line["display_type"]:
            nothing = dict.fromkeys(WORDLESS)
            return {**nothing, **base, "kind": self._kind(line), "stock": []}
        counted = self._transfers.count(line, self._unit(line), amount(line["product_uom_qty"]))
        kind = self._kind(line)
        stock = None
        if kind == "goods":
            per_product_unit = self._units.size(self._unit(line)) / self._units.size(id_of(product["uom_id"]))
            stock = self._stock.of(product["id"], per_product_unit)
        warehouse = name_of(self.header.get("warehouse_id"))
        return {
            **base,
            "kind": kind,
            "sku": code,
            "uom": self._units.name(self._unit(line)),
            "ordered": amount(line["product_uom_qty"]),
            "shipped": counted.shipped,
            "delivered": amount(line["qty_delivered"]),
            "invoiced": amount(line["qty_invoiced"]),
            "returned": counted.returned,
            "announced": counted.announced,
            "returnable": counted.returnable,
            "refundable": refundable[line["id"]],
            "unit_price": purse.money(line["price_unit"]),
            "discount_percent": amount(line["discount"]),
            "unit_cost": self._unit_cost(line, product),
            "total": purse.money(line["price_total"]),
            "available": stock[warehouse]["available"] if stock is not None and warehouse in stock else None,
            "stock": list(stock.values()) if stock is not None else [],
        }

    def _kind(self, line: Row) -> str:
        if line["display_type"]:
            return TEXT_LINES[line["display_type"]]
        if line.get("is_delivery"):
            return "delivery"
        if line.get("is_downpayment"):
            return "down_payment"
        if line.get("is_reward_line"):
            return "reward"
        product = self._products.get(id_of(line["product_id"]) or 0, {})
        return "service" if product.get("type") == "service" else "goods"

    def _unit(self, line: Row) -> int | None:
        return id_of(line[self._unit_field])

    def _unit_cost(self, line: Row, product: Row) -> Row | None:
        if "standard_price" not in product:
            return None
        ratio = self._units.size(self._unit(line)) / self._units.size(id_of(product["uom_id"]))
        return self._company_purse.money(amount(product["standard_price"]) * ratio)

    def own_delivered(self) -> list[tuple[int, Decimal, Decimal]]:
        """(line, our net of the moves, Odoo's delivered quantity): whether this reader itself counts as Odoo does."""
        return [
            (
                line["id"],
                self._transfers.count(line, self._unit(line), amount(line["product_uom_qty"])).net,
                amount(line["qty_delivered"]),
            )
            for line in self.lines
            if not line["display_type"] and line.get("qty_delivered_method") == "stock_move"
        ]

    # --- Transfers ---------------------------------------------------------------------------------------------

    def _split_transfers(self) -> tuple[list[Row], list[Row], list[Row]]:
        shipments: list[Row] = []
        preparations: list[Row] = []
        returns: list[Row] = []
        credits = Credits(self._billing)
        authorizations = Authorizations(self._odoo, self.header["id"])
        for picking in self._transfers.pickings:
            moves = self._transfers.moves[picking["id"]]
            out = [move for move in moves if move.toward == "out"]
            back = [move for move in moves if move.toward == "back"]
            plain = [move for move in back if move.row["id"] not in authorizations.receptions]
            if plain:
                lines = [self._returned_line(move) for move in plain]
                returns.append(return_facts(picking, plain, self._transfers, credits, lines))
            if not out and (back or not moves):
                continue
            is_cancelled = picking["state"] == "cancel"
            alive = [move for move in moves if is_cancelled or move.row["state"] != "cancel"]
            facts = shipment_facts(picking, self._transfers, [self._shipped_line(move) for move in alive])
            kind = ("drop_ship" if self._from_supplier(moves) else "delivery") if out else "preparation"
            (shipments if out else preparations).append({**facts, "kind": kind})
        for row in authorizations.rows:
            returns.append(authorization_facts(row, self._authorized_line(row), self._billing))
        return shipments, preparations, returns

    def _from_supplier(self, moves: list[Moved]) -> bool:
        places = {id_of(move.row["location_id"]) or 0 for move in moves}
        return any(
            row["usage"] == "supplier" for row in self._odoo.read("stock.location", places, "usage").values()
        )

    def _shipped_line(self, move: Moved) -> Row:
        amount_moved = move.done if move.row["state"] == "done" else move.planned
        return {
            **self._moved_product(move),
            "quantity": amount_moved / self._move_size(move),
            "lots": self._transfers.lots.get(move.row["id"], []),
        }

    def _returned_line(self, move: Moved) -> Row:
        planned, done = move.planned / self._move_size(move), move.done / self._move_size(move)
        return {**self._moved_product(move), "quantity": max(planned, done), "received": done}

    def _authorized_line(self, row: Row) -> Row:
        """The line whose delivery it names; in the line's unit where the line sells this very product."""
        delivered = id_of(row["move_id"])
        line_id = next((move.line for move in self._transfers.all_moves if move.row["id"] == delivered), None)
        line = next((line for line in self.lines if line["id"] == line_id), None)
        product, own = id_of(row["product_id"]) or 0, id_of(row["product_uom"])
        unit = self._unit(line) if line is not None and id_of(line["product_id"]) == product else own
        known = self._products.get(product) or self._odoo.read_one(
            "product.product", product, "display_name default_code"
        )
        code = text(known["default_code"])
        return {
            "line_id": line_id,
            "sku": code,
            "name": without_code(known["display_name"], code),
            "quantity": amount(row["product_uom_qty"]) * self._units.size(own) / self._units.size(unit),
            "uom": self._units.name(unit),
        }

    def _moved_product(self, move: Moved) -> Row:
        product = self._products[move.product]
        code = text(product["default_code"])
        return {
            "line_id": move.line,
            "sku": code,
            "name": without_code(product["display_name"], code),
            "uom": self._units.name(self._move_unit(move)),
        }

    def _move_unit(self, move: Moved) -> int | None:
        """The order line's unit where the line sells this very product, else the move's own."""
        line = next((line for line in self.lines if line["id"] == move.line), None)
        if line is not None and id_of(line["product_id"]) == move.product:
            return self._unit(line)
        return id_of(move.row["product_uom"])

    def _move_size(self, move: Moved) -> Decimal:
        return self._units.size(self._move_unit(move))
