"""Every error of the API in one shape, ``application/problem+json``, with the id to ask about it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import django.db
import psycopg
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

from console.api.rendering import to_json

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

# A database that restarts or recovers: it will be back, so there is something better to say than that we broke.
DATABASE_AWAY = (django.db.OperationalError, django.db.InterfaceError, psycopg.OperationalError)
DATABASE_BACK_IN_S = 5


class Problem(Exception):
    """An answer other than success. ``code`` is a stable word for programs; the rest is for people."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self, request: Any) -> dict[str, Any]:
        body = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "request_id": getattr(request, "id", ""),
            **self.extra,
        }
        return {**body, "detail": self.detail} if self.detail else body

    def response(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(
            to_json(self.body(request)),
            status=self.status,
            content_type=CONTENT_TYPE,
            headers=self.headers,
        )


def problem_response(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """The answer of a REST framework view; an error nobody expected is logged once and described to nobody.

    Plain, so that it is JSON whatever form the caller would have liked the success in.
    """
    request = context["request"]
    problem = _problem_of(error)
    if problem is None:
        logger.error("An API view failed", exc_info=error)
        problem = Problem(500, "internal_error")
    return problem.response(getattr(request, "_request", request))


def _problem_of(error: Exception) -> Problem | None:
    match error:
        case Problem():
            return error
        case Http404():
            return Problem(404, "not_found")
        case PermissionDenied():
            return Problem(403, "permission_denied")
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return unauthenticated()
        case exceptions.Throttled():
            return too_many_requests(getattr(error, "wait", None) or 1)
        case exceptions.ValidationError():
            return Problem(400, "invalid", errors=error.get_full_details())
        case RequestDataTooBig():
            return Problem(413, "too_large")
        case _ if isinstance(error, DATABASE_AWAY):
            logger.error("An API view lost the database", exc_info=error)
            return database_away()
        case exceptions.APIException():
            return Problem(error.status_code, error.default_code)
    return None


def unauthenticated() -> Problem:
    return Problem(401, "unauthenticated", headers={"WWW-Authenticate": 'Bearer realm="deskglass"'})


def too_many_requests(wait_s: float) -> Problem:
    return Problem(429, "too_many_requests", headers={"Retry-After": str(max(1, round(wait_s)))})


def database_away() -> Problem:
    return Problem(503, "database_away", headers={"Retry-After": str(DATABASE_BACK_IN_S)})
