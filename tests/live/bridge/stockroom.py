"""Goods on shelves in a real Odoo: counted, with lots or serial numbers, in two warehouses, sold and delivered."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

from tests.live.bridge.scene import Scene


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    order_id: int
    order_ref: str
    company_id: int
    picking_id: int
    product_id: int
    lots: tuple[int, ...] = ()


class Stockroom:
    """The scene's company with a second warehouse."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.admin, self.context = scene.admin, scene.context
        self.first = self._warehouses()[0]
        self.second = self._second()

    def _warehouses(self) -> list[int]:
        domain = [["company_id", "=", self.scene.company]]
        return list(self.admin("stock.warehouse", "search", domain, order="id", context=self.context))

    def _second(self) -> int:
        domain = [["company_id", "=", self.scene.company], ["code", "=", "DGT2"]]
        found = self.admin("stock.warehouse", "search", domain, context=self.context)
        if found:
            return int(found[0])
        values = {"name": "Deskglass second", "code": "DGT2", "company_id": self.scene.company}
        return self.admin.create("stock.warehouse", values, **self.context)

    def shelf(self, warehouse: int) -> int:
        row = self.scene.read("stock.warehouse", warehouse, "lot_stock_id")
        return int(row["lot_stock_id"][0])

    def product(self, *, tracking: str = "none") -> int:
        kind = {"detailed_type": "product"} if self.scene.major == 17 else {"is_storable": True}
        values = {
            "name": f"Deskglass counted {secrets.token_hex(3)}",
            "type": "product" if self.scene.major == 17 else "consu",
            **kind,
            "tracking": tracking,
            "list_price": 20.0,
            "invoice_policy": "delivery",
            "taxes_id": [[6, 0, [self.scene.taxes[19]]]],
        }
        return self.admin.create("product.product", values, **self.context)

    def stock(self, product: int, quantity: int, *, warehouse: int | None = None, lot: int = 0) -> None:
        values = {
            "product_id": product,
            "location_id": self.shelf(warehouse or self.first),
            "inventory_quantity": quantity,
            **({"lot_id": lot} if lot else {}),
        }
        context = {**self.context, "inventory_mode": True}
        quant = self.admin.create("stock.quant", values, **context)
        self.admin("stock.quant", "action_apply_inventory", [quant], context=context)

    def lot(self, product: int) -> int:
        values = {"name": f"LOT-{secrets.token_hex(4)}", "product_id": product}
        return self.admin.create("stock.lot", {**values, "company_id": self.scene.company}, **self.context)

    # -- orders ----------------------------------------------------------------------------------------

    def ordered(self, product: int, quantity: int = 5, **more: Any) -> int:
        """Confirmed, not delivered."""
        partner = self.admin.create("res.partner", {"name": f"Deskglass test {secrets.token_hex(3)}"})
        values = {
            "partner_id": partner,
            "company_id": self.scene.company,
            "warehouse_id": self.first,
            "client_order_ref": f"SHOP-{secrets.token_hex(4)}",
            "order_line": [[0, 0, {"product_id": product, "product_uom_qty": quantity, "price_unit": 20.0}]],
            **more,
        }
        order = self.admin.create("sale.order", values, **self.context)
        self.admin("sale.order", "action_confirm", [order], context=self.context)
        return order

    def delivered(
        self, quantity: int = 5, *, tracking: str = "none", lots: int = 0, **more: Any
    ) -> Delivered:
        """One product, shipped whole; with lots the quantity is spread evenly over them."""
        product = self.product(tracking=tracking)
        numbers = tuple(self.lot(product) for _ in range(lots))
        for number in numbers or (0,):
            self.stock(product, quantity // max(1, lots), lot=number)
        order = self.ordered(product, quantity, **more)
        (picking,) = self.pickings(order)
        self.finish(picking)
        return replace(self._found(order, picking, product), lots=numbers)

    def open_delivery(self, product: int) -> Delivered:
        """Ordered, confirmed, not delivered."""
        order = self.ordered(product)
        return self._found(order, self.pickings(order)[-1], product)

    def delivered_in_parts(self) -> Delivered:
        """As the delivery of a kit looks: under one line of the order, a product that was not ordered."""
        product, part = self.product(), self.product()
        self.stock(product, 5)
        self.stock(part, 5)
        order = self.ordered(product)
        (picking,) = self.pickings(order)
        (move,) = self.scene.read("stock.picking", picking, "move_ids")["move_ids"]
        self.admin(
            "stock.move", "copy", [move], {"product_id": part, "picking_id": picking}, context=self.context
        )
        self.admin("stock.picking", "action_confirm", [picking], context=self.context)
        self.admin("stock.picking", "action_assign", [picking], context=self.context)
        self.finish(picking)
        return self._found(order, picking, product)

    def drop_shipped(self) -> Delivered:
        """As a drop-shipment looks: from the supplier to the customer."""
        product = self.product()
        self.stock(product, 5)
        order = self.ordered(product)
        (picking,) = self.pickings(order)
        supplier = self.location("stock.stock_location_suppliers")
        self.admin("stock.picking", "do_unreserve", [picking], context=self.context)
        moves = self.scene.read("stock.picking", picking, "move_ids")["move_ids"]
        self.admin("stock.picking", "write", [picking], {"location_id": supplier}, context=self.context)
        self.admin("stock.move", "write", moves, {"location_id": supplier}, context=self.context)
        self.admin("stock.picking", "action_assign", [picking], context=self.context)
        self.finish(picking)
        return self._found(order, picking, product)

    def delivered_in_two_steps(self) -> Delivered:
        """Picked, then shipped, from the third warehouse."""
        warehouse = self._two_steps()
        product = self.product()
        self.stock(product, 5, warehouse=warehouse)
        order = self.ordered(product, warehouse_id=warehouse)
        while True:
            open_ones = [
                number
                for number in self.pickings(order)
                if self.scene.read("stock.picking", number, "state")["state"] == "assigned"
            ]
            if not open_ones:
                break
            self.finish(open_ones[0])
        last = max(self.pickings(order), key=self._is_outgoing)
        return self._found(order, last, product)

    def cancelled(self) -> Delivered:
        """Confirmed, then cancelled by somebody."""
        product = self.product()
        order = self.ordered(product)
        picking = self.pickings(order)[0]
        context = {**self.context, "disable_cancel_warning": True}
        self.admin("sale.order", "action_cancel", [order], context=context)
        assert self.scene.read("sale.order", order, "state")["state"] == "cancel"
        return self._found(order, picking, product)

    def carrier(self, *, invoice_policy: str = "estimated") -> int:
        values = {
            "name": f"Deskglass carrier {invoice_policy}",
            "product_id": self.scene.shipping,
            "delivery_type": "fixed",
            "fixed_price": 5.0,
            "invoice_policy": invoice_policy,
        }
        return self.admin.create("delivery.carrier", values, **self.context)

    def _is_outgoing(self, picking: int) -> bool:
        row = self.scene.read("stock.picking", picking, "picking_type_code")
        return bool(row["picking_type_code"] == "outgoing")

    def _two_steps(self) -> int:
        domain = [["company_id", "=", self.scene.company], ["code", "=", "DGT3"]]
        found = self.admin("stock.warehouse", "search", domain, context=self.context)
        if found:
            return int(found[0])
        values = {
            "name": "Deskglass third",
            "code": "DGT3",
            "company_id": self.scene.company,
            "delivery_steps": "pick_ship",
        }
        return self.admin.create("stock.warehouse", values, **self.context)

    def location(self, xmlid: str) -> int:
        return self.scene.group(xmlid)

    def _found(self, order: int, picking: int, product: int) -> Delivered:
        row = self.scene.read("sale.order", order, "name")
        return Delivered(
            order_id=order,
            order_ref=row["name"],
            company_id=self.scene.company,
            picking_id=picking,
            product_id=product,
        )

    def lots_of(self, picking: int) -> dict[int, float]:
        domain = [["picking_id", "=", picking]]
        fields = ["lot_id", "quantity"]
        rows = self.admin("stock.move.line", "search_read", domain, fields=fields, context=self.context)
        return {int(row["lot_id"][0]): row["quantity"] for row in rows}

    def pickings(self, order: int) -> list[int]:
        row = self.scene.read("sale.order", order, "picking_ids")
        return sorted(row["picking_ids"])

    def finish(self, picking: int) -> None:
        """What a warehouse worker does: everything reserved is moved."""
        moves = self.scene.read("stock.picking", picking, "move_ids")["move_ids"]
        self.admin("stock.move", "write", moves, {"picked": True}, context=self.context)
        context = {**self.context, "skip_sms": True, "skip_backorder": True}
        self.admin("stock.picking", "button_validate", [picking], context=context)
        assert self.scene.read("stock.picking", picking, "state")["state"] == "done"

    # -- what there is afterwards ----------------------------------------------------------------------

    def returns(self, delivered: Delivered) -> list[dict[str, Any]]:
        domain = [["return_id", "=", delivered.picking_id], ["state", "!=", "cancel"]]
        fields = ["name", "state", "origin", "move_ids", "picking_type_id", "location_id", "location_dest_id"]
        return list(
            self.admin(
                "stock.picking", "search_read", domain, fields=fields, order="id", context=self.context
            )
        )

    def by_wizard(self, delivered: Delivered, quantity: int) -> int:
        """A return of somebody else's, by Odoo's own wizard."""
        (move,) = self.scene.read("stock.picking", delivered.picking_id, "move_ids")["move_ids"]
        line = {"move_id": move, "product_id": delivered.product_id, "quantity": quantity, "to_refund": True}
        values: dict[str, Any] = {
            "picking_id": delivered.picking_id,
            "product_return_moves": [[0, 0, line]],
        }
        if self.scene.major == 17:
            values["location_id"] = self.shelf(self.first)
        wizard = self.admin.create("stock.return.picking", values, **self.context)
        method = "create_returns" if self.scene.major == 17 else "action_create_returns"
        answer = self.admin("stock.return.picking", method, [wizard], context=self.context)
        return int(answer["res_id"])

    def replacements(self, order_ref: str) -> list[dict[str, Any]]:
        domain = [["origin", "like", order_ref + ","], ["state", "!=", "cancel"]]
        fields = ["name", "origin", "client_order_ref", "state", "amount_total", "order_line", "picking_ids"]
        return list(
            self.admin("sale.order", "search_read", domain, fields=fields, order="id", context=self.context)
        )

    def free(self, product: int, warehouse: int) -> float:
        domain = [["product_id", "=", product], ["location_id", "child_of", self.shelf(warehouse)]]
        fields = ["quantity", "reserved_quantity"]
        rows = self.admin("stock.quant", "search_read", domain, fields=fields, context=self.context)
        return float(sum(row["quantity"] - row["reserved_quantity"] for row in rows))
