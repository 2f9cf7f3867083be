"""What is answered where no view answers: a problem to programs, the page of that number to people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views import defaults

from console.api.problems import Problem


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _problem(request, 400, "bad_request") or defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _problem(request, 403, "permission_denied") or defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return _problem(request, 404, "not_found") or defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    return _problem(request, 500, "internal_error") or defaults.server_error(request)


def _problem(request: HttpRequest, status: int, code: str) -> HttpResponse | None:
    return Problem(status, code).response(request) if request.path.startswith("/api/") else None
