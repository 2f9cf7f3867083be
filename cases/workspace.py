"""Opens an order for a viewer: may they look, what does Odoo say, what of it may they see."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from cases.judgements import return_eligibility, told_contradictions
from cases.masking import MaskedRecord, Mode, mask, mask_items
from cases.open_holds import holds_on
from cases.readings import ReadingKey, share
from cases.scope_rules import Rule, placed
from cases.scoping import domain_limits, rules_of
from cases.timeline import timeline
from cases.viewer import Viewer
from integrations.canonical import Branch, BranchProblem, Company, OrderReading, OrderRecord, Sensitivity
from integrations.gateways import Budget, order_source

__all__ = [
    "AmbiguousOrder",
    "Candidate",
    "NotVisible",
    "OpenedOrder",
    "OrderIdentity",
    "Panel",
    "PanelState",
    "StillReading",
    "identify_order",
    "open_order",
    "read_visible",
]

LONGEST_REF = 100


class NotVisible(Exception):
    """No such order within what the viewer may see; says nothing about whether it exists."""


class StillReading(Exception):
    """Odoo has not answered within the viewer's patience; the reading goes on and can be asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One of several orders with the same number."""

    connection: str
    company_id: int
    company: str
    ref: str
    placed_at: datetime | None


class AmbiguousOrder(Exception):
    """Several orders in scope carry this number; a person has to choose."""

    def __init__(self, candidates: tuple[Candidate, ...]) -> None:
        super().__init__("several orders carry this number")
        self.candidates = candidates


class Panel(StrEnum):
    """The parts of an order page, each of which loads, fails and ages by itself."""

    LINES = "lines"
    STOCK = "stock"
    SHIPMENTS = "shipments"
    INVOICES = "invoices"
    PAYMENTS = "payments"
    RETURNS = "returns"
    CUSTOMER = "customer"
    LOYALTY = "loyalty"
    TIMELINE = "timeline"


# The branch a panel cannot do without.
_RESTS_ON: dict[Panel, Branch] = {
    Panel.LINES: Branch.ORDER,
    Panel.STOCK: Branch.STOCK,
    Panel.SHIPMENTS: Branch.SHIPMENTS,
    Panel.INVOICES: Branch.INVOICES,
    Panel.PAYMENTS: Branch.INVOICES,
    Panel.RETURNS: Branch.SHIPMENTS,
    Panel.CUSTOMER: Branch.ORDER,
    Panel.LOYALTY: Branch.LOYALTY,
    Panel.TIMELINE: Branch.ORDER,
}

