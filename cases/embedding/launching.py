"""Opens the empty page inside a tool: looks at where it stands and what the tool signed; a proof counts once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from cases import audit
from cases.embedding.places import active_place, key_of
from cases.models import Embedding, EmbeddingPerson, FrameLaunch, HostKind, User
from integrations.launch_proofs import Proof, ProofRefused, verify_signed_request, verify_zendesk

# As long as somebody may take to sign in beside the frame.
HANDLE_GOOD_FOR = timedelta(minutes=15)


class LaunchRefused(Exception):
    """The frame is not opened; ``reason`` is a word for the trail, and for nobody else."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How the page was asked for, as far as the browser says it and a page cannot make it up."""

    purpose: str = ""  # Sec-Fetch-Dest
    referer: str = ""
    token: str = ""  # of Zendesk
    signed_request: str = ""  # of Salesforce
    is_form: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """The place, and where something was proven, what the page shows for it later: once."""

    place: Embedding
    handle: str = ""


def launch(slug: str, asked: Asked, *, at: datetime) -> Launched:
    """Raises ``LaunchRefused``; whatever happens is in the trail."""
    place = active_place(slug)
    try:
        if place is None:
            raise LaunchRefused("no_such_place")
        _require_parent(place, asked)
        proof = _proof(place, asked, at)
        launched = _take(place, proof, at) if proof else Launched(place=place)
    except LaunchRefused as refused:
        refuse(slug if place is not None else "", refused.reason, at=at)
        raise
    return launched


def refuse(slug: str, reason: str, *, actor: str = audit.NOBODY, at: datetime) -> None:
    """Into the trail; of a place that there is not, not even the name, which may be anything."""
    audit.record_alone(
        actor=actor,
        action=audit.Action.FRAME_REFUSED,
        object_kind="embedding",
        object_ref=slug,
        decision=audit.Decision.DENIED,
        reason=reason,
        at=at,
    )


def _require_parent(place: Embedding, asked: Asked) -> None:
    """Browsers keep foreign parents out (``frame-ancestors``); what they tell of them is looked at all the same."""
    if asked.purpose and asked.purpose != "iframe":
        raise LaunchRefused("not_in_a_frame")
    if not asked.referer:
        return
    try:
        parts = urlsplit(asked.referer)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError:
        raise LaunchRefused("wrong_parent") from None
    if origin not in place.origins:
        raise LaunchRefused("wrong_parent")


def _proof(place: Embedding, asked: Asked, at: datetime) -> Proof | None:
    if not asked.is_form:
        if place.host == HostKind.SALESFORCE:
            raise LaunchRefused("no_proof")
        return None  # Zendesk signs its first request only: the page says that nothing is proven
    key = key_of(place)
    try:
        if place.host == HostKind.ZENDESK and asked.token and key:
            return verify_zendesk(
                asked.token, public_key=key, audience=place.audience, key_id=place.key_id, now=at
            )
        if place.host == HostKind.SALESFORCE and asked.signed_request and key:
            return verify_signed_request(asked.signed_request, secret=key, account=place.audience, now=at)
    except ProofRefused as refused:
        raise LaunchRefused(refused.reason) from None
    raise LaunchRefused("no_key" if not key else "no_proof")


def _take(place: Embedding, proof: Proof, at: datetime) -> Launched:
    """The database decides which of two launches with the same proof was first."""
    handle = secrets.token_urlsafe(32)
    person = _person(place, proof)
    try:
        with transaction.atomic():
            FrameLaunch.objects.create(
                embedding=place,
                proof=proof.digest,
                handle=digest_of(handle),
                user=person,
                order_ref=proof.order_ref,
                at=at,
                expires_at=max(at + HANDLE_GOOD_FOR, proof.expires_at),
            )
            audit.record(
                actor=f"user:{person.pk}" if person else audit.NOBODY,
                action=audit.Action.FRAME_LAUNCHED,
                object_kind="embedding",
                object_ref=place.slug,
                details={"proven": "person" if person else "installation"},
                at=at,
            )
    except IntegrityError:
        raise LaunchRefused("replayed") from None
    return Launched(place=place, handle=handle)


def _person(place: Embedding, proof: Proof) -> User | None:
    """By the number that the host gives them and an administrator wrote down; an e-mail address proves nobody."""
    if not proof.subject:
        return None
    named = EmbeddingPerson.objects.select_related("user").filter(embedding=place, subject=proof.subject)
    found = named.first()
    if found is None:
        raise LaunchRefused("agent_without_account")
    if not found.user.is_active:
        raise LaunchRefused("agent_is_blocked")
    return found.user


def digest_of(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
