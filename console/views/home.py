"""The start page: the queue of cases, a place to search, and how the connections are."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cases import casework
from cases.casework import QueueQuery
from cases.masking.roles import Role
from console.security import ViewerRequest, viewer_required
from console.views.case_context import queue_context
from console.views.frame import recent_entries, viewer_connections

PAGE = 40
MOST_AT_ONCE = 100


@require_safe
@viewer_required
async def home(request: ViewerRequest) -> HttpResponse:
    return await sync_to_async(_home)(request)


def _home(request: ViewerRequest) -> HttpResponse:
    """The page, or one of the parts that it fetches when somebody wants them."""
    viewer = request.viewer
    part = request.GET.get("part")
    if part == "recent":
        return render(request, "cases/_recent_orders.html", {"recent": recent_entries(viewer)})
    if part == "colleagues":
        return render(request, "cases/_colleagues.html", {"colleagues": casework.colleagues_of(viewer)})
    context = {
        "connections": viewer_connections(viewer),
        "has_scope": bool(viewer.connections),
        "may_work": casework.may_work(viewer),
        "recent": None,  # a part that the page fetches by itself
        "keeps_team_views": Role.SUPERVISOR in viewer.roles,
        **queue_context(viewer, QueueQuery.of(request.GET), size=PAGE),
    }
    return render(request, "home.html", context)


@require_POST
@viewer_required
def assign_cases(request: ViewerRequest) -> HttpResponse:
    """Give the ticked cases to somebody: to the viewer, to a colleague, or back to the queue."""
    wanted = request.POST.get("to", "me")
    to = (
        request.viewer.user_id
        if wanted == "me"
        else int(wanted)
        if wanted.isdecimal() and len(wanted) < 10
        else None
    )
    if wanted not in ("me", "nobody") and to is None:
        return HttpResponse(status=422)
    numbers = [int(n) for n in request.POST.getlist("case")[:MOST_AT_ONCE] if n.isdecimal() and len(n) < 16]
    try:
        done, refused = casework.assign_all(viewer=request.viewer, case_ids=numbers, user_id=to)
    except casework.NotPermitted:
        return HttpResponse(status=403)
    messages.success(request, ngettext("%(n)d case assigned.", "%(n)d cases assigned.", done) % {"n": done})
    if refused:
        words = ngettext("%(n)d could not be.", "%(n)d could not be.", refused)
        messages.warning(request, words % {"n": refused})
    return _back(request)


@require_POST
@viewer_required
def keep_view(request: ViewerRequest) -> HttpResponse:
    """Keep the shown choice under a name, or forget one."""
    viewer, forgotten = request.viewer, request.POST.get("forget", "")
    try:
        if forgotten.isdecimal() and len(forgotten) < 16:
            casework.forget_view(viewer=viewer, view_id=int(forgotten))
        else:
            casework.save_view(
                viewer=viewer,
                name=request.POST.get("name", ""),
                query=QueueQuery.of(request.GET),
                for_team=request.POST.get("for_team") == "1",
            )
    except casework.NotPermitted:
        return HttpResponse(status=403)
    except casework.IllegalChange:
        messages.error(
            request, _("The view was not kept: it needs a name, and nobody keeps more than twenty.")
        )
    return _back(request)


def _back(request: ViewerRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("home") + QueueQuery.of(request.GET).address())
