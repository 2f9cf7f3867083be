"""Builds the nested reading of one order from what this Odoo has and what its user may read.

The wish below names everything the order page shows. One forbidden model or unknown field makes Odoo refuse the
whole call, so the wish is cut down by the connection's capabilities before it is sent; what a branch loses is
reported, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.canonical import Branch, BranchProblem
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.dialects import Dialect

Specification = dict[str, Any]

# Bounds of one reading. Odoo answers what lies beyond a limit as a bare id, which the mapping recognises.
MAX_STOCK_ROWS_PER_PRODUCT = 60
MAX_MESSAGES = 20
MAX_LOTS_PER_MOVE = 50


@dataclass(frozen=True, slots=True)
class Relation:
    """A relational field of the wish: the model behind it and what is wanted there."""

    model: str
    fields: Mapping[str, Relation | None]
    limit: int | None = None
    order: str | None = None


def _leaves(names: str) -> dict[str, Relation | None]:
    return dict.fromkeys(names.split())


def _named(model: str, extra: str = "") -> Relation:
    return Relation(model, _leaves(f"display_name {extra}"))


_CURRENCY = _named("res.currency", "name decimal_places")
_UNIT = _named("uom.uom", "factor")
_PRODUCT_NAME = _named("product.product", "default_code")


def _partner(extra: Mapping[str, Relation | None] | None = None) -> Relation:
    fields = _leaves("display_name name street street2 zip city")
    return Relation("res.partner", {**fields, "country_id": _named("res.country", "code"), **(extra or {})})


def _document(dialect: Dialect, *, with_notes: bool) -> Relation:
    fields: dict[str, Relation | None] = {
        **_leaves(
            "name move_type state payment_state invoice_date invoice_date_due amount_total amount_residual"
        ),
        **_leaves("ref invoice_payments_widget"),
        "currency_id": _CURRENCY,
        "reversed_entry_id": Relation("account.move", _leaves("name")),
        "invoice_line_ids": Relation(
            "account.move.line",
            {
                **_leaves("name quantity price_total display_type sale_line_ids"),
                "product_id": _named("product.product"),
            },
        ),
    }
    if with_notes:
        fields[dialect.reversals] = _document(dialect, with_notes=False)
    return Relation("account.move", fields, order="id")


def _origin() -> dict[str, Relation | None]:
    """What tells an order's brand and region beside its warehouse and where it is shipped."""
    return {"team_id": _named("crm.team"), "website_id": _named("website")}


def origin_specification(capabilities: Capabilities) -> Specification:
    """The same facts for a list of found orders."""
    shipped_to = Relation("res.partner", {"country_id": _named("res.country", "code")})
    wish = {**_origin(), "warehouse_id": _named("stock.warehouse"), "partner_shipping_id": shipped_to}
    return _cut("sale.order", wish, capabilities)


def _customer() -> Relation:
    return _partner(
        {
            **_leaves("email phone mobile lang vat is_company total_invoiced credit sale_order_count"),
            **_leaves("is_blacklisted phone_blacklisted sale_warn sale_warn_msg"),
            "property_account_position_id": _named("account.fiscal.position"),
            "commercial_partner_id": _named("res.partner"),
        }
    )


def _order_line(dialect: Dialect) -> Relation:
    product = {
        **_leaves("display_name default_code active type is_storable detailed_type standard_price"),
        "uom_id": _UNIT,
        "categ_id": _named("product.category"),
    }
    return Relation(
        "sale.order.line",
        {
            **_leaves(
                "name display_type product_uom_qty qty_delivered qty_invoiced price_unit discount price_total"
            ),
            **_leaves("is_delivery is_reward_line is_downpayment sequence"),
            dialect.line_unit: _UNIT,
            "product_id": Relation("product.product", product),
        },
    )


def _stock_line() -> Relation:
    """The order's lines once more, only down to the stock of their products."""
    location = Relation("stock.location", {**_leaves("usage"), "warehouse_id": _named("stock.warehouse")})
    quants = Relation(
        "stock.quant",
        {**_leaves("quantity reserved_quantity"), "location_id": location},
        MAX_STOCK_ROWS_PER_PRODUCT,
    )
    return Relation(
        "sale.order.line", {"product_id": Relation("product.product", {"stock_quant_ids": quants})}
    )


def _picking() -> Relation:
    move = Relation(
        "stock.move",
        {
            **_leaves("product_uom_qty quantity state sale_line_id origin_returned_move_id"),
            **_leaves("location_usage location_dest_usage"),
            "product_id": _PRODUCT_NAME,
            "product_uom": _UNIT,
            "lot_ids": Relation("stock.lot", _leaves("name"), MAX_LOTS_PER_MOVE),
        },
    )
    return Relation(
        "stock.picking",
        {
            **_leaves("name state picking_type_code scheduled_date date_done create_date"),
            **_leaves("carrier_tracking_ref carrier_tracking_url"),
            "carrier_id": _named("delivery.carrier"),
            "picking_type_id": Relation("stock.picking.type", {"warehouse_id": _named("stock.warehouse")}),
            "location_dest_id": _named("stock.location"),
            "return_id": Relation("stock.picking", _leaves("name")),
            "backorder_id": Relation("stock.picking", _leaves("name")),
            "move_ids": move,
        },
        order="id",
    )


