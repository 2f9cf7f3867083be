"""A case as a record like any other: every field says how sensitive it is, and it leaves through the masking door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cases.casework.checklists import DisputeStep, read_checklist
from cases.casework.history import tell_event
from cases.casework.visible import covers
from cases.masking import BULLETS, MaskedRecord, Mode, mask
from cases.masking.redaction import redact_name
from cases.models import User
from cases.models.casework import (
    Case,
    CaseEntry,
    CaseOrder,
    CasePriority,
    CaseState,
    CaseType,
    EntryFrom,
    EntryKind,
)
from cases.people.viewer import Viewer
from integrations.canonical import PERSONAL, PUBLIC, Partial, Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedOrder:
    id: Annotated[int, PUBLIC]
    connection: Annotated[str, PUBLIC]
    company: Annotated[int, PUBLIC]
    ref: Annotated[str, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """A case as a row of a queue."""

    id: Annotated[int, PUBLIC]
    reference: Annotated[str, PUBLIC]
    type: Annotated[CaseType, PUBLIC]
    state: Annotated[CaseState, PUBLIC]
    priority: Annotated[CasePriority, PUBLIC]
    subject: Annotated[str, PERSONAL, Partial.TALK]
    customer: Annotated[str | None, PERSONAL, Partial.NAME]
    connection: Annotated[str, PUBLIC]
    company: Annotated[int, PUBLIC]
    brand: Annotated[str | None, PUBLIC]
    region: Annotated[str | None, PUBLIC]
    ticket: Annotated[str | None, PUBLIC]
    assignee_id: Annotated[int | None, PUBLIC]
    assignee: Annotated[str | None, PUBLIC]  # a colleague, not a customer
    opened_at: Annotated[datetime, PUBLIC]
    updated_at: Annotated[datetime, PUBLIC]
    waiting_since: Annotated[datetime | None, PUBLIC]
    snoozed_until: Annotated[datetime | None, PUBLIC]
    closed_at: Annotated[datetime | None, PUBLIC]
    version: Annotated[int, PUBLIC]
    orders: tuple[LinkedOrder, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """One line of a case's history. Who wrote it is a colleague (``author``) or the customer."""

    id: Annotated[int, PUBLIC]
    at: Annotated[datetime, PUBLIC]
    kind: Annotated[EntryKind, PUBLIC]
    sender: Annotated[EntryFrom, PUBLIC]
    author: Annotated[str | None, PUBLIC]
    customer: Annotated[str | None, PERSONAL, Partial.NAME]
    body: Annotated[str | None, PERSONAL, Partial.TALK]
    event: Annotated[str | None, PUBLIC]  # what happened, as a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistStep:
    step: Annotated[DisputeStep, PUBLIC]
    done_by: Annotated[str | None, PUBLIC]
    done_at: Annotated[datetime | None, PUBLIC]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    case: CaseSummary
    entries: tuple[EntryRecord, ...]
    checklist: tuple[ChecklistStep, ...]


def masked_summary(case: Case, viewer: Viewer, *, orders: Iterable[CaseOrder]) -> MaskedRecord:
    return mask(_summary(case, viewer, orders), viewer.matrix, path="case")


def masked_case(
    case: Case,
    viewer: Viewer,
    *,
    orders: Iterable[CaseOrder],
    entries: Iterable[CaseEntry],
    names: Mapping[int, str],
) -> MaskedRecord:
    return mask(raw_case(case, viewer, orders=orders, entries=entries, names=names), viewer.matrix)


def raw_case(
    case: Case,
    viewer: Viewer,
    *,
    orders: Iterable[CaseOrder],
    entries: Iterable[CaseEntry],
    names: Mapping[int, str],
) -> CaseRecord:
    """Before the masking door; texts are without the customer's name already where the viewer may not see it."""
    return CaseRecord(
        case=_summary(case, viewer, orders),
        entries=tuple(_entry(entry, case, viewer, names) for entry in entries),
        checklist=_checklist(case, names),
    )


def person_name(person: User | None) -> str | None:
    return (person.get_full_name() or person.get_username()) if person else None


def _summary(case: Case, viewer: Viewer, orders: Iterable[CaseOrder]) -> CaseSummary:
    return CaseSummary(
        id=case.pk,
        reference=case.reference,
        type=CaseType(case.type),
        state=CaseState(case.state),
        priority=CasePriority(case.priority),
        subject=_said(case.subject, case, viewer),
        customer=case.customer_name or None,
        connection=case.connection,
        company=case.company_id,
        brand=case.brand or None,
        region=case.region or None,
        ticket=f"{case.ticket_source} {case.ticket_ref}".strip() or None,
        assignee_id=case.assignee_id,
        assignee=person_name(case.assignee),
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        waiting_since=case.waiting_since,
        snoozed_until=case.snoozed_until,
        closed_at=case.closed_at,
        version=case.version,
        orders=tuple(
            LinkedOrder(id=link.pk, connection=link.connection, company=link.company_id, ref=link.ref)
            for link in orders
            if covers(viewer, link)
        ),
    )


def _entry(entry: CaseEntry, case: Case, viewer: Viewer, names: Mapping[int, str]) -> EntryRecord:
    return EntryRecord(
        id=entry.pk,
        at=entry.at,
        kind=EntryKind(entry.kind),
        sender=EntryFrom(entry.sender),
        author=names.get(entry.author_id or 0),
        customer=case.customer_name or None if entry.sender == EntryFrom.CUSTOMER else None,
        body=_said(entry.body, case, viewer) or None,
        event=tell_event(entry.code, entry.facts, viewer=viewer, names=names) if entry.code else None,
    )


def _said(text: str, case: Case, viewer: Viewer) -> str:
    """Masking knows the kinds of contact data, but only the case knows the customer's name."""
    if viewer.matrix.get(Sensitivity.PERSONAL) is Mode.SHOW:
        return text
    return redact_name(text, case.customer_name, mark=BULLETS)


def _checklist(case: Case, names: Mapping[int, str]) -> tuple[ChecklistStep, ...]:
    if case.type != CaseType.BILLING_DISPUTE:
        return ()
    return tuple(
        ChecklistStep(step=tick.step, done_by=names.get(tick.user_id or 0), done_at=tick.at)
        for tick in read_checklist(case.checklist)
    )
