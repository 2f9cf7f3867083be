"""People in the settings: who has which roles and teams, what comes of it, and whether they may sign in."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.connections import connection_label
from cases.masking.matrices import CHANGEABLE
from cases.masking.roles import Role
from cases.people.administration import (
    LISTED,
    NoSuchPerson,
    NoSuchTeam,
    NotPermitted,
    OwnRights,
    PersonPage,
    RightsChange,
    list_people,
    may_change_people,
    read_person,
    set_active,
    set_roles,
    set_teams,
)
from console.policy_words import mode_name, role_name
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import row_number
from console.views.frame import frame
from console.views.settings_tabs import settings_tabs
from console.vocabulary import find_word


@require_http_methods(["GET", "HEAD", "POST"])
@viewer_required
def people(request: ViewerRequest) -> HttpResponse:
    """Everybody, or those of a name; names travel in the body, because addresses are logged."""
    if not may_change_people(request.viewer):
        raise PermissionDenied
    named = request.POST.get("named", "").replace("\0", "")[:100]
    found = list_people(request.viewer, named=named)
    context = {
        **_around(request),
        "named": named,
        "people": [
            {"person": person, "roles": [role_name(role) for role in person.roles]} for person in found
        ],
        "is_cut": len(found) == LISTED,
    }
    return render(request, "settings/people.html", context)


@require_safe
@viewer_required
def person(request: ViewerRequest, user_id: int) -> HttpResponse:
    return _page(request, user_id)


@require_POST
@viewer_required
def change_person(request: ViewerRequest, user_id: int) -> HttpResponse:
    """One change; what it is stands in ``do``."""
    if not may_change_people(request.viewer):
        raise PermissionDenied
    change = _CHANGES.get(request.POST.get("do", ""))
    if change is None:
        return _page(request, user_id, problem=_("There is nothing to do."), status=422)
    try:
        change(request, user_id, request.POST)
    except NotPermitted:
        raise PermissionDenied from None
    except NoSuchPerson:
        return _not_found(request)
    except OwnRights:
        problem = _("Nobody changes their own rights. Ask another administrator.")
        return _page(request, user_id, problem=problem, status=HTTPStatus.FORBIDDEN)
    except NoSuchTeam:
        return _page(request, user_id, problem=_("Somebody removed this meanwhile."), status=409)
    messages.success(request, _("Saved. It holds from their next click on."))
    return HttpResponseRedirect(reverse("person", args=[user_id]))


def _set_roles(request: ViewerRequest, user_id: int, form: QueryDict) -> None:
    given = set(form.getlist("role"))
    set_roles(viewer=request.viewer, user_id=user_id, roles=[role for role in Role if role.value in given])


def _set_teams(request: ViewerRequest, user_id: int, form: QueryDict) -> None:
    teams = {number for typed in form.getlist("team") if (number := row_number(typed)) is not None}
    set_teams(viewer=request.viewer, user_id=user_id, team_ids=teams)


def _deactivate(request: ViewerRequest, user_id: int, form: QueryDict) -> None:
    set_active(viewer=request.viewer, user_id=user_id, is_active=False, at=timezone.now())


def _activate(request: ViewerRequest, user_id: int, form: QueryDict) -> None:
    set_active(viewer=request.viewer, user_id=user_id, is_active=True, at=timezone.now())


_CHANGES: dict[str, Callable[[ViewerRequest, int, QueryDict], None]] = {
    "roles": _set_roles,
    "teams": _set_teams,
    "deactivate": _deactivate,
    "activate": _activate,
}


def _page(request: ViewerRequest, user_id: int, *, problem: str = "", status: int = 200) -> HttpResponse:
    try:
        found = read_person(request.viewer, user_id, at=timezone.now())
    except NotPermitted:
        raise PermissionDenied from None
    except NoSuchPerson:
        return _not_found(request)
    held = found.person.roles
    context = {
        **_around(request),
        "problem": problem,
        "found": found,
        "person": found.person,
        "roles": [{"value": role.value, "name": role_name(role), "is_held": role in held} for role in Role],
        "role_names": [role_name(role) for role in held],
        "sights": [
            {
                "where": connection_label(sight.scope.connection).name,
                "scope": sight.scope,
                "teams": sight.teams,
            }
            for sight in found.sights
        ],
        "classes": _classes(found),
        "changes": [_told(change) for change in found.changes],
    }
    return render(request, "settings/person.html", context, status=status)


def _classes(found: PersonPage) -> list[dict[str, str]]:
    """What their roles show of each class of values; what everybody sees, or nobody, goes without saying."""
    return [
        {
            "name": str(find_word(sensitivity.value, kind="Sensitivity").label),
            "mode": found.matrix[sensitivity].value,
            "mode_name": mode_name(found.matrix[sensitivity]),
        }
        for sensitivity in CHANGEABLE
    ]


def _told(change: RightsChange) -> dict[str, Any]:
    """One line of the trail in words; what only other versions wrote is told as it stands."""
    details = change.details
    words = []
    if "roles" in details:
        before, after = (
            ", ".join(role_name(Role(value)) for value in _listed(details, key) if value in set(Role)) or "–"
            for key in ("roles_before", "roles")
        )
        words.append(_("Roles: %(before)s → %(after)s") % {"before": before, "after": after})
    if "teams" in details:
        before, after = (", ".join(_listed(details, key)) or "–" for key in ("teams_before", "teams"))
        words.append(_("Teams: %(before)s → %(after)s") % {"before": before, "after": after})
    if "companies" in details:
        words.append(_("Companies: %(list)s") % {"list": ", ".join(_listed(details, "companies")) or "–"})
    if "active" in details:
        words.append(_("May sign in again") if details["active"] else _("May no longer sign in"))
    return {"at": change.at, "who": change.who, "words": words}


def _listed(details: dict[str, Any], key: str) -> list[str]:
    return [str(item) for item in details.get(key, ())]


def _around(request: ViewerRequest) -> dict[str, Any]:
    return {**frame(request.viewer), "tabs": settings_tabs(request.viewer, "people")}


def _not_found(request: ViewerRequest) -> HttpResponse:
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
