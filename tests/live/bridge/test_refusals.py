"""What is not as approved is refused by a real Odoo in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from integrations.canonical import (
    EffectState,
    Refusal,
)
from integrations.odoo.effects import OdooEffects
from tests.bridge.asking import asked, new_key, one_of
from tests.live.bridge.conftest import facts_of, find, revoke, send
from tests.live.bridge.scene import Scene

CENT = Decimal("0.01")


def test_what_is_not_as_approved_is_refused_and_nothing_is_made(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=True))
    expected = request.expected
    line, order_line = expected.invoice_lines[0], expected.order_lines[0]
    changed = {
        "residual": replace(expected, invoice_residual=expected.invoice_residual - CENT),
        "total": replace(expected, invoice_total=expected.invoice_total + CENT),
        "payment": replace(expected, payment_state="paid"),
        "line": replace(
            expected, invoice_lines=(replace(line, quantity=Decimal(3)), *expected.invoice_lines[1:])
        ),
        "fewer lines": replace(expected, invoice_lines=expected.invoice_lines[1:]),
        "order state": replace(expected, order_state="cancel"),
        "delivered": replace(expected, order_lines=(replace(order_line, delivered=Decimal(3)),)),
        "invoiced": replace(expected, order_lines=(replace(order_line, invoiced=Decimal(3)),)),
    }
    found = {
        what: send(door, replace(request, key=new_key(), expected=other)).refusal
        for what, other in changed.items()
    }
    assert found == {
        **dict.fromkeys(["residual", "total", "payment", "line", "fewer lines"], Refusal.INVOICE_CHANGED),
        **dict.fromkeys(["order state", "delivered", "invoiced"], Refusal.ORDER_CHANGED),
    }
    assert scene.notes_of(sold) == []
    assert find(door, request) is None
    assert send(door, request).state is EffectState.DONE


def test_a_draft_of_somebody_else_is_noticed(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    foreign = scene.draft_by_hand(sold)
    assert send(door, request).refusal is Refusal.CREDIT_NOTES_CHANGED
    assert [note["id"] for note in scene.notes_of(sold)] == [foreign]
    after = facts_of(door, sold).invoice(sold.invoice_id)
    assert [note.id for note in after.drafts] == [foreign]
    assert after.refundable.amount == 0


def test_more_than_is_left_another_order_or_an_unknown_assignee_is_refused(
    door: OdooEffects, scene: Scene
) -> None:
    sold, other = scene.sold(), scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    line = request.lines[0]
    wrong = {
        "quantity": replace(request, lines=(replace(line, quantity=Decimal(5)),)),
        "money": replace(
            request,
            lines=(replace(line, quantity=None, amount=Decimal(9999), total=Decimal(9999)),),
            total=replace(request.total, amount=Decimal(9999)),
        ),
        "invoice": replace(request, invoice_id=other.invoice_id),
        "line": replace(request, lines=(replace(line, invoice_line_id=line.invoice_line_id + 1000000),)),
        "company": replace(request, company_id=sold.company_id + 1000),
        "assignee": replace(request, assignee_id=999999),
        "cents": replace(request, total=replace(request.total, amount=request.total.amount - Decimal(1))),
    }
    found = {what: send(door, replace(one, key=new_key())).refusal for what, one in wrong.items()}
    assert found == {
        "quantity": Refusal.MORE_THAN_LEFT,
        "money": Refusal.MORE_THAN_LEFT,
        "invoice": Refusal.NOT_OF_ORDER,
        "line": Refusal.NOT_OF_ORDER,
        "company": Refusal.WRONG_COMPANY,
        "assignee": Refusal.ASSIGNEE_UNKNOWN,
        "cents": Refusal.TOTAL_DIFFERS,
    }
    assert scene.notes_of(sold) == scene.notes_of(other) == []


def test_a_key_that_was_given_up_never_has_an_effect(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    given_up = revoke(door, request)
    assert given_up.state is EffectState.REVOKED
    assert send(door, request).refusal is Refusal.KEY_REVOKED
    assert scene.notes_of(sold) == []
    late = asked(facts, sold.invoice_id, one_of(facts, sold.invoice_id, goods_back=False))
    made = send(door, late)
    too_late = revoke(door, late)
    assert too_late.state is EffectState.ALREADY_DONE
    assert too_late.documents == made.documents


def test_a_key_older_than_the_ledger_is_refused(door: OdooEffects, scene: Scene) -> None:
    sold = scene.sold()
    facts = facts_of(door, sold)
    request = asked(
        facts,
        sold.invoice_id,
        one_of(facts, sold.invoice_id, goods_back=False),
        key=new_key(at_ms=1_600_000_000_000),
    )
    assert send(door, request).refusal is Refusal.KEY_TOO_OLD
    assert scene.notes_of(sold) == []
