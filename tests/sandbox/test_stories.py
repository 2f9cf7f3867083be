"""Every told situation is really there, in the words and figures of its version."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.process import Sandbox
from tests.sandbox.trees import read_story


def test_every_told_story_names_an_order(odoo: Sandbox) -> None:
    assert len(odoo.story) >= 50
    names = {row["name"] for row in odoo.call("sale.order", "search_read", [], ["name"])}
    assert {entry["order"] for entry in odoo.story.values()} <= names


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("delivered_and_paid", "full"),
        ("partial_delivery_backorder", "partial"),
        ("ready_to_ship", "pending"),
        ("cancelled", False),
        ("quotation", False),
    ],
)
def test_delivery_status_follows_the_pickings(key: str, status: str | bool, odoo: Sandbox) -> None:
    assert read_story(odoo, key)["delivery_status"] == status


def test_only_18_and_19_know_a_started_delivery(odoo: Sandbox) -> None:
    expected = "partial" if odoo.serie == 17 else "started"
    assert read_story(odoo, "three_step_packing")["delivery_status"] == expected


def test_17_pulls_the_whole_chain_while_18_and_19_push_step_by_step(odoo: Sandbox) -> None:
    pickings = read_story(odoo, "three_step_open")["picking_ids"]
    linked = [bool(move["sale_line_id"]) for picking in pickings for move in picking["move_ids"]]
    if odoo.serie == 17:
        assert [picking["picking_type_code"] for picking in pickings] == ["outgoing", "internal", "internal"]
        assert linked == [True, False, False]
    else:
        assert [picking["picking_type_code"] for picking in pickings] == ["internal"]
        assert linked == [True]


def test_backorder_and_tracking_numbers(odoo: Sandbox) -> None:
    backorder = read_story(odoo, "partial_delivery_backorder")["picking_ids"]
    assert [picking["backorder_id"] for picking in backorder] == [False, backorder[0]["id"]]
    several = read_story(odoo, "several_pickings_tracked")["picking_ids"]
    assert len({picking["carrier_tracking_ref"] for picking in several}) == 2
    joined = read_story(odoo, "comma_joined_tracking")["picking_ids"][0]["carrier_tracking_ref"]
    assert joined.count(",") == 2


def test_drop_shipment_goes_from_supplier_to_customer(odoo: Sandbox) -> None:
    pickings = read_story(odoo, "drop_ship")["picking_ids"]
    ways = [(p["location_id"]["usage"], p["location_dest_id"]["usage"]) for p in pickings]
    assert ("supplier", "customer") in ways
    assert "dropship" in [p["picking_type_code"] for p in pickings]


def test_kit_ships_as_parts_and_counts_as_sets(odoo: Sandbox) -> None:
    order = read_story(odoo, "kit")
    kit = order["order_line"][0]
    parts = [m for m in order["picking_ids"][-1]["move_ids"] if m["sale_line_id"] == kit["id"]]
    assert len(parts) == 3
    assert all(part["bom_line_id"] for part in parts)
    assert kit["qty_delivered"] == kit["product_uom_qty"] == 2.0


def test_dozen_is_sold_and_units_are_moved(odoo: Sandbox) -> None:
    order = read_story(odoo, "dozen_and_units")
    dozen = order["order_line"][0]
    shipped = [
        move
        for picking in order["picking_ids"]
        for move in picking["move_ids"]
        if picking["picking_type_code"] == "outgoing" and move["sale_line_id"] == dozen["id"]
    ]
    assert [move["quantity"] for move in shipped] == [36.0]
    assert (dozen["product_uom_qty"], dozen["qty_delivered"], dozen["qty_invoiced"]) == (3.0, 3.0, 3.0)


def test_lots_and_serial_numbers_are_on_the_moves(odoo: Sandbox) -> None:
    outgoing = [
        p for p in read_story(odoo, "lots_and_serials")["picking_ids"] if p["picking_type_code"] == "outgoing"
    ]
    names = [sorted(lot["name"] for lot in move["lot_ids"]) for move in outgoing[0]["move_ids"]]
    assert [len(found) for found in names] == [2, 1]
    assert names[1] == ["BW-2411"]


def test_returns_of_every_kind(odoo: Sandbox) -> None:
    waiting = read_story(odoo, "return_waiting")
    assert [p["state"] for p in waiting["picking_ids"]] == ["done", "assigned"]
    assert waiting["order_line"][0]["qty_delivered"] == 3.0
    again = read_story(odoo, "return_of_a_return")
    back, out = [p for p in again["picking_ids"] if p["return_id"]]
    assert out["return_id"] == back["id"]
    assert again["order_line"][0]["qty_delivered"] == 1.0
    assert read_story(odoo, "over_return")["order_line"][0]["qty_delivered"] == -1.0
    assert read_story(odoo, "exchange")["order_line"][0]["qty_delivered"] == 1.0


def test_credit_notes_are_listed_only_when_linked_to_order_lines(odoo: Sandbox) -> None:
    reversals = "reversal_move_id" if odoo.serie == 17 else "reversal_move_ids"

    def notes(key: str) -> tuple[int, int]:
        documents = read_story(odoo, key)["invoice_ids"]
        invoice = next(d for d in documents if d["move_type"] == "out_invoice")
        hanging = odoo.call("account.move", "read", [invoice["id"]], [reversals])[0][reversals]
        return len([d for d in documents if d["move_type"] == "out_refund"]), len(hanging)

    assert notes("credit_note_linked") == (1, 1)
    assert notes("credit_note_on_invoice_only") == (0, 1)
    assert notes("credit_note_without_link") == (0, 0)
    loose = odoo.call(
        "account.move", "search_count", [["ref", "=like", "Goodwill %"], ["move_type", "=", "out_refund"]]
    )
    assert loose == 1


def test_draft_and_cancelled_credit_notes(odoo: Sandbox) -> None:
    draft = read_story(odoo, "credit_note_draft")["invoice_ids"][-1]
    assert (draft["state"], draft["name"]) == ("draft", "/" if odoo.serie == 17 else False)
    cancelled = read_story(odoo, "credit_note_cancelled")["invoice_ids"][-1]
    assert cancelled["state"] == "cancel"
    drafted = read_story(odoo, "credit_note_draft")["order_line"][0]
    kept = read_story(odoo, "credit_note_cancelled")["order_line"][0]
    assert (drafted["qty_invoiced"], kept["qty_invoiced"]) == (2.0, 4.0), (
        "drafts count, cancelled ones do not"
    )


def test_payment_states(odoo: Sandbox) -> None:
    def state(key: str) -> Any:
        return read_story(odoo, key)["invoice_ids"][0]["payment_state"]

    assert state("delivered_and_paid") == "paid"
    assert state("invoice_partly_paid") == "partial"
    assert state("invoice_reversed") == "reversed"
    assert state("invoice_blocked") == ("not_paid" if odoo.serie == 17 else "blocked")


def test_payments_beyond_the_invoice(odoo: Sandbox) -> None:
    prepaid = read_story(odoo, "prepaid_without_invoice")
    assert (prepaid["invoice_ids"], [t["state"] for t in prepaid["transaction_ids"]]) == ([], ["done"])
    assert [t["state"] for t in read_story(odoo, "transaction_error")["transaction_ids"]] == [
        "error",
        "error",
    ]
    assert [t["state"] for t in read_story(odoo, "transaction_pending")["transaction_ids"]] == ["pending"]
    twice = read_story(odoo, "paid_twice")
    invoice = twice["invoice_ids"][0]
    memo = ["ref" if odoo.serie == 17 else "memo", "=", invoice["name"]]
    # Invoice numbers repeat between companies.
    paid = odoo.call("account.payment", "search_count", [memo, ["company_id", "=", 1]])
    assert (paid, len(invoice["invoice_payments_widget"]["content"])) == (2, 1)


def test_unusual_lines(odoo: Sandbox) -> None:
    assert any(line["price_subtotal"] < 0 for line in read_story(odoo, "negative_reward_line")["order_line"])
    assert any(line["is_downpayment"] for line in read_story(odoo, "down_payment")["order_line"])
    kinds = {line["display_type"] for line in read_story(odoo, "sixty_lines")["order_line"]}
    assert {"line_section", "line_note", False} <= kinds
    assert not all(
        line["product_id"]["active"] for line in read_story(odoo, "archived_product")["order_line"]
    )
    replacement = read_story(odoo, "replacement_order")
    assert (replacement["amount_total"], replacement["origin"]) == (0.0, odoo.order_name("replaced"))


def test_cancelled_after_shipping_keeps_what_was_done(odoo: Sandbox) -> None:
    order = read_story(odoo, "cancelled_after_shipping")
    assert order["state"] == "cancel"
    assert {"done", "cancel"} <= {picking["state"] for picking in order["picking_ids"]}


def test_customer_facts_that_need_care(odoo: Sandbox) -> None:
    fields = ["is_blacklisted", "phone_blacklisted", "sale_warn_msg", "name", "email", "email_normalized"]

    def customer(key: str) -> Any:
        order = odoo.call("sale.order", "search_read", [["name", "=", odoo.order_name(key)]], ["partner_id"])[
            0
        ]
        return odoo.call("res.partner", "read", [order["partner_id"][0]], fields)[0]

    blocked = customer("blacklisted_customer")
    assert (blocked["is_blacklisted"], blocked["phone_blacklisted"]) == (True, True)
    assert customer("customer_without_contact")["email_normalized"] is False
    two = customer("customer_with_two_addresses")
    assert (two["email"].count("@"), two["email_normalized"]) == (2, False)
    assert "chargebacks" in customer("sale_warning")["sale_warn_msg"]
    assert not customer("unicode_names")["name"].isascii()


def test_company_contact_ships_to_another_address(odoo: Sandbox) -> None:
    name = odoo.order_name("company_with_delivery_address")
    fields = ["partner_id", "partner_shipping_id"]
    order = odoo.call("sale.order", "search_read", [["name", "=", name]], fields)[0]
    assert order["partner_id"] != order["partner_shipping_id"]
    assert order["partner_shipping_id"][1].startswith(order["partner_id"][1] + ", ")


def test_messages_hold_what_must_never_be_shown(odoo: Sandbox) -> None:
    order = odoo.call("sale.order", "search", [["name", "=", odoo.order_name("awkward_messages")]])
    specification: dict[str, Any] = {
        "message_ids": {"fields": {"body": {}, "subtype_id": {"fields": {"internal": {}}}}}
    }
    messages = odoo.call("sale.order", "web_read", order, specification)[0]["message_ids"]
    text = " ".join(message["body"] for message in messages)
    for awkward in ("4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "<script>"):
        assert awkward in text
    assert {message["subtype_id"]["internal"] for message in messages} == {True, False}


@pytest.mark.parametrize("serie", [17, 18])
def test_return_authorizations_have_every_state(serie: int, sandboxes: Any) -> None:
    odoo = sandboxes(serie)
    order = odoo.call("sale.order", "search", [["name", "=", odoo.order_name("oca_rma")]])
    specification: dict[str, Any] = {
        "rma_ids": {"fields": {"state": {}, "refund_id": {}, "reception_move_id": {}}},
        "invoice_ids": {},
    }
    found = odoo.call("sale.order", "web_read", order, specification)[0]
    states = {rma["state"] for rma in found["rma_ids"]}
    assert states == {"draft", "confirmed", "received", "waiting_replacement", "refunded", "cancelled"}
    refunded = next(rma for rma in found["rma_ids"] if rma["state"] == "refunded")
    assert refunded["refund_id"] in found["invoice_ids"], (
        "the add-on lists its refunds with the order's invoices"
    )


def test_19_has_no_return_authorizations(odoo19: Sandbox) -> None:
    assert odoo19.refusal("rma", "search_count", [])["name"] == "odoo.exceptions.UserError"
