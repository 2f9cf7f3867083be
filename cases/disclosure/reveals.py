"""Shows one masked value of an order or a case for a few minutes, to somebody who says why; every time is counted.

The value itself is kept nowhere: a keyed hash says later whether it was this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from asgiref.sync import sync_to_async
from django.db import connection as database
from django.db import transaction

from cases import audit
from cases.disclosure.field_rights import FieldRight, right_to
from cases.disclosure.revealable import Subject, is_of_case, read_case_subject, read_order_subject
from cases.keyed_hashes import keyed_hash
from cases.masking import Cell, Matrix, Mode
from cases.models.reveals import (
    LONGEST_REASON,
    LONGEST_REVEAL,
    SHORTEST_REASON,
    Reveal,
    RevealNotice,
    RevealReason,
)
from cases.orders.workspace import NotVisible
from cases.people.viewer import Viewer
from integrations.canonical import Sensitivity

QUOTA, NOTICE_ABOVE, WINDOW = 20, 5, timedelta(hours=1)
SHOWN_FOR = LONGEST_REVEAL
LONGEST_PLACE = 200


class NotRevealable(Exception):
    """There is no such field, or it is not one that this viewer may see for a reason."""


class UnclearReason(Exception):
    """No reason from the list, or too few words about it."""


class QuotaUsed(Exception):
    """The person has revealed as much as one may within an hour."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("the quota is used")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks to see, of an order or of a case, and why."""

    connection: str = ""
    ref: str = ""
    company: int | None = None
    case_id: int | None = None  # instead of the three above
    place: str
    reason: str
    reason_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revealed:
    """A value on show until its time is over; afterwards ``cell`` is masked as before."""

    reveal_id: int
    cell: Cell
    until: datetime
    connection: str
    company_id: int
    ref: str
    case_id: int | None


_EVERYTHING: Matrix = dict.fromkeys(Sensitivity, Mode.SHOW)


async def reveal_field(*, viewer: Viewer, wish: Wish, correlation_id: str, at: datetime) -> Revealed:
    """Show one field. Raises ``UnclearReason``, ``NotRevealable``, ``QuotaUsed``, and what ``open_order`` raises."""
    _check_reason(wish)
    await sync_to_async(_check_right)(viewer, wish, at)
    subject = await _read(viewer, wish, correlation_id, _EVERYTHING)
    cell = subject.cell(wish.place, _EVERYTHING)
    if cell is None:
        raise NotVisible  # the item is gone, or was never there: both look the same
    return await sync_to_async(_keep)(viewer, wish, subject, cell, at)


async def _read(viewer: Viewer, wish: Wish, correlation_id: str, matrix: Matrix) -> Subject:
    if (wish.case_id is not None) != is_of_case(wish.place):
        raise NotVisible  # an order has no such field, or a case has not
    if wish.case_id is not None:
        return await read_case_subject(viewer, wish.case_id, names_cut_for=matrix)
    return await read_order_subject(
        viewer, wish.connection, wish.ref, wish.company, wish.place, correlation_id
    )


def _check_reason(wish: Wish) -> None:
    length = len(wish.reason_text.strip())
    if wish.reason not in RevealReason.values or not SHORTEST_REASON <= length <= LONGEST_REASON:
        raise UnclearReason


def _check_right(viewer: Viewer, wish: Wish, at: datetime) -> None:
    """Before anything is read: whoever may not, causes no call to Odoo."""
    right = right_to(wish.place, viewer) if len(wish.place) <= LONGEST_PLACE else None
    if right is None or right.mode is not Mode.REVEAL:
        _record_refusal(viewer, wish, right, "not_revealable")
        raise NotRevealable
    wait_s = _wait_s(viewer, at)
    if wait_s:
        _record_refusal(viewer, wish, right, "quota")
        raise QuotaUsed(wait_s)


def _record_refusal(viewer: Viewer, wish: Wish, right: FieldRight | None, why: str) -> None:
    """What was asked for could be anything: only a field that exists is named, and of the order only a hash."""
    audit.record_alone(
        actor=viewer.actor,
        action=audit.Action.REVEALED,
        object_kind=_kind(wish.case_id),
        object_ref=keyed_hash(_kind(wish.case_id), wish.ref or str(wish.case_id)),
        decision=audit.Decision.DENIED,
        reason=why,
        details={"field": right.path if right else "", **audit.channel(viewer)},
    )


def _kind(case_id: int | None) -> str:
    return "order" if case_id is None else "case"