# The branch without which it shows less than there is.
_COMPLETED_BY: dict[Panel, Branch] = {
    Panel.LINES: Branch.SHIPMENTS,
    Panel.PAYMENTS: Branch.TRANSACTIONS,
    Panel.RETURNS: Branch.RMA,
    Panel.TIMELINE: Branch.MESSAGES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelState:
    """``problem``: why there is nothing to show. ``incomplete``: why what is shown may not be all there is."""

    panel: Panel
    problem: BranchProblem | None
    incomplete: BranchProblem | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedOrder:
    """One order as this viewer may see it."""

    connection: str
    company_id: int
    ref: str
    record: MaskedRecord
    timeline: tuple[MaskedRecord, ...]
    contradictions: tuple[MaskedRecord, ...]
    holds: tuple[MaskedRecord, ...]  # our own, on the customer
    eligibility: dict[int, MaskedRecord]  # by line id: whether and until when it may come back
    panels: dict[Panel, PanelState]
    fetched_at: datetime
    odoo_calls: int
    slowest_call_ms: float

    def age_s(self, at: datetime) -> int:
        return max(0, int((at - self.fetched_at).total_seconds()))

    @property
    def server_timing(self) -> str:
        """The ``Server-Timing`` header: how long Odoo's slowest call took, and how many calls there were."""
        return f'odoo;dur={self.slowest_call_ms:.1f};desc="slowest of {self.odoo_calls}"'


async def open_order(
    *,
    viewer: Viewer,
    connection: str,
    ref: str,
    company: int | None,
    correlation_id: str,
    patience_s: float | None = None,
    accept_recent: bool = False,
) -> OpenedOrder:
    """Read and mask one order.

    Raises ``NotVisible``, ``AmbiguousOrder``, ``StillReading`` after ``patience_s``, or a ``GatewayError`` when Odoo
    cannot give the order itself. ``accept_recent`` lets the panels of a page use the reading the page started.
    """
    record, reading = await read_visible(
        viewer, connection, ref, company, correlation_id, patience_s, accept_recent
    )
    return _opened(record, reading, viewer, await holds_on(record, viewer, at=timezone.now()))


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIdentity:
    """What our own records keep of an order that a viewer may see: whose it is. Unmasked, so it stays in here."""

    connection: str
    company_id: int
    ref: str
    brand: str
    region: str
    customer_id: int | None
    customer_name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


async def identify_order(
    *, viewer: Viewer, connection: str, ref: str, company: int | None, correlation_id: str
) -> OrderIdentity:
    """Whose order this is, by the reading its page has started; raises what ``open_order`` raises."""
    record, _ = await read_visible(viewer, connection, ref, company, correlation_id, None, True)
    order, customer = record.order, record.customer
    return OrderIdentity(
        connection=connection,
        company_id=order.company.id,
        ref=order.ref,
        brand=order.brand or "",
        region=order.region or "",
        customer_id=customer.id if customer else None,
        customer_name=customer.name if customer else "",
        emails=(customer.email,) if customer and customer.email else (),
        phones=tuple(filter(None, (customer.phone, customer.mobile))) if customer else (),
    )


async def read_visible(
    viewer: Viewer,
    connection: str,
    ref: str,
    company: int | None,
    correlation_id: str,
    patience_s: float | None = None,
    accept_recent: bool = True,
) -> tuple[OrderRecord, OrderReading]:
    """The one order in scope, raw: for what stands beside the order page, and never to leave ``cases``."""
    companies = viewer.companies_in(connection)
    if company is not None:
        companies &= {company}
    if not companies or not ref.strip() or len(ref) > LONGEST_REF:
        raise NotVisible
    origins = await domain_limits(viewer, connection)
    key = ReadingKey(connection, ref.strip(), companies, sees_payments(viewer), origins)
    task = share(key, lambda: _read(key, correlation_id), accept_recent=accept_recent)
    try:
        reading = await asyncio.wait_for(asyncio.shield(task), patience_s)
    except TimeoutError:
        raise StillReading from None
    reading = _placed(reading, await rules_of(connection))
    return _only(reading, viewer, connection), reading


def _placed(reading: OrderReading, rules: Sequence[Rule]) -> OrderReading:
    """The reading with every order in its brand and region; shared readings know neither, for rules change."""
    if not rules:
        return reading
    records = tuple(replace(record, order=placed(record.order, rules)) for record in reading.records)
    return replace(reading, records=records)


def sees_payments(viewer: Viewer) -> bool:
    """Whether payment references are fetched at all: what a viewer may not see never enters this process for them."""
    return viewer.matrix.get(Sensitivity.PAYMENT, Mode.HIDE) is not Mode.HIDE


async def _read(key: ReadingKey, correlation_id: str) -> OrderReading:
    try:
        source = await order_source(key.connection)
    except LookupError:
        raise NotVisible from None
    return await source.read_order(
        key.ref,
        companies=key.companies,
        payment_details=key.payment_details,
        budget=Budget.page(),
        correlation_id=correlation_id,
        origins=key.origins,
    )


def _only(reading: OrderReading, viewer: Viewer, connection: str) -> OrderRecord:
    """The one order in scope. The scope went into the question already; the answer is checked again."""
    visible = [record for record in reading.records if _in_scope(record, viewer, connection)]
    if not visible:
        raise NotVisible
    if len(visible) > 1:
        raise AmbiguousOrder(tuple(_candidate(record) for record in visible))
    return visible[0]


def _in_scope(record: OrderRecord, viewer: Viewer, connection: str) -> bool:
    order = record.order
    return viewer.may_see(connection, order.company.id, brand=order.brand, region=order.region)


def _candidate(record: OrderRecord) -> Candidate:
    company: Company = record.order.company
    return Candidate(
        connection=record.order.connection,
        company_id=company.id,
        company=company.name,
        ref=record.order.ref,
        placed_at=record.order.placed_at,
    )


def _opened(
    record: OrderRecord, reading: OrderReading, viewer: Viewer, holds: tuple[MaskedRecord, ...]
) -> OpenedOrder:
    return OpenedOrder(
        connection=record.order.connection,
        company_id=record.order.company.id,
        ref=record.order.ref,
        record=mask(record, viewer.matrix),
        timeline=mask_items(timeline(record), viewer.matrix, path="timeline"),
        contradictions=tuple(
            mask(found, viewer.matrix, path="contradictions")
            for found in told_contradictions(record, reading)
        ),
        holds=holds,
        eligibility={
            line_id: mask(verdict, viewer.matrix, path="order.lines.eligibility")
            for line_id, verdict in return_eligibility(record, at=reading.fetched_at).items()
        },
        panels={panel: _panel_state(panel, reading) for panel in Panel},
        fetched_at=reading.fetched_at,
        odoo_calls=reading.calls,
        slowest_call_ms=reading.slowest_call_ms,
    )


def _panel_state(panel: Panel, reading: OrderReading) -> PanelState:
    problem = reading.problems.get(_RESTS_ON[panel])
    more = _COMPLETED_BY.get(panel)
    incomplete = reading.problems.get(more) if more else None
    if incomplete is BranchProblem.NOT_INSTALLED:
        incomplete = None  # a module this shop does not use hides nothing
    return PanelState(panel=panel, problem=problem, incomplete=incomplete, fetched_at=reading.fetched_at)
