"""The pages that connect ticketing tools: what there is, one of them with its keys, and a test that says what to do."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.models import ClosesCase
from cases.tickets import connecting
from cases.tickets.connecting import Connected, NoSuchConnection, NotPermitted
from cases.tickets.delivering import try_again
from console.security import ViewerRequest, viewer_required
from console.ticketing_words import key_word, tell_lacks, tell_problem
from console.typed_numbers import company_number
from console.views.frame import frame
from console.views.settings_tabs import settings_tabs


@require_safe
@viewer_required
def ticketing(request: ViewerRequest) -> HttpResponse:
    return _list(request)


@require_safe
@viewer_required
def ticketing_connection(request: ViewerRequest, slug: str) -> HttpResponse:
    return _guarded(request, lambda: _one(request, slug))


@require_POST
@viewer_required
def add_ticketing(request: ViewerRequest) -> HttpResponse:
    """A new connection, or another round for notes that failed; which it is stands in ``do``."""
    form = request.POST

    def work() -> HttpResponse:
        if form.get("do") == "again":
            connecting.connections_of(request.viewer)  # who may not see them may not do this
            count = try_again(actor=request.viewer.actor, at=timezone.now())
            messages.success(request, _("Notes that are tried again: %(count)s") % {"count": count})
            return HttpResponseRedirect(reverse("ticketing"))
        try:
            made = connecting.add(
                request.viewer,
                slug=_typed(request, "slug"),
                vendor=_typed(request, "vendor"),
                values={name: _typed(request, name) for name in connecting.FIELDS},
                at=timezone.now(),
            )
        except ValidationError as unclear:
            return _list(request, problems=_said(unclear), status=422)
        return HttpResponseRedirect(reverse("ticketing-connection", args=[made.row.slug]))

    return _guarded(request, work)


@require_POST
@viewer_required
def change_ticketing(request: ViewerRequest, slug: str) -> HttpResponse:
    """Settings, a key, a new secret, a test; which it is stands in ``do``."""
    form, viewer, now = request.POST, request.viewer, timezone.now()

    def work() -> HttpResponse:
        try:
            match form.get("do"):
                case "save":
                    connection, separator, company = form.get("shop", "").partition("/")
                    connecting.change(
                        viewer,
                        slug=slug,
                        values={name: _typed(request, name) for name in connecting.FIELDS},
                        is_active=form.get("is_active") == "on",
                        rules={
                            "shop_connection": connection if separator else "",
                            "shop_company_id": company_number(company) if separator else None,
                            "closes_case": _one_of(form.get("closes_case", "")),
                        },
                        at=now,
                    )
                case "key":
                    connecting.keep_key(
                        viewer,
                        slug=slug,
                        purpose=form.get("purpose", ""),
                        login=_typed(request, "login"),
                        key=form.get("key", ""),
                        at=now,
                    )
                case "secret":
                    made = connecting.make_hook_secret(viewer, slug=slug, at=now)
                    return _one(request, slug, secret=made)
                case "test":
                    tried = connecting.try_connection(viewer, slug=slug, correlation_id=request.id)
                    return _one(request, slug, tried=tried)
                case _:
                    return _one(request, slug, problems=[_("There is nothing to do.")], status=422)
        except ValidationError as unclear:
            return _one(request, slug, problems=_said(unclear), status=422)
        messages.success(request, _("Saved. It holds at once, and it is in the audit trail."))
        return HttpResponseRedirect(reverse("ticketing-connection", args=[slug]))

    return _guarded(request, work)


def _guarded(request: ViewerRequest, work: Any) -> HttpResponse:
    try:
        answer: HttpResponse = work()
    except NotPermitted:
        raise PermissionDenied from None
    except NoSuchConnection:
        return render(request, "404.html", status=404)
    return answer


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\0", "").strip()


def _one_of(typed: str) -> str:
    return typed if typed in ClosesCase.values else ClosesCase.SOLVED.value


def _said(unclear: ValidationError) -> list[str]:
    said = [message for message in unclear.messages if message]
    return said or [_("Say which key, and give it.")]


def _list(request: ViewerRequest, *, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
    def draw() -> HttpResponse:
        context = {
            **_common(request),
            "tools": connecting.connections_of(request.viewer),
            "vendors": connecting.vendors(),
            "problems": problems or [],
            "filled": request.POST,
        }
        return render(request, "settings/ticketing.html", context, status=status)

    return _guarded(request, draw)


def _one(
    request: ViewerRequest,
    slug: str,
    *,
    problems: list[str] | None = None,
    tried: connecting.Tried | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    shown: Connected = connecting.connection_of(request.viewer, slug)
    filled = request.POST if problems and request.POST.get("do") == "save" else None
    context = {
        **_common(request),
        "shown": shown,
        "filled": filled,
        "keys": [(key, key_word(key.purpose)) for key in shown.keys],
        "shops": connecting.shops(),
        "closes": [(str(value), str(label)) for value, label in ClosesCase.choices],
        "hook_url": request.build_absolute_uri(reverse("ticket-hook", args=[slug])),
        "secret": secret,
        "tried": tried,
        "tried_problem": tell_problem(tried.problem) if tried and tried.problem else "",
        "tried_lacks": tell_lacks(tried) if tried else [],
        "problems": problems or [],
    }
    return render(request, "settings/ticketing_connection.html", context, status=status)


def _common(request: ViewerRequest) -> dict[str, Any]:
    return {
        **frame(request.viewer),
        "recent": None,
        "tabs": settings_tabs(request.viewer, "ticketing"),
    }
