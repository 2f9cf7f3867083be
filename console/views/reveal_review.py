"""The list of what was revealed and why, for supervisors and auditors, and the notices about unusual many."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cases.connections import connection_label
from cases.disclosure.field_rights import path_of
from cases.disclosure.review import (
    PAGE,
    NoSuchReveal,
    NotPermitted,
    mark_notice_seen,
    mark_reviewed,
    open_notices,
    reveals_for_review,
)
from cases.masking import MaskedRecord
from cases.models.reveals import RevealReason
from console.field_names import field_name
from console.security import ViewerRequest, viewer_required
from console.views.case_context import case_url
from console.views.frame import frame
from console.views.order_context import order_url
from console.views.settings_tabs import settings_tabs


@require_safe
@viewer_required
def reveals(request: ViewerRequest) -> HttpResponse:
    everything = request.GET.get("show") == "all"
    typed = request.GET.get("before", "")
    before = int(typed) if typed.isdecimal() and len(typed) < 18 else None
    try:
        found = reveals_for_review(request.viewer, all_of_them=everything, before=before)
    except NotPermitted:
        raise PermissionDenied from None
    context = {
        **frame(request.viewer),
        "tabs": settings_tabs(request.viewer, "reveals"),
        "entries": [_entry(row) for row in found],
        "everything": everything,
        "older": found[-1].id.value if len(found) == PAGE else None,
        "notices": [
            {"notice": notice, "connection": connection_label(notice.connection).name}
            for notice in open_notices(request.viewer)
        ],
    }
    return render(request, "reveals/list.html", context)


def _entry(row: MaskedRecord) -> dict[str, Any]:
    return {
        "row": row,
        "field": field_name(path_of(row.field.value)),
        "reason": RevealReason(row.reason.value).label,
        "connection": connection_label(row.connection.value).name,
        "url": _address(row),
    }


def _address(row: MaskedRecord) -> str:
    if row.case_id.value is not None:
        return case_url(row.case_id.value)
    return order_url(row.connection.value, row.ref.value, row.company_id.value)


@require_POST
@viewer_required
def reveal_reviewed(request: ViewerRequest, reveal_id: int) -> HttpResponse:
    try:
        mark_reviewed(viewer=request.viewer, reveal_id=reveal_id, at=timezone.now())
    except NotPermitted:
        raise PermissionDenied from None
    except NoSuchReveal:
        raise Http404 from None
    return HttpResponseRedirect(reverse("reveals"))


@require_POST
@viewer_required
def reveal_notice_seen(request: ViewerRequest, notice_id: int) -> HttpResponse:
    try:
        mark_notice_seen(viewer=request.viewer, notice_id=notice_id, at=timezone.now())
    except NotPermitted:
        raise PermissionDenied from None
    except NoSuchReveal:
        raise Http404 from None
    return HttpResponseRedirect(reverse("reveals"))
