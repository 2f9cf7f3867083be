"""Where goods come back to, and how, by company, brand and region: shown, looked up in Odoo, set and taken away."""

from __future__ import annotations

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
from cases.failures import OdooFailure
from cases.orders.workspace import AmbiguousOrder, NotVisible
from cases.writing import return_routes
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import company_number, row_number
from console.views.frame import frame
from console.views.order_context import explain, state_of
from console.views.settings_tabs import settings_tabs


class _Unclear(Exception):
    """The form does not say what is needed; the message is for the page."""


@require_safe
@viewer_required
def return_routes_page(request: ViewerRequest) -> HttpResponse:
    return _page(request)


@require_POST
@viewer_required
def change_return_routes(request: ViewerRequest) -> HttpResponse:
    """A look at what Odoo offers, a rule that is set, or one that is taken away; which it is stands in ``do``."""
    form = request.POST
    try:
        match form.get("do"):
            case "look":
                ways = return_routes.find_ways(request.viewer, **_place(form), correlation_id=request.id)
                return _page(request, ways=ways)
            case "set":
                return_routes.set_route(
                    viewer=request.viewer,
                    **_place(form),
                    brand=form.get("brand", "").replace("\0", "").strip(),
                    region=form.get("region", "").replace("\0", "").strip(),
                    warehouse_id=row_number(form.get("warehouse", "")),
                    operation_id=row_number(form.get("operation", "")),
                    correlation_id=request.id,
                    at=timezone.now(),
                )
            case "forget":
                return_routes.forget_route(
                    viewer=request.viewer, route_id=row_number(form.get("route", "")) or 0, at=timezone.now()
                )
            case _:
                raise _Unclear(_("There is nothing to do."))
    except return_routes.NotPermitted:
        raise PermissionDenied from None
    except _Unclear as unclear:
        return _page(request, problem=str(unclear), status=422)
    except return_routes.Unsuitable:
        return _page(request, problem=_("Odoo does not offer that any more: look again."), status=422)
    except (NotVisible, AmbiguousOrder):
        told = _("There is no such order in that company within what you see.")
        return _page(request, problem=told, status=422)
    except OdooFailure as failure:
        return _page(request, problem=explain(state_of(failure.reason)), status=503)
    messages.success(request, _("Saved. It holds at once, and it is in the audit trail."))
    return HttpResponseRedirect(reverse("return-routes"))


def _place(form: QueryDict) -> dict[str, Any]:
    connection, separator, company = form.get("place", "").partition("/")
    number, ref = company_number(company), form.get("ref", "").replace("\0", "").strip()
    if not separator or number is None or not ref:
        raise _Unclear(_("Say which company, and one of its orders."))
    return {"connection": connection, "company_id": number, "ref": ref[:100]}


def _page(
    request: ViewerRequest,
    *,
    problem: str = "",
    ways: return_routes.Ways | None = None,
    status: int = 200,
) -> HttpResponse:
    if not return_routes.may_route(request.viewer):
        raise PermissionDenied
    places = [
        (f"{place.connection}/{company.id}", f"{place.name} · {company.name}")
        for place in writing.places(request.viewer)
        for company in place.kinds[0].companies
    ]
    names = dict(places)
    context = {
        **frame(request.viewer),
        "recent": None,
        "tabs": settings_tabs(request.viewer, "writing"),
        "routes": [
            {"row": row, "place": names.get(f"{row.connection}/{row.company_id}", row.connection)}
            for row in return_routes.routes_of(request.viewer)
        ],
        "places": places,
        "ways": ways,
        "ways_place": names.get(f"{ways.connection}/{ways.company_id}", "") if ways else "",
        "problem": problem,
        "filled": request.POST,
    }
    return render(request, "settings/return_routes.html", context, status=status)
