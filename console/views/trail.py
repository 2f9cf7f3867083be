"""The audit trail of a case as a page, and as a file to take away."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases import casework
from cases.audit.export import (
    MalformedCursor,
    NotPermitted,
    TrailPage,
    export_trail,
    may_read_trail,
    trail_of_case,
)
from cases.casework import CaseNotVisible
from console.action_words import trail_words
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import row_number
from console.views.case import not_found
from console.views.frame import frame
from console.views.settings_tabs import settings_tabs


@require_safe
@viewer_required
def trail(request: ViewerRequest) -> HttpResponse:
    """Without a case: where to name one. With one: what was done about it, newest first."""
    if not may_read_trail(request.viewer):
        raise PermissionDenied
    typed = request.GET.get("case", "").strip().upper().removeprefix("C-")
    context: dict[str, Any] = {**frame(request.viewer), "typed": typed, "page": None}
    context["tabs"] = settings_tabs(request.viewer, "trail")
    if not typed:
        return render(request, "actions/trail.html", context)
    case_id = row_number(typed.lstrip("0") or "0") or 0
    try:
        page = trail_of_case(request.viewer, case_id, cursor=request.GET.get("cursor", ""), at=timezone.now())
    except (CaseNotVisible, MalformedCursor):
        return not_found(request, case_id)
    context |= {"case_id": case_id, "reference": f"C-{case_id:06d}", "page": page, "rows": _rows(page)}
    return render(request, "actions/trail.html", context)


def _rows(page: TrailPage) -> list[dict[str, Any]]:
    return [
        {
            "entry": entry,
            "what": trail_words(entry.action),
            "who": page.names.get(entry.actor, entry.actor),
            "details": json.dumps(entry.details, ensure_ascii=False, sort_keys=True),
        }
        for entry in page.entries
    ]


@require_POST
@viewer_required
def export(request: ViewerRequest) -> HttpResponse:
    """JSON Lines or CSV, with a manifest in its headers; that somebody took it is an entry of the trail."""
    case_id = row_number(request.POST.get("case", "")) or 0
    form = "csv" if request.POST.get("form") == "csv" else "jsonl"
    try:
        made = export_trail(request.viewer, case_id, form=form, at=timezone.now())
    except CaseNotVisible:
        casework.record_not_visible(request.viewer, case_id)
        return render(request, "cases/not_found.html", status=HTTPStatus.NOT_FOUND)
    except NotPermitted:
        raise PermissionDenied from None
    return HttpResponse(
        made.content,
        content_type=made.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{made.name}"',
            "X-Trail-Manifest": json.dumps(made.manifest),
        },
    )
