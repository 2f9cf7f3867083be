"""What people do with a case day by day: write, assign, snooze, close, sort, tick."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from cases.casework.changing import IllegalChange, changing, record_change, write_trail
from cases.casework.checklists import DisputeStep, set_tick
from cases.casework.colleagues import may_be_assigned
from cases.casework.opening import LONGEST_BODY
from cases.casework.visible import CaseNotVisible
from cases.masking.redaction import redact_payment_numbers
from cases.models.casework import Case, CaseEntry, CasePriority, CaseState, CaseType, EntryFrom, EntryKind
from cases.people.viewer import Viewer

LONGEST_SNOOZE = timedelta(days=366)


def write_entry(
    *,
    viewer: Viewer,
    case_id: int,
    body: str,
    kind: EntryKind = EntryKind.NOTE,
    sender: EntryFrom = EntryFrom.AGENT,
    at: datetime | None = None,
) -> int:
    """Keep a note, or what customer and agent said to each other elsewhere; returns the entry's number.

    Writing does not count as a change of state: it never stands in the way of what somebody else decides.
    """
    at = at or timezone.now()
    body = redact_payment_numbers(body.strip()[:LONGEST_BODY])
    if not body:
        raise IllegalChange("nothing_written")
    if kind not in (EntryKind.NOTE, EntryKind.MESSAGE) or sender not in (EntryFrom.AGENT, EntryFrom.CUSTOMER):
        raise IllegalChange("kind")
    with changing(viewer=viewer, case_id=case_id) as case:
        entry = CaseEntry.objects.create(
            case=case, kind=kind, sender=sender, author_id=viewer.user_id, at=at, body=body
        )
        case.updated_at = at
        if kind == EntryKind.MESSAGE:
            case.waiting_since = (case.waiting_since or at) if sender == EntryFrom.CUSTOMER else None
        case.save(update_fields=["updated_at", "waiting_since"])
        write_trail(
            viewer=viewer, case=case, change="written", at=at, facts={"entry": entry.pk, "kind": kind.value}
        )
    return entry.pk


def note(*, viewer: Viewer, case_id: int, body: str, at: datetime | None = None) -> int:
    return write_entry(viewer=viewer, case_id=case_id, body=body, at=at)


def assign(
    *,
    viewer: Viewer,
    case_id: int,
    user_id: int | None,
    version: int | None = None,
    at: datetime | None = None,
) -> None:
    """Give the case to somebody who may work on it, or to nobody; to the same person changes nothing."""
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        if case.assignee_id == user_id:
            return
        if user_id is not None and not may_be_assigned(case, user_id):
            raise IllegalChange("assignee")
        case.assignee_id = user_id
        code = "unassigned" if user_id is None else "taken" if user_id == viewer.user_id else "assigned"
        facts = {"to": user_id} if code == "assigned" else {}
        record_change(viewer=viewer, case=case, code=code, at=at or timezone.now(), facts=facts)


def take(*, viewer: Viewer, case_id: int, version: int | None = None, at: datetime | None = None) -> None:
    assign(viewer=viewer, case_id=case_id, user_id=viewer.user_id, version=version, at=at)


def assign_all(
    *, viewer: Viewer, case_ids: Iterable[int], user_id: int | None, at: datetime | None = None
) -> tuple[int, int]:
    """How many of these are now with that person, and how many could not be given to them."""
    done = refused = 0
    for case_id in sorted(set(case_ids)):
        try:
            assign(viewer=viewer, case_id=case_id, user_id=user_id, at=at)
            done += 1
        except (CaseNotVisible, IllegalChange):
            refused += 1
    return done, refused


def snooze(
    *,
    viewer: Viewer,
    case_id: int,
    until: datetime,
    version: int | None = None,
    at: datetime | None = None,
) -> None:
    """Put the case out of sight until then."""
    at = at or timezone.now()
    if not at < until <= at + LONGEST_SNOOZE:
        raise IllegalChange("until")
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        if case.state == CaseState.CLOSED:
            raise IllegalChange("closed")
        case.state, case.snoozed_until = CaseState.SNOOZED, until
        record_change(viewer=viewer, case=case, code="snoozed", at=at, facts={"until": until.isoformat()})


def wake(*, viewer: Viewer, case_id: int, version: int | None = None, at: datetime | None = None) -> None:
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        if case.state != CaseState.SNOOZED:
            raise IllegalChange("not_snoozed")
        case.state, case.snoozed_until = CaseState.OPEN, None
        record_change(viewer=viewer, case=case, code="woken", at=at or timezone.now())


def wake_due_cases(*, at: datetime) -> int:
    """Open the cases whose time has come, each in a transaction of its own; safe to run twice at once."""
    due = Case.objects.filter(state=CaseState.SNOOZED, snoozed_until__lte=at)
    woken = 0
    for case_id in due.order_by("snoozed_until").values_list("pk", flat=True)[:1000]:
        with transaction.atomic():
            case = due.select_for_update(skip_locked=True).filter(pk=case_id).first()
            if case is None:
                continue
            case.state, case.snoozed_until = CaseState.OPEN, None
            record_change(viewer=None, case=case, code="woken", at=at)
            woken += 1
    return woken


def close(*, viewer: Viewer, case_id: int, version: int | None = None, at: datetime | None = None) -> None:
    at = at or timezone.now()
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        if case.state == CaseState.CLOSED:
            raise IllegalChange("closed")
        case.state, case.snoozed_until, case.closed_at = CaseState.CLOSED, None, at
        record_change(viewer=viewer, case=case, code="closed", at=at)


def reopen(*, viewer: Viewer, case_id: int, version: int | None = None, at: datetime | None = None) -> None:
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        if case.state != CaseState.CLOSED:
            raise IllegalChange("not_closed")
        case.state, case.closed_at = CaseState.OPEN, None
        record_change(viewer=viewer, case=case, code="reopened", at=at or timezone.now())


def sort_case(
    *,
    viewer: Viewer,
    case_id: int,
    type: CaseType | None = None,
    priority: CasePriority | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> None:
    """Say what kind of case it is and how pressing; a checklist goes with the dispute it belonged to."""
    at = at or timezone.now()
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        if type is not None and type != case.type:
            facts: dict[str, str | int] = {"from": case.type, "to": type.value}
            case.type = type
            if type != CaseType.BILLING_DISPUTE:
                case.checklist = {}
            record_change(viewer=viewer, case=case, code="type_changed", at=at, facts=facts)
        if priority is not None and priority != case.priority:
            facts = {"from": int(case.priority), "to": int(priority)}
            case.priority = priority
            record_change(viewer=viewer, case=case, code="priority_changed", at=at, facts=facts)


def tick(
    *,
    viewer: Viewer,
    case_id: int,
    step: DisputeStep,
    done: bool,
    version: int | None = None,
    at: datetime | None = None,
) -> None:
    """Tick one step of a billing dispute's checklist, or take it back."""
    at = at or timezone.now()
    with changing(viewer=viewer, case_id=case_id, version=version) as case:
        if case.type != CaseType.BILLING_DISPUTE:
            raise IllegalChange("no_checklist")
        if (step.value in case.checklist) == done:
            return
        case.checklist = set_tick(case.checklist, step, done=done, user_id=viewer.user_id, at=at)
        code = "ticked" if done else "unticked"
        record_change(viewer=viewer, case=case, code=code, at=at, facts={"step": step.value})
