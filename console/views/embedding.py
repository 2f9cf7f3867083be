"""The page that says where the console may be framed: places, their exact parents, keys and people, in one list."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.embedding import places
from cases.models import Embedding, HostKind
from console.security import ViewerRequest, viewer_required
from console.typed_numbers import row_number
from console.views.frame import frame
from console.views.settings_tabs import settings_tabs


@require_safe
@viewer_required
def embedding_page(request: ViewerRequest) -> HttpResponse:
    return _page(request, filled=request.GET)


@require_POST
@viewer_required
def change_embedding(request: ViewerRequest) -> HttpResponse:
    """A place that is set, or a person who is named or forgotten; which it is stands in ``do``."""
    form, now = request.POST, timezone.now()
    try:
        match form.get("do"):
            case "set":
                places.set_place(viewer=request.viewer, place=_place(form), at=now)
            case "name":
                places.name_person(
                    viewer=request.viewer,
                    place_id=row_number(form.get("place", "")) or 0,
                    subject=_line(form, "subject"),
                    username=_line(form, "username"),
                    at=now,
                )
            case "forget":
                person = row_number(form.get("person", "")) or 0
                places.forget_person(viewer=request.viewer, person_id=person, at=now)
            case _:
                return _page(request, problem=_("There is nothing to do."), status=422)
    except places.NotPermitted:
        raise PermissionDenied from None
    except places.Unsuitable as unsuitable:
        return _page(request, problem=_told(unsuitable.reason), status=422, filled=form)
    messages.success(request, _("Saved. It holds at once, and it is in the audit trail."))
    return HttpResponseRedirect(reverse("embedding"))


def _place(form: QueryDict) -> places.Place:
    return places.Place(
        slug=_line(form, "slug"),
        name=_line(form, "name"),
        host=_line(form, "host"),
        origins=tuple(form.get("origins", "").replace("\0", "").split()),
        ticketing=_line(form, "ticketing"),
        audience=_line(form, "audience"),
        key_id=_line(form, "key_id"),
        key=form.get("key", "").replace("\0", "").strip(),
        is_active=form.get("is_active") == "1",
    )


def _line(form: QueryDict, name: str) -> str:
    return form.get(name, "").replace("\0", "").strip()[:300]


def _told(reason: str) -> str:
    """What is wrong and what to do."""
    sentences = {
        "no_slug": _("The short name needs two to forty small letters, digits and hyphens."),
        "no_name": _("Give it a name."),
        "no_host": _("Choose the tool."),
        "no_origin": _(
            "Name each page around the frame by its exact origin, such as https://acme.zendesk.com: "
            "https, the whole host, no path and no star."
        ),
        "no_key": _("This tool signs what it opens: store the key by which that is checked."),
        "no_audience": _("This tool signs for an address: copy it, it begins with https://."),
        "no_public_key": _("That is no public RSA key of at least 2048 bits in PEM form."),
        "no_ticketing": _("There is no such connection to a ticketing tool."),
        "no_subject": _("Copy the number by which the tool names the person."),
        "no_such_person": _("Nobody who may sign in has that user name."),
    }
    return sentences[reason]


def _page(
    request: ViewerRequest, *, problem: str = "", status: int = 200, filled: QueryDict | None = None
) -> HttpResponse:
    if not places.may_embed(request.viewer):
        raise PermissionDenied
    rows = places.places_of(request.viewer)
    shown = filled if filled is not None else request.GET
    chosen = next((row for row in rows if row.slug == shown.get("edit")), None)
    context = {
        **frame(request.viewer),
        "recent": None,
        "tabs": settings_tabs(request.viewer, "embedding"),
        "rows": [
            {"row": row, "address": request.build_absolute_uri(reverse("embed", args=[row.slug]))}
            for row in rows
        ],
        "hosts": HostKind.choices,
        "ticketing": places.ticketing_choices(request.viewer),
        "filled": _filled(chosen) if chosen else shown,
        "problem": problem,
    }
    return render(request, "settings/embedding.html", context, status=status)


def _filled(row: Embedding) -> dict[str, str]:
    """What is stored, but for the key, which is shown to nobody."""
    return {
        "slug": row.slug,
        "name": row.name,
        "host": row.host,
        "origins": "\n".join(row.origins),
        "ticketing": row.ticketing.slug if row.ticketing else "",
        "audience": row.audience,
        "key_id": row.key_id,
        "is_active": "1" if row.is_active else "",
    }
