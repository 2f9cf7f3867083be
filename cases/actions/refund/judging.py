"""Puts a refund together: the wish, the facts read live, the verdict on it, and what it will do to the order.

Decides by its arguments alone. Everything that comes out is plain and is stored as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from cases.actions.hashing import plain, plainly, sha256_of
from cases.actions.judged import Judged, Surroundings
from cases.actions.refund.about import with_notes
from cases.actions.refund.lines import (
    RefundWish,
    Resolved,
    WishedNote,
    kept_goods,
    note_json,
    resolve,
    wish_json,
)
from cases.actions.stored_facts import asked_before_json, order_json, preview_line, surroundings_json
from cases.rules.book import RuleBook
from cases.rules.refund import judge_refund
from integrations.canonical import (
    CreditNoteForecast,
    Money,
    PaymentSource,
    PaymentState,
    RefundFacts,
    expected_facts,
)
from integrations.gateways import forecast_credit_note

KIND = "refund"


def judge(
    wish: RefundWish,
    facts: RefundFacts,
    around: Surroundings,
    policy: RuleBook,
    *,
    reason: str,
    refund_to: str,
    round: int = 1,
) -> Judged:
    """The verdict on a wish by facts read now."""
    resolved = resolve(wish, facts)
    currency = facts.invoices[0].total.currency if facts.invoices else ""
    payload = {
        "kind": KIND,
        "order": order_json(facts),
        "wish": wish_json(wish),
        "notes": [note_json(note) for note in resolved.notes],
        "total": plain(resolved.total),
        "currency": currency,
        "reason": reason,
        "refund_to": refund_to or _way_back(facts),
    }
    told = _facts_json(facts, around, resolved, policy)
    return Judged(
        payload=payload,
        facts=told,
        facts_hash=sha256_of(told["expected"]),
        verdict=judge_refund(payload, told, policy),
        preview=_preview(facts, resolved, payload, policy.for_brand(told["about"]["brand"])),
        total=Money(resolved.total, currency),
        round=round,
    )


def expected_hash(facts: RefundFacts, note: WishedNote) -> str:
    """Of exactly those facts that Odoo compares when this note is made."""
    expected = plainly(asdict(expected_facts(facts, note.invoice_id, note.lines)))
    return sha256_of({"order": facts.order_id, "invoice": note.invoice_id, "expected": expected})


def expected_hashes(facts: RefundFacts, notes: Sequence[WishedNote]) -> dict[str, str]:
    return {str(note.invoice_id): expected_hash(facts, note) for note in notes}


def _facts_json(
    facts: RefundFacts, around: Surroundings, resolved: Resolved, policy: RuleBook
) -> dict[str, Any]:
    own = policy.for_brand(str(around.about["brand"]))
    return {
        **surroundings_json(facts, around),
        "paid": any(
            payment.state is PaymentState.DONE and not payment.is_refund for payment in facts.payments
        ),
        "invoices": [
            {
                "id": invoice.id,
                "ref": invoice.ref or "",
                "state": invoice.state.value,
                "total": plain(invoice.total.amount),
                "refundable": plain(invoice.refundable.amount),
                "drafts": [{"id": draft.id, "total": plain(draft.total.amount)} for draft in invoice.drafts],
            }
            for invoice in facts.invoices
        ],
        "expected": expected_hashes(facts, resolved.notes),
        "problem": resolved.problem,
        "kept_goods": plain(kept_goods(resolved.notes, facts)),
        **asked_before_json(around, own),
        "about": with_notes(around.about, resolved.notes, facts),
    }


def _way_back(facts: RefundFacts) -> str:
    """The way the money came; nobody chose another."""
    came = [
        payment for payment in facts.payments if payment.state is PaymentState.DONE and not payment.is_refund
    ]
    if any(payment.source is PaymentSource.PROVIDER for payment in came):
        return "card"
    return "bank" if came else "original"


def _preview(
    facts: RefundFacts, resolved: Resolved, payload: Mapping[str, Any], policy: RuleBook
) -> list[dict[str, Any]]:
    """Before and after, as codes and figures: the words are put to it when somebody reads it."""
    lines: list[dict[str, Any]] = []
    invoicing: tuple[str, str] | None = None
    for note in resolved.notes:
        invoice = facts.invoice(note.invoice_id)
        forecast: CreditNoteForecast = forecast_credit_note(facts, note.invoice_id, note.lines)
        about = {"invoice": invoice.ref or str(invoice.id)}
        lines += [
            preview_line("credit_note", "", _money(forecast.total), **about),
            preview_line("credit_note_tax", "", _money(forecast.tax), **about),
            preview_line(
                "refundable", _money(forecast.refundable_before), _money(forecast.refundable_after), **about
            ),
        ]
        for line in forecast.lines:
            named = {"line": line.name, **about}
            if line.invoiced_before != line.invoiced_after:
                lines.append(
                    preview_line(
                        "line_invoiced", plain(line.invoiced_before), plain(line.invoiced_after), **named
                    )
                )
            if line.to_invoice_before != line.to_invoice_after:
                lines.append(
                    preview_line(
                        "line_to_invoice",
                        plain(line.to_invoice_before),
                        plain(line.to_invoice_after),
                        **named,
                    )
                )
        first = invoicing[0] if invoicing else _word(forecast.invoicing_before)
        invoicing = (first, _word(forecast.invoicing_after))
    if invoicing:
        lines.append(preview_line("invoice_status", *invoicing))
    if resolved.notes:
        way = str(payload["refund_to"])
        promised = policy.payout.days
        days = promised.get(way, max(promised.values()))
        lines.append(preview_line("money_back", "", way, days=str(days)))
        lines.append(preview_line("task", "", "1"))
        lines.append(preview_line("ticket_note", "", "1"))
    return lines


def _money(money: Money) -> str:
    return f"{money.amount:.2f} {money.currency}"


def _word(progress: Any) -> str:
    return progress.value if progress is not None else ""
