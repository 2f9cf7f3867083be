"""How the connections fare and who asks how much of Odoo, for supervisors and whoever runs the integration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.connections import connection_label
from cases.operations import (
    LoadReport,
    NotForThisRole,
    Share,
    Standing,
    actions_now,
    load_of_last_hour,
    standings_for,
)
from cases.reconciliation import may_read, tallies_for
from cases.tickets.shown import ticketing_now
from console.operations_words import action_rows, traffic_chip, traffic_sentence, workflow_name
from console.security import ViewerRequest, viewer_required
from console.views.frame import frame
from console.views.reconciliation import tally_rows
from console.views.settings_tabs import settings_tabs

MOST_SHOWN = 25


@require_safe
@viewer_required
async def operations(request: ViewerRequest) -> HttpResponse:
    try:
        standings = await standings_for(request.viewer)
        report = await load_of_last_hour(request.viewer)
    except NotForThisRole:
        raise PermissionDenied from None
    return await sync_to_async(_draw)(request, standings, report)


def _draw(request: ViewerRequest, standings: tuple[Standing, ...], report: LoadReport) -> HttpResponse:
    context = {
        **frame(request.viewer),
        "tabs": settings_tabs(request.viewer, "operations"),
        "connections_now": [
            {"standing": standing, "chip": traffic_chip(standing), "sentence": traffic_sentence(standing)}
            for standing in standings
        ],
        "actions_now": action_rows(actions_now(request.viewer, at=timezone.now())),
        "ticketing_now": ticketing_now(request.viewer, at=timezone.now()),
        "tallies": tally_rows(tallies_for(request.viewer), request),
        "may_read_differences": may_read(request.viewer),
        "calls": report.calls,
        "loads": [
            _table("connection", _("By connection"), "link", report.by_connection),
            _table("workflow", _("By kind of work"), "queue-list", report.by_workflow),
            _table("person", _("By person"), "users", report.by_person),
        ],
    }
    return render(request, "operations/operations.html", context)


def _table(kind: str, title: str, icon: str, shares: Iterable[Share]) -> dict[str, Any]:
    all_of_them = list(shares)
    rows = [{"name": _name(kind, share), "share": share} for share in all_of_them[:MOST_SHOWN]]
    return {
        "kind": kind,
        "title": title,
        "icon": icon,
        "rows": rows,
        "left_out": len(all_of_them) - len(rows),
    }


def _name(kind: str, share: Share) -> str:
    if kind == "workflow":
        return workflow_name(share.key)
    if kind == "connection":
        return connection_label(share.key).name
    return share.label or (_("Nobody in particular") if share.key == "0" else _("A person who is gone"))
