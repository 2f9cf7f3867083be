"""How a replacement is asked for: its form, the goods of its order read live, and its verdict."""

from __future__ import annotations

from typing import Any

from cases.actions.asking import Asking
from cases.actions.judged import Judged, Surroundings
from cases.actions.reason_words import reasons_in_use
from cases.actions.replacement.form import ReplacementForm
from cases.actions.replacement.judging import judge
from cases.actions.replacement.lines import wish_json, wish_of
from cases.actions.replacement.request import KIND, read_facts
from cases.rules.book import RuleBook
from cases.rules.reasons import CodeSet
from integrations.canonical import OrderRecord, ReplacementFacts
from integrations.gateways import EffectDoor


class ReplacementAsking:
    prefix = KIND.prefix

    def check(self, form: ReplacementForm) -> None:
        form.check([code for code, _ in reasons_in_use(CodeSet.CUSTOMER)])

    async def read(
        self,
        form: ReplacementForm,
        door: EffectDoor,
        *,
        order_id: int,
        order_ref: str,
        company_id: int,
        correlation_id: str,
    ) -> ReplacementFacts:
        return await read_facts(
            door,
            order_id=order_id,
            order_ref=order_ref,
            company_id=company_id,
            other_products=form.wish.other_products,
            correlation_id=correlation_id,
        )

    def currency(self, facts: ReplacementFacts, record: OrderRecord) -> str:
        return facts.currency

    def judge(
        self,
        form: ReplacementForm,
        facts: ReplacementFacts,
        around: Surroundings,
        rules: RuleBook,
        *,
        round: int = 1,
    ) -> Judged:
        return judge(form.wish, facts, around, rules, reason=form.reason, round=round)

    def put_down(self, form: ReplacementForm) -> dict[str, Any]:
        return {"wish": wish_json(form.wish), "lines": []}

    def form_of(
        self,
        payload: dict[str, Any],
        *,
        connection: str,
        ref: str,
        company: int,
        reason: str,
        note: str = "",
    ) -> ReplacementForm:
        return ReplacementForm(
            connection=connection,
            ref=ref,
            company=company,
            wish=wish_of(payload["wish"], before=payload.get("warehouse_id")),
            reason=reason,
            note=note,
        )


ASKING: Asking = ReplacementAsking()
