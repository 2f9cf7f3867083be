"""Where is written into Odoo: kinds turned on and off per company and brand, stopped per connection, and who checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases import writing
from cases.actions import switches
from cases.actions.kinds import carried_out
from cases.failures import OdooFailure
from cases.writing import finance_assignees
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number, row_number
from console.views.frame import frame
from console.views.order_context import explain, state_of
from console.views.settings_tabs import settings_tabs
from console.writing_words import guarantee_words, tell_unsuitable


class _Unclear(Exception):
    """The form does not say what is needed; the message is for the page."""


@require_safe
@viewer_required
def writing_page(request: ViewerRequest) -> HttpResponse:
    return _page(request)


@require_POST
@viewer_required
def change_writing(request: ViewerRequest) -> HttpResponse:
    """One change, or a look for somebody in Odoo; what it is stands in ``do``."""
    if not writing.may_switch(request.viewer):
        raise PermissionDenied
    do = request.POST.get("do", "")
    try:
        if do == "find":
            return _page(request, found=_find(request, request.POST))
        change = _CHANGES.get(do)
        if change is None:
            raise _Unclear(_("There is nothing to do."))
        change(request, request.POST)
    except (switches.NotPermitted, finance_assignees.NotPermitted):
        raise PermissionDenied from None
    except _Unclear as unclear:
        return _page(request, problem=str(unclear), status=422)
    except finance_assignees.Unsuitable as unsuitable:
        return _page(request, problem=tell_unsuitable(unsuitable.reason), status=422)
    except finance_assignees.NoSuchPlace:
        return _page(request, problem=_("Somebody removed this meanwhile."), status=409)
    except OdooFailure as failure:
        return _page(request, problem=explain(state_of(failure.reason)), status=503)
    messages.success(request, _("Saved. It holds at once, and it is in the audit trail."))
    return HttpResponseRedirect(reverse("writing"))


@require_safe
@viewer_required
def guarantee(request: ViewerRequest, connection: str) -> HttpResponse:
    """What holds when something is written there, asked for in Odoo now."""
    try:
        status = writing.guarantee_of(request.viewer, connection=connection, correlation_id=request.id)
    except writing.NotPermitted:
        raise PermissionDenied from None
    except LookupError:
        return render(request, "404.html", status=404)
    except OdooFailure as failure:
        told = {"problem": explain(state_of(failure.reason))}
        return render(request, "settings/_guarantee.html", told)
    return render(request, "settings/_guarantee.html", {"words": guarantee_words(status), "problem": ""})


def _turn(is_on: bool) -> Callable[[ViewerRequest, QueryDict], None]:
    def turn(request: ViewerRequest, form: QueryDict) -> None:
        company = company_number(form.get("company"))
        if company is None:
            raise _Unclear(_("Say which company."))
        switches.turn(
            viewer=request.viewer,
            connection=form.get("connection", ""),
            kind=_kind(form),
            company_id=company,
            brand=form.get("brand", ""),
            is_on=is_on,
            reason=_reason(form, is_needed=not is_on),
            at=timezone.now(),
        )

    return turn


def _stop(request: ViewerRequest, form: QueryDict) -> None:
    if form.get("sure") != "1":
        raise _Unclear(_("Tick that you are sure: a stop holds for everybody at once."))
    switches.stop(
        viewer=request.viewer,
        connection=form.get("connection", ""),
        kind=_kind(form),
        reason=_reason(form, is_needed=True),
        at=timezone.now(),
    )


def _release(request: ViewerRequest, form: QueryDict) -> None:
    if form.get("sure") != "1":
        raise _Unclear(_("Tick that you are sure: what was approved meanwhile is sent at once."))
    switches.release(
        viewer=request.viewer,
        connection=form.get("connection", ""),
        kind=_kind(form),
        reason=_reason(form, is_needed=False),
        at=timezone.now(),
    )


def _choose(request: ViewerRequest, form: QueryDict) -> None:
    company, person = company_number(form.get("company")), row_number(form.get("person", ""))
    if company is None or person is None:
        raise _Unclear(_("Choose somebody from Odoo’s list."))
    finance_assignees.choose(
        viewer=request.viewer,
        connection=form.get("connection", ""),
        company_id=company,
        odoo_user_id=person,
        correlation_id=request.id,
        at=timezone.now(),
    )


def _choose_nobody(request: ViewerRequest, form: QueryDict) -> None:
    company = company_number(form.get("company"))
    if company is None:
        raise _Unclear(_("Say which company."))
    finance_assignees.choose_nobody(
        viewer=request.viewer, connection=form.get("connection", ""), company_id=company, at=timezone.now()
    )


_CHANGES: dict[str, Callable[[ViewerRequest, QueryDict], None]] = {
    "on": _turn(True),
    "off": _turn(False),
    "stop": _stop,
    "release": _release,
    "choose": _choose,
    "choose_nobody": _choose_nobody,
}


def _find(request: ViewerRequest, form: QueryDict) -> dict[str, Any]:
    connection, company = form.get("connection", ""), company_number(form.get("company"))
    if company is None:
        raise _Unclear(_("Say which company."))
    people = finance_assignees.find_people(
        request.viewer,
        connection=connection,
        company_id=company,
        named=form.get("named", "").replace("\0", ""),
        correlation_id=request.id,
    )
    return {"connection": connection, "company": company, "people": people, "named": form.get("named", "")}


def _kind(form: QueryDict) -> str:
    kind = form.get("kind", "")
    if kind not in carried_out():
        raise _Unclear(_("There is nothing to do."))
    return kind


def _reason(form: QueryDict, *, is_needed: bool) -> str:
    reason = " ".join(form.get("reason", "").replace("\0", "").split())
    if is_needed and not reason:
        raise _Unclear(_("Say why: it is what everybody who wants to ask will read."))
    return reason


def _page(
    request: ViewerRequest, *, problem: str = "", found: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    try:
        shown = writing.places(request.viewer)
    except writing.NotPermitted:
        raise PermissionDenied from None
    context = {
        **frame(request.viewer),
        "recent": None,
        "tabs": settings_tabs(request.viewer, "writing"),
        "places": shown,
        "writes_are_allowed": writing.writes_are_allowed(),
        "may_choose": finance_assignees.may_choose(request.viewer),
        "found": found,
        "problem": problem,
    }
    return render(request, "settings/writing.html", context, status=status)
