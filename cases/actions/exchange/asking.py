"""How an exchange is asked for: its form, deliveries and goods of its order read live, and its verdict."""

from __future__ import annotations

import asyncio
from typing import Any

from cases.actions.asking import Asking
from cases.actions.exchange.form import ExchangeForm, wish_json, wish_of
from cases.actions.exchange.judging import ExchangeFacts, judge
from cases.actions.exchange.request import KIND
from cases.actions.judged import Judged, Surroundings
from cases.actions.reason_words import reasons_in_use
from cases.actions.replacement import request as replacement_request
from cases.actions.returns import request as return_request
from cases.rules.book import RuleBook
from cases.rules.reasons import CodeSet
from integrations.canonical import OrderRecord
from integrations.gateways import EffectDoor


class ExchangeAsking:
    prefix = KIND.prefix

    def check(self, form: ExchangeForm) -> None:
        form.check([code for code, _ in reasons_in_use(CodeSet.CUSTOMER)])

    async def read(
        self,
        form: ExchangeForm,
        door: EffectDoor,
        *,
        order_id: int,
        order_ref: str,
        company_id: int,
        correlation_id: str,
    ) -> ExchangeFacts:
        back, again = await asyncio.gather(
            return_request.read_facts(
                door, order_id=order_id, company_id=company_id, correlation_id=correlation_id
            ),
            replacement_request.read_facts(
                door,
                order_id=order_id,
                order_ref=order_ref,
                company_id=company_id,
                other_products=form.products,
                product_codes=form.codes,
                correlation_id=correlation_id,
            ),
        )
        return ExchangeFacts(back=back, again=again)

    def currency(self, facts: ExchangeFacts, record: OrderRecord) -> str:
        return facts.again.currency

    def judge(
        self,
        form: ExchangeForm,
        facts: ExchangeFacts,
        around: Surroundings,
        rules: RuleBook,
        *,
        round: int = 1,
    ) -> Judged:
        return judge(form, facts, around, rules, round=round)

    def put_down(self, form: ExchangeForm) -> dict[str, Any]:
        return {
            "wish": {
                "lines": wish_json(form.lines),
                "warehouse": form.warehouse,
                "back_to": form.back_to,
            },
            "returns": [],
            "lines": [],
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
    ) -> ExchangeForm:
        return ExchangeForm(
            connection=connection,
            ref=ref,
            company=company,
            lines=wish_of(payload["wish"]["lines"]),
            warehouse=payload["wish"]["warehouse"],
            back_to=payload["wish"]["back_to"],
            before=payload.get("warehouse_id"),
            note=note,
        )


ASKING: Asking = ExchangeAsking()
