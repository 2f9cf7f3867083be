"""The reading asks for what this Odoo has and its user may read, and for nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.canonical import Branch, BranchProblem
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.dialects import dialect_for
from integrations.odoo.find_question import found_order_specification
from integrations.odoo.specification import (
    TREE_BRANCHES,
    Specification,
    missing_branches,
    order_specification,
)
from tests.rules.recorded import VERSIONS, capabilities, order_row

# The model behind each relational field of the reading, written down here a second time on purpose.
BEHIND = {
    "currency_id": "res.currency", "company_id": "res.company", "warehouse_id": "stock.warehouse",
    "fiscal_position_id": "account.fiscal.position", "property_account_position_id": "account.fiscal.position",
    "partner_id": "res.partner", "partner_shipping_id": "res.partner", "partner_invoice_id": "res.partner",
    "commercial_partner_id": "res.partner", "author_id": "res.partner", "country_id": "res.country",
    "order_line": "sale.order.line", "product_uom_id": "uom.uom", "product_uom": "uom.uom", "uom_id": "uom.uom",
    "categ_id": "product.category",
    "product_id": "product.product", "stock_quant_ids": "stock.quant", "picking_ids": "stock.picking",
    "move_ids": "stock.move", "lot_ids": "stock.lot", "carrier_id": "delivery.carrier",
    "picking_type_id": "stock.picking.type", "return_id": "stock.picking", "backorder_id": "stock.picking",
    "picking_id": "stock.picking", "location_id": "stock.location", "location_dest_id": "stock.location",
    "invoice_ids": "account.move", "reversal_move_id": "account.move", "reversal_move_ids": "account.move",
    "reversed_entry_id": "account.move", "refund_id": "account.move", "invoice_line_ids": "account.move.line",
    "transaction_ids": "payment.transaction", "payment_method_id": "payment.method", "rma_ids": "rma",
    "message_ids": "mail.message", "subtype_id": "mail.message.subtype", "team_id": "crm.team",
}  # fmt: skip


def asked(specification: Specification, model: str = "sale.order") -> list[tuple[str, str]]:
    """Every (model, field) that a specification asks for."""
    found = []
    for name, node in specification.items():
        found.append((model, name))
        if "fields" in node:
            found += asked(node["fields"], BEHIND[name])
    return found


def whole(known: Capabilities, *, payment_details: bool = True) -> Specification:
    branches = [branch for branch in TREE_BRANCHES if branch not in missing_branches(known)]
    return order_specification(known, dialect_for(known.version), branches, payment_details=payment_details)


def unknown(known: Capabilities, specification: Specification) -> list[tuple[str, str]]:
    return [
        (model, name)
        for model, name in asked(specification)
        if name != "display_name" and not known.has(model, name)
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_unknown_is_asked(version: int) -> None:
    known = capabilities(version)
    assert unknown(known, whole(known)) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_what_the_page_needs_is_asked_in_every_version(version: int) -> None:
    wanted = set(asked(whole(capabilities(version))))
    assert wanted >= {
        ("sale.order", "name"), ("sale.order", "delivery_status"), ("sale.order.line", "qty_delivered"),
        ("stock.move", "location_usage"), ("stock.move", "origin_returned_move_id"), ("stock.move", "sale_line_id"),
        ("uom.uom", "factor"), ("account.move", "payment_state"), ("account.move.line", "sale_line_ids"),
        ("account.move.line", "display_type"), ("account.move", "invoice_payments_widget"),
        ("res.currency", "decimal_places"), ("stock.quant", "reserved_quantity"), ("res.partner", "sale_warn_msg"),
        ("payment.transaction", "state"), ("mail.message", "body"), ("stock.lot", "name"),
    }  # fmt: skip


@pytest.mark.parametrize(("version", "unit", "reversals"), [
    (17, "product_uom", "reversal_move_id"),
    (18, "product_uom", "reversal_move_ids"),
    (19, "product_uom_id", "reversal_move_ids"),
])  # fmt: skip
def test_each_version_is_asked_by_its_own_names(version: int, unit: str, reversals: str) -> None:
    specification = whole(capabilities(version))
    assert unit in specification["order_line"]["fields"]
    documents = specification["invoice_ids"]["fields"]
    assert reversals in documents
    assert "invoice_line_ids" in documents[reversals]["fields"]
    assert reversals not in documents[reversals]["fields"]
    mobile = "mobile" in specification["partner_id"]["fields"]
    assert mobile is (version < 19)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_specification_gets_back_what_the_recorded_orders_hold(version: int) -> None:
    name = {17: "QM2476", 18: "SO-40797", 19: "LK008892"}[version]
    row = order_row(version, name)
    since_asked = {"team_id"}  # what the recordings are too old to hold
    assert row.keys() - {"id"} == whole(capabilities(version)).keys() - since_asked


@pytest.mark.parametrize("version", VERSIONS)
def test_without_the_right_to_invoices_none_is_asked_and_the_branch_is_named(version: int) -> None:
    known = capabilities(version, without=frozenset({"account.move", "account.move.line"}))
    assert missing_branches(known)[Branch.INVOICES] is BranchProblem.NO_RIGHT
    models = {model for model, _ in asked(whole(known))}
    assert not models & {"account.move", "account.move.line"}
    assert models >= {"stock.picking", "stock.quant", "payment.transaction"}


def test_an_add_on_that_is_not_there_is_told_from_one_that_may_not_be_read() -> None:
    assert missing_branches(capabilities(19))[Branch.RMA] is BranchProblem.NOT_INSTALLED
    assert missing_branches(capabilities(18))[Branch.RMA] is BranchProblem.NO_RIGHT
    with_right = replace(capabilities(18), readable=capabilities(18).readable | {"rma"})
    assert Branch.RMA not in missing_branches(with_right)
    assert ("rma", "reception_move_id") in asked(whole(with_right))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_forbidden_model_below_a_branch_costs_only_its_own_fields(version: int) -> None:
    specification = whole(capabilities(version, without=frozenset({"delivery.carrier", "stock.lot"})))
    picking = specification["picking_ids"]["fields"]
    assert "carrier_id" not in picking
    assert "lot_ids" not in picking["move_ids"]["fields"]
    assert "carrier_tracking_ref" in picking


@pytest.mark.parametrize("version", VERSIONS)
def test_payment_details_are_asked_only_for_those_who_may_see_them(version: int) -> None:
    known = capabilities(version)
    private = {"reference", "provider_reference", "provider_code", "payment_method_id"}
    plain = asked(whole(known, payment_details=False))
    assert not {name for model, name in plain if model == "payment.transaction"} & private
    assert "payment.method" not in {model for model, _ in plain}
    detailed = {name for model, name in asked(whole(known)) if model == "payment.transaction"}
    assert {"reference", "provider_reference", "provider_code"} <= detailed
    assert {name for model, name in plain if model == "payment.transaction"} >= {
        "state",
        "amount",
        "operation",
    }


def bounded(specification: Specification) -> dict[str, int]:
    found = {}
    for name, node in specification.items():
        if "limit" in node:
            found[name] = node["limit"]
        found |= bounded(node.get("fields", {}))
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_what_can_grow_without_end_is_bounded(version: int) -> None:
    assert bounded(whole(capabilities(version))) == {"stock_quant_ids": 60, "lot_ids": 50, "message_ids": 20}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_branches_together_are_the_sum_of_the_branches_apart(version: int) -> None:
    known = capabilities(version)
    apart = set()
    for branch in TREE_BRANCHES:
        if branch not in missing_branches(known):
            part = order_specification(known, dialect_for(version), [branch], payment_details=True)
            apart |= set(asked(part))
    assert set(asked(whole(known))) == apart


@pytest.mark.parametrize("version", VERSIONS)
def test_a_list_of_found_orders_asks_only_for_known_fields(version: int) -> None:
    assert unknown(capabilities(version), found_order_specification(capabilities(version))) == []


@given(data=st.data(), version=st.sampled_from(VERSIONS))
def test_whatever_is_missing_nothing_unknown_or_forbidden_is_asked(data: Any, version: int) -> None:
    known = capabilities(version)
    models = sorted(known.fields)
    forbidden = data.draw(st.sets(st.sampled_from([m for m in models if m != "sale.order"]), max_size=6))
    absent = data.draw(st.sets(st.sampled_from([m for m in models if m != "sale.order"]), max_size=4))
    lost = data.draw(
        st.sets(
            st.sampled_from(sorted(known.fields["account.move"] | known.fields["stock.move"])), max_size=30
        )
    )
    fields = {model: names - lost for model, names in known.fields.items() if model not in absent}
    cut = replace(known, fields=fields, readable=known.readable - forbidden - absent)
    specification = whole(cut)
    assert unknown(cut, specification) == []
    assert not {model for model, _ in asked(specification)} & (forbidden - absent)
