"""The pages of a run: finished actions, documents that bear a reference of ours, and orders of cases.

Each page is a few calls to Odoo in the lane for what nobody waits for. What it finds is kept before the next begins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.db.models import Min, Q

from cases.actions.kinds import carried_out, kind_named
from cases.actions.states import ActionState
from cases.models import Action, ActionStep, Finding, FindingKind, ReconciliationRun, StepState
from cases.models.casework import CaseOrder
from cases.reconciliation.comparing import Held, differences_of, documents_of
from cases.reconciliation.difference import Difference, about_action
from cases.reconciliation.where import companies_of
from integrations import gateways
from integrations.canonical.evidence import DocumentName, Evidence
from integrations.gateways import Budget, EvidenceDoor

ACTIONS_AT_ONCE = 25
ORDERS_AT_ONCE = 20
CALL_S = 15.0
CLOCKS_DIFFER = timedelta(minutes=1)  # Odoo's and ours, and Odoo tells whole seconds only
# An action in one of these has no say yet about its documents, or people are at work on it.
_UNSETTLED = frozenset(
    {
        ActionState.APPROVED,
        ActionState.QUEUED,
        ActionState.RUNNING,
        ActionState.UNKNOWN,
        ActionState.COMPENSATING,
        ActionState.PARKED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one page found, and where the next one begins; None where the stage is at its end."""

    differences: tuple[Difference, ...]
    following: dict[str, Any] | None
    counted: dict[str, int]


def read_door(connection: str) -> EvidenceDoor:
    return async_to_sync(gateways.evidence_door)(connection)


def asking(run: ReconciliationRun, company_id: int) -> dict[str, Any]:
    return {
        "company_id": company_id,
        "budget": Budget.of(CALL_S, queue_s=CALL_S / 2),
        "correlation_id": f"reconciliation-{run.pk}",
    }


# -- what was done -------------------------------------------------------------------------------


def page_of_actions(run: ReconciliationRun, door: EvidenceDoor) -> Page:
    """Finished within the window, and those about which something is still open."""
    after = run.place.get("after")
    about = Finding.objects.filter(connection=run.connection, cleared_at__isnull=True, action__isnull=False)
    wanted = Action.objects.filter(connection=run.connection, state=ActionState.SUCCEEDED).filter(
        Q(finished_at__gte=run.changed_since) | Q(pk__in=about.values("action_id"))
    )
    if after:
        wanted = wanted.filter(pk__gt=UUID(after))
    rows = list(wanted.order_by("pk")[:ACTIONS_AT_ONCE])
    found: list[Difference] = []
    by_company: defaultdict[int, list[Action]] = defaultdict(list)
    for row in rows:
        by_company[row.company_id].append(row)
    by_key = 0
    for company_id, actions in sorted(by_company.items()):
        differences, has_keys = _compare(run, door, company_id, actions)
        found += differences
        if has_keys:
            by_key += sum(one.cause not in ("adopted", "marked_done") for one in actions)
    return Page(
        differences=tuple(found),
        following={"after": str(rows[-1].pk)} if len(rows) == ACTIONS_AT_ONCE else None,
        counted={
            "actions": len(rows),
            "by_key": by_key,
            "adopted": sum(row.cause == "adopted" for row in rows),
            "marked_done": sum(row.cause == "marked_done" for row in rows),
        },
    )


def _compare(
    run: ReconciliationRun, door: EvidenceDoor, company_id: int, actions: Sequence[Action]
) -> tuple[list[Difference], bool]:
    journaled: defaultdict[UUID, dict[str, str]] = defaultdict(dict)
    steps = ActionStep.objects.filter(action__in=actions, state=StepState.DONE)
    for step in steps.only("action_id", "key", "result"):
        journaled[step.action_id][step.key] = str(step.result.get("payload", ""))
    keys = {key for found in journaled.values() for key in found}
    kept = async_to_sync(door.read_keys)(keys, **asking(run, company_id))
    names = {name for action in actions for name in documents_of(action)}
    names |= {name for record in (kept or {}).values() for name in record.documents}
    there = _documents(run, door, company_id, names)
    held = Held(keys=kept, documents=there)
    found = [one for action in actions for one in differences_of(action, journaled[action.pk], held)]
    return found, kept is not None


def _documents(
    run: ReconciliationRun, door: EvidenceDoor, company_id: int, names: Iterable[DocumentName]
) -> dict[DocumentName, Evidence]:
    wanted = sorted(names, key=lambda name: (name.model, name.id))
    if not wanted:
        return {}
    found = async_to_sync(door.read_documents)(wanted, **asking(run, company_id))
    return {one.name: one for one in found}


# -- what bears our reference --------------------------------------------------------------------


def page_of_documents(run: ReconciliationRun, door: EvidenceDoor) -> Page:
    """One page of one kind of document in one company, by their numbers."""
    places = [(company, model) for company in companies_of(run.connection) for model in marked_models()]
    at = int(run.place.get("index", 0))
    if at >= len(places):
        return Page(differences=(), following=None, counted={})
    company_id, model = places[at]
    after = int(run.place.get("after", 0))
    prefixes = sorted(kind.prefix for kind in map(kind_named, carried_out()) if model in kind.models)
    found = async_to_sync(door.find_marked)(
        model,
        prefixes=prefixes,
        changed_since=run.changed_since,
        after_id=after,
        **asking(run, company_id),
    )
    known = list(found)
    if not after:
        known += _still_open(run, door, company_id, model, {one.name for one in found})
    is_last = len(found) < gateways.MOST_EVIDENCE_AT_ONCE
    following = {"index": at + 1} if is_last else {"index": at, "after": found[-1].id}
    return Page(
        differences=tuple(_of_documents(run.connection, prefixes, known)),
        following=following,
        counted={"documents": len(found)},
    )


