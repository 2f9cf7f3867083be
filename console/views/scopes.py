"""Which orders belong to which brand and region, and which teams may see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.connections import connection_label, connection_labels
from cases.people.administration import ListedPerson, list_people
from cases.scopes.administration import (
    NoSuchThing,
    NotPermitted,
    UnclearScope,
    add_grant,
    add_rule,
    add_team,
    change_rule,
    delete_rule,
    known_companies,
    may_change_scopes,
    move_rule,
    remove_grant,
    rules_for_editing,
    teams,
)
from cases.scopes.rules import Rule
from console.policy_words import role_name
from console.security import ViewerRequest, viewer_required
from console.views.frame import frame
from console.views.settings_tabs import settings_tabs


@require_safe
@viewer_required
def scopes(request: ViewerRequest) -> HttpResponse:
    return _page(request)


@require_POST
@viewer_required
def change_scopes(request: ViewerRequest) -> HttpResponse:
    """One change; what it is stands in ``do``."""
    if not may_change_scopes(request.viewer):
        raise PermissionDenied
    change = _CHANGES.get(request.POST.get("do", ""))
    if change is None:
        return _page(request, problem=_("There is nothing to do."), status=422)
    try:
        change(request, request.POST)
    except NotPermitted:
        raise PermissionDenied from None
    except NoSuchThing:
        return _page(request, problem=_("Somebody removed this meanwhile."), status=409)
    except UnclearScope as unclear:
        return _page(request, problem=_sentence(unclear.reason), status=422)
    messages.success(request, _("Saved. It holds for everybody within seconds."))
    return HttpResponseRedirect(reverse("scopes"))


def _add_rule(request: ViewerRequest, form: QueryDict) -> None:
    add_rule(viewer=request.viewer, connection=form.get("connection", ""), rule=_rule(form))


def _change_rule(request: ViewerRequest, form: QueryDict) -> None:
    change_rule(viewer=request.viewer, rule_id=_number(form, "rule"), rule=_rule(form))


def _delete_rule(request: ViewerRequest, form: QueryDict) -> None:
    delete_rule(viewer=request.viewer, rule_id=_number(form, "rule"))


def _move_up(request: ViewerRequest, form: QueryDict) -> None:
    move_rule(viewer=request.viewer, rule_id=_number(form, "rule"), up=True)


def _move_down(request: ViewerRequest, form: QueryDict) -> None:
    move_rule(viewer=request.viewer, rule_id=_number(form, "rule"), up=False)


def _add_team(request: ViewerRequest, form: QueryDict) -> None:
    add_team(viewer=request.viewer, name=form.get("name", ""))


def _add_grant(request: ViewerRequest, form: QueryDict) -> None:
    connection, _colon, company = form.get("company", "").rpartition(":")
    add_grant(
        viewer=request.viewer,
        team_id=_number(form, "team"),
        connection=connection,
        company_id=int(company) if company.isdecimal() and len(company) < 10 else 0,
        brand=_text(form, "brand"),
        region=_text(form, "region"),
    )


def _remove_grant(request: ViewerRequest, form: QueryDict) -> None:
    remove_grant(viewer=request.viewer, grant_id=_number(form, "grant"))


_CHANGES: dict[str, Callable[[ViewerRequest, QueryDict], None]] = {
    "add_rule": _add_rule,
    "change_rule": _change_rule,
    "delete_rule": _delete_rule,
    "move_up": _move_up,
    "move_down": _move_down,
    "add_team": _add_team,
    "add_grant": _add_grant,
    "remove_grant": _remove_grant,
}


def _rule(form: QueryDict) -> Rule:
    company = form.get("company_id", "")
    if company and not (company.isdecimal() and 0 < int(company[:10]) < 2**31):
        raise UnclearScope("company")
    return Rule(
        company_id=int(company) if company else None,
        sales_team=_text(form, "sales_team"),
        website=_text(form, "website"),
        warehouse=_text(form, "warehouse"),
        country=_text(form, "country").upper(),
        brand=_text(form, "brand"),
        region=_text(form, "region"),
    )


def _text(form: QueryDict, name: str) -> str:
    return form.get(name, "").strip().replace("\0", "")


def _number(form: QueryDict, name: str) -> int:
    typed = form.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 18 else 0


def _sentence(reason: str) -> str:
    return {
        "connection": _("There is no such connection."),
        "company": _("There is no such company."),
        "says_nothing": _("Name a brand, a region, or both."),
        "no_condition": _("Name at least one condition: a rule without any would decide for every order."),
        "country": _("A country is its two letters, such as DE."),
        "too_long": _("That is too long."),
        "team_name": _("Give the team a name."),
        "team_exists": _("There is a team of that name already."),
        "own_team": _(
            "You are in this team yourself, and nobody changes their own rights. Ask another administrator."
        ),
    }[reason]


def _page(request: ViewerRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    viewer = request.viewer
    if not may_change_scopes(viewer):
        raise PermissionDenied
    companies = [
        {
            "value": f"{slug}:{number}",
            "id": number,
            "name": name,
            "connection": connection_label(slug).name,
            "slug": slug,
        }
        for slug, number, name in known_companies()
    ]
    context: dict[str, Any] = {
        **frame(viewer),
        "tabs": settings_tabs(viewer, "scopes"),
        "problem": problem,
        "companies": companies,
        "rule_lists": [
            {
                "slug": slug,
                "name": label.name,
                "companies": [company for company in companies if company["slug"] == slug],
                "rules": rules_for_editing(viewer)[slug],
            }
            for slug, label in connection_labels().items()
        ],
        "teams": teams(viewer),
        "people": [_person_words(person) for person in list_people(viewer)],
    }
    return render(request, "settings/scopes.html", context, status=status)


def _person_words(person: ListedPerson) -> dict[str, Any]:
    return {"person": person, "roles": [role_name(role) for role in person.roles]}
