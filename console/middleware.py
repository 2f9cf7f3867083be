"""What happens around every request; each layer stays on the event loop unless it must ask the database.

Django's own layers hop to a thread twice each under ASGI, which costs more than the page. The subclasses here call
the same hooks inline where they do no input or output, and leave the hooks themselves unchanged.
"""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Awaitable
from typing import Any, cast
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware as DjangoMessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware as DjangoCsrfViewMiddleware
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin

from console import metrics
from console.frames import bearer_of, is_of_frame
from console.identity import aidentify, identify, identify_in_frame, identify_nobody
from console.workflows import note_cause
from integrations.telemetry import correlation_id

access_log = logging.getLogger("console.access")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})

# Not no-referrer: browsers then send "Origin: null" with forms, and the CSRF check has nothing to compare.
_FIXED_HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class InlineMiddleware(MiddlewareMixin):
    """Calls its hooks directly under ASGI; for hooks that neither read nor write anything outside the process."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        process_view = getattr(self, "process_view", None)
        if self.async_mode and process_view is not None:
            # Django hops to a thread for every process_view that is not a coroutine function.
            self.process_view = _as_coroutine(process_view)

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase | None = None
        if hasattr(self, "process_request"):
            response = self.process_request(request)
        if response is None:
            response = await cast("Awaitable[HttpResponseBase]", self.get_response(request))
        if hasattr(self, "process_response"):
            response = self.process_response(request, response)
        return response


def _as_coroutine(function: Any) -> Any:
    async def call(*args: Any) -> Any:
        return function(*args)

    return call


class RequestContextMiddleware(InlineMiddleware):
    """Gives the request an id, and when it is answered writes one line without query string or person's name."""

    def process_request(self, request: HttpRequest) -> None:
        inbound = request.headers.get("X-Request-Id", "")
        request.id = inbound if _REQUEST_ID.fullmatch(inbound) else str(uuid.uuid4())  # type: ignore[attr-defined]
        request._began_at = time.perf_counter()  # type: ignore[attr-defined]
        correlation_id.set(request.id)  # type: ignore[attr-defined]

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        note_cause(request)

    def process_response(self, request: Any, response: HttpResponseBase) -> HttpResponseBase:
        response.headers["X-Request-Id"] = request.id
        if not response.streaming:
            response.headers.setdefault("Content-Length", str(len(cast("HttpResponse", response).content)))
        duration_s = time.perf_counter() - request._began_at
        route = _route_of(request)
        metrics.observe_request(
            route=route, method=request.method, status=response.status_code, duration_s=duration_s
        )
        if request.path not in _QUIET_PATHS:
            viewer = getattr(request, "viewer", None)
            access_log.info(
                "request",
                extra={
                    "method": request.method,
                    "route": route,
                    "status": response.status_code,
                    "duration_ms": round(duration_s * 1000, 1),
                    "actor": viewer.actor if viewer else None,
                },
            )
        return response


def _route_of(request: HttpRequest) -> str:
    """The pattern of the address, never the address itself: people type anything into one."""
    match = request.resolver_match
    if match is not None:
        return match.route
    return "static" if request.path.startswith(settings.STATIC_URL) else "unknown"


class HostMiddleware(InlineMiddleware):
    """Answers only under our own names: a page under another one could be led to us by its own name server."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        try:
            request.get_host()
        except DisallowedHost:
            # Answered here: Django's page for it wants a session, which nobody gets under a foreign name.
            return HttpResponse("Unknown host.\n", status=400, content_type="text/plain; charset=utf-8")
        return None


class SecurityHeadersMiddleware(InlineMiddleware):
    """Tells browsers what our pages may do; a view may set a header of its own before."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        headers = response.headers
        for name, value in _FIXED_HEADERS.items():
            # The one page that may stand in a frame names its parents in the policy; this header knows no names.
            if name != "X-Frame-Options" or not getattr(response, "is_framed", False):
                headers.setdefault(name, value)
        headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY_HEADER)
        if not request.path.startswith(settings.STATIC_URL):
            headers.setdefault("Cache-Control", "no-store")
        return response


class SessionMiddleware(DjangoSessionMiddleware):
    """Loads session, person and rights in one hop; the API and webhooks have none, so a cookie opens nothing there."""

    def process_request(self, request: HttpRequest) -> None:
        self._attach(request)
        if bearer_of(request):
            identify_in_frame(request)
        elif request.session.session_key:
            identify(request)

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        self._attach(request)
        if bearer_of(request):
            await sync_to_async(identify_in_frame)(request)
        elif request.session.session_key:
            await aidentify(request)
        response = await cast("Awaitable[HttpResponse]", self.get_response(request))
        if request.session.modified and _has_session(request):
            return cast("HttpResponseBase", await sync_to_async(self.process_response)(request, response))
        return cast("HttpResponseBase", self.process_response(request, response))

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        # To Django a cookie without a session is a stale one: a look at the API would sign its person out.
        return super().process_response(request, response) if _has_session(request) else response

    def _attach(self, request: HttpRequest) -> None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME) if _has_session(request) else None
        request.session = self.SessionStore(key)
        identify_nobody(request)


def _has_session(request: HttpRequest) -> bool:
    return not request.path.startswith(("/api/", "/hooks/")) and not is_of_frame(request)


class AuthenticationMiddleware(InlineMiddleware, DjangoAuthenticationMiddleware):
    """Django's, inline: SessionMiddleware has already found the person."""


class LocaleMiddleware(InlineMiddleware):
    """Speaks the language and tells the time of the person, or else of the browser and the installation."""

    def process_request(self, request: HttpRequest) -> None:
        viewer = getattr(request, "viewer", None)
        language = viewer.language if viewer else ""
        translation.activate(language or translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()
        if viewer and viewer.time_zone:
            timezone.activate(ZoneInfo(viewer.time_zone))
        else:
            timezone.deactivate()

    def process_response(self, request: Any, response: HttpResponseBase) -> HttpResponseBase:
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class CsrfViewMiddleware(InlineMiddleware, DjangoCsrfViewMiddleware):
    """Django's check, inline: its secret lies in the session, which is loaded before."""


class MessageMiddleware(InlineMiddleware, DjangoMessageMiddleware):
    """Django's, inline: messages travel in the cookie or in the session, which is loaded before."""