def _still_open(
    run: ReconciliationRun, door: EvidenceDoor, company_id: int, model: str, seen: set[DocumentName]
) -> list[Evidence]:
    """Documents that something is open about and that did not change within the window."""
    open_ = Finding.objects.filter(
        connection=run.connection,
        company_id=company_id,
        model=model,
        cleared_at__isnull=True,
        kind__in=[FindingKind.UNKNOWN_REFERENCE, FindingKind.NOT_CARRIED_OUT, FindingKind.SECOND_DOCUMENT],
    ).values_list("document_id", flat=True)
    names = {
        DocumentName(model=model, id=number) for number in open_[: gateways.MOST_EVIDENCE_AT_ONCE]
    } - seen
    return list(_documents(run, door, company_id, names).values())


def _of_documents(
    connection: str, prefixes: Sequence[str], documents: Sequence[Evidence]
) -> Iterator[Difference]:
    marks = {mark for one in documents for mark in one.marks if mark.partition("-")[0] in prefixes}
    actions = {
        action.reference: action
        for action in Action.objects.filter(connection=connection, reference__in=sorted(marks))
    }
    for document in documents:
        if document.state.value == "cancelled":
            continue
        for mark in sorted(document.marks & marks):
            yield from _of_mark(document, mark, actions.get(mark))


def _of_mark(document: Evidence, mark: str, action: Action | None) -> Iterator[Difference]:
    if action is None or action.company_id != document.company_id:
        yield Difference(
            kind=FindingKind.UNKNOWN_REFERENCE,
            company_id=document.company_id,
            reference=mark,
            model=document.model,
            document_id=document.id,
            document_ref=document.ref or "",
            amount=document.total.amount if document.total else None,
            currency=document.total.currency if document.total else "",
        )
        return
    if action.state in _UNSETTLED:
        return
    if action.state != ActionState.SUCCEEDED:
        yield about_action(FindingKind.NOT_CARRIED_OUT, action, document=document)
    elif document.name not in documents_of(action) and not document.is_rest:
        # What is left of a transfer when a part of it arrived bears the same reference, and is no second one.
        yield about_action(FindingKind.SECOND_DOCUMENT, action, document=document)


def marked_models() -> list[str]:
    return sorted({model for kind in map(kind_named, carried_out()) for model in kind.models})


# -- what others did on orders of our cases ------------------------------------------------------


def page_of_orders(run: ReconciliationRun, door: EvidenceDoor) -> Page:
    """Orders of cases that somebody worked on within the window, and those about which something is open."""
    known = list(_orders(run))
    rest = [one for one in known if [one[0], one[1]] > run.place.get("after", [0, ""])]
    if not rest:
        return Page(differences=(), following=None, counted={})
    company_id = rest[0][0]
    page = [one for one in rest if one[0] == company_id][:ORDERS_AT_ONCE]
    refs = {ref: since for _, ref, since in page}
    found = async_to_sync(door.made_on_orders)(sorted(refs), **asking(run, company_id))
    return Page(
        differences=tuple(_of_orders(run.connection, company_id, refs, found)),
        following={"after": [company_id, page[-1][1]]},
        counted={"orders": len(page)},
    )


def _orders(run: ReconciliationRun) -> Iterator[tuple[int, str, datetime]]:
    """Company and number, sorted, with when the first case about it was opened."""
    open_ = Finding.objects.filter(
        connection=run.connection,
        cleared_at__isnull=True,
        kind__in=[FindingKind.FOREIGN_CREDIT_NOTE, FindingKind.FOREIGN_RETURN],
    )
    wanted = CaseOrder.objects.filter(connection=run.connection).filter(
        Q(case__updated_at__gte=run.changed_since) | Q(ref__in=open_.values("order_ref"))
    )
    grouped = wanted.values("company_id", "ref").annotate(since=Min("case__opened_at"))
    for row in grouped.order_by("company_id", "ref"):
        yield row["company_id"], row["ref"], row["since"]


def _of_orders(
    connection: str, company_id: int, refs: dict[str, datetime], found: Sequence[Evidence]
) -> Iterator[Difference]:
    actions = Action.objects.filter(connection=connection, company_id=company_id, order_ref__in=sorted(refs))
    ours: set[DocumentName] = set()
    marks: set[str] = set()
    for action in actions:
        ours |= set(documents_of(action))
        marks.add(action.reference)
    orders = {
        one.ref: one
        for one in CaseOrder.objects.filter(
            connection=connection, company_id=company_id, ref__in=sorted(refs)
        ).order_by("-case_id")
    }
    for document in found:
        since = refs[document.order_ref or ""]
        is_ours = document.name in ours or bool(document.marks & marks)
        is_older = document.made_at is None or document.made_at < since - CLOCKS_DIFFER
        if is_ours or is_older or document.is_rest or document.state.value == "cancelled":
            continue
        order = orders[document.order_ref or ""]
        yield Difference(
            kind=FindingKind.FOREIGN_CREDIT_NOTE
            if document.model == "account.move"
            else FindingKind.FOREIGN_RETURN,
            company_id=company_id,
            brand=order.brand,
            region=order.region,
            case_id=order.case_id,
            order_ref=order.ref,
            model=document.model,
            document_id=document.id,
            document_ref=document.ref or "",
            amount=document.total.amount if document.total else None,
            currency=document.total.currency if document.total else "",
        )


__all__ = ["Page", "page_of_actions", "page_of_documents", "page_of_orders", "read_door"]
