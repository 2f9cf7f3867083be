"""From the order to the form of what is asked for: its case is found or opened on the way, and can be undone."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases import casework
from cases.actions.kinds import carried_out
from cases.casework import CaseNotVisible, IllegalChange, NotPermitted
from console.kind_words import KINDS
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number
from console.views.case import not_found
from console.views.case_changes import tell_refusal
from console.views.no_case import NO_CASE, tell_no_case
from console.views.order_context import order_url


@require_POST
@viewer_required
async def refund_order(request: ViewerRequest) -> HttpResponse:
    form = request.POST
    connection, ref = form.get("connection", ""), form.get("ref", "")
    company, kind = company_number(form.get("company")), form.get("kind", "refund")
    if kind not in carried_out():
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    try:
        found = await casework.case_for_refund(
            viewer=request.viewer,
            connection=connection,
            ref=ref,
            company=company,
            subject=str(KINDS[kind].subject) % {"ref": ref},
            correlation_id=request.id,
            at=timezone.now(),
        )
    except NO_CASE as why:
        return await tell_no_case(request, why, connection=connection, ref=ref, company=company)
    query = {"connection": connection, "company": found.company_id, "ref": found.ref}
    if found.is_new:
        query["opened"] = 1
    return HttpResponseRedirect(f"{reverse(kind, args=[found.case_id])}?{urlencode(query)}")


@require_POST
@viewer_required
def undo_refund_case(request: ViewerRequest, case_id: int) -> HttpResponse:
    """Close the case that was opened on the way, and back to the order."""
    try:
        casework.require_worker(request.viewer, case_id)
        casework.undo_opening(viewer=request.viewer, case_id=case_id, at=timezone.now())
    except CaseNotVisible:
        return not_found(request, case_id)
    except NotPermitted:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    except IllegalChange as refused:
        messages.error(request, tell_refusal(refused.reason))
        return HttpResponseRedirect(reverse("case", args=[case_id]))
    messages.success(request, _("Undone: the case is closed again."))
    form = request.POST
    back = order_url(form.get("connection", ""), form.get("ref", ""), company_number(form.get("company")))
    return HttpResponseRedirect(back if form.get("ref") and form.get("connection") else reverse("home"))
