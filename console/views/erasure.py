"""Erasing what is personal about one customer, on a page of its own, because nothing of it comes back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases import erasure
from cases.connections import connection_labels
from cases.subjects import Subject
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number
from console.views.frame import frame
from console.views.settings_tabs import settings_tabs


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def erasure_page(request: ViewerRequest) -> HttpResponse:
    if not erasure.may_erase(request.viewer):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request)
    form = request.POST
    connection, customer = form.get("connection", ""), company_number(form.get("customer"))
    if connection not in connection_labels() or customer is None:
        return _page(request, problem=_("Say the connection, and Odoo’s number of the account."), status=422)
    if form.get("again") != form.get("customer"):
        return _page(request, problem=_("The two numbers differ. Nothing was erased."), status=422)
    try:
        erased = erasure.erase_by(
            request.viewer,
            subject=Subject(connection=connection, customer_id=customer),
            at=timezone.now(),
        )
    except erasure.StillOpen as still:
        problem = _("Still open: %(list)s. Nothing was erased.") % {"list": ", ".join(still.references)}
        return _page(request, problem=problem, status=409)
    return _page(request, erased=erased)


def _page(
    request: ViewerRequest, *, problem: str = "", erased: erasure.Erased | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        **frame(request.viewer),
        "recent": None,
        "tabs": settings_tabs(request.viewer, "erasure"),
        "choices": list(connection_labels().values()),
        "problem": problem,
        "erased": erased,
    }
    return render(request, "settings/erasure.html", context, status=status)
