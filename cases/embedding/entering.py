"""Lets a person into a frame: a code from the window where they are signed in becomes a bearer in its memory."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import auth
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils.crypto import constant_time_compare

from cases import audit
from cases.embedding.launching import LaunchRefused, digest_of, refuse
from cases.embedding.places import active_place
from cases.masking import Mode, narrowest
from cases.models import Embedding, FrameBearer, FrameCode, FrameLaunch, FrameLevel, User
from cases.people.access import load_person
from cases.people.viewer import Viewer
from integrations.canonical import Sensitivity
from integrations.credentials import CannotDecrypt, decrypt, encrypt

CODE_GOOD_FOR = timedelta(seconds=60)
BEARER_GOOD_FOR = timedelta(minutes=12)
LONGEST_STAY = timedelta(hours=8)  # of somebody whom the host named, who has no session with us
MARK = "dgf_"

# What somebody sees of whom nothing but the person is proven: numbers and states, names cut short.
_HINTED = {
    Sensitivity.PUBLIC: Mode.SHOW,
    Sensitivity.PERSONAL: Mode.PARTIAL,
    **dict.fromkeys(
        (Sensitivity.INTERNAL, Sensitivity.FINANCIAL, Sensitivity.PAYMENT, Sensitivity.SECRET), Mode.HIDE
    ),
}


class NotInFrame(Exception):
    """No valid bearer: unknown, over, ended, or its person's session is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The text of a bearer exists only here and in the frame."""

    bearer: str
    expires_in_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InFrame:
    """Who speaks out of a frame, and through which row."""

    user: User
    person: Viewer  # with all rights they have
    bearer: FrameBearer

    @property
    def viewer(self) -> Viewer:
        """With the rights they have here, which change with what is proven of the ticket."""
        is_hinted = self.bearer.level != FrameLevel.VERIFIED
        matrix = narrowest(self.person.matrix, _HINTED) if is_hinted else self.person.matrix
        return replace(self.person, frame=self.bearer.embedding.slug, is_hinted=is_hinted, matrix=matrix)


def make_code(
    *, viewer: Viewer, session_key: str, slug: str, challenge: str, origin: str, at: datetime
) -> str:
    """For somebody who is signed in, in a window of our own; what the frame shows for it is bound to that frame.

    Raises ``LaunchRefused``.
    """
    place = active_place(slug)
    try:
        if place is None:
            raise LaunchRefused("no_such_place")
        if origin not in place.origins:
            raise LaunchRefused("wrong_parent")
        bound_to = _challenge(challenge)
    except LaunchRefused as refused:
        refuse(slug if place is not None else "", refused.reason, actor=viewer.actor, at=at)
        raise
    code = secrets.token_urlsafe(32)
    FrameCode.objects.create(
        embedding=place,
        digest=digest_of(code),
        user_id=viewer.user_id,
        **_sealed(session_key, digest_of(code)),
        challenge=bound_to,
        origin=origin,
        at=at,
        expires_at=at + CODE_GOOD_FOR,
    )
    return code


def exchange_code(
    *, slug: str, code: str, verifier: str, origin: str, handle: str = "", at: datetime
) -> Entered:
    """A code for a bearer, once. A code that is shown in a wrong way is used up. Raises ``LaunchRefused``."""
    place = active_place(slug)
    with transaction.atomic():
        row = FrameCode.objects.select_for_update().filter(digest=digest_of(code)).first()
        reason = _why_not(place, row, verifier, origin, at)
        if row is not None and reason:
            _spoil(row, at)
    if place is None or row is None or reason:
        who = f"user:{row.user_id}" if row is not None else audit.NOBODY
        refuse(slug if place is not None else "", reason or "code_unknown", actor=who, at=at)
        raise LaunchRefused(reason or "code_unknown")
    with transaction.atomic():
        taken = FrameCode.objects.filter(pk=row.pk, used_at=None).update(used_at=at)
        launched = _launch_of(place, handle, at)
        if taken:
            return _enter(place, row.user_id, at, session_key=_opened(row), code_id=row.pk, launch=launched)
    refuse(slug, "code_reused", actor=f"user:{row.user_id}", at=at)
    raise LaunchRefused("code_reused")


def exchange_launch(*, slug: str, handle: str, at: datetime) -> Entered:
    """A launch in which the host named the person, for a bearer, once. Raises ``LaunchRefused``."""
    place = active_place(slug)
    with transaction.atomic():
        launched = _launch_of(place, handle, at) if place is not None else None
        if place is not None and launched is not None and launched.user_id is not None:
            person = load_person(launched.user_id)
            if person is not None and person[0].is_active:
                return _enter(place, launched.user_id, at, launch=launched)
    reason = "launch_unknown" if launched is None else "nobody_named"
    refuse(slug if place is not None else "", reason, at=at)
    raise LaunchRefused(reason)


def renew(in_frame: InFrame, *, at: datetime) -> Entered:
    """A fresh bearer instead of one that still holds; what was proven about the ticket stays proven."""
    old = in_frame.bearer
    with transaction.atomic():
        if not FrameBearer.objects.filter(pk=old.pk, ended_at=None).update(ended_at=at):
            raise NotInFrame
        text = _make_bearer(
            embedding_id=old.embedding_id,
            user_id=old.user_id,
            session_key=_opened(old),
            code_id=old.code_id,
            launch_id=old.launch_id,
            level=old.level,
            ticket=old.ticket,
            case_id=old.case_id,
            at=at,
        )
    return Entered(bearer=text, expires_in_s=int(BEARER_GOOD_FOR.total_seconds()))


