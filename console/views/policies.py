"""The versions of the rules: what is in force, what was before, and which drafts are open."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions.policies import PublishedRules, published_version, published_versions
from cases.models.policies import LONGEST_POLICY_NOTE
from cases.policies.drafts import (
    NotPermitted,
    Refused,
    may_read_rules,
    may_write_rules,
    open_drafts,
    start_draft,
)
from cases.rules.changes import changes
from console.rules.changes import told_book, told_changes
from console.rules.refusals import tell_draft_refusal
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import row_number
from console.views.frame import frame
from console.views.settings_tabs import settings_tabs


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def policies(request: ViewerRequest) -> HttpResponse:
    """The list; a POST starts a draft that begins as one of the versions."""
    if not may_read_rules(request.viewer):
        raise PermissionDenied
    return _start(request) if request.method == "POST" else _page(request)


def _start(request: ViewerRequest) -> HttpResponse:
    begin, note = row_number(request.POST.get("version", "")), request.POST.get("note", "")
    try:
        draft = start_draft(viewer=request.viewer, based_on=begin or 0, note=note, at=timezone.now())
    except NotPermitted:
        raise PermissionDenied from None
    except LookupError:
        raise Http404 from None
    except Refused as refused:
        return _page(request, problem=tell_draft_refusal(refused.reason), status=422)
    return HttpResponseRedirect(reverse("policy-draft", args=[draft.pk]))


def _page(request: ViewerRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    versions = published_versions()
    context = {
        **policies_frame(request),
        "in_force": versions[0],
        "rules": told_book(versions[0].book),
        "drafts": open_drafts(),
        "versions": [
            _version(version, before) for version, before in zip(versions, (*versions[1:], None), strict=True)
        ],
        "may_write": may_write_rules(request.viewer),
        "longest_note": LONGEST_POLICY_NOTE,
        "note": request.POST.get("note", "")[:LONGEST_POLICY_NOTE],
        "problem": problem,
    }
    return render(request, "policies/list.html", context, status=status)


def _version(version: PublishedRules, before: PublishedRules | None) -> dict[str, Any]:
    made = told_changes(changes(before.book, version.book)) if before else []
    return {"version": version, "changes": made}


@require_safe
@viewer_required
def policy_version(request: ViewerRequest, version: int) -> HttpResponse:
    """One version in words, from which a draft can begin again."""
    if not may_read_rules(request.viewer):
        raise PermissionDenied
    try:
        found = published_version(version)
    except LookupError:
        return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
    context = {
        **policies_frame(request),
        "found": found,
        "rules": told_book(found.book),
        "may_write": may_write_rules(request.viewer),
        "longest_note": LONGEST_POLICY_NOTE,
        "note": _("Back to version %(n)s") % {"n": found.version},
    }
    return render(request, "policies/version.html", context)


def policies_frame(request: ViewerRequest) -> dict[str, Any]:
    return {**frame(request.viewer), "tabs": settings_tabs(request.viewer, "policies")}
