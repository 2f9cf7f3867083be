"""What may be asked for, and what the answer says; the same request twice is one action."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from cases.actions.policies import newest_rules, rules_of_version
from cases.actions.proposing import AlreadyOpen, KeyUsed, NotPermitted, Proposed, Refused, UnclearWish
from cases.actions.refund.lines import RefundWish, WishedLine
from cases.actions.states import ActionState
from cases.actions.verdicts import Outcome, verdict_of
from cases.casework import CaseNotVisible
from cases.masking.roles import Role
from cases.models import Action, AuditEntry, Hold, User
from cases.people.access import viewer_for
from cases.people.viewer import Viewer
from cases.rules.refund import judge_refund
from integrations.canonical import DocumentState
from tests.actions.conftest import Propose, shoes
from tests.actions.fake_odoo import SHIPPING, SHOE, FakeOdoo
from tests.actions.rows import finish
from tests.conftest import PersonMaker
from tests.published_rules import publish_rules

pytestmark = pytest.mark.django_db

Ask = Callable[..., Proposed]


def outcomes(action_or_verdict: Any) -> dict[str, Outcome]:
    verdict = (
        action_or_verdict if hasattr(action_or_verdict, "rules") else verdict_of(action_or_verdict.verdict)
    )
    return {rule.id: rule.outcome for rule in verdict.rules}


def refusal(ask: Ask, *args: Any, **more: Any) -> dict[str, Outcome]:
    with pytest.raises(Refused) as refused:
        ask(*args, **more)
    return {rule.id: rule.outcome for rule in refused.value.verdict.rules if rule.outcome is Outcome.FAILED}


def test_a_piece_that_comes_back_costs_what_it_cost(propose: Propose) -> None:
    action = propose(shoes("1"))

    assert (action.state, action.amount, action.currency) == ("awaiting_approval", Decimal("60"), "EUR")
    assert action.approvals_needed == 1
    assert [(line["what"], line["before"], line["after"]) for line in action.preview] == [
        ("credit_note", "", "60.00 EUR"),
        ("credit_note_tax", "", "10.00 EUR"),
        ("refundable", "124.90 EUR", "64.90 EUR"),
        ("line_invoiced", "2", "1"),
        ("line_to_invoice", "0", "1"),
        ("invoice_status", "invoiced", "to_invoice"),
        ("money_back", "", "original"),
        ("task", "", "1"),
        ("ticket_note", "", "1"),
    ]


def test_everything_that_is_left_comes_to_the_whole_invoice(propose: Propose) -> None:
    action = propose(RefundWish())
    assert action.amount == Decimal("124.90")
    assert {line["invoice_line_id"] for line in action.payload["notes"][0]["lines"]} == {901, 902}
    assert not any(line["goods_back"] for line in action.payload["notes"][0]["lines"])


def test_an_amount_is_split_to_the_cent_and_shipping_is_a_line_of_its_own(ask: Ask, propose: Propose) -> None:
    tried = ask(RefundWish(amount=Decimal("33.33")), dry_run=True)
    assert tried.action is None
    assert tried.judged is not None
    assert tried.judged.total.amount == Decimal("33.33")
    assert Action.objects.count() == 0
    action = propose(RefundWish(lines=(WishedLine(line_id=SHIPPING),)))
    assert action.amount == Decimal("4.90")


def test_goods_that_stay_with_the_customer_need_a_second_person(propose: Propose) -> None:
    action = propose(shoes("1", goods_back=False))
    assert outcomes(action)["goods_back"] is Outcome.RAISED
    assert action.approvals_needed == 2


@pytest.mark.parametrize(
    "wish",
    [
        shoes("3"),
        RefundWish(amount=Decimal("200")),
        RefundWish(lines=(WishedLine(line_id=999),)),
        RefundWish(lines=(WishedLine(line_id=SHOE),), amount=Decimal("121")),
    ],
)
def test_more_than_is_left_is_refused(ask: Ask, wish: RefundWish) -> None:
    assert "within_refundable" in refusal(ask, wish)
    assert Action.objects.count() == 0
    entry = AuditEntry.objects.get(action="action_refused")
    assert entry.decision == "denied"
    assert entry.details["outcomes"]["rules"]["within_refundable"] == "failed"


def test_a_foreign_draft_blocks_and_is_named(odoo: FakeOdoo, ask: Ask) -> None:
    odoo.add_foreign_note("12.50", DocumentState.DRAFT)
    with pytest.raises(Refused) as refused:
        ask()
    rule = next(rule for rule in refused.value.verdict.rules if rule.id == "no_draft")
    assert rule.outcome is Outcome.FAILED
    assert rule.words["amounts"] == "12.50 EUR"


def test_paid_without_an_invoice_goes_to_finance(odoo: FakeOdoo, ask: Ask) -> None:
    odoo.state = DocumentState.DRAFT
    assert {"invoiced", "within_refundable"} <= set(refusal(ask))


def test_a_quotation_is_not_refunded(odoo: FakeOdoo, ask: Ask) -> None:
    odoo.order_state = "draft"
    assert "order_confirmed" in refusal(ask)


def test_a_held_customer_gets_nothing(ask: Ask, sam: User) -> None:
    Hold.objects.create(
        kind="fraud",
        connection="main",
        company_id=1,
        customer_id=90,
        reason="Chargebacks",
        owner=sam,
        placed_at=timezone.now(),
    )
    assert "no_hold" in refusal(ask)


def test_two_people_cannot_ask_for_the_same(ask: Ask, propose: Propose, fin_viewer: Viewer) -> None:
    first = propose()
    with pytest.raises(AlreadyOpen) as already:
        ask(shoes("1"), viewer=fin_viewer)
    assert already.value.reference == first.reference


def test_the_same_request_again_is_the_same_action(ask: Ask) -> None:
    first = ask(key="k1", body_hash="a" * 64)
    again = ask(key="k1", body_hash="a" * 64)
    assert (first.is_new, again.is_new) == (True, False)
    assert first.action == again.action
    with pytest.raises(KeyUsed):
        ask(key="k1", body_hash="b" * 64)


def test_a_refund_in_parts_is_judged_as_one(
    odoo: FakeOdoo, propose: Propose, make_person: PersonMaker
) -> None:
    """Each part is small, the third brings the order above what one person approves."""
    odoo.shoe_price = "400.00"
    first = propose(RefundWish(lines=(WishedLine(line_id=SHOE),), amount=Decimal("300")))
    assert outcomes(first)["second_approval"] is Outcome.PASSED
    Action.objects.filter(pk=first.pk).update(state=ActionState.REJECTED, finished_at=timezone.now())
    other = propose(RefundWish(lines=(WishedLine(line_id=SHOE),), amount=Decimal("300")))
    assert outcomes(other)["second_approval"] is Outcome.PASSED, "what was rejected does not count"
    finish(other, by=make_person("boss", Role.SUPERVISOR, main=[1]))
    third = propose(RefundWish(lines=(WishedLine(line_id=SHOE),), amount=Decimal("300")))
    assert outcomes(third)["second_approval"] is Outcome.RAISED
    assert third.approvals_needed == 2


def test_an_agent_cannot_ask_for_more_than_a_days_limit(odoo: FakeOdoo, ask: Ask) -> None:
    odoo.shoe_price = "900.00"
    assert "agent_day" in refusal(ask, shoes("2"))
    assert ask(shoes("1")).is_new


def test_only_those_who_work_on_the_case_ask(ask: Ask, make_person: PersonMaker, eve: User) -> None:
    with pytest.raises(NotPermitted):
        ask(viewer=viewer_for(make_person("audra", Role.AUDITOR, main=[1])))
    with pytest.raises(CaseNotVisible):
        ask(viewer=viewer_for(eve))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"reason": "because"}, "reason"),
        ({"refund_to": "cash"}, "refund_to"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_before_odoo_is_asked(
    odoo: FakeOdoo, ask: Ask, more: dict[str, str], reason: str
) -> None:
    with pytest.raises(UnclearWish) as unclear:
        ask(**more)
    assert (unclear.value.reason, odoo.calls) == (reason, [])


def test_a_note_is_unreadable_in_the_table_and_card_numbers_are_cut_out(propose: Propose) -> None:
    from cases.actions.proposing import note_place
    from cases.actions.sealing import unseal

    action = propose(note="Refund to 4111 1111 1111 1111 please")
    assert b"please" not in bytes(action.note)
    said = unseal(action.note, key_id=action.note_key_id, place=note_place(action.pk))
    assert "4111" not in said
    assert "please" in said


def test_a_verdict_can_be_worked_out_again_from_what_was_stored(propose: Propose) -> None:
    action = propose()
    publish_rules({"second_approval_above": "10"})
    action.refresh_from_db()

    by_then = judge_refund(action.payload, action.facts, rules_of_version(0))
    assert by_then.as_json() == action.verdict
    assert newest_rules().version == 1
    by_now = judge_refund(action.payload, action.facts, newest_rules())
    assert by_now.needs_approval == 2
