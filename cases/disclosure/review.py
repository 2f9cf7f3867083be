"""What was revealed, for those who look after it: supervisors and auditors of the same scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from cases import audit
from cases.masking import MaskedRecord, mask
from cases.masking.roles import Role
from cases.models.people import User
from cases.models.reveals import Reveal, RevealNotice
from cases.people.grants import within_grants
from cases.people.viewer import Viewer
from integrations.canonical import PERSONAL, PUBLIC, Partial

_Row = TypeVar("_Row", Reveal, RevealNotice)

REVIEWERS = frozenset({Role.SUPERVISOR, Role.AUDITOR})
PAGE = 50


class NotPermitted(Exception):
    """None of the viewer's roles reviews, or it is their own reveal."""


class NoSuchReveal(Exception):
    """Nothing of that number within what the viewer may see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedReveal:
    """One row of the list. What people typed as a reason may name the customer."""

    id: Annotated[int, PUBLIC]
    at: Annotated[datetime, PUBLIC]
    person: Annotated[str, PUBLIC]
    is_own: Annotated[bool, PUBLIC]
    connection: Annotated[str, PUBLIC]
    company_id: Annotated[int, PUBLIC]
    case_id: Annotated[int | None, PUBLIC]  # None: of an order
    ref: Annotated[str, PUBLIC]
    field: Annotated[str, PUBLIC]
    sensitivity: Annotated[str, PUBLIC]
    reason: Annotated[str, PUBLIC]
    reason_text: Annotated[str, PERSONAL, Partial.TALK]
    reviewed_by: Annotated[str | None, PUBLIC]
    reviewed_at: Annotated[datetime | None, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Somebody revealed more within an hour than is usual."""

    id: int
    person: str
    is_own: bool
    connection: str
    reveals: int
    first_at: datetime
    last_at: datetime


def may_review(viewer: Viewer) -> bool:
    return bool(viewer.roles & REVIEWERS)


def reveals_for_review(viewer: Viewer, *, all_of_them: bool, before: int | None) -> tuple[MaskedRecord, ...]:
    """A page of reveals within the viewer's scope, newest first; those nobody reviewed unless ``all_of_them``."""
    if not may_review(viewer):
        raise NotPermitted
    found = Reveal.objects.filter(within_grants(viewer)).select_related("person", "reviewed_by")
    if not all_of_them:
        found = found.filter(reviewed_at=None)
    if before is not None:
        found = found.filter(pk__lt=before)
    return tuple(
        mask(_row(row, viewer), viewer.matrix, path="reveal") for row in found.order_by("-pk")[:PAGE]
    )


def _row(row: Reveal, viewer: Viewer) -> ReviewedReveal:
    return ReviewedReveal(
        id=row.pk,
        at=row.at,
        person=_name(row.person),
        is_own=row.person_id == viewer.user_id,
        connection=row.connection,
        company_id=row.company_id,
        case_id=row.case_id,
        ref=row.ref,
        field=row.field,
        sensitivity=row.sensitivity,
        reason=row.reason,
        reason_text=row.reason_text,
        reviewed_by=_name(row.reviewed_by) if row.reviewed_by else None,
        reviewed_at=row.reviewed_at,
    )


def _name(person: User) -> str:
    return person.get_full_name() or person.get_username()


@transaction.atomic
def mark_reviewed(*, viewer: Viewer, reveal_id: int, at: datetime) -> None:
    """Note that somebody else looked at a reveal; a second time changes nothing."""
    row = _lock(Reveal, viewer, reveal_id)
    if row.person_id == viewer.user_id:
        raise NotPermitted
    if row.reviewed_at is not None:
        return
    row.reviewed_by_id, row.reviewed_at = viewer.user_id, at
    row.save(update_fields=["reviewed_by", "reviewed_at"])
    audit.record(
        actor=viewer.actor,
        action=audit.Action.REVEAL_REVIEWED,
        object_kind="order" if row.case_id is None else "case",
        object_ref=row.ref if row.case_id is None else str(row.case_id),
        connection_slug=row.connection,
        company_id=row.company_id,
        on_behalf_of=f"user:{row.person_id}",
        details={"reveal": row.pk},
        at=at,
    )


def open_notices(viewer: Viewer) -> tuple[Notice, ...]:
    """Notices nobody has looked at yet, newest first; for supervisors, whose people these are."""
    rows = open_notice_rows(viewer).select_related("person").order_by("-last_at")[:PAGE]
    return tuple(
        Notice(
            id=row.pk,
            person=_name(row.person),
            is_own=row.person_id == viewer.user_id,
            connection=row.connection,
            reveals=row.reveals,
            first_at=row.first_at,
            last_at=row.last_at,
        )
        for row in rows
    )


def open_notice_rows(viewer: Viewer) -> QuerySet[RevealNotice]:
    mine = within_grants(viewer) if Role.SUPERVISOR in viewer.roles else Q(pk__in=[])
    return RevealNotice.objects.filter(mine, seen_at=None)


@transaction.atomic
def mark_notice_seen(*, viewer: Viewer, notice_id: int, at: datetime) -> None:
    """Take a notice off the list; the next reveal above the usual makes a new one."""
    if Role.SUPERVISOR not in viewer.roles:
        raise NotPermitted
    row = _lock(RevealNotice, viewer, notice_id)
    if row.person_id == viewer.user_id:
        raise NotPermitted
    if row.seen_at is not None:
        return
    row.seen_by_id, row.seen_at = viewer.user_id, at
    row.save(update_fields=["seen_by", "seen_at"])
    audit.record(
        actor=viewer.actor,
        action=audit.Action.REVEAL_REVIEWED,
        object_kind="reveal_notice",
        object_ref=str(row.pk),
        connection_slug=row.connection,
        company_id=row.company_id,
        on_behalf_of=f"user:{row.person_id}",
        details={"reveals": row.reveals},
        at=at,
    )


def _lock(model: type[_Row], viewer: Viewer, number: int) -> _Row:
    if not may_review(viewer):
        raise NotPermitted
    known = within_grants(viewer) & Q(pk=number if 0 < number < 2**63 else 0)
    row = model._default_manager.select_for_update(of=("self",)).filter(known).first()
    if row is None:
        raise NoSuchReveal
    return row