def end(in_frame: InFrame, *, at: datetime) -> None:
    with transaction.atomic():
        if FrameBearer.objects.filter(pk=in_frame.bearer.pk, ended_at=None).update(ended_at=at):
            _tell(in_frame.viewer.actor, in_frame.viewer.frame, audit.Action.FRAME_ENDED, at)


def find_in_frame(text: str, *, at: datetime) -> InFrame:
    """Who a bearer speaks for, as long as it holds and the session behind it lives. Raises ``NotInFrame``."""
    row = (
        FrameBearer.objects.select_related("embedding__ticketing", "launch")
        .filter(digest=digest_of(text), ended_at=None, expires_at__gt=at, embedding__is_active=True)
        .first()
        if text.startswith(MARK)
        else None
    )
    if row is None:
        raise NotInFrame
    person = load_person(row.user_id)
    if person is None or not person[0].is_active or not _session_lives(row, person[0], at):
        _end_for_good(row, at)
        raise NotInFrame
    user, viewer = person
    return InFrame(user=user, person=viewer, bearer=row)


def forget_old_frames(*, at: datetime) -> int:
    """Delete what nobody can use any more; proofs stay as long as one of them could be shown again."""
    old = at - timedelta(days=1)
    bearers, _ = FrameBearer.objects.filter(expires_at__lt=old).delete()
    codes, _ = FrameCode.objects.filter(expires_at__lt=old).delete()
    return bearers + codes


def _why_not(place: Embedding | None, row: FrameCode | None, verifier: str, origin: str, at: datetime) -> str:
    if place is None:
        return "no_such_place"
    if row is None:
        return "code_unknown"
    if row.embedding_id != place.pk:
        return "wrong_place"
    if row.used_at is not None:
        return "code_reused"
    if row.expires_at <= at:
        return "code_expired"
    if not secrets.compare_digest(bytes(row.challenge), digest_of(verifier)):
        return "challenge_differs"
    return "" if row.origin == origin else "wrong_parent"


def _spoil(row: FrameCode, at: datetime) -> None:
    """Somebody else has it, or tries: what it opened is closed."""
    FrameCode.objects.filter(pk=row.pk, used_at=None).update(used_at=at)
    FrameBearer.objects.filter(code_id=row.pk, ended_at=None).update(ended_at=at)


def _launch_of(place: Embedding, handle: str, at: datetime) -> FrameLaunch | None:
    """What the host signed for this page; taken by the first that shows it."""
    if not handle:
        return None
    found = FrameLaunch.objects.select_for_update().filter(
        embedding=place, handle=digest_of(handle), taken_at=None, expires_at__gt=at
    )
    launched = found.first()
    if launched is not None:
        FrameLaunch.objects.filter(pk=launched.pk).update(taken_at=at)
    return launched


def _enter(place: Embedding, user_id: int, at: datetime, **source: Any) -> Entered:
    launched: FrameLaunch | None = source.get("launch")
    named = launched is not None and launched.user_id is not None  # with all else that the host signed
    level = FrameLevel.VERIFIED if named else FrameLevel.HINT
    text = _make_bearer(embedding_id=place.pk, user_id=user_id, level=level, at=at, **source)
    _tell(f"user:{user_id}", place.slug, audit.Action.FRAME_ENTERED, at)
    return Entered(bearer=text, expires_in_s=int(BEARER_GOOD_FOR.total_seconds()))


def _make_bearer(*, at: datetime, session_key: str = "", **values: Any) -> str:
    text = MARK + secrets.token_urlsafe(32)
    digest = digest_of(text)
    FrameBearer.objects.create(
        digest=digest, at=at, expires_at=at + BEARER_GOOD_FOR, **_sealed(session_key, digest), **values
    )
    return text


def _sealed(session_key: str, digest: bytes) -> dict[str, Any]:
    """Which session it is, in a row that opens no session to whoever reads it."""
    if not session_key:
        return {"session": None, "encryption_key_id": ""}
    ciphertext, key_id = encrypt(session_key, place=f"frame/{digest.hex()}")
    return {"session": ciphertext, "encryption_key_id": key_id}


def _opened(row: FrameCode | FrameBearer) -> str:
    """The session of a row; of none, empty, which no session is called."""
    if row.session is None:
        return ""
    place = f"frame/{bytes(row.digest).hex()}"
    try:
        return decrypt(bytes(row.session), key_id=row.encryption_key_id, place=place).reveal()
    except CannotDecrypt:
        return ""


def _session_lives(row: FrameBearer, user: User, at: datetime) -> bool:
    """Signing out, or a changed password, ends what was opened with the session."""
    if row.session is None:
        launched = row.launch
        return launched is not None and launched.user_id == user.pk and at - launched.at <= LONGEST_STAY
    session = Session.objects.filter(session_key=_opened(row), expire_date__gt=at).first()
    if session is None:
        return False
    content = session.get_decoded()
    return content.get(auth.SESSION_KEY) == str(user.pk) and constant_time_compare(
        content.get(auth.HASH_SESSION_KEY, ""), user.get_session_auth_hash()
    )


def _end_for_good(row: FrameBearer, at: datetime) -> None:
    if FrameBearer.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at):
        refuse(row.embedding.slug, "session_over", actor=f"user:{row.user_id}", at=at)


def _challenge(text: str) -> bytes:
    try:
        made = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise LaunchRefused("no_challenge") from None
    if len(made) != 32:
        raise LaunchRefused("no_challenge")
    return made


def _tell(actor: str, slug: str, action: audit.Action, at: datetime) -> None:
    audit.record(actor=actor, action=action, object_kind="embedding", object_ref=slug, at=at)