def _transaction(*, payment_details: bool) -> Relation:
    fields: dict[str, Relation | None] = {
        **_leaves("state amount last_state_change operation create_date"),
        "currency_id": _CURRENCY,
    }
    if payment_details:
        fields |= _leaves("reference provider_reference provider_code")
        fields["payment_method_id"] = _named("payment.method")
    return Relation("payment.transaction", fields)


def _rma() -> Relation:
    return Relation(
        "rma",
        {
            **_leaves("name state product_uom_qty delivered_qty date reception_move_id move_id"),
            "product_id": _PRODUCT_NAME,
            "product_uom": _UNIT,
            "picking_id": Relation("stock.picking", _leaves("name")),
            "refund_id": Relation("account.move", _leaves("name state payment_state")),
        },
    )


def _subtype() -> Relation:
    return Relation("mail.message.subtype", _leaves("internal"))


def _message() -> Relation:
    return Relation(
        "mail.message",
        {
            **_leaves("date body message_type is_internal"),
            "author_id": _named("res.partner"),
            "subtype_id": _subtype(),
        },
        MAX_MESSAGES,
    )


def _wish(branch: Branch, dialect: Dialect, *, payment_details: bool) -> dict[str, Relation | None]:
    if branch is Branch.ORDER:
        return {
            **_leaves(
                "name client_order_ref origin state date_order commitment_date invoice_status delivery_status"
            ),
            **_leaves("amount_untaxed amount_tax amount_total"),
            "currency_id": _CURRENCY,
            "company_id": Relation("res.company", {**_leaves("display_name"), "currency_id": _CURRENCY}),
            "warehouse_id": _named("stock.warehouse"),
            **_origin(),
            "fiscal_position_id": _named("account.fiscal.position"),
            "partner_id": _customer(),
            "partner_shipping_id": _partner(),
            "partner_invoice_id": _partner(),
            "order_line": _order_line(dialect),
        }
    one_field: dict[Branch, tuple[str, Relation]] = {
        Branch.SHIPMENTS: ("picking_ids", _picking()),
        Branch.INVOICES: ("invoice_ids", _document(dialect, with_notes=True)),
        Branch.TRANSACTIONS: ("transaction_ids", _transaction(payment_details=payment_details)),
        Branch.STOCK: ("order_line", _stock_line()),
        Branch.RMA: ("rma_ids", _rma()),
        Branch.MESSAGES: ("message_ids", _message()),
    }
    field, relation = one_field[branch]
    return {field: relation}


# The model a branch stands or falls with.
_BRANCH_MODEL = {
    Branch.SHIPMENTS: "stock.picking",
    Branch.INVOICES: "account.move",
    Branch.TRANSACTIONS: "payment.transaction",
    Branch.STOCK: "stock.quant",
    Branch.RMA: "rma",
    Branch.MESSAGES: "mail.message",
    Branch.LOYALTY: "loyalty.card",
}

TREE_BRANCHES = (
    Branch.ORDER,
    Branch.SHIPMENTS,
    Branch.INVOICES,
    Branch.TRANSACTIONS,
    Branch.STOCK,
    Branch.RMA,
    Branch.MESSAGES,
)


def missing_branches(capabilities: Capabilities) -> dict[Branch, BranchProblem]:
    """The branches this Odoo or its user cannot give, and why."""
    problems: dict[Branch, BranchProblem] = {}
    for branch, model in _BRANCH_MODEL.items():
        if model not in capabilities.fields:
            problems[branch] = BranchProblem.NOT_INSTALLED
        elif not capabilities.may_read(model):
            problems[branch] = BranchProblem.NO_RIGHT
    return problems


def order_specification(
    capabilities: Capabilities, dialect: Dialect, branches: Iterable[Branch], *, payment_details: bool
) -> Specification:
    """The ``specification`` argument that reads these branches of an order in one call.

    ``payment_details`` asks for references and providers too: only for a viewer who may see them.
    """
    specification: Specification = {}
    for branch in branches:
        wish = _wish(branch, dialect, payment_details=payment_details)
        _merge(specification, _cut("sale.order", wish, capabilities))
    return specification


def cut_wish(model: str, wish: Mapping[str, Relation | None], capabilities: Capabilities) -> Specification:
    """A wish without what this Odoo has not or its user may not read."""
    return _cut(model, wish, capabilities)


def _cut(model: str, wish: Mapping[str, Relation | None], capabilities: Capabilities) -> Specification:
    cut: Specification = {}
    for name, relation in wish.items():
        # display_name is computed for every model, also where fields_get was not asked.
        if name != "display_name" and not _has(capabilities, model, name):
            continue
        if relation is None:
            cut[name] = {}
            continue
        if relation.model in capabilities.fields and not capabilities.may_read(relation.model):
            continue
        node: Specification = {"fields": _cut(relation.model, relation.fields, capabilities)}
        if relation.limit is not None:
            node["limit"] = relation.limit
        if relation.order is not None:
            node["order"] = relation.order
        cut[name] = node
    return cut


def _has(capabilities: Capabilities, model: str, name: str) -> bool:
    if model not in capabilities.fields:
        return False
    return capabilities.has(model, name)


def _merge(into: Specification, more: Specification) -> None:
    for name, node in more.items():
        if name in into and "fields" in node:
            _merge(into[name].setdefault("fields", {}), node["fields"])
            for extra in ("limit", "order"):
                if extra in node:
                    into[name][extra] = node[extra]
        else:
            into[name] = node