def _keep(viewer: Viewer, wish: Wish, subject: Subject, cell: Cell, at: datetime) -> Revealed:
    """Count, remember, tell and write down, all or nothing; two requests at once cannot both take the last one."""
    with transaction.atomic():
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('cases.reveals'), %s)", [viewer.user_id % 2**31]
            )
        wait_s = _wait_s(viewer, at)
        if wait_s:
            raise QuotaUsed(wait_s)
        reveal = Reveal.objects.create(
            person_id=viewer.user_id,
            connection=subject.connection,
            company_id=subject.company_id,
            brand=subject.brand,
            region=subject.region,
            case_id=subject.case_id,
            ref=subject.ref,
            field=wish.place,
            sensitivity=cell.sensitivity.value if cell.sensitivity else "",
            reason=wish.reason,
            reason_text=wish.reason_text.strip(),
            policy_version=viewer.policy_version,
            value_hash=keyed_hash("reveal", repr(cell.value)),
            at=at,
            until=at + SHOWN_FOR,
        )
        _notify(reveal, _recent(viewer, at).count())
        audit.record(
            actor=viewer.actor,
            action=audit.Action.REVEALED,
            object_kind=_kind(subject.case_id),
            object_ref=subject.ref if subject.case_id is None else str(subject.case_id),
            connection_slug=subject.connection,
            company_id=subject.company_id,
            reason=wish.reason,
            details={
                "reveal": reveal.pk,
                "field": wish.place,
                "class": reveal.sensitivity,
                "policy": viewer.policy_version,
                "until": reveal.until.isoformat(),
                **audit.channel(viewer),
            },
            at=at,
        )
    return _revealed(reveal, cell)


def _recent(viewer: Viewer, at: datetime) -> Any:
    return Reveal.objects.filter(person_id=viewer.user_id, at__gt=at - WINDOW)


def _wait_s(viewer: Viewer, at: datetime) -> float:
    """0 while the quota lasts, else the seconds until the oldest reveal that counts is an hour old."""
    times = list(_recent(viewer, at).order_by("-at").values_list("at", flat=True)[:QUOTA])
    return max(1.0, (times[-1] + WINDOW - at).total_seconds()) if len(times) == QUOTA else 0.0


def _notify(reveal: Reveal, count: int) -> None:
    """Tell the supervisors of this scope; while nobody has looked, one notice grows instead of many coming up."""
    if count <= NOTICE_ABOVE:
        return
    scope = {name: getattr(reveal, name) for name in ("connection", "company_id", "brand", "region")}
    open_notices = RevealNotice.objects.filter(
        person_id=reveal.person_id, seen_at=None, last_at__gt=reveal.at - WINDOW, **scope
    )
    if not open_notices.update(reveals=count, last_at=reveal.at):
        RevealNotice.objects.create(
            person_id=reveal.person_id, reveals=count, first_at=reveal.at, last_at=reveal.at, **scope
        )


def _revealed(reveal: Reveal, cell: Cell) -> Revealed:
    return Revealed(
        reveal_id=reveal.pk,
        cell=cell,
        until=reveal.until,
        connection=reveal.connection,
        company_id=reveal.company_id,
        ref=reveal.ref,
        case_id=reveal.case_id,
    )


async def look_again(*, viewer: Viewer, reveal_id: int, correlation_id: str, at: datetime) -> Revealed:
    """The value once more while its time lasts and the right is still there, masked afterwards.

    Raises ``NotVisible`` where the viewer has no such reveal, and what ``open_order`` raises.
    """
    reveal = await Reveal.objects.filter(pk=reveal_id, person_id=viewer.user_id).afirst()
    if reveal is None:
        raise NotVisible
    right = await sync_to_async(right_to)(reveal.field, viewer)
    may_still = right is not None and right.mode in (Mode.REVEAL, Mode.SHOW) and at < reveal.until
    matrix = _EVERYTHING if may_still else viewer.matrix
    subject = await _read(viewer, _wish_of(reveal), correlation_id, matrix)
    cell = subject.cell(reveal.field, matrix)
    if cell is None:
        raise NotVisible
    return _revealed(reveal, cell)


def _wish_of(reveal: Reveal) -> Wish:
    of_order = reveal.case_id is None
    return Wish(
        connection=reveal.connection if of_order else "",
        ref=reveal.ref if of_order else "",
        company=reveal.company_id if of_order else None,
        case_id=reveal.case_id,
        place=reveal.field,
        reason=reveal.reason,
        reason_text=reveal.reason_text,
    )
