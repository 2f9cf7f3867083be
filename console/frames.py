"""Finds out who speaks out of a frame inside another tool: by a bearer in a header, and never by a cookie."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from cases.embedding.entering import MARK, InFrame, NotInFrame, find_in_frame

if TYPE_CHECKING:
    from cases.people.viewer import Viewer

# Pages of ours that a frame shows parts of. Deciding is not among them: that is done in a window of its own, where
# nothing can lie above the button and nobody else's page can ask for a password.
PAGES_IN_FRAME = frozenset(
    {"order", "why", "reveal", "revealed", "refund-order", "action", "action-progress", "action-documents"}
    | {"action-submit", "action-cancel"}
)
_FORMS = ("refund", "return", "replacement", "exchange")
_OF_FRAME = PAGES_IN_FRAME | {f"{kind}{part}" for kind in _FORMS for part in ("", "-try", "-ask")}
_WINDOWS = ("/sign-in/", "/code/")  # opened beside the frame, with the session of whoever signs in


class FrameRequest(HttpRequest):
    """A request behind ``frame_required``: somebody is in a frame."""

    id: str
    viewer: Viewer
    in_frame: InFrame


def bearer_of(request: HttpRequest) -> str:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    text = text.strip()
    return text if kind.lower() == "bearer" and text.startswith(MARK) else ""


def is_of_frame(request: HttpRequest) -> bool:
    """Such requests have no session: a cookie that a browser sends along opens nothing in a frame."""
    if bearer_of(request):
        return True
    path = request.path_info
    return path.startswith("/embed/") and not path.endswith(_WINDOWS)


def find_viewer(request: Any) -> InFrame | None:
    """Who a bearer speaks for, on the pages that a frame may ask for; blocks on the database."""
    text = bearer_of(request)
    if not text:
        return None
    try:
        name = resolve(request.path_info).url_name or ""
        if name not in _OF_FRAME and not name.startswith("embed-"):
            return None
        found = find_in_frame(text, at=timezone.now())
    except (Resolver404, NotInFrame):
        return None
    if found.viewer.is_hinted and not name.startswith("embed-"):
        return None
    request.in_frame = found
    # A browser never adds this header by itself, so nothing can be forged across sites.
    request._dont_enforce_csrf_checks = True
    return found


def frame_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in who is in a frame of the embedding that the address names; everybody else gets 401 and no page."""

    @wraps(view)
    def enter(request: Any, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found: InFrame | None = getattr(request, "in_frame", None)
        if found is None or found.bearer.embedding.slug != slug:
            return sign_in_first(request)
        return view(request, slug, *args, **kwargs)

    # Without a session there is nothing that a forged form could use; whoever has no bearer is told so.
    return csrf_exempt(enter)


def sign_in_first(request: Any) -> HttpResponse:
    return JsonResponse({"error": "sign_in", "request_id": request.id}, status=401)


def policy_for(origins: list[str]) -> str:
    """Our policy with exactly these parents instead of none."""
    policy: str = settings.CONTENT_SECURITY_POLICY_HEADER
    return policy.replace("frame-ancestors 'none'", f"frame-ancestors {' '.join(origins)}")


def let_frame(response: HttpResponse, origins: list[str]) -> HttpResponse:
    response["Content-Security-Policy"] = policy_for(origins)
    response.is_framed = True  # type: ignore[attr-defined]  # read where the other headers are set
    return response
