"""What is answered where no view answers: a problem to programs, the page of that number to people."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views import defaults

from console.api.problems import DATABASE_AWAY, Problem, database_away


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _problem(request, 400, "bad_request") or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _problem(request, 403, "permission_denied") or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _problem(request, 404, "not_found") or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if isinstance(sys.exc_info()[1], DATABASE_AWAY):
        return _database_away(request)
    return _problem(request, 500, "internal_error") or defaults.server_error(request)


def _database_away(request: HttpRequest) -> HttpResponseBase:
    problem = database_away()
    if request.path.startswith("/api/"):
        return problem.response(request)
    # Without the request: what the frame of a page would show has to be asked for, too.
    return HttpResponse(render_to_string("503.html"), status=problem.status, headers=problem.headers)


def _problem(request: HttpRequest, status: int, code: str) -> HttpResponse | None:
    return Problem(status, code).response(request) if request.path.startswith("/api/") else None
