"""Finds the viewer a bearer token speaks for; the same check for plain async views and the REST framework's."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from cases.people.tokens import TokenRefused, TokenScope, viewer_of_token
from cases.people.viewer import Viewer
from console import metrics
from console.api.problems import Problem, too_many_requests, unauthenticated
from console.api.rate_limit import RateLimit
from console.workflows import note_cause

AsyncView = Callable[..., Coroutine[Any, Any, HttpResponse]]

_limit = RateLimit(per_second=settings.API_CALLS_PER_SECOND, burst=settings.API_BURST)


def authenticate(request: HttpRequest) -> Viewer:
    """The viewer of the request's token. Raises a ``Problem``: 401 without a valid one, 429 when called too often."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise _refused("no_token", unauthenticated())
    try:
        viewer = viewer_of_token(text.strip(), at=timezone.now())
    except TokenRefused:
        raise _refused("token_refused", unauthenticated()) from None
    wait_s = _limit.wait_s(viewer.token_id or 0, now_s=time.monotonic())
    if wait_s:
        raise _refused("rate", too_many_requests(wait_s))
    request.viewer = viewer  # type: ignore[attr-defined]
    note_cause(request)
    return viewer


authenticate_bearer: Callable[[HttpRequest], Awaitable[Viewer]] = sync_to_async(authenticate)


def require_scope(viewer: Viewer, scope: TokenScope) -> None:
    if scope not in viewer.token_scopes:
        raise _refused("scope", Problem(403, "insufficient_scope", scope=scope.value))


def token_required(
    scope: TokenScope,
) -> Callable[[AsyncView], AsyncView]:
    """Let an async view in with a token of this scope; any ``Problem`` it raises becomes the answer."""

    def guard(view: AsyncView) -> AsyncView:
        # A browser never adds a bearer token by itself, so nothing can be forged across sites.
        @csrf_exempt
        @wraps(view)
        async def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                viewer = await authenticate_bearer(request)
                require_scope(viewer, scope)
                return await view(request, *args, **kwargs)
            except Problem as problem:
                return problem.response(request)

        return enter

    return guard


@dataclass(frozen=True, slots=True)
class TokenPrincipal:
    """What the REST framework calls the user: the viewer, known to be somebody."""

    viewer: Viewer
    is_authenticated: bool = True
    is_anonymous: bool = False

    @property
    def pk(self) -> int:
        return self.viewer.user_id


class BearerAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[TokenPrincipal, Viewer]:
        viewer = authenticate(request._request)
        return TokenPrincipal(viewer), viewer

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="deskglass"'


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "console.api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


def _refused(reason: str, problem: Problem) -> Problem:
    metrics.api_refusals_total.labels(reason).inc()
    return problem
