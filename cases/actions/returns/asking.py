"""How goods are asked back: the form, the deliveries of the order read live, and the verdict."""

from __future__ import annotations

from typing import Any

from cases.actions.asking import Asking
from cases.actions.judged import Judged, Surroundings
from cases.actions.reason_words import reasons_in_use
from cases.actions.returns.form import ReturnForm, wish_json, wish_of
from cases.actions.returns.judging import judge
from cases.actions.returns.request import KIND, read_facts
from cases.rules.book import RuleBook
from cases.rules.reasons import CodeSet
from integrations.canonical import OrderRecord, ReturnFacts
from integrations.gateways import EffectDoor


class ReturnAsking:
    prefix = KIND.prefix

    def check(self, form: ReturnForm) -> None:
        form.check([code for code, _ in reasons_in_use(CodeSet.CUSTOMER)])

    async def read(
        self,
        form: ReturnForm,
        door: EffectDoor,
        *,
        order_id: int,
        order_ref: str,
        company_id: int,
        correlation_id: str,
    ) -> ReturnFacts:
        return await read_facts(door, order_id=order_id, company_id=company_id, correlation_id=correlation_id)

    def currency(self, facts: ReturnFacts, record: OrderRecord) -> str:
        return record.order.total.currency

    def judge(
        self,
        form: ReturnForm,
        facts: ReturnFacts,
        around: Surroundings,
        rules: RuleBook,
        *,
        round: int = 1,
    ) -> Judged:
        return judge(form, facts, around, rules, currency=str(around.about["currency"]), round=round)

    def put_down(self, form: ReturnForm) -> dict[str, Any]:
        return {
            "wish": {"lines": wish_json(form.lines), "warehouse": form.warehouse},
            "returns": [],
        }

    def form_of(
        self,
        payload: dict[str, Any],
        *,
        connection: str,
        ref: str,
        company: int,
        reason: str,
        note: str = "",
    ) -> ReturnForm:
        return ReturnForm(
            connection=connection,
            ref=ref,
            company=company,
            lines=wish_of(payload["wish"]["lines"]),
            warehouse=payload["wish"]["warehouse"],
            note=note,
        )


ASKING: Asking = ReturnAsking()
