"""How a refund is asked for: its form, the money of its order read live, and its verdict."""

from __future__ import annotations

from typing import Any

from cases.actions.asking import Asking
from cases.actions.judged import Judged, Surroundings
from cases.actions.reason_words import reasons_in_use
from cases.actions.refund.form import RefundForm
from cases.actions.refund.judging import judge
from cases.actions.refund.lines import wish_json, wish_of
from cases.actions.refund.request import KIND, read_facts
from cases.rules.book import RuleBook
from cases.rules.reasons import CodeSet
from integrations.canonical import OrderRecord, RefundFacts
from integrations.gateways import EffectDoor


class RefundAsking:
    prefix = KIND.prefix

    def check(self, form: RefundForm) -> None:
        form.check([code for code, _ in reasons_in_use(CodeSet.REFUND)])

    async def read(
        self,
        form: RefundForm,
        door: EffectDoor,
        *,
        order_id: int,
        order_ref: str,
        company_id: int,
        correlation_id: str,
    ) -> RefundFacts:
        return await read_facts(door, order_id=order_id, company_id=company_id, correlation_id=correlation_id)

    def currency(self, facts: RefundFacts, record: OrderRecord) -> str:
        return facts.invoices[0].total.currency if facts.invoices else ""

    def judge(
        self,
        form: RefundForm,
        facts: RefundFacts,
        around: Surroundings,
        rules: RuleBook,
        *,
        round: int = 1,
    ) -> Judged:
        return judge(
            form.wish, facts, around, rules, reason=form.reason, refund_to=form.refund_to, round=round
        )

    def put_down(self, form: RefundForm) -> dict[str, Any]:
        return {"wish": wish_json(form.wish), "notes": [], "refund_to": form.refund_to}

    def form_of(
        self,
        payload: dict[str, Any],
        *,
        connection: str,
        ref: str,
        company: int,
        reason: str,
        note: str = "",
    ) -> RefundForm:
        return RefundForm(
            connection=connection,
            ref=ref,
            company=company,
            wish=wish_of(payload["wish"]),
            reason=reason,
            refund_to=payload["refund_to"],
            note=note,
        )


ASKING: Asking = RefundAsking()
