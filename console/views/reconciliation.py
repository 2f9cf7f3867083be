"""What differs between Odoo and what was done here: the report, a comparison by hand, and differences that may stay."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import reconciliation as comparing
from cases.connections import connection_label
from cases.masking import MaskedRecord
from cases.models import FindingKind
from cases.reconciliation.report import FindingNotVisible, may_accept
from console.operations_words import tally_chip
from console.security import ViewerRequest, viewer_required
from console.views.frame import frame
from console.views.order_context import order_url
from console.views.settings_tabs import settings_tabs


@require_safe
@viewer_required
def reconciliation(request: ViewerRequest) -> HttpResponse:
    try:
        report = comparing.report_for(request.viewer)
    except comparing.NotPermitted:
        raise PermissionDenied from None
    context = {
        **frame(request.viewer),
        "tabs": settings_tabs(request.viewer, "reconciliation"),
        "report": report,
        "tallies": tally_rows(report.tallies, request),
        "errors": [_entry(row) for row in report.findings if row.is_error.value],
        "information": [_entry(row) for row in report.findings if not row.is_error.value],
        "cleared": [_entry(row) for row in report.cleared],
        "may_accept": may_accept(request.viewer),
    }
    return render(request, "operations/reconciliation.html", context)


@require_POST
@viewer_required
def compare_now(request: ViewerRequest) -> HttpResponse:
    """Begin a comparison; one that is under way is let finish."""
    try:
        comparing.ask_for_run(
            viewer=request.viewer, connection=request.POST.get("connection", ""), at=timezone.now()
        )
    except comparing.NotPermitted:
        raise PermissionDenied from None
    messages.success(request, _("The comparison begins. What it finds is shown here when it is over."))
    to = "reconciliation" if comparing.may_read(request.viewer) else "operations"
    return HttpResponseRedirect(reverse(to))


@require_POST
@viewer_required
def accept_finding(request: ViewerRequest, finding_id: int) -> HttpResponse:
    try:
        comparing.accept(
            viewer=request.viewer,
            finding_id=finding_id,
            why=request.POST.get("why", ""),
            at=timezone.now(),
        )
    except comparing.NotPermitted:
        raise PermissionDenied from None
    except FindingNotVisible:
        raise Http404 from None
    messages.success(request, _("Noted. It stays on the list and counts no more."))
    return HttpResponseRedirect(reverse("reconciliation"))


def tally_rows(tallies: tuple[comparing.Tally, ...], request: ViewerRequest) -> list[dict[str, Any]]:
    return [
        {
            "tally": tally,
            "name": connection_label(tally.connection).name,
            "chip": tally_chip(tally),
            "may_ask": comparing.may_ask(request.viewer, tally.connection),
        }
        for tally in tallies
    ]


def _entry(row: MaskedRecord) -> dict[str, Any]:
    return {
        "row": row,
        "label": str(FindingKind(row.kind.value).label),
        "connection": connection_label(row.connection.value).name,
        "order_url": order_url(row.connection.value, row.order.value, row.company.value)
        if row.order.value
        else "",
    }
