"""Where the console may be framed, as administrators say it; keys are written and never shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction

from cases import audit
from cases.masking.roles import Role
from cases.models import Embedding, EmbeddingPerson, HostKind, User
from cases.people.viewer import Viewer
from integrations.credentials import CannotDecrypt, decrypt, encrypt
from integrations.launch_proofs import require_public_key
from integrations.models import TicketingConnection

SIGNS = frozenset({HostKind.ZENDESK.value, HostKind.SALESFORCE.value})
MOST_ORIGINS = 10
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


class NotPermitted(Exception):
    """Only administrators say where the console may be framed, and never through a token or a frame."""


class Unsuitable(Exception):
    """What was filled in does not do; ``reason`` is a word for programs."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is filled in of one embedding; an empty key keeps the one that is stored."""

    slug: str
    name: str
    host: str
    origins: tuple[str, ...]
    ticketing: str = ""
    audience: str = ""
    key_id: str = ""
    key: str = ""
    is_active: bool = True


def may_embed(viewer: Viewer) -> bool:
    return Role.ADMIN in viewer.roles and viewer.token_id is None and not viewer.frame


def places_of(viewer: Viewer) -> list[Embedding]:
    if not may_embed(viewer):
        return []
    return list(
        Embedding.objects.select_related("changed_by", "ticketing")
        .prefetch_related("people__user")
        .order_by("slug")
    )


def active_place(slug: str) -> Embedding | None:
    return Embedding.objects.select_related("ticketing").filter(slug=slug, is_active=True).first()


def key_of(place: Embedding) -> str:
    """What the host's signatures are checked with; empty where there is none that can be read."""
    if place.key is None:
        return ""
    try:
        return decrypt(bytes(place.key), key_id=place.encryption_key_id, place=key_place(place.slug)).reveal()
    except CannotDecrypt:
        return ""


def key_place(slug: str) -> str:
    return f"embedding/{slug}"


@transaction.atomic
def set_place(*, viewer: Viewer, place: Place, at: datetime) -> Embedding:
    """Make an embedding, or change the one of that name. Raises ``Unsuitable``."""
    if not may_embed(viewer):
        raise NotPermitted
    found = Embedding.objects.select_for_update().filter(slug=place.slug).first()
    _require_suitable(place, found)
    row = found or Embedding(slug=place.slug)
    row.name, row.host, row.origins = place.name, place.host, [exact_origin(one) for one in place.origins]
    row.ticketing = _ticketing(place.ticketing)
    row.audience, row.key_id, row.is_active = place.audience, place.key_id, place.is_active
    if place.key:
        row.key, row.encryption_key_id = encrypt(place.key, place=key_place(place.slug))
    row.changed_by_id, row.changed_at = viewer.user_id, at
    row.save()
    _tell(
        viewer,
        row,
        at,
        host=row.host,
        origins=row.origins,
        ticketing=place.ticketing,
        is_active=row.is_active,
        is_new_key=bool(place.key),
    )
    return row


@transaction.atomic
def name_person(*, viewer: Viewer, place_id: int, subject: str, username: str, at: datetime) -> None:
    """Say who it is whom the host names so; again for the same name replaces it."""
    if not may_embed(viewer):
        raise NotPermitted
    row = Embedding.objects.select_for_update().filter(pk=place_id).first()
    user = User.objects.filter(username=username, is_active=True).first()
    if row is None or not subject or len(subject) > 100:
        raise Unsuitable("no_subject")
    if user is None:
        raise Unsuitable("no_such_person")
    EmbeddingPerson.objects.update_or_create(embedding=row, subject=subject, defaults={"user": user})
    _tell(viewer, row, at, person=user.pk, named=True)


@transaction.atomic
def forget_person(*, viewer: Viewer, person_id: int, at: datetime) -> None:
    if not may_embed(viewer):
        raise NotPermitted
    person = EmbeddingPerson.objects.select_related("embedding").filter(pk=person_id).first()
    if person is None:
        return
    person.delete()
    _tell(viewer, person.embedding, at, person=person.user_id, named=False)


def exact_origin(text: str) -> str:
    """An origin to the letter as browsers write it. Raises ``Unsuitable``.

    No wildcard: in most tools anybody may open an account under the maker's name, and frame us from there.
    """
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise Unsuitable("no_origin") from None
    host = (parts.hostname or "").lower()
    if parts.scheme != "https" or not re.fullmatch(r"[a-z0-9.-]+", host) or "." not in host:
        raise Unsuitable("no_origin")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password:
        raise Unsuitable("no_origin")
    return f"https://{host}" + (f":{port}" if port not in (None, 443) else "")


def _require_suitable(place: Place, found: Embedding | None) -> None:
    if not _SLUG.fullmatch(place.slug):
        raise Unsuitable("no_slug")
    if not place.name.strip() or len(place.name) > 100:
        raise Unsuitable("no_name")
    if place.host not in HostKind.values:
        raise Unsuitable("no_host")
    if not 1 <= len(place.origins) <= MOST_ORIGINS:
        raise Unsuitable("no_origin")
    if place.host in SIGNS and not (place.key or (found and found.key is not None)):
        raise Unsuitable("no_key")
    if place.host in SIGNS and urlsplit(place.audience).scheme != "https":
        raise Unsuitable("no_audience")
    if place.host == HostKind.ZENDESK and place.key:
        try:
            require_public_key(place.key)
        except ValueError:
            raise Unsuitable("no_public_key") from None


def _ticketing(slug: str) -> TicketingConnection | None:
    if not slug:
        return None
    found = TicketingConnection.objects.filter(slug=slug, is_active=True).first()
    if found is None:
        raise Unsuitable("no_ticketing")
    return found


def ticketing_choices(viewer: Viewer) -> list[tuple[str, str]]:
    if not may_embed(viewer):
        return []
    return list(TicketingConnection.objects.filter(is_active=True).values_list("slug", "name"))


def _tell(viewer: Viewer, row: Embedding, at: datetime, **details: object) -> None:
    audit.record(
        actor=viewer.actor,
        action=audit.Action.EMBEDDING_CHANGED,
        object_kind="embedding",
        object_ref=row.slug,
        details=details,
        at=at,
    )
