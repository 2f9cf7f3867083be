"""Reads an order's transfers flat and counts, by its own reasoning, what went to the customer and what came back.

A move counts by where it really goes: toward a location of usage "customer" it went out, from one it came back,
whatever the transfer's type is called. Quantities are carried in reference units and end in the line's unit.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from tests.live.flat_wire import FlatOdoo, Row, WireRefused, id_of, name_of
from tests.live.flat_words import amount, moment, plain, text, tracking_numbers

ZERO = Decimal(0)
CLOSED = ("done", "cancel")


class Units:
    """How much of the family's reference unit one of a unit holds: a dozen holds 12."""

    def __init__(self, odoo: FlatOdoo, major: int) -> None:
        self._odoo = odoo
        self._major = major
        self._sizes: dict[int, Decimal] = {}
        self.names: dict[int, str] = {}

    def size(self, unit: int | None) -> Decimal:
        if unit is None:
            return Decimal(1)
        if unit not in self._sizes:
            row = self._odoo.read_one("uom.uom", unit, "display_name factor factor_inv")
            # Up to 18 "factor" says how many go into one reference unit, from 19 on how many it holds.
            self._sizes[unit] = amount(row["factor"] if self._major >= 19 else row["factor_inv"])
            self.names[unit] = row["display_name"]
        return self._sizes[unit]

    def name(self, unit: int | None) -> str | None:
        self.size(unit)
        return self.names.get(unit) if unit is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One stock move; ``planned`` and ``done`` in reference units."""

    row: Row
    toward: str  # out, back or inside
    line: int | None
    product: int
    planned: Decimal
    done: Decimal

    @property
    def is_open(self) -> bool:
        return self.row["state"] not in CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    shipped: Decimal
    returned: Decimal
    announced: Decimal
    net: Decimal  # what Odoo's own delivered quantity has to be: only returns marked "to refund" count

    @property
    def returnable(self) -> Decimal:
        return max(ZERO, self.shipped - self.returned - self.announced)


class Transfers:
    """All transfers of one order."""

    def __init__(self, odoo: FlatOdoo, units: Units, order_id: int) -> None:
        self._odoo = odoo
        self._units = units
        self.pickings: list[Row] = []
        self.moves: dict[int, list[Moved]] = defaultdict(list)  # by picking
        if odoo.has("stock.picking", "sale_id"):
            self._read(order_id)

    def _read(self, order_id: int) -> None:
        self.pickings = self._odoo.search(
            "stock.picking",
            [["sale_id", "=", order_id]],
            "name state picking_type_id scheduled_date date_done create_date carrier_tracking_ref carrier_tracking_url "
            "carrier_id return_id backorder_id location_dest_id",
            order="id",
        )
        rows = self._odoo.search(
            "stock.move",
            [["picking_id", "in", [picking["id"] for picking in self.pickings]]],
            "picking_id product_id product_uom product_uom_qty quantity state sale_line_id to_refund bom_line_id "
            "origin_returned_move_id location_id location_dest_id",
        )
        places = {id_of(row[side]) or 0 for row in rows for side in ("location_id", "location_dest_id")}
        usages = {
            key: row["usage"] for key, row in self._odoo.read("stock.location", places, "usage").items()
        }
        by_id = {row["id"]: row for row in rows}
        for row in rows:
            ends = [
                usages[id_of(row[side]) or 0] == "customer" for side in ("location_id", "location_dest_id")
            ]
            size = self._units.size(id_of(row["product_uom"]))
            self.moves[id_of(row["picking_id"]) or 0].append(
                Moved(
                    row=row,
                    toward={(False, True): "out", (True, False): "back"}.get((ends[0], ends[1]), "inside"),
                    line=_line_behind(row, by_id),
                    product=id_of(row["product_id"]) or 0,
                    planned=amount(row["product_uom_qty"]) * size,
                    done=amount(row["quantity"]) * size if row["state"] == "done" else ZERO,
                )
            )

    @property
    def all_moves(self) -> list[Moved]:
        return [move for moves in self.moves.values() for move in moves]

    @cached_property
    def warehouses(self) -> dict[int, str | None]:
        """The warehouse's name by picking type."""
        types = {id_of(picking["picking_type_id"]) or 0 for picking in self.pickings}
        rows = self._odoo.read("stock.picking.type", types, "warehouse_id")
        return {key: name_of(row["warehouse_id"]) for key, row in rows.items()}

    @cached_property
    def lots(self) -> dict[int, list[str]]:
        """Lot and serial numbers by move, from the detailed operations."""
        moves = [move.row["id"] for move in self.all_moves]
        rows = self._odoo.search(
            "stock.move.line", [["move_id", "in", moves], ["lot_id", "!=", False]], "move_id lot_id"
        )
        names = self._odoo.read("stock.lot", {id_of(row["lot_id"]) or 0 for row in rows}, "name")
        found: dict[int, set[str]] = defaultdict(set)
        for row in rows:
            found[id_of(row["move_id"]) or 0].add(names[id_of(row["lot_id"]) or 0]["name"])
        return {move: sorted(lots) for move, lots in found.items()}

    def count(self, line: Row, unit: int | None, ordered: Decimal) -> Counted:
        own = [move for move in self.all_moves if move.line == line["id"]]
        product = id_of(line["product_id"])
        size = self._units.size(unit)
        if any(move.product != product for move in own):
            return self._count_kits(own, ordered, id_of(line["product_id"]) or 0, size)
        return Counted(
            shipped=_sum(own, "out") / size,
            returned=_sum(own, "back") / size,
            announced=_announced(own) / size,
            net=(_sum(own, "out", refunded_only=True) - _sum(own, "back", refunded_only=True)) / size,
        )

    def _count_kits(self, own: list[Moved], ordered: Decimal, product: int, size: Decimal) -> Counted:
        """A kit is gone, or back, when every component of it is: the scarcest one decides."""
        parts: dict[int, list[Moved]] = defaultdict(list)
        for move in own:
            parts[move.product].append(move)
        need = {part: self._per_kit(moves, ordered * size) for part, moves in parts.items()}
        parts = {part: moves for part, moves in parts.items() if part != product and need[part]}

        def whole(measure: dict[int, Decimal]) -> Decimal:
            return min((measure[part] / need[part] for part in parts), default=ZERO) // 1 / size

        shipped = whole({part: _sum(moves, "out") for part, moves in parts.items()})
        # A kit that gave back one component is no whole kit any more.
        kept = whole({part: _sum(moves, "out") - _sum(moves, "back") for part, moves in parts.items()})
        staying = whole(
            {
                part: _sum(moves, "out") - _sum(moves, "back") - _announced(moves)
                for part, moves in parts.items()
            }
        )
        net = whole(
            {
                part: _sum(moves, "out", refunded_only=True) - _sum(moves, "back", refunded_only=True)
                for part, moves in parts.items()
            }
        )
        return Counted(shipped=shipped, returned=shipped - kept, announced=kept - staying, net=net)

    def _per_kit(self, moves: list[Moved], kits: Decimal) -> Decimal:
        """From the bill of materials where it may be read, else from what was asked for at first."""
        bom_line = next((id_of(move.row.get("bom_line_id")) for move in moves), None)
        if bom_line is not None:
            try:
                line = self._odoo.read_one("mrp.bom.line", bom_line, "product_qty product_uom_id bom_id")
                bom = self._odoo.read_one("mrp.bom", id_of(line["bom_id"]) or 0, "product_qty product_uom_id")
            except WireRefused:
                pass
            else:
                part = amount(line["product_qty"]) * self._units.size(id_of(line["product_uom_id"]))
                return part / amount(bom["product_qty"]) / self._units.size(id_of(bom["product_uom_id"]))
        first = [move for move in moves if move.toward == "out" and not move.row["origin_returned_move_id"]]
        alive = [move for move in first if move.row["state"] != "cancel"] or first
        return sum((move.planned for move in alive), ZERO) / kits if kits else ZERO


