"""The masking matrix: who sees what, what a role sees of an order, its versions, and how the next is published."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases import audit
from cases.disclosure.matrix_versions import (
    LONGEST_NOTE,
    NotConfirmed,
    NotPermitted,
    Policy,
    Refused,
    fields_by_class,
    may_publish_policy,
    may_read_policy,
    newest_policy,
    policy_versions,
    publish_policy,
)
from cases.disclosure.preview import Preview, preview_order
from cases.failures import OdooFailure
from cases.masking import Mode
from cases.masking.matrices import (
    CHANGEABLE,
    Change,
    Matrices,
    Objection,
    changes,
    fingerprint,
    objections,
    plain_matrices,
    read_matrices,
)
from cases.masking.roles import Role
from cases.orders.workspace import AmbiguousOrder, NotVisible
from console.field_names import field_name
from console.policy_words import mode_meaning, mode_name, objection_sentence, role_name
from console.security import ViewerRequest, viewer_required
from console.views.frame import frame
from console.views.order_context import explain, order_url, state_of
from console.views.settings_tabs import settings_tabs

_ORDER = (Mode.SHOW, Mode.REVEAL, Mode.PARTIAL, Mode.HIDE)


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def masking(request: ViewerRequest) -> HttpResponse:
    """The matrix in force; a POST shows what would change, and a second one, confirmed there, publishes it."""
    if not may_read_policy(request.viewer):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, newest_policy().matrices)
    if not may_publish_policy(request.viewer):
        raise PermissionDenied
    if "change" in request.POST:  # back from the confirmation, with everything still chosen
        return _page(request, read_matrices(_chosen(request)), note=_note(request))
    return _publish(request) if request.POST.get("confirmed") else _review(request)


def _chosen(request: ViewerRequest) -> dict[str, dict[str, str]]:
    """What the form says; classes that cannot be chosen are what they always are."""
    fixed = plain_matrices(read_matrices({}))
    return {
        role.value: fixed[role.value]
        | {
            sensitivity.value: request.POST.get(f"{role.value}.{sensitivity.value}", "")
            for sensitivity in CHANGEABLE
        }
        for role in Role
    }


def _note(request: ViewerRequest) -> str:
    return request.POST.get("note", "").strip()[:LONGEST_NOTE]


def _review(request: ViewerRequest, *, status: int = 200, moved: bool = False) -> HttpResponse:
    """The second look: every change, and how many fields it opens."""
    chosen, policy = _chosen(request), newest_policy()
    found = objections(chosen, current=policy.matrices, admin_may_widen=True)
    if not _note(request):
        return _page(
            request,
            read_matrices(chosen),
            status=422,
            problems=[_("Say in a few words why you change this.")],
        )
    if found:
        return _page(
            request, read_matrices(chosen), note=_note(request), status=422, problems=_sentences(found)
        )
    matrices = read_matrices(chosen)
    made = changes(policy.matrices, matrices)
    context = {
        **_around(request),
        "policy": policy,
        "next_version": policy.version + 1,
        "changes": [_change_words(change) for change in made],
        "widens_admin": any(change.role is Role.ADMIN and change.widens for change in made),
        "cells": _cells(chosen),
        "note": _note(request),
        "confirmed": fingerprint(matrices, follows=policy.version),
        "moved": moved,
        "unticked": status == HTTPStatus.UNPROCESSABLE_ENTITY,
    }
    return render(request, "settings/masking_review.html", context, status=status)


def _publish(request: ViewerRequest) -> HttpResponse:
    try:
        policy = publish_policy(
            viewer=request.viewer,
            chosen=_chosen(request),
            confirmed=request.POST["confirmed"],
            admin_may_widen="widen_admin" in request.POST,
            note=_note(request),
            at=timezone.now(),
        )
    except NotPermitted:
        raise PermissionDenied from None
    except NotConfirmed:
        return _review(request, status=HTTPStatus.CONFLICT, moved=True)
    except Refused as refused:
        if refused.objections == (Objection.ADMIN_WIDENED,):
            return _review(request, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _page(
            request, read_matrices(_chosen(request)), status=422, problems=_sentences(refused.objections)
        )
    messages.success(
        request, _("Version %(n)s is in force for everybody within seconds.") % {"n": policy.version}
    )
    return HttpResponseRedirect(reverse("masking"))


@require_POST
@viewer_required
async def masking_preview(request: ViewerRequest) -> HttpResponse:
    """What a role would see of one order, by the choices of the form, and no more than the viewer may see."""
    matrices = await sync_to_async(_matrices_to_preview)(request)
    role = next((role for role in Role if role.value == request.POST.get("role")), Role.AGENT)
    try:
        preview = await preview_order(
            viewer=request.viewer,
            role=role,
            matrices=matrices,
            connection=request.POST.get("connection", ""),
            ref=request.POST.get("ref", ""),
            company=None,
            correlation_id=request.id,
        )
    except (NotVisible, AmbiguousOrder):
        return await sync_to_async(_no_preview)(
            request, matrices, _("There is no such order, or several."), 404
        )
    except OdooFailure as failure:
        return await sync_to_async(_no_preview)(request, matrices, explain(state_of(failure.reason)), 503)
    return await sync_to_async(_show_preview)(request, role, preview)


def _matrices_to_preview(request: ViewerRequest) -> Matrices:
    if not may_read_policy(request.viewer):
        raise PermissionDenied
    drafted = may_publish_policy(request.viewer) and any("." in name for name in request.POST)
    return read_matrices(_chosen(request)) if drafted else newest_policy().matrices


def _no_preview(request: ViewerRequest, matrices: Matrices, problem: str, status: int) -> HttpResponse:
    return _page(request, matrices, note=_note(request), status=status, preview_problem=problem)


def _show_preview(request: ViewerRequest, role: Role, preview: Preview) -> HttpResponse:
    connection = request.POST.get("connection", "")
    audit.record_alone(
        **audit.order_opened(
            request.viewer,
            connection_slug=connection,
            company_id=preview.company_id,
            ref=preview.ref,
            panel=f"preview:{role.value}",
        )
    )
    context = {
        **_around(request),
        "role": role_name(role),
        "ref": preview.ref,
        "order_url": order_url(connection, preview.ref, preview.company_id),
        "classes": [
            {
                "sensitivity": sensitivity,
                "fields": [{"name": field_name(cell.path), "cell": cell} for cell in cells],
            }
            for sensitivity, cells in sorted(preview.by_class.items(), key=lambda found: found[0] == "public")
            if cells
        ],
    }
    return render(request, "settings/masking_preview.html", context)


def _page(
    request: ViewerRequest,
    matrices: Matrices,
    *,
    note: str = "",
    status: int = 200,
    problems: list[str] | None = None,
    preview_problem: str = "",
) -> HttpResponse:
    counts = {sensitivity: len(paths) for sensitivity, paths in fields_by_class().items()}
    context = {
        **_around(request),
        "policy": newest_policy(),
        "may_publish": may_publish_policy(request.viewer),
        "columns": [{"sensitivity": sensitivity, "count": counts[sensitivity]} for sensitivity in CHANGEABLE],
        "rows": [_row(role, matrices) for role in Role],
        "modes": [
            {"value": mode.value, "name": mode_name(mode), "meaning": mode_meaning(mode)} for mode in _ORDER
        ],
        "roles": [{"value": role.value, "name": role_name(role)} for role in Role],
        "role": request.POST.get("role", ""),
        "ref": request.POST.get("ref", ""),
        "note": note,
        "longest_note": LONGEST_NOTE,
        "problems": problems or [],
        "preview_problem": preview_problem,
        "versions": [_version_words(version.policy, version.changes) for version in policy_versions()],
    }
    return render(request, "settings/masking.html", context, status=status)


def _around(request: ViewerRequest) -> dict[str, Any]:
    return {**frame(request.viewer), "tabs": settings_tabs(request.viewer, "masking")}


def _row(role: Role, matrices: Matrices) -> dict[str, Any]:
    return {
        "name": role_name(role),
        "cells": [
            {
                "field": f"{role.value}.{sensitivity.value}",
                "sensitivity": sensitivity,
                "mode": matrices[role][sensitivity].value,
                "mode_name": mode_name(matrices[role][sensitivity]),
            }
            for sensitivity in CHANGEABLE
        ],
    }


def _cells(chosen: dict[str, dict[str, str]]) -> list[tuple[str, str]]:
    return [
        (f"{role.value}.{sensitivity.value}", chosen[role.value][sensitivity.value])
        for role in Role
        for sensitivity in CHANGEABLE
    ]


def _change_words(change: Change) -> dict[str, Any]:
    paths = fields_by_class()[change.sensitivity]
    return {
        "role": role_name(change.role),
        "sensitivity": change.sensitivity,
        "before": change.before.value,
        "before_name": mode_name(change.before),
        "after": change.after.value,
        "after_name": mode_name(change.after),
        "widens": change.widens,
        "count": len(paths),
        "fields": [field_name(path) for path in paths],
    }


def _version_words(policy: Policy, made: tuple[Change, ...]) -> dict[str, Any]:
    return {"policy": policy, "changes": [_change_words(change) for change in made]}


def _sentences(found: tuple[Objection, ...]) -> list[str]:
    return [objection_sentence(objection) for objection in found]
