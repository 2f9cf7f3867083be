"""The refund request: a draft credit note in Odoo for each invoice, for finance to check, post and pay.

Nothing here posts or pays. The undo of a draft is its deletion by finance in Odoo, until it is posted.
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from asgiref.sync import sync_to_async

from cases.actions.action_people import people_of
from cases.actions.effects import effect_of
from cases.actions.kinds import Changed, DocumentNow, Impossible, Kind, Owed, Proof, Step
from cases.actions.reason_words import reason_for_odoo
from cases.actions.refund.evidence import MODELS, owed_by_refund, stand_in_for_refund
from cases.actions.refund.judging import expected_hash
from cases.actions.refund.lines import note_of
from cases.actions.refund.words import refund_of_words
from cases.actions.sent_words import words_of
from cases.actions.step_calls import LONGEST_REASON, find_again, key_of, read_budget, write_budget
from cases.models import Action
from cases.rules.reasons import CodeSet
from cases.writing.finance_assignees import finance_assignee
from integrations.canonical import (
    CreditNoteRequest,
    DocumentState,
    EffectResult,
    Money,
    RefundFacts,
    expected_facts,
)
from integrations.canonical.evidence import Evidence
from integrations.gateways import EffectDoor


class RefundRequest:
    prefix = "R"
    models = MODELS

    def steps(self, action: Action) -> tuple[Step, ...]:
        return tuple(
            Step(
                number=number,
                name="credit_note",
                key=key_of(action, f"note_{number}"),
                undo="finance deletes the draft in Odoo, as long as it is one",
            )
            for number, _ in enumerate(action.payload["notes"], start=1)
        )

    async def word(self, action: Action, step: Step, door: EffectDoor) -> str | Changed | Impossible:
        note = note_of(action.payload["notes"][step.number - 1])
        facts = await self._facts(action, door)
        try:
            expected = expected_hash(facts, note)
        except LookupError:
            return Changed(what="invoice_changed")
        if expected != action.facts["expected"].get(str(note.invoice_id)):
            return Changed(what="order_changed")
        people = await sync_to_async(_people)(action)
        words = await sync_to_async(reason_for_odoo)(CodeSet.REFUND, action.reason, action.policy_version)
        request = CreditNoteRequest(
            key=step.key,
            connection=action.connection,
            company_id=action.company_id,
            order_id=action.order_id,
            order_ref=action.order_ref,
            invoice_id=note.invoice_id,
            lines=note.lines,
            total=Money(note.total, action.currency),
            expected=expected_facts(facts, note.invoice_id, note.lines),
            reference=action.reference,
            reason=words[:LONGEST_REASON],
            requested_by=people[0],
            approved_by=people[1],
            assignee_id=people[2],
            task=f"{action.reference}: check and post the refund of {note.total:.2f} {action.currency}",
        )
        return words_of(request)

    async def send(self, action: Action, step: Step, words: str, door: EffectDoor) -> EffectResult:
        return await door.create_credit_note(
            refund_of_words(words), budget=write_budget(), correlation_id=action.reference
        )

    async def prove(self, action: Action, door: EffectDoor) -> Proof | Changed:
        """What is there now, by key and by invoice: ours at the approved total, and nothing nobody knows of."""
        effects: list[dict[str, Any]] = []
        remark, ours = "", set()
        for step in self.steps(action):
            note = note_of(action.payload["notes"][step.number - 1])
            found = await find_again(action, step, door)
            if isinstance(found, Changed):
                return found
            effects += [
                effect_of(action, document, invoice_id=note.invoice_id) for document in found.documents
            ]
            ours |= {document.id for document in found.documents}
            if found.total is None or found.total.amount != note.total:
                return Proof(effects=effects, differs="total_differs")
            if any(document.total != found.total for document in found.documents):
                remark = "edited"
        facts = await self._facts(action, door)
        return Proof(effects=effects, remark=_surplus(action, facts, ours) or remark)

    async def look(self, action: Action, door: EffectDoor) -> list[DocumentNow]:
        facts = await self._facts(action, door)
        return [
            DocumentNow(
                model="account.move",
                id=note.id,
                state=note.state.value,
                ref=note.ref or "",
                total=note.total.amount,
                payment=note.payment_state.value if note.state is DocumentState.POSTED else "",
            )
            for invoice in facts.invoices
            for note in invoice.notes
        ]

    def owed(self, action: Action) -> tuple[Owed, ...]:
        return owed_by_refund(action, self.steps(action))

    def stand_in(self, action: Action, document: Evidence, steps: Collection[int]) -> dict[str, Any] | str:
        return stand_in_for_refund(action, document, steps)

    async def _facts(self, action: Action, door: EffectDoor) -> RefundFacts:
        return await read_facts(
            door, order_id=action.order_id, company_id=action.company_id, correlation_id=action.reference
        )


async def read_facts(door: EffectDoor, *, order_id: int, company_id: int, correlation_id: str) -> RefundFacts:
    return await door.read_refund_facts(
        order_id, company_id=company_id, budget=read_budget(), correlation_id=correlation_id
    )


def _people(action: Action) -> tuple[str, str, int | None]:
    """Who asked, who approved this content, and whom Odoo asks to look at it."""
    assignee = finance_assignee(action.connection, action.company_id)
    return *people_of(action), assignee.odoo_user_id if assignee else None


def _surplus(action: Action, facts: RefundFacts, ours: set[int]) -> str:
    """Somebody may have made a note of their own in the same moment, which nothing in Odoo prevents."""
    for note in action.payload["notes"]:
        invoice = facts.invoice(note["invoice_id"])
        before = next(
            Decimal(known["total"]) - Decimal(known["refundable"])
            for known in action.facts["invoices"]
            if known["id"] == invoice.id
        )
        credited = sum(
            (found.total.amount for found in invoice.notes if found.counts and found.id not in ours),
            Decimal(0),
        )
        if credited > before:
            return "surplus"
    return ""


KIND: Kind = RefundRequest()

__all__ = ["KIND", "read_facts"]
