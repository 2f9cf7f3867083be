"""Deciding about an action in the browser: with the password once more where money moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from cases import approvals
from cases.actions import desk
from cases.failures import OdooFailure
from cases.models import Action
from cases.people.step_up import WrongPassword, step_up, stepped_up_at
from console.action_words import fix_words, tell_refusal
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import row_number
from console.views.order_context import explain, state_of


@require_POST
@sensitive_post_parameters("password")
@viewer_required
def decide(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    """Approve exactly what was shown, or reject it with a reason."""

    def approve(at: datetime) -> Action:
        return async_to_sync(approvals.approve)(
            viewer=request.viewer,
            action_id=action_id,
            content_hash=request.POST.get("content_hash", ""),
            stepped_up_at=proven_at(request, at),
            correlation_id=request.id,
            at=at,
        )

    def reject(at: datetime) -> Action:
        return approvals.reject(
            viewer=request.viewer, action_id=action_id, reason=request.POST.get("reason", ""), at=at
        )

    if request.POST.get("decision") == "reject":
        return _answer(request, action_id, reject, _("You rejected it."))
    return _answer(request, action_id, approve, _("You approved it."))


@require_POST
@viewer_required
def cancel(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    def withdraw(at: datetime) -> Action:
        return approvals.cancel(viewer=request.viewer, action_id=action_id, at=at)

    return _answer(request, action_id, withdraw, _("The request is withdrawn."))


@require_POST
@sensitive_post_parameters("password")
@viewer_required
def fix(request: ViewerRequest, action_id: UUID) -> HttpResponse:
    """Say what is to be done about a parked action; the second person who says so does it."""
    verb = request.POST.get("verb", "")
    if verb not in set(desk.Fix):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)

    # A candidate is named by its model in Odoo, too: the halves of an exchange are of two.
    model, _slash, number = request.POST.get("candidate", "").rpartition("/")

    def repair(at: datetime) -> Action:
        return desk.fix(
            viewer=request.viewer,
            action_id=action_id,
            verb=desk.Fix(verb),
            document_id=row_number(number or request.POST.get("document", "")),
            model=model,
            evidence=request.POST.get("evidence", ""),
            from_step=row_number(request.POST.get("from_step", "")),
            stepped_up_at=proven_at(request, at),
            at=at,
        )

    return _answer(request, action_id, repair, _("Noted: %(what)s.") % {"what": fix_words(verb)})


def proven_at(request: ViewerRequest, at: datetime) -> datetime | None:
    """When this session gave the password again; what the form brought along counts now."""
    key = request.session.session_key or ""
    password = request.POST.get("password", "")
    if password:
        step_up(viewer=request.viewer, password=password, session_key=key, request=request, at=at)
    return stepped_up_at(request.viewer, session_key=key, at=at)


def _answer(
    request: ViewerRequest, action_id: UUID, do: Callable[[datetime], Action], said: str
) -> HttpResponse:
    """Back to the action, with what became of it."""
    try:
        do(timezone.now())
    except approvals.ActionNotVisible:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    except approvals.NotPermitted as refused:
        messages.error(request, tell_refusal(refused.reason))
    except approvals.StepUpRequired:
        messages.error(request, tell_refusal("step_up_required"))
    except WrongPassword:
        messages.error(request, tell_refusal("wrong_password"))
    except approvals.Conflict as conflict:
        messages.error(request, tell_refusal(conflict.reason))
    except OdooFailure as failure:
        messages.error(request, explain(state_of(failure.reason)))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("action", args=[action_id]))
