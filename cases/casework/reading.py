"""Gives a viewer one case, masked: the record, its history, its orders and who may have it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cases import audit
from cases.casework.history import people_in, tell_trail
from cases.casework.linking import cases_with_order
from cases.casework.records import CaseRecord, masked_case, masked_summary, person_name, raw_case
from cases.casework.visible import covers, may_work, resolve_case, visible_cases
from cases.masking import MaskedRecord, Matrix
from cases.models import AuditEntry, User
from cases.models.casework import Case, CaseEntry, CaseOrder
from cases.people.viewer import Viewer

MOST_ENTRIES = 500
MOST_TRAIL = 200
LISTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """One case as this viewer may see it; ``id`` differs from what was asked for where cases were merged."""

    id: int
    record: MaskedRecord
    may_work: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailLine:
    """One entry of the trail about a case."""

    at: datetime
    action: str
    what: str  # as a sentence without a subject
    who: str


def read_case(viewer: Viewer, case_id: int, *, is_new_look: bool = True) -> OpenedCase:
    """Raises ``CaseNotVisible``. A page that refreshes itself does not count as another look."""
    case = resolve_case(viewer, case_id)
    record = masked_case(case, viewer, **_belongings(case))
    if is_new_look:
        entry = audit.case_read(
            viewer, case_id=case.pk, connection_slug=case.connection, company_id=case.company_id
        )
        audit.record_alone(**entry)
    return OpenedCase(id=case.pk, record=record, may_work=may_work(viewer))


def whole_case(viewer: Viewer, case_id: int, *, names_cut_for: Matrix) -> tuple[Case, CaseRecord]:
    """A case in the viewer's scope before the masking door, for use within ``cases``. Raises ``CaseNotVisible``."""
    case = resolve_case(viewer, case_id)
    return case, raw_case(case, replace(viewer, matrix=names_cut_for), **_belongings(case))


def _belongings(case: Case) -> dict[str, Any]:
    entries = list(CaseEntry.objects.filter(case=case).order_by("-at", "-pk")[:MOST_ENTRIES])[::-1]
    orders = list(CaseOrder.objects.filter(case=case).order_by("linked_at", "pk"))
    return {"orders": orders, "entries": entries, "names": _names(case, entries)}


def record_not_visible(viewer: Viewer, case_id: int) -> None:
    audit.record_alone(**audit.case_not_visible(viewer, case_id=case_id))


def read_trail(viewer: Viewer, case_id: int) -> list[TrailLine]:
    """What was done to a case and who looked at it, newest first."""
    case = resolve_case(viewer, case_id)
    entries = list(
        AuditEntry.objects.filter(object_kind="case", object_ref=str(case.pk))
        .exclude(action=audit.Action.CASE_NOT_VISIBLE.value)  # by people from elsewhere, whom it is not about
        .order_by("-at")[:MOST_TRAIL]
    )
    numbers = {int(entry.actor[5:]) for entry in entries if entry.actor.startswith("user:")}
    for entry in entries:
        numbers |= people_in(entry.details, str(entry.details.get("change", "")))
    names = {person.pk: person_name(person) or "" for person in User.objects.filter(pk__in=numbers)}
    return [
        TrailLine(
            at=entry.at,
            action=entry.action,
            what=tell_trail(entry.action, entry.decision, entry.details, viewer=viewer, names=names),
            who=names.get(int(entry.actor[5:]), "") if entry.actor.startswith("user:") else "",
        )
        for entry in entries
    ]


def cases_about(
    viewer: Viewer, connection: str, company_id: int, ref: str, customer_id: int | None = None
) -> tuple[MaskedRecord, ...]:
    """Cases about an order and of its customer, the latest change first."""
    found = cases_with_order(viewer, connection, company_id, ref, customer_id).select_related("assignee")
    cases = [case for case in found.order_by("-updated_at", "-pk")[:LISTED] if covers(viewer, case)]
    return summaries(viewer, cases)


def summaries(viewer: Viewer, cases: list[Case]) -> tuple[MaskedRecord, ...]:
    """Masked rows of cases that were found in scope, with their orders by one query."""
    orders: dict[int, list[CaseOrder]] = {}
    for link in CaseOrder.objects.filter(case__in=cases).order_by("linked_at", "pk") if cases else ():
        orders.setdefault(link.case_id, []).append(link)
    return tuple(masked_summary(case, viewer, orders=orders.get(case.pk, [])) for case in cases)


def case_choices(viewer: Viewer, case: MaskedRecord) -> tuple[MaskedRecord, ...]:
    """Other open cases of the same customer or orders, which this one may be merged into."""
    numbers = [order.ref.value for order in case.orders]
    same = visible_cases(viewer).filter(
        connection=case.connection.value, company_id=case.company.value, state__in=["open", "snoozed"]
    )
    this = same.filter(pk=case.id.value).values("customer_id")
    about = CaseOrder.objects.filter(
        connection=case.connection.value, company_id=case.company.value, ref__in=numbers
    )
    alike = same.filter(pk__in=about.values("case_id")) | same.filter(
        customer_id__isnull=False, customer_id__in=this
    )
    found = alike.exclude(pk=case.id.value).select_related("assignee").order_by("-updated_at")
    return summaries(viewer, [other for other in found[:LISTED] if covers(viewer, other)])


def _names(case: Case, entries: list[CaseEntry]) -> dict[int, str]:
    numbers = {entry.author_id for entry in entries if entry.author_id}
    for entry in entries:
        numbers |= people_in(entry.facts, entry.code)
    numbers |= {
        int(tick["by"]) for tick in case.checklist.values() if isinstance(tick, dict) and "by" in tick
    }
    return {person.pk: person_name(person) or "" for person in User.objects.filter(pk__in=numbers)}
