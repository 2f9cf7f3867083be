"""What differs between Odoo and us, for those who answer for it, within what they may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from cases import audit
from cases.actions.sealing import seal, unseal
from cases.masking import MaskedRecord, mask
from cases.masking.redaction import redact_payment_numbers
from cases.masking.roles import Role
from cases.models import Finding, ReconciliationRun
from cases.people.grants import within_grants
from cases.people.viewer import Viewer
from cases.reconciliation.where import connections_with_writing
from cases.subjects import subject_of
from integrations.canonical import Money
from integrations.canonical.sensitivity import FINANCIAL, PERSONAL, PUBLIC
from integrations.credentials import CannotDecrypt
from integrations.models import OdooConnection
from integrations.odoo.addresses import document_address

READERS = frozenset({Role.SUPERVISOR, Role.FINANCE, Role.AUDITOR})
ASKING_ROLES = frozenset({Role.SUPERVISOR, Role.FINANCE, Role.ADMIN})
ACCEPTING_ROLES = frozenset({Role.SUPERVISOR, Role.FINANCE})
AT_ONCE = 100
LONGEST_WHY = 500


class NotPermitted(Exception):
    """None of the viewer's roles does this here."""


class FindingNotVisible(Exception):
    """No such open finding within what the viewer may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRecord:
    id: Annotated[int, PUBLIC]
    kind: Annotated[str, PUBLIC]
    is_error: Annotated[bool, PUBLIC]
    connection: Annotated[str, PUBLIC]
    company: Annotated[int, PUBLIC]
    action: Annotated[str | None, PUBLIC]
    case: Annotated[int | None, PUBLIC]
    order: Annotated[str | None, PUBLIC]
    reference: Annotated[str | None, PUBLIC]
    model: Annotated[str | None, PUBLIC]
    document: Annotated[int | None, PUBLIC]
    document_ref: Annotated[str | None, PUBLIC]
    url: Annotated[str | None, PUBLIC]
    amount: Annotated[Money | None, FINANCIAL]
    expected: Annotated[Money | None, FINANCIAL]
    first_seen_at: Annotated[datetime, PUBLIC]
    last_seen_at: Annotated[datetime, PUBLIC]
    cleared_at: Annotated[datetime | None, PUBLIC]
    accepted_by: Annotated[str | None, PUBLIC]
    accepted_at: Annotated[datetime | None, PUBLIC]
    why: Annotated[str | None, PERSONAL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """A connection in figures; those of findings within the viewer's scope."""

    connection: str
    errors: int  # open, and nobody has accepted them
    accepted: int
    information: int
    last: ReconciliationRun | None  # that came to its end
    under_way: ReconciliationRun | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    tallies: tuple[Tally, ...]
    findings: tuple[MaskedRecord, ...]
    cleared: tuple[MaskedRecord, ...]  # the latest
    has_more: bool

    @property
    def errors(self) -> int:
        return sum(tally.errors for tally in self.tallies)


def may_read(viewer: Viewer) -> bool:
    return bool(viewer.roles & READERS)


def may_ask(viewer: Viewer, connection: str) -> bool:
    """Whoever runs the integration everywhere; others where they see orders. A token asks for nothing."""
    if viewer.token_id is not None or not viewer.roles & ASKING_ROLES:
        return False
    return Role.ADMIN in viewer.roles or connection in viewer.connections


def may_accept(viewer: Viewer) -> bool:
    return bool(viewer.roles & ACCEPTING_ROLES) and viewer.token_id is None


def report_for(viewer: Viewer) -> Report:
    """Raises ``NotPermitted``."""
    if not may_read(viewer):
        raise NotPermitted
    mine = _within(viewer)
    rows = list(
        mine.filter(cleared_at__isnull=True).order_by("-is_error", "-first_seen_at", "-pk")[: AT_ONCE + 1]
    )
    cleared = list(mine.filter(cleared_at__isnull=False).order_by("-cleared_at", "-pk")[:10])
    places = {
        slug: (url, version)
        for slug, url, version in OdooConnection.objects.values_list("slug", "url", "version")
    }
    return Report(
        tallies=_tallies(mine, [one for one in connections_with_writing() if one in viewer.connections]),
        findings=tuple(_masked(row, viewer, places) for row in rows[:AT_ONCE]),
        cleared=tuple(_masked(row, viewer, places) for row in cleared),
        has_more=len(rows) > AT_ONCE,
    )


def tallies_for(viewer: Viewer) -> tuple[Tally, ...]:
    """For whoever oversees operations: an administrator all figures, a supervisor those of their scope."""
    if Role.ADMIN in viewer.roles:
        return _tallies(Finding.objects.all(), connections_with_writing())
    if not may_read(viewer):
        return ()
    return _tallies(_within(viewer), [one for one in connections_with_writing() if one in viewer.connections])


