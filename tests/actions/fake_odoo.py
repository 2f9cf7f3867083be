"""An Odoo in memory behind the door of effects: it keeps keys as the bridge does, and misbehaves on demand.

What the real bridge does is proven against the sandbox and real servers; here it is the engine that is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from integrations.canonical import (
    BridgeStatus,
    Company,
    CreditNoteRequest,
    DocumentState,
    EffectDocument,
    EffectResult,
    EffectState,
    InvoiceProgress,
    LineKind,
    Money,
    PaymentProgress,
    RefundFacts,
    RefundInvoice,
    RefundInvoiceLine,
    RefundNote,
    RefundOrderLine,
    expected_facts,
    payload_sha256,
)
from integrations.canonical.effects import Guarantee, Refusal
from integrations.canonical.evidence import DocumentName, Evidence, KeyRecord
from integrations.gateways import Budget

ORDER_ID, ORDER_REF, INVOICE = 4242, "S04242", 500
SHOE, SHIPPING = 71, 72


def order_line(number: int, name: str, kind: LineKind, quantity: str) -> RefundOrderLine:
    much = Decimal(quantity)
    return RefundOrderLine(
        id=number,
        name=name,
        kind=kind,
        ordered=much,
        delivered=much,
        invoiced=much,
        to_invoice=Decimal(0),
        invoiced_by_delivery=True,
        moves_ended=True,
        can_be_invoiced_alone=kind is LineKind.GOODS,
    )


def invoice_line(number: int, of: int, kind: LineKind, quantity: str, total: str) -> RefundInvoiceLine:
    return RefundInvoiceLine(
        id=number,
        order_line_ids=(of,),
        product_id=number,
        name=f"line {number}",
        kind=kind,
        quantity=Decimal(quantity),
        untaxed=Decimal(total) / Decimal("1.2"),
        total=Decimal(total),
        tax_ids=(1,),
        tax_names=("20%",),
        credited_quantity=Decimal(0),
        credited_total=Decimal(0),
    )


@dataclass
class Made:
    """What a key had for an effect."""

    payload: str
    note: RefundNote


@dataclass
class FakeOdoo:
    """Two shoes of 60.00 each and 4.90 shipping, invoiced and paid."""

    notes: list[RefundNote] = field(default_factory=list)
    ledger: dict[str, Made] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    approved_by: list[str] = field(default_factory=list)  # as Odoo is told
    asked: list[int | None] = field(default_factory=list)  # whom Odoo asks to check a note
    order_state: str = "sale"
    state: DocumentState = DocumentState.POSTED
    shoe_price: str = "60.00"
    before_send: Callable[[], None] | None = None  # may raise: nothing reached us
    after_commit: Callable[[], None] | None = None  # may raise: done, and the answer is lost
    on_read: Callable[[], None] | None = None
    total_is_off_by: Decimal = Decimal(0)
    marks: dict[int, frozenset[str]] = field(default_factory=dict)  # references that notes bear

    def facts(self) -> RefundFacts:
        shoes = Decimal(self.shoe_price) * 2
        credited = sum((note.total.amount for note in self.notes if note.counts), Decimal(0))
        lines = (
            replace(
                invoice_line(901, SHOE, LineKind.GOODS, "2", str(shoes)),
                credited_total=min(credited, shoes),
                credited_quantity=(min(credited, shoes) / Decimal(self.shoe_price)).to_integral_value(),
            ),
            invoice_line(902, SHIPPING, LineKind.DELIVERY, "1", "4.90"),
        )
        total = sum((line.total for line in lines), Decimal(0))
        bill = RefundInvoice(
            id=INVOICE,
            ref="INV/2026/00500",
            state=self.state,
            total=Money(total, "EUR"),
            untaxed=Money(total / Decimal("1.2"), "EUR"),
            residual=Money(Decimal(0), "EUR"),
            payment_state="paid",
            lines=lines,
            notes=tuple(self.notes),
            bills_other_orders=False,
        )
        return RefundFacts(
            connection="main",
            company=Company(id=1, name="Company 1"),
            order_id=ORDER_ID,
            order_ref=ORDER_REF,
            order_state=self.order_state,
            invoicing=InvoiceProgress.INVOICED,
            odoo_version=18,
            lines=(
                order_line(SHOE, "Shoe", LineKind.GOODS, "2"),
                order_line(SHIPPING, "Shipping", LineKind.DELIVERY, "1"),
            ),
            invoices=(bill,),
            payments=(),
            fetched_at=datetime.now(UTC),
        )

    def add_foreign_note(self, total: str, state: DocumentState = DocumentState.POSTED) -> None:
        """Somebody in Odoo credits by hand."""
        self.notes.append(self._note(9000 + len(self.notes), Decimal(total), state))

    def _note(self, number: int, total: Decimal, state: DocumentState = DocumentState.DRAFT) -> RefundNote:
        return RefundNote(
            id=number,
            ref=None,
            state=state,
            total=Money(total, "EUR"),
            residual=Money(total, "EUR"),
            payment_state=PaymentProgress.NOT_PAID,
            reason=None,
        )

    # --- the door

    async def read_refund_facts(
        self, order_id: int, *, company_id: int, budget: Budget, correlation_id: str
    ) -> RefundFacts:
        self.calls.append("read")
        if self.on_read is not None:
            self.on_read()
        return self.facts()

    async def create_credit_note(
        self, request: CreditNoteRequest, *, budget: Budget, correlation_id: str
    ) -> EffectResult:
        self.calls.append("create")
        if self.before_send is not None:
            self.before_send()
        result = self._create(request)
        if self.after_commit is not None:
            self.after_commit()
        return result

    def _create(self, request: CreditNoteRequest) -> EffectResult:
        digest = payload_sha256(request)
        if request.key in self.revoked:
            return EffectResult(key=request.key, state=EffectState.REVOKED)
        made = self.ledger.get(request.key)
        if made is not None:
            if made.payload != digest:
                return EffectResult(key=request.key, state=EffectState.KEY_CONFLICT)
            return self._found(request.key, made, EffectState.ALREADY_DONE)
        if request.expected != expected_facts(self.facts(), request.invoice_id, request.lines):
            return EffectResult(
                key=request.key, state=EffectState.REFUSED, refusal=Refusal.CREDIT_NOTES_CHANGED
            )
        note = self._note(700 + len(self.ledger), request.total.amount + self.total_is_off_by)
        self.notes.append(note)
        self.approved_by.append(request.approved_by)
        self.asked.append(request.assignee_id)
        self.ledger[request.key] = made = Made(payload=digest, note=note)
        return self._found(request.key, made, EffectState.DONE)

    def _found(self, key: str, made: Made, state: EffectState) -> EffectResult:
        now = next((note for note in self.notes if note.id == made.note.id), None)
        document = EffectDocument(
            model="account.move",
            id=made.note.id,
            ref=None,
            state=now.state if now else None,
            total=now.total if now else None,
            tax=None,
        )
        return EffectResult(
            key=key,
            state=state if now else EffectState.GONE,
            documents=(document,),
            total=made.note.total,
            payload_sha256=made.payload,
        )

    async def find_effect(
        self, key: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> EffectResult | None:
        self.calls.append("find")
        if key in self.revoked:
            return EffectResult(key=key, state=EffectState.REVOKED)
        made = self.ledger.get(key)
        return self._found(key, made, EffectState.ALREADY_DONE) if made else None

    async def revoke_key(
        self, key: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> EffectResult:
        self.calls.append("revoke")
        made = self.ledger.get(key)
        if made is not None:
            return self._found(key, made, EffectState.ALREADY_DONE)
        self.revoked.add(key)
        return EffectResult(key=key, state=EffectState.REVOKED)

    # --- what it holds of our effects

    async def read_keys(
        self, keys: Collection[str], *, company_id: int, budget: Budget, correlation_id: str
    ) -> dict[str, KeyRecord] | None:
        made = {key: self.ledger[key] for key in keys if key in self.ledger}
        return {
            key: KeyRecord(
                key=key,
                is_revoked=False,
                payload_sha256=one.payload,
                documents=(DocumentName(model="account.move", id=one.note.id),),
                total=one.note.total,
            )
            for key, one in made.items()
        }

    async def read_documents(
        self, names: Collection[DocumentName], *, company_id: int, budget: Budget, correlation_id: str
    ) -> tuple[Evidence, ...]:
        self.calls.append("documents")
        if self.on_read is not None:
            self.on_read()
        return tuple(one for one in self._evidence() if one.name in names)

    async def find_marked(self, model: str, **_: Any) -> tuple[Evidence, ...]:
        return tuple(one for one in self._evidence() if one.marks)

    async def find_bearing(self, reference: str, **_: Any) -> tuple[Evidence, ...]:
        if self.on_read is not None:
            self.on_read()
        return tuple(one for one in self._evidence() if reference in one.marks)

    async def made_on_orders(self, refs: Collection[str], **_: Any) -> tuple[Evidence, ...]:
        return tuple(self._evidence())

    def _evidence(self) -> list[Evidence]:
        return [
            Evidence(
                model="account.move",
                id=note.id,
                company_id=1,
                ref=note.ref,
                state=note.state,
                made_at=datetime.now(UTC),
                total=note.total,
                quantities=(Decimal(1),),
                marks=self.marks.get(note.id, frozenset()),
                corrects=INVOICE,
                order_ref=ORDER_REF,
            )
            for note in self.notes
        ]

    async def bridge_status(self, *, budget: Budget, correlation_id: str) -> BridgeStatus:
        return BridgeStatus(
            connection="main",
            guarantee=Guarantee.EXACTLY_ONCE,
            installed=True,
            version="1",
            sha256="",
            our_version="1",
            our_sha256="",
            proven_on=(18,),
            odoo_version=18,
        )
