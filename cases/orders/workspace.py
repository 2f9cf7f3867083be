"""Opens an order for a viewer: may they look, what does Odoo say, what of it may they see."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from cases.actions.policies import acurrent_rules
from cases.holds.open import OpenHolds
from cases.masking import MaskedRecord, Mode, mask, mask_items
from cases.orders.judgements import line_eligibility, told_contradictions
from cases.orders.kept_views import View, view_of
from cases.orders.panels import Panel, PanelState, panel_states
from cases.orders.readings import ReadingKey
from cases.orders.timeline import timeline
from cases.people.viewer import Viewer
from cases.rules.book import RuleBook
from cases.scopes.placing import domain_limits, rules_of
from cases.scopes.rules import Rule, placed
from cases.snapshots import FRESH_S, Need, Served, Source, StillReading, failure_named, question_of, serve
from integrations.canonical import Company, OrderReading, OrderRecord, Sensitivity
from integrations.errors import Unavailable
from integrations.gateways import order_source

__all__ = [
    "AmbiguousOrder",
    "Candidate",
    "NotVisible",
    "OpenedOrder",
    "OrderIdentity",
    "Panel",
    "PanelState",
    "Source",
    "StillReading",
    "identify_order",
    "open_order",
    "read_visible",
]

LONGEST_REF = 100


class NotVisible(Exception):
    """No such order within what the viewer may see; says nothing about whether it exists."""


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
    # By line id and remedy: whether and until when it may come back, be replaced or exchanged.
    eligibility: dict[int, dict[str, MaskedRecord]]
    panels: dict[Panel, PanelState]
    fetched_at: datetime
    odoo_calls: int  # for this look at the order
    slowest_call_ms: float
    source: Source = Source.LIVE
    stale: bool = False
    problem: str = ""  # why it could not be read anew, as a gateway error's reason
    is_refreshing: bool = False  # it is being read anew: newer facts can be asked for in a moment
    facts: str = ""  # equal as long as Odoo says the same
    drawings: dict[tuple[str, ...], str] = field(
        default_factory=dict
    )  # of these facts, for viewers like this one

    @property
    def blocked_because(self) -> str:
        """Why nothing may be done with the order as it is shown; empty where something may."""
        if self.problem:
            return self.problem
        return "stale" if self.stale else ""

    @property
    def actionable(self) -> bool:
        return not self.blocked_because

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
    anew: bool = False,
    tell_facts: bool = False,
) -> OpenedOrder:
    """Read and mask one order.

    Raises ``NotVisible``, ``AmbiguousOrder``, ``StillReading`` after ``patience_s``, or a ``GatewayError`` when Odoo
    cannot give the order itself; the latter two only where nothing is known of it. What is known but stale is shown
    at once and read anew behind, unless ``accept_recent`` asks for what Odoo says now or said a moment ago: so does
    a panel, and gets what its page has read. ``anew`` asks Odoo in any case. ``tell_facts`` fills ``facts`` even
    where that has to be worked out.
    """
    need = Need.LIVE if anew else Need.RECENT if accept_recent else Need.SHOWN
    # Our own records are looked up while Odoo is asked.
    holds = OpenHolds(connection, viewer.companies_in(connection), timezone.now())
    looking = asyncio.ensure_future(holds.look_up())
    try:
        record, served = await _find(viewer, connection, ref, company, correlation_id, patience_s, need)
        await looking
    finally:
        looking.cancel()
    book = await acurrent_rules()
    opened = _opened(record, served, viewer, await holds.on(record, viewer), book)
    return replace(opened, facts=served.facts) if tell_facts and not served.lacks_payments else opened


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
    record, _ = await read_visible(viewer, connection, ref, company, correlation_id)
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
    *,
    accept_recent: bool = True,
) -> tuple[OrderRecord, OrderReading]:
    """The one order in scope, raw: for what stands beside the order page, and never to leave ``cases``.

    Without ``accept_recent`` it is what Odoo says now, or a ``GatewayError``: whatever is done rests on nothing older.
    """
    need = Need.RECENT if accept_recent else Need.LIVE
    record, served = await _find(viewer, connection, ref, company, correlation_id, None, need)
    if need is Need.LIVE and served.source is not Source.LIVE:
        raise failure_named(served.problem)
    if served.lacks_payments and viewer.matrix.get(Sensitivity.PAYMENT) is Mode.REVEAL:
        raise Unavailable("payment details are not kept")  # what is revealed must not look empty
    return record, served.reading


async def _find(
    viewer: Viewer,
    connection: str,
    ref: str,
    company: int | None,
    correlation_id: str,
    patience_s: float | None,
    need: Need,
) -> tuple[OrderRecord, Served]:
    companies = viewer.companies_in(connection)
    if company is not None:
        companies &= {company}
    if not companies or not ref.strip() or len(ref) > LONGEST_REF:
        raise NotVisible
    origins = await domain_limits(viewer, connection)
    key = ReadingKey(connection, ref.strip(), companies, sees_payments(viewer), origins)
    try:
        source = await order_source(connection)
    except LookupError:
        raise NotVisible from None
    served = await serve(question_of(key, source, correlation_id), need=need, patience_s=patience_s)
    return _only(_placed(served.reading, await rules_of(connection)), viewer, connection), served


def _placed(reading: OrderReading, rules: Sequence[Rule]) -> OrderReading:
    """The reading with every order in its brand and region; shared readings know neither, for rules change."""
    if not rules:
        return reading
    records = tuple(replace(record, order=placed(record.order, rules)) for record in reading.records)
    return replace(reading, records=records)


def sees_payments(viewer: Viewer) -> bool:
    """Whether payment references are fetched at all: what a viewer may not see never enters this process for them."""
    return viewer.matrix.get(Sensitivity.PAYMENT, Mode.HIDE) is not Mode.HIDE


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
    record: OrderRecord,
    served: Served,
    viewer: Viewer,
    holds: tuple[MaskedRecord, ...],
    book: RuleBook,
) -> OpenedOrder:
    reading = served.reading
    is_live = served.source is Source.LIVE
    view = _view(record, served, viewer, book)
    return OpenedOrder(
        connection=record.order.connection,
        company_id=record.order.company.id,
        ref=record.order.ref,
        record=view.record,
        timeline=view.timeline,
        contradictions=view.contradictions,
        holds=holds,
        eligibility=view.eligibility,
        panels=panel_states(reading, lacks_payments=served.lacks_payments),
        fetched_at=reading.fetched_at,
        odoo_calls=reading.calls if is_live else 0,
        slowest_call_ms=reading.slowest_call_ms if is_live else 0.0,
        source=served.source,
        stale=served.stale,
        problem=served.problem,
        is_refreshing=served.is_refreshing,
        facts="" if served.lacks_payments else served.known_facts,
        drawings=view.drawings,
    )


def _view(record: OrderRecord, served: Served, viewer: Viewer, book: RuleBook) -> View:
    """What the viewer sees of the facts; judged in the seconds in which these are fresh."""
    reading, now = served.reading, timezone.now()
    facts = next(read for read in reading.records if read.order.id == record.order.id)
    age_s = max(0.0, (now - reading.fetched_at).total_seconds())
    return view_of(
        facts,
        record,
        reading,
        viewer.matrix,
        rules=book.version,
        fresh_for_s=0.0 if served.stale else FRESH_S - age_s,
        make=lambda: View(
            record=mask(record, viewer.matrix),
            timeline=mask_items(timeline(record), viewer.matrix, path="timeline"),
            contradictions=tuple(
                mask(found, viewer.matrix, path="contradictions")
                for found in told_contradictions(record, reading)
            ),
            eligibility={
                line_id: {
                    remedy: mask(verdict, viewer.matrix, path="order.lines.eligibility")
                    for remedy, verdict in verdicts.items()
                }
                for line_id, verdicts in line_eligibility(record, book=book, at=now).items()
            },
        ),
    )
