"""The case workspace: the queue at the left, conversation and history in the middle, the order at the right."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from cases import casework
from cases.approvals.inbox import actions_about
from cases.casework import CaseNotVisible, CasePriority, CaseType, OpenedCase, QueueQuery
from cases.connections import connection_label
from cases.failures import OdooFailure
from cases.orders.workspace import AmbiguousOrder, NotVisible, StillReading, open_order
from cases.tickets.shown import notes_of_case, tickets_of
from console.kind_words import askable
from console.security import ViewerRequest, viewer_required
from console.ticketing_words import note_rows, ticket_state_word
from console.typed_numbers import row_number
from console.views.case_context import (
    case_explain_url,
    case_tabs,
    case_url,
    order_tabs,
    queue_context,
    snooze_presets,
    was_just_closed,
)
from console.views.frame import viewer_connections

LEFT_PAGE = 25
TABS = ("thread", "timeline", "notes", "trail")
PATIENCE_S = 1.5  # for the order's own events; the rest of the page does not wait for Odoo at all


@require_safe
@viewer_required
async def case(request: ViewerRequest, case_id: int) -> HttpResponse:
    query, tab = QueueQuery.of(request.GET), request.GET.get("tab", "")
    tab = tab if tab in TABS else TABS[0]
    try:
        opened = await sync_to_async(casework.read_case)(
            request.viewer, case_id, is_new_look=not request.htmx
        )
    except CaseNotVisible:
        return await sync_to_async(not_found)(request, case_id)
    if opened.id != case_id:
        return HttpResponseRedirect(case_url(opened.id, query))
    orders = order_tabs(opened, query, row_number(request.GET.get("order", "")))
    events, silence = await _order_events(request, orders) if tab == "timeline" else ((), "")
    return await sync_to_async(_draw)(request, opened, query, tab, orders, events, silence)


@require_safe
@viewer_required
def live(request: ViewerRequest, case_id: int) -> HttpResponse:
    """What changed since the page was drawn, asked every few seconds: who else is here, what was written."""
    viewer, now = request.viewer, timezone.now()
    try:
        opened = casework.read_case(viewer, case_id, is_new_look=False)
        if opened.id != case_id:
            raise CaseNotVisible
        present = casework.arrive(viewer=viewer, case_id=case_id, at=now)
    except CaseNotVisible:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    tab = request.GET.get("tab", "")
    last = _last_entry(opened)
    context = {
        **_conversation(opened, tab if tab in TABS else TABS[0]),
        "present": present,
        "is_newer": last != row_number(request.GET.get("seen", "")),
        "is_changed": opened.record.case.version.value != row_number(request.GET.get("version", "")),
        "seen_version": row_number(request.GET.get("version", "")) or 0,
        "queue_query": QueueQuery.of(request.GET).address(),
        "explain_url": case_explain_url(case_id),
    }
    return render(request, "cases/_live.html", context)


def not_found(request: ViewerRequest, case_id: int) -> HttpResponse:
    casework.record_not_visible(request.viewer, case_id)
    return render(request, "cases/not_found.html", status=HTTPStatus.NOT_FOUND)


async def _order_events(request: ViewerRequest, orders: list[dict[str, Any]]) -> tuple[tuple[Any, ...], str]:
    """The shown order's own timeline, and in a word why it is missing."""
    order = next((order for order in orders if order["is_here"]), None)
    if order is None:
        return (), ""
    try:
        opened = await open_order(
            viewer=request.viewer,
            connection=order["connection"],
            ref=order["ref"],
            company=order["company"],
            correlation_id=request.id,
            patience_s=PATIENCE_S,
            accept_recent=True,
        )
    except StillReading:
        return (), "timed_out"
    except (NotVisible, AmbiguousOrder):
        return (), "unreadable"
    except OdooFailure:
        return (), "unavailable"
    return opened.timeline, ""


def _draw(
    request: ViewerRequest,
    opened: OpenedCase,
    query: QueueQuery,
    tab: str,
    orders: list[dict[str, Any]],
    events: tuple[Any, ...],
    silence: str,
) -> HttpResponse:
    from console.views.approvals import entries_of  # which names this module for what is not found

    viewer, now = request.viewer, timezone.now()
    present = casework.arrive(viewer=viewer, case_id=opened.id, at=now)
    shown = next((order for order in orders if order["is_here"]), None)
    context: dict[str, Any] = {
        **queue_context(viewer, query, size=LEFT_PAGE),
        **_conversation(opened, tab),
        "connections": viewer_connections(viewer),
        "present": present,
        "seen_version": opened.record.case.version.value,
        "tabs": case_tabs(opened, query, tab),
        "moments": _moments(opened, events) if tab == "timeline" else (),
        "silence": silence,
        "trail": casework.read_trail(viewer, opened.id) if tab == "trail" else (),
        "orders": orders,
        "case_actions": entries_of(actions_about(viewer, opened.id), viewer),
        "tickets": [
            {"ticket": ticket, "word": ticket_state_word(ticket.state)} for ticket in tickets_of(opened.id)
        ],
        "ticket_notes": note_rows(notes_of_case(opened.id)),
        "types_known": CaseType.choices,
        "priorities_known": CasePriority.choices,
        "presets": snooze_presets(now),
        "just_closed": was_just_closed(opened, now),
        "is_mine": opened.record.case.assignee_id.value == viewer.user_id,
        # The order's panels, each of which fetches itself.
        "panels": {},
        "record": None,
        "timeline": (),
        "order_url": shown["order_url"] if shown else "",
        "ref": shown["ref"] if shown else "",
        "connection": connection_label(shown["connection"]) if shown else None,
        "explain_url": case_explain_url(opened.id),
        "request_id": request.id,
    }
    if opened.may_work:
        context["colleagues"] = casework.colleagues_of(viewer)
        context["others"] = casework.case_choices(viewer, opened.record.case)
    return render(request, "cases/case.html", context)


def _conversation(opened: OpenedCase, tab: str) -> dict[str, Any]:
    entries = [
        entry
        for entry in opened.record.entries
        if tab == "timeline" or entry.kind.value != "event"
        if tab != "notes" or entry.kind.value == "note"
    ]
    return {
        "case": opened.record.case,
        "checklist": opened.record.checklist,
        "may_work": opened.may_work,
        "askable": askable() if opened.may_work else [],
        "entries": entries,
        "tab": tab,
        "last_entry": _last_entry(opened),
    }


def _moments(opened: OpenedCase, events: tuple[Any, ...]) -> list[dict[str, Any]]:
    """The case's entries and the order's events in one line, newest first; what has no time stands at the end."""
    told = [{"at": entry.at.value, "entry": entry} for entry in opened.record.entries]
    dated = [{"at": event.at.value, "event": event} for event in events if event.at.value]
    undated = [{"at": None, "event": event} for event in events if not event.at.value]
    return sorted([*told, *dated], key=lambda moment: moment["at"], reverse=True) + undated


def _last_entry(opened: OpenedCase) -> int:
    return max((entry.id.value for entry in opened.record.entries), default=0)
