"""The addresses that templates name, for drawing pages without the views behind them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def nowhere(request: HttpRequest, **_: str) -> HttpResponse:
    return HttpResponse(status=204)


urlpatterns = [
    path("", nowhere, name="home"),
    path("cases/open", nowhere, name="case-open"),
    path("cases/assign", nowhere, name="cases-assign"),
    path("cases/views", nowhere, name="case-views"),
    path("cases/<int:case_id>", nowhere, name="case"),
    path("cases/<int:case_id>/live", nowhere, name="case-live"),
    path("cases/<int:case_id>/notes", nowhere, name="case-notes"),
    path("cases/<int:case_id>/change", nowhere, name="case-change"),
    path("holds/place", nowhere, name="hold-place"),
    path("holds/<int:hold_id>/lift", nowhere, name="hold-lift"),
    path("search", nowhere, name="search"),
    path("orders/<str:connection>/<path:ref>/", nowhere, name="order"),
    path("sign-in", nowhere, name="sign-in"),
    path("sign-out", nowhere, name="sign-out"),
    path("preferences", nowhere, name="preferences"),
    path("preload", nowhere, name="preload"),
    path("approvals", nowhere, name="approvals"),
    path("parked", nowhere, name="parked"),
    path("trail", nowhere, name="trail"),
]
