"""Who may enter a view at all, said once at its door."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect

from cases.keyed_hashes import keyed_hash
from console.frames import bearer_of, sign_in_first

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from cases.menu_counts import MenuCounts
    from cases.people.viewer import Viewer


class ViewerRequest(HttpRequest):
    """A request behind ``viewer_required``: somebody is signed in."""

    id: str
    viewer: Viewer
    htmx: HtmxDetails
    menu_counts: MenuCounts  # where they were counted before the page is drawn


def viewer_required(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let signed-in people in, and send everybody else to the sign-in page; for sync and async views."""
    if iscoroutinefunction(view):

        @wraps(view)
        async def enter_async(request: Any, *args: Any, **kwargs: Any) -> Any:
            if request.viewer is None:
                return to_sign_in(request)
            return await view(request, *args, **kwargs)

        return enter_async

    @wraps(view)
    def enter(request: Any, *args: Any, **kwargs: Any) -> Any:
        if request.viewer is None:
            return to_sign_in(request)
        return view(request, *args, **kwargs)

    return enter


def to_sign_in(request: Any) -> HttpResponse:
    """The sign-in page, and after it back: htmx is told to leave the page instead of swapping the form into it."""
    if bearer_of(request):  # a frame is led nowhere: it asks its person to sign in beside it
        return sign_in_first(request)
    if request.htmx:
        address = _page_of(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
    elif request.method in ("GET", "HEAD"):
        address = request.get_full_path()
    else:  # what a form is sent to shows nothing by itself: back to the page with the form
        address = _page_before(request) or resolve_url(settings.LOGIN_REDIRECT_URL)
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': address})}"
    return HttpResponseClientRedirect(target) if request.htmx else HttpResponseRedirect(target)


def _page_of(request: Any) -> str | None:
    """The page of ours that htmx says it is on; what it says is a header, which may hold anything."""
    try:
        page: str | None = request.htmx.current_url_abs_path
    except ValueError:
        return None
    return page


def _page_before(request: Any) -> str | None:
    """The page of ours that a form was sent from, as the browser says, which may say anything."""
    came_from = urlsplit(str(request.headers.get("Referer", "")))
    if came_from.netloc != request.get_host() or not came_from.path.startswith("/"):
        return None
    return urlunsplit(("", "", came_from.path, came_from.query, ""))


def hashed_username(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """What the sign-in limiter stores instead of a user name: people type passwords into that field, too."""
    typed = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    return keyed_hash("username", str(typed))