def errors_by_connection() -> dict[str, int]:
    """For the figures that machines read."""
    open_ = Finding.objects.filter(cleared_at__isnull=True, accepted_at__isnull=True, is_error=True)
    counted = dict(open_.values_list("connection").annotate(Count("pk")))
    return {slug: counted.get(slug, 0) for slug in connections_with_writing()}


def accept(*, viewer: Viewer, finding_id: int, why: str, at: datetime) -> None:
    """Say why an open finding stays as it is; it counts no more. Raises ``NotPermitted``, ``FindingNotVisible``."""
    said = redact_payment_numbers(" ".join(why.replace("\0", "").split()))[:LONGEST_WHY]
    if not may_accept(viewer) or not said:
        raise NotPermitted
    with transaction.atomic():
        found = (
            _within(viewer)
            .select_for_update(of=("self",))
            .filter(pk=finding_id, cleared_at__isnull=True, is_error=True)
            .first()
        )
        if found is None:
            raise FindingNotVisible
        sealed, key_id = seal(
            said,
            place=_place(found),
            subject=subject_of(found.connection, found.action.customer_id) if found.action else None,
        )
        Finding.objects.filter(pk=found.pk).update(
            accepted_by_id=viewer.user_id, accepted_at=at, why=sealed, why_key_id=key_id
        )
        audit.record(
            actor=viewer.actor,
            action=audit.Action.FINDING_ACCEPTED,
            object_kind="finding",
            object_ref=str(found.pk),
            connection_slug=found.connection,
            company_id=found.company_id,
            details={
                "kind": found.kind,
                "reference": found.reference,
                "action": str(found.action_id or ""),
                "case": found.case_id or 0,
                **audit.channel(viewer),
            },
            at=at,
        )


def _within(viewer: Viewer) -> QuerySet[Finding]:
    return Finding.objects.filter(within_grants(viewer)).select_related("action", "accepted_by")


def _tallies(findings: QuerySet[Finding], connections: list[str]) -> tuple[Tally, ...]:
    open_ = findings.filter(cleared_at__isnull=True)
    counted: dict[str, Any] = {
        row["connection"]: row
        for row in open_.order_by()
        .values("connection")
        .annotate(
            errors=Count("pk", filter=Q(is_error=True, accepted_at__isnull=True)),
            accepted=Count("pk", filter=Q(is_error=True, accepted_at__isnull=False)),
            information=Count("pk", filter=Q(is_error=False)),
        )
    }
    runs = ReconciliationRun.objects.filter(connection__in=connections)
    last = {
        run.connection: run
        for run in runs.filter(finished_at__isnull=False, problem="").order_by("started_at")
    }
    under_way = {run.connection: run for run in runs.filter(finished_at__isnull=True)}
    return tuple(
        Tally(
            connection=slug,
            errors=counted.get(slug, {}).get("errors", 0),
            accepted=counted.get(slug, {}).get("accepted", 0),
            information=counted.get(slug, {}).get("information", 0),
            last=last.get(slug),
            under_way=under_way.get(slug),
        )
        for slug in connections
    )


def _masked(row: Finding, viewer: Viewer, places: dict[str, tuple[str, str]]) -> MaskedRecord:
    place = places.get(row.connection)
    record = FindingRecord(
        id=row.pk,
        kind=row.kind,
        is_error=row.is_error,
        connection=row.connection,
        company=row.company_id,
        action=str(row.action_id) if row.action_id else None,
        case=row.case_id,
        order=row.order_ref or None,
        reference=row.reference or None,
        model=row.model or None,
        document=row.document_id or None,
        document_ref=row.document_ref or None,
        url=document_address(place[0], version=place[1], model=row.model, number=row.document_id)
        if place and row.document_id and row.kind != "gone"
        else None,
        amount=_money(row.amount, row.currency),
        expected=_money(row.expected, row.currency),
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        cleared_at=row.cleared_at,
        accepted_by=(row.accepted_by.get_full_name() or row.accepted_by.get_username())
        if row.accepted_by
        else None,
        accepted_at=row.accepted_at,
        why=_why(row),
    )
    return mask(record, viewer.matrix, path="finding")


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount.quantize(Decimal("0.01")), currency)


def _why(row: Finding) -> str | None:
    try:
        return unseal(row.why, key_id=row.why_key_id, place=_place(row)) or None
    except CannotDecrypt:
        return None


def _place(row: Finding) -> str:
    return f"finding/{row.pk}"
