"""Stock figures of a product in the warehouses the context names, and units of measure."""

from __future__ import annotations

from collections.abc import Mapping

from ..environment import Compute, Environment
from ..errors import MissingError


def wanted_locations(env: Environment) -> set[int]:
    """Internal locations of the warehouses in the context, or of all the caller's companies."""
    asked = env.context.get(env.dialect.warehouse_key)
    places = env.store.rows("stock.location")
    warehouses = env.store.rows("stock.warehouse")
    if asked:
        wanted = set(asked) if isinstance(asked, list) else {asked}
        for number in wanted - set(warehouses):
            raise MissingError("stock.warehouse", number, env.user.id)
    else:
        wanted = {i for i, row in warehouses.items() if row["company_id"] in env.company_ids}
    return {i for i, row in places.items() if row["usage"] == "internal" and row["warehouse_id"] in wanted}


def stock_of(env: Environment, i: int) -> tuple[float, float, float, float]:
    """On hand, reserved, incoming, outgoing."""
    places = wanted_locations(env)
    quants = env.store.rows("stock.quant")
    here = [
        quants[q]
        for q in env.store.inverse("stock.quant", "product_id", i)
        if quants[q]["location_id"] in places
    ]
    moves = env.store.rows("stock.move")
    incoming = outgoing = 0.0
    for number in env.store.inverse("stock.move", "product_id", i):
        move = moves[number]
        if move["state"] not in ("waiting", "confirmed", "assigned", "partially_available"):
            continue
        leaves, arrives = move["location_id"] in places, move["location_dest_id"] in places
        outgoing += move["product_qty"] if leaves and not arrives else 0.0
        incoming += move["product_qty"] if arrives and not leaves else 0.0
    return sum(q["quantity"] for q in here), sum(q["reserved_quantity"] for q in here), incoming, outgoing


def kit_of(env: Environment, product: int) -> int | None:
    """The phantom bill of materials of a product; its stock is what its parts allow."""
    for number, row in env.store.rows("mrp.bom").items():
        if row["product_id"] == product and row["type"] == "phantom":
            return number
    return None


def figure(env: Environment, i: int, name: str) -> float:
    bom = kit_of(env, i)
    if bom is not None:
        parts = env.store.rows("mrp.bom.line")
        ids = env.store.inverse("mrp.bom.line", "bom_id", bom)
        return float(
            min(int(figure(env, parts[p]["product_id"], name) // parts[p]["product_qty"]) for p in ids)
        )
    held, reserved, incoming, outgoing = stock_of(env, i)
    return {
        "qty_available": held,
        "free_qty": held - reserved,
        "incoming_qty": incoming,
        "outgoing_qty": outgoing,
        "virtual_available": held + incoming - outgoing,
    }[name]


def figure_named(name: str) -> Compute:
    return lambda env, i: round(figure(env, i, name), 2)


def template_figure(name: str) -> Compute:
    def total(env: Environment, i: int) -> float:
        variants = env.store.inverse("product.product", "product_tmpl_id", i)
        return float(sum(env.get("product.product", v, name) for v in variants))

    return total


STOCK_FIGURES = ("qty_available", "free_qty", "incoming_qty", "outgoing_qty", "virtual_available")
TEMPLATE_FIGURES = ("qty_available", "incoming_qty", "outgoing_qty", "virtual_available")

COMPUTES: Mapping[tuple[str, str], Compute] = {
    **{("product.product", name): figure_named(name) for name in STOCK_FIGURES},
    **{("product.template", name): template_figure(name) for name in TEMPLATE_FIGURES},
    ("product.product", "is_kits"): lambda env, i: kit_of(env, i) is not None,
    ("product.product", "lst_price"): lambda env, i: env.store.rows("product.product")[i]["lst_price"],
    ("uom.uom", "factor_inv"): lambda env, i: 1.0 / env.store.rows("uom.uom")[i]["factor"],
    ("uom.uom", "rounding"): lambda env, i: 0.01,
}
