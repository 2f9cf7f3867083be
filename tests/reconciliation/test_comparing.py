"""Every difference between what was done and what a sandbox Odoo holds is found over a socket, and closed again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import Finding, ReconciliationRun, User
from cases.models.casework import Case
from cases.reconciliation.running import begin, carry_on
from tests.actions.rows import make_action
from tests.reconciliation.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def note_of(house: House, action: Any) -> dict[str, Any]:
    (effect,) = action.effects
    return house.shop.row("account.move", effect["id"], "ref amount_total state invoice_line_ids")


def test_nothing_differs_after_refunds_that_landed(house: House) -> None:
    for amount in ("1.00", "2.50"):
        house.refund(amount)
    run = house.compare()
    assert house.open_findings() == []
    assert (run.actions, run.by_key, run.documents, run.orders) == (2, 2, 2, 2)


def test_an_amount_that_somebody_changed_is_found_and_closed_when_it_is_changed_back(house: House) -> None:
    action = house.refund("3.00")
    note = note_of(house, action)
    house.shop.by_hand("update", note["id"], values={"amount_total": note["amount_total"] + 1})
    house.compare()
    assert house.open_findings() == [("amount_differs", action.reference)]
    (found,) = Finding.objects.all()
    assert (found.amount, found.expected, found.document_id) == (4, 3, note["id"])
    house.compare()
    assert Finding.objects.count() == 1, "one difference is one row as long as it lasts"
    house.shop.by_hand("update", note["id"], values={"amount_total": note["amount_total"]})
    house.compare()
    assert house.open_findings() == []
    found.refresh_from_db()
    assert found.cleared_at is not None


def test_a_quantity_that_somebody_changed_is_found_and_closed(house: House) -> None:
    action = house.refund()
    (line,) = note_of(house, action)["invoice_line_ids"][:1]
    house.shop.by_hand("update", line, model="account.move.line", values={"quantity": 7.0})
    house.compare()
    assert house.open_findings() == [("quantity_differs", action.reference)]
    house.shop.by_hand("update", line, model="account.move.line", values={"quantity": 1.0})
    house.compare()
    assert house.open_findings() == []


def test_a_cancelled_note_is_found_and_closed_when_it_is_a_draft_again(house: House) -> None:
    action = house.refund()
    note = note_of(house, action)["id"]
    house.shop.by_hand("update", note, values={"state": "cancel"})
    house.compare()
    assert house.open_findings() == [("cancelled", action.reference)]
    house.shop.by_hand("update", note, values={"state": "draft"})
    house.compare()
    assert house.open_findings() == []


def test_a_deleted_note_is_found_as_long_as_its_action_is_compared(house: House) -> None:
    action = house.refund()
    house.shop.by_hand("delete", note_of(house, action)["id"])
    house.compare()
    assert house.open_findings() == [("gone", action.reference)]
    house.compare()
    assert house.open_findings() == [("gone", action.reference)]


def test_a_key_that_odoo_lost_is_found(house: House, odoo: Any) -> None:
    action = house.refund()
    (row,) = odoo.call(
        "x_deskglass_effect", "search_read", [["x_key", "like", str(action.pk)]], fields=["x_key"]
    )
    house.shop.by_hand("update", row["id"], model="x_deskglass_effect", values={"x_key": "lost"})
    house.compare()
    assert house.open_findings() == [("no_effect", action.reference)]
    house.shop.by_hand("update", row["id"], model="x_deskglass_effect", values={"x_key": row["x_key"]})
    house.shop.by_hand("update", row["id"], model="x_deskglass_effect", values={"x_payload_sha256": "0" * 64})
    house.compare()
    assert house.open_findings() == [("other_content", action.reference)]


def test_a_reference_that_nothing_has_and_a_second_document_are_found_and_closed(house: House) -> None:
    action = house.refund()
    _, invoice = house.order()
    note = house.shop.by_hand("draft_credit_note", invoice)["id"]
    house.shop.by_hand("update", note, values={"ref": "copied [R-ZZZZZ]"})
    house.compare()
    assert house.open_findings() == [("unknown_reference", "R-ZZZZZ")]
    house.shop.by_hand("update", note, values={"ref": f"copied [{action.reference}]"})
    house.compare()
    assert house.open_findings() == [("second_document", action.reference)]
    house.shop.by_hand("delete", note)
    house.compare()
    assert house.open_findings() == []


def test_a_document_of_a_request_that_was_not_carried_out_is_found(house: House) -> None:
    action = make_action(
        User.objects.get(pk=house.asks.user_id), state="rejected", finished_at=timezone.now()
    )
    _, invoice = house.order()
    note = house.shop.by_hand("draft_credit_note", invoice)["id"]
    house.shop.by_hand("update", note, values={"ref": f"[{action.reference}]"})
    house.compare()
    assert house.open_findings() == [("not_carried_out", action.reference)]
    house.shop.by_hand("delete", note)
    house.compare()
    assert house.open_findings() == []


def test_what_others_make_on_orders_of_our_cases_is_told_and_is_no_error(house: House) -> None:
    ref, invoice = house.order()
    house.case(ref)
    note = house.shop.by_hand("draft_credit_note", invoice)["id"]
    house.compare()
    assert house.open_findings() == [("foreign_credit_note", ref)]
    assert not Finding.objects.get().is_error
    house.shop.by_hand("delete", note)
    house.compare()
    assert house.open_findings() == []


def test_what_was_there_before_the_case_is_not_told(house: House) -> None:
    ref, invoice = house.order()
    note = house.shop.by_hand("draft_credit_note", invoice)["id"]
    Case.objects.filter(pk=house.case(ref).pk).update(opened_at=timezone.now() + timedelta(hours=1))
    house.compare()
    assert house.open_findings() == []
    house.shop.by_hand("delete", note)


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(house: House, odoo: Any) -> None:
    for _ in range(2):
        house.refund()
    run = begin("main", at=timezone.now())
    assert not carry_on(run.pk, seconds=0), "one page, and no time for another"
    run.refresh_from_db()
    assert (run.stage, run.actions, run.held_until) == ("documents", 2, None)
    odoo.set_faults({"kind": "reset"})
    assert not carry_on(run.pk)
    run.refresh_from_db()
    assert run.problem
    odoo.clear_faults()
    assert begin("main", at=timezone.now()).pk == run.pk, "one at a time"
    assert carry_on(run.pk)
    run.refresh_from_db()
    assert (run.actions, run.documents, run.problem) == (2, 2, "")
    assert ReconciliationRun.objects.count() == 1
    assert not carry_on(run.pk), "what is over is not carried on"