def _line_behind(row: Row, by_id: dict[int, Row]) -> int | None:
    """Its own order line, else that of the move it takes back."""
    for _ in range(10):
        line = id_of(row.get("sale_line_id"))
        origin = id_of(row["origin_returned_move_id"])
        if line is not None or origin not in by_id:
            return line
        row = by_id[origin]
    return None


def _sum(moves: list[Moved], toward: str, *, refunded_only: bool = False) -> Decimal:
    return sum(
        (
            move.done
            for move in moves
            if move.toward == toward
            and not (refunded_only and move.row["origin_returned_move_id"] and not move.row["to_refund"])
        ),
        ZERO,
    )


def _announced(moves: list[Moved]) -> Decimal:
    return sum((move.planned for move in moves if move.toward == "back" and move.is_open), ZERO)


STATES = {
    "draft": "draft",
    "waiting": "waiting",
    "confirmed": "waiting",
    "assigned": "ready",
    "done": "done",
    "cancel": "cancelled",
}


def shipment_facts(picking: Row, transfers: Transfers, lines: list[Row]) -> Row:
    numbers = tracking_numbers(picking.get("carrier_tracking_ref"))
    address = text(picking.get("carrier_tracking_url"))
    return {
        "id": picking["id"],
        "ref": picking["name"],
        "state": STATES[picking["state"]],
        "warehouse": transfers.warehouses[id_of(picking["picking_type_id"]) or 0],
        "carrier": name_of(picking.get("carrier_id")),
        "tracking_numbers": numbers,
        # One address cannot lead to several parcels.
        "tracking_url": address if len(numbers) < 2 and plain(address).startswith("http") else None,
        "scheduled_at": moment(picking["scheduled_date"]),
        "done_at": moment(picking["date_done"]),
        "backorder_of": name_of(picking.get("backorder_id")),
        "lines": lines,
    }
