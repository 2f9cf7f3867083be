"""What pickings and moves derive from each other and from their carrier."""

from __future__ import annotations

from collections.abc import Mapping

from ..environment import Compute, Environment


def tracking_url(env: Environment, i: int) -> str | bool:
    """17 has no link for a carrier with a fixed price."""
    number = env.get("stock.picking", i, "carrier_tracking_ref")
    carrier = env.get("stock.picking", i, "carrier_id")
    if not number or not carrier or env.dialect.serie == 17:
        return False
    pattern = env.store.rows("delivery.carrier")[carrier].get("tracking_url")
    return pattern.replace("<shipmenttrackingnumber>", number) if pattern else False


def lots_of(env: Environment, i: int) -> list[int]:
    rows = env.store.rows("stock.move.line")
    lots = [rows[n]["lot_id"] for n in env.store.inverse("stock.move.line", "move_id", i)]
    return env.related_ids("stock.lot", [lot for lot in dict.fromkeys(lots) if lot])


def moves_without_package(env: Environment, i: int) -> list[int]:
    return list(env.get("stock.picking", i, "move_ids"))


def quant_warehouse(env: Environment, i: int) -> int | bool:
    return env.walk("stock.quant", i, "location_id.warehouse_id") or False


def receipt_type(env: Environment, i: int) -> int | bool:
    """The operation type by which a warehouse receives."""
    kinds = env.store.rows("stock.picking.type")
    own = env.store.inverse("stock.picking.type", "warehouse_id", i)
    return next((kind for kind in sorted(own) if kinds[kind]["code"] == "incoming"), False)


def available(env: Environment, i: int) -> float:
    row = env.store.rows("stock.quant")[i]
    return float(row["quantity"] - row["reserved_quantity"])


def can_be(*states: str, operations: tuple[str, ...]) -> Compute:
    """Whether a return authorization is at the point where this can be done."""

    def judge(env: Environment, i: int) -> bool:
        operation = env.walk("rma", i, "operation_id.name")
        return env.get("rma", i, "state") in states and operation in operations

    return judge


COMPUTES: Mapping[tuple[str, str], Compute] = {
    ("stock.picking", "carrier_tracking_url"): tracking_url,
    ("stock.picking", "move_ids_without_package"): moves_without_package,
    ("stock.picking", "return_count"): lambda env, i: len(env.get("stock.picking", i, "return_ids")),
    ("stock.move", "lot_ids"): lots_of,
    ("stock.warehouse", "in_type_id"): receipt_type,
    ("stock.quant", "warehouse_id"): quant_warehouse,
    ("stock.quant", "available_quantity"): available,
    ("rma", "can_be_refunded"): can_be("received", operations=("Refund",)),
    ("rma", "can_be_replaced"): can_be("received", "waiting_replacement", operations=("Replace",)),
    ("rma", "can_be_returned"): can_be("received", operations=("Replace", "Repair")),
    ("rma", "show_create_receipt"): lambda env, i: False,
    ("rma", "remaining_qty"): lambda env, i: (
        0.0 if env.get("rma", i, "state") == "waiting_replacement" else env.get("rma", i, "product_uom_qty")
    ),
    ("rma", "access_url"): lambda env, i: f"/my/rmas/{i}",
}
