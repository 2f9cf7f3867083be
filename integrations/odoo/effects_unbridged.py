"""A draft credit note where Odoo has no bridge: looked up first, then loaded under external ids of our own.

Odoo's ``load`` makes a record and its rows in one transaction, and finds them again under the same external ids, so a
call that was lost may be repeated. It is not exactly once: what was approved is compared before and not within the
transaction, and a document that somebody deletes frees its ids. Whatever is in doubt is left to a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import structlog

from integrations.canonical import (
    CreditNoteRequest,
    EffectDocument,
    EffectResult,
    EffectState,
    Money,
    RefundFacts,
    Refusal,
    expected_facts,
    payload_sha256,
)
from integrations.errors import Garbled, GatewayError, Unavailable
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooCall
from integrations.odoo.capabilities import Protocol
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.effects_call import send_once
from integrations.odoo.effects_import import HEAD, HEAD_OF_INVOICE, LINE, external_id, mark_of, rows_of
from integrations.odoo.mapping.documents import number, state
from integrations.odoo.mapping.values import Row, decimal
from integrations.odoo.order_question import understanding

logger = structlog.get_logger(__name__)

BILLED = ("name", "product_id", "price_unit", "discount", "account_id", "tax_ids", "sale_line_ids")
TAXES = ("amount", "amount_type", "price_include")
_MOVE = ("name", "state", "amount_total", "amount_tax", "currency_id", "ref")


def difference(facts: RefundFacts, request: CreditNoteRequest) -> Refusal | None:
    """Where the facts are not as approved any more, in the order in which the bridge compares them."""
    try:
        now = expected_facts(facts, request.invoice_id, request.lines)
        invoice = facts.invoice(request.invoice_id)
    except LookupError:
        return Refusal.NOT_OF_ORDER
    then = request.expected
    if invoice.state != "posted":
        return Refusal.NOT_POSTED
    if sorted(now.notes, key=lambda note: note.id) != sorted(then.notes, key=lambda note: note.id):
        return Refusal.CREDIT_NOTES_CHANGED
    if (now.invoice_total, now.invoice_residual, now.payment_state, set(now.invoice_lines)) != (
        then.invoice_total, then.invoice_residual, then.payment_state, set(then.invoice_lines)
    ):  # fmt: skip
        return Refusal.INVOICE_CHANGED
    if now.order_state != then.order_state or set(now.order_lines) != set(then.order_lines):
        return Refusal.ORDER_CHANGED
    return Refusal.MORE_THAN_LEFT if request.total.amount > invoice.refundable.amount else None


class Unbridged:
    """The same verb by the standard API alone, with the key for writing; it needs the right to invoice."""

    def __init__(self, config: ConnectionConfig, *, protocol: Protocol) -> None:
        self._config = config
        self._client = OdooClient(config)
        self._protocol = protocol

    async def create_credit_note(
        self, request: CreditNoteRequest, facts: RefundFacts, *, budget: Budget, correlation_id: str
    ) -> EffectResult:
        place = request.company_id
        known = await self.find(request.key, company_id=place, budget=budget, correlation_id=correlation_id)
        if known is not None:
            return known
        why = difference(facts, request)
        if why is not None:
            return EffectResult(key=request.key, state=EffectState.REFUSED, refusal=why)
        rows = await self._rows(request, budget, correlation_id)
        answer = await self._send(
            OdooCall(
                model="account.move",
                method="load",
                params={"fields": [*HEAD, *LINE], "data": rows},
                positional=("fields", "data"),
                context={"allowed_company_ids": [request.company_id]},
            ),
            budget,
            correlation_id,
        )
        with understanding("an import's answer"):
            made = answer["ids"]
        if not made:
            # Refused, or another call of ours with this key was quicker: looking again tells.
            known = await self.find(
                request.key, company_id=place, budget=Budget.write(), correlation_id=correlation_id
            )
            if known is not None:
                return known
            raise Unavailable("account.move.load: nothing was made, and why is not told in a stable way")
        await self._tell(int(made[0]), request, correlation_id)
        found = await self.find(
            request.key, company_id=place, budget=Budget.write(), correlation_id=correlation_id
        )
        if found is None:
            raise Garbled("a document that was made cannot be read back")
        return EffectResult(
            key=found.key,
            state=EffectState.DONE,
            documents=found.documents,
            total=found.total,
            tax=found.tax,
            payload_sha256=payload_sha256(request),
        )

    async def find(
        self, key: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> EffectResult | None:
        """Ours by its external id, looked for among the notes that bear the key's mark."""
        context = {"allowed_company_ids": [company_id]}
        domain = [["move_type", "=", "out_refund"], ["ref", "like", mark_of(key)]]
        call = OdooCall(
            model="account.move",
            method="search_read",
            params={"domain": domain, "fields": list(_MOVE)},
            context=context,
        )
        rows = await self._answer(call, budget, correlation_id)
        if not rows:
            return None
        ids = tuple(int(row["id"]) for row in rows)
        call = OdooCall(model="account.move", method="get_metadata", ids=ids, context=context)
        told = await self._send(call, budget, correlation_id)
        wanted = external_id(key)
        with understanding("a document's external ids"):
            ours = [one["id"] for one in told if any(name["xmlid"] == wanted for name in one["xmlids"])]
            row = next((row for row in rows if row["id"] in ours), None)
            return None if row is None else _result(key, row)

    # -- what is sent ----------------------------------------------------------------------------

    async def _rows(self, request: CreditNoteRequest, budget: Budget, correlation_id: str) -> list[list[str]]:
        async def read(model: str, ids: Iterable[int], fields: Sequence[str]) -> dict[int, Row]:
            call = OdooCall(
                model=model,
                method="read",
                ids=tuple(sorted(set(ids))),
                params={"fields": list(fields)},
                context={"allowed_company_ids": [request.company_id]},
            )
            rows = await self._answer(call, budget, correlation_id) if call.ids else []
            return {int(row["id"]): row for row in rows}

        invoices = await read("account.move", [request.invoice_id], ["name", *HEAD_OF_INVOICE])
        billed = await read("account.move.line", [line.invoice_line_id for line in request.lines], BILLED)
        taxes = await read("account.tax", [tax for row in billed.values() for tax in row["tax_ids"]], TAXES)
        with understanding("what is to be credited"):
            return rows_of(request, invoices[request.invoice_id], billed, taxes)

    async def _tell(self, note: int, request: CreditNoteRequest, correlation_id: str) -> None:
        """The people and the task. The document stands without them, so a failure here is logged and no more."""
        said = (
            f"{request.reference}: asked for by {request.requested_by}, approved by {request.approved_by}."
            f" {request.reason}"
        )
        context = {"allowed_company_ids": [request.company_id]}
        calls = [
            OdooCall(
                model="account.move",
                method="message_post",
                ids=(note,),
                params={"body": said, "message_type": "comment", "subtype_xmlid": "mail.mt_note"},
                context=context,
            )
        ]
        if request.assignee_id:
            calls.append(
                OdooCall(
                    model="account.move",
                    method="activity_schedule",
                    ids=(note,),
                    params={
                        "act_type_xmlid": "mail.mail_activity_data_todo",
                        "user_id": request.assignee_id,
                        "summary": f"{request.reference}: {request.task}",
                    },
                    context=context,
                )
            )
        for call in calls:
            try:
                await self._send(call, Budget.write(), correlation_id)
            except GatewayError as error:
                logger.warning("document_not_told", call=call.reference, reason=error.reason)

    async def _send(self, call: OdooCall, budget: Budget, correlation_id: str) -> Any:
        return await send_once(
            self._config, call, protocol=self._protocol, budget=budget, correlation_id=correlation_id
        )

    async def _answer(self, call: OdooCall, budget: Budget, correlation_id: str) -> list[Row]:
        (answer,) = await self._client.read([call], budget=budget, correlation_id=correlation_id)
        if isinstance(answer, GatewayError):
            raise answer
        if not isinstance(answer.result, list):
            raise Garbled(f"{call.reference}: the answer does not hold records")
        return answer.result


def _result(key: str, row: Row) -> EffectResult:
    """What was made is not kept anywhere: total and tax are the document's own of now."""
    currency = str(row["currency_id"][1])
    total = Money(decimal(row.get("amount_total")).quantize(Decimal("0.01")), currency)
    tax = Money(decimal(row.get("amount_tax")).quantize(Decimal("0.01")), currency)
    document = EffectDocument(
        model="account.move", id=int(row["id"]), ref=number(row), state=state(row), total=total, tax=tax
    )
    return EffectResult(key=key, state=EffectState.ALREADY_DONE, documents=(document,), total=total, tax=tax)
