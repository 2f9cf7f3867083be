"""A draft of rules: what it changes, what it would have changed, and its end by a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.masking.roles import Role
from cases.people.step_up import WrongPassword
from cases.policies.drafts import (
    Draft,
    NoSuchDraft,
    NotPermitted,
    Refused,
    find_draft,
    may_read_rules,
    may_write_rules,
    publish_draft,
    why_not_publish,
    withdraw_draft,
)
from cases.policies.trial import start_trial, trial_of
from cases.rules.book import PARTS
from console.rules.changes import told_changes
from console.rules.names import rule_meaning, rule_name
from console.rules.refusals import tell_draft_refusal
from console.rules.trials import trial_context
from console.security import ViewerRequest, viewer_required
from console.views.decisions import proven_at
from console.views.policies import policies_frame


@require_safe
@viewer_required
def policy_draft(request: ViewerRequest, draft_id: int) -> HttpResponse:
    if not may_read_rules(request.viewer):
        raise PermissionDenied
    try:
        draft = find_draft(draft_id)
    except NoSuchDraft:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    return draft_page(request, draft)


def draft_page(request: ViewerRequest, draft: Draft, *, problem: str = "", status: int = 200) -> HttpResponse:
    row, viewer = draft.row, request.viewer
    is_mine = row.author_id == viewer.user_id
    changed = {change.rule for change in draft.changes}
    why_not = why_not_publish(viewer, draft) if draft.is_open else ""
    context = {
        **policies_frame(request),
        "draft": draft,
        "row": row,
        "author": row.author.get_full_name() or row.author.get_username(),
        "changes": told_changes(draft.changes) if draft.is_open else [],
        "rules": [
            {
                "rule": rule,
                "name": rule_name(rule),
                "meaning": rule_meaning(rule),
                "is_changed": rule in changed,
            }
            for rule in PARTS
        ],
        "may_change": draft.is_open and is_mine and may_write_rules(viewer),
        "may_withdraw": draft.is_open and may_write_rules(viewer) and (is_mine or Role.ADMIN in viewer.roles),
        "why_not": tell_draft_refusal(why_not) if why_not else "",
        "problem": problem,
        **trial_context(trial_of(draft), viewer),
    }
    return render(request, "policies/draft.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def policy_trial(request: ViewerRequest, draft_id: int) -> HttpResponse:
    """How far the trial of the draft is; a POST starts it."""
    if not may_read_rules(request.viewer):
        raise PermissionDenied
    try:
        if request.method == "POST":
            start_trial(viewer=request.viewer, draft_id=draft_id, at=timezone.now())
        draft = find_draft(draft_id)
    except NotPermitted:
        raise PermissionDenied from None
    except NoSuchDraft:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    if request.method == "POST" and "HX-Request" not in request.headers:
        return HttpResponseRedirect(reverse("policy-draft", args=[draft_id]))
    context = {"draft": draft, "row": draft.row, **trial_context(trial_of(draft), request.viewer)}
    return render(request, "policies/_trial.html", context)


@require_POST
@sensitive_post_parameters("password")
@viewer_required
def publish_policy_draft(request: ViewerRequest, draft_id: int) -> HttpResponse:
    def publish(at: datetime) -> str:
        book = publish_draft(
            viewer=request.viewer,
            draft_id=draft_id,
            confirmed=request.POST.get("confirmed", ""),
            stepped_up_at=proven_at(request, at),
            at=at,
        )
        return _("Version %(n)s is in force for everybody within seconds.") % {"n": book.version}

    return _ended(request, draft_id, publish)


@require_POST
@viewer_required
def withdraw_policy_draft(request: ViewerRequest, draft_id: int) -> HttpResponse:
    def withdraw(at: datetime) -> str:
        withdraw_draft(viewer=request.viewer, draft_id=draft_id, at=at)
        return _("The draft is withdrawn.")

    return _ended(request, draft_id, withdraw)


def _ended(request: ViewerRequest, draft_id: int, end: Callable[[datetime], str]) -> HttpResponse:
    """To the list with what was done, or the draft once more with what stands against it."""
    if not may_write_rules(request.viewer):
        raise PermissionDenied
    why, status = "", HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        messages.success(request, end(timezone.now()))
    except NoSuchDraft:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    except NotPermitted as denied:
        why, status = denied.reason, HTTPStatus.FORBIDDEN
    except Refused as refused:
        why = refused.reason
        status = HTTPStatus.CONFLICT if why == "not_confirmed" else status
    except WrongPassword:
        why = "wrong_password"
    if not why:
        return HttpResponseRedirect(reverse("policies"))
    return draft_page(request, find_draft(draft_id), problem=tell_draft_refusal(why), status=status)
