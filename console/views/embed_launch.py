"""The empty page that another tool puts into its frame, and the window beside it in which somebody signs in."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from cases.embedding.entering import (
    Entered,
    NotInFrame,
    end,
    exchange_code,
    exchange_launch,
    make_code,
    renew,
)
from cases.embedding.launching import Asked, LaunchRefused, launch
from cases.embedding.places import active_place
from cases.models import Embedding
from console.api.rate_limit import RateLimit
from console.frames import FrameRequest, frame_required, let_frame
from console.security import ViewerRequest
from console.views.sign_in import SignInView

# For strangers, by address and place: an office behind one address opens many frames, a guesser far more.
_strangers = RateLimit(per_second=5, burst=300)


@csrf_exempt  # the tool's own page sends it, from its own site; nothing is done for anybody who is signed in
@require_http_methods(["GET", "HEAD", "POST"])
def embed(request: ViewerRequest, slug: str) -> HttpResponse:
    if waits := _too_many(request, slug):
        return waits
    asked = Asked(
        purpose=request.headers.get("Sec-Fetch-Dest", ""),
        referer=request.headers.get("Referer", ""),
        token=request.POST.get("token", ""),
        signed_request=request.POST.get("signed_request", ""),
        is_form=request.method == "POST",
    )
    try:
        launched = launch(slug, asked, at=timezone.now())
    except LaunchRefused:
        return _refused(request, active_place(slug))
    place = launched.place
    context = {
        "place": place,
        "handle": launched.handle,
        "origins": " ".join(place.origins),
        "app": request.GET.get("app_guid", "")[:64],  # by which Zendesk's page knows its frames
    }
    return let_frame(render(request, "embed/frame.html", context), place.origins)


@csrf_exempt  # a code that only the frame can use, or one handle, is the whole authority; no cookie counts here
@require_POST
def embed_token(request: ViewerRequest, slug: str) -> HttpResponse:
    """A code or a launch for a bearer."""
    if waits := _too_many(request, slug):
        return waits
    form, now = request.POST, timezone.now()
    try:
        if form.get("code"):
            entered = exchange_code(
                slug=slug,
                code=form["code"],
                verifier=form.get("verifier", ""),
                origin=form.get("origin", ""),
                handle=form.get("launch", ""),
                at=now,
            )
        else:
            entered = exchange_launch(slug=slug, handle=form.get("launch", ""), at=now)
    except LaunchRefused:
        return _refusal(request)
    return _bearer(entered)


@require_POST
@frame_required
def embed_renew(request: FrameRequest, slug: str) -> HttpResponse:
    try:
        return _bearer(renew(request.in_frame, at=timezone.now()))
    except NotInFrame:
        return _refusal(request)


@require_POST
@frame_required
def embed_end(request: FrameRequest, slug: str) -> HttpResponse:
    end(request.in_frame, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


class FrameSignInView(SignInView):
    """The same way in as everywhere, in a window that may speak to the frame which opened it."""

    http_method_names = ["get", "head", "post"]
    template_name = "embed/sign_in.html"
    redirect_authenticated_user = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.place = active_place(kwargs["slug"])
        if self.place is None:
            return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
        if request.method == "POST" and request.viewer is not None:  # type: ignore[attr-defined]
            return HttpResponseRedirect(request.path)
        response = super().dispatch(request, *args, **kwargs)
        # Else the browser would cut the window off from the frame that waits for it.
        response["Cross-Origin-Opener-Policy"] = "unsafe-none"
        return response

    def get_success_url(self) -> str:
        return self.request.path

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"place": self.place, **kwargs})


@require_POST
def embed_code(request: Any, slug: str) -> HttpResponse:
    """For the window beside the frame: whoever is signed in there agrees to go on in the frame."""
    if request.viewer is None:
        return JsonResponse({"error": "sign_in", "request_id": request.id}, status=401)
    try:
        code = make_code(
            viewer=request.viewer,
            session_key=request.session.session_key or "",
            slug=slug,
            challenge=request.POST.get("challenge", ""),
            origin=request.POST.get("origin", ""),
            at=timezone.now(),
        )
    except LaunchRefused:
        return _refusal(request)
    return JsonResponse({"code": code})


def _bearer(entered: Entered) -> HttpResponse:
    return JsonResponse({"token": entered.bearer, "expires_in": entered.expires_in_s})


def _refusal(request: Any) -> HttpResponse:
    """Why is for the trail: whoever tries things out learns nothing."""
    return JsonResponse({"error": "refused", "request_id": request.id}, status=HTTPStatus.FORBIDDEN)


def _refused(request: HttpRequest, place: Embedding | None) -> HttpResponse:
    response = render(request, "embed/refused.html", status=HTTPStatus.FORBIDDEN)
    return let_frame(response, place.origins) if place is not None else response


def _too_many(request: HttpRequest, slug: str) -> HttpResponse | None:
    wait_s = _strangers.wait_s(hash((slug, request.META.get("REMOTE_ADDR", ""))), now_s=time.monotonic())
    if not wait_s:
        return None
    response = HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(int(wait_s) + 1)
    return response
