"""Who decides in one's place: asked for, seen and taken back on one page beside the approvals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from cases.approvals import StepUpRequired, delegations
from cases.people.step_up import WrongPassword
from console.action_words import delegation_word, tell_delegation_refusal, tell_refusal
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import row_number
from console.views.decisions import proven_at
from console.views.frame import frame


@require_safe
@viewer_required
def delegation_page(request: ViewerRequest) -> HttpResponse:
    now = timezone.now()
    found = delegations.delegations_of(request.viewer, at=now)
    may_delegate = delegations.may_delegate(request.viewer)
    context: dict[str, Any] = {
        **frame(request.viewer),
        "recent": None,
        "kind": "delegations",
        "entries": [{"row": row, "word": delegation_word(row.state)} for row in found],
        "may_delegate": may_delegate,
        "colleagues": delegations.possible_delegates(request.viewer) if may_delegate else [],
        "earliest": timezone.localtime(now).strftime("%Y-%m-%dT%H:%M"),
        "latest": timezone.localtime(now + delegations.LONGEST).strftime("%Y-%m-%dT%H:%M"),
        "longest_days": delegations.LONGEST.days,
    }
    return render(request, "actions/delegations.html", context)


@require_POST
@sensitive_post_parameters("password")
@viewer_required
def delegate(request: ViewerRequest) -> HttpResponse:
    """One delegation; from now on where no beginning is said."""
    now = timezone.now()
    try:
        to_id, ends_at = row_number(request.POST.get("to", "")), _moment(request.POST.get("until", ""))
        if to_id is None:
            raise delegations.Unsuitable("colleague")
        if ends_at is None:
            raise delegations.Unsuitable("dates")
        made = delegations.delegate(
            viewer=request.viewer,
            to_id=to_id,
            starts_at=_moment(request.POST.get("from", "")) or now,
            ends_at=ends_at,
            stepped_up_at=proven_at(request, now),
            at=now,
        )
    except delegations.NotPermitted:
        return HttpResponse(status=403)
    except delegations.Unsuitable as unsuitable:
        messages.error(request, tell_delegation_refusal(unsuitable.reason))
    except StepUpRequired:
        messages.error(request, tell_refusal("step_up_required"))
    except WrongPassword:
        messages.error(request, tell_refusal("wrong_password"))
    else:
        name = made.delegate.get_full_name() or made.delegate.get_username()
        messages.success(request, _("%(name)s decides for you. It ends by itself.") % {"name": name})
    return HttpResponseRedirect(reverse("delegations"))


@require_POST
@viewer_required
def end_delegation(request: ViewerRequest, delegation_id: int) -> HttpResponse:
    try:
        delegations.end_delegation(viewer=request.viewer, delegation_id=delegation_id, at=timezone.now())
    except delegations.NotPermitted:
        return render(request, "404.html", status=404)
    messages.success(request, _("Ended. What was decided until now stays decided."))
    return HttpResponseRedirect(reverse("delegations"))


def _moment(typed: str) -> datetime | None:
    """What a field for date and time sent, in the viewer's time zone."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if moment.tzinfo else timezone.make_aware(moment)
