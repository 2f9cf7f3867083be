"""Asks who is there again before money moves: the password once more, good for ten minutes on that session or token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import authenticate
from django.db import transaction

from cases import audit
from cases.keyed_hashes import keyed_hash
from cases.models import StepUp, User
from cases.people.viewer import Viewer

GOOD_FOR = timedelta(minutes=10)


class WrongPassword(Exception):
    """That is not the password, or it may not be tried at the moment."""


def step_up(*, viewer: Viewer, password: str, session_key: str = "", request: Any, at: datetime) -> datetime:
    """Prove who is there; the answer is until when that holds.

    Tries are limited like those of signing in, by whoever made ``request``. Raises ``WrongPassword``.
    """
    person = User.objects.filter(pk=viewer.user_id, is_active=True).first()
    proven = (
        authenticate(request, username=person.get_username(), password=password)
        if person is not None
        else None
    )
    if proven is None or proven.pk != viewer.user_id:
        audit.record_alone(**_told(viewer, audit.Decision.DENIED, at))
        raise WrongPassword
    with transaction.atomic():
        StepUp.objects.update_or_create(
            user_id=viewer.user_id,
            token_id=viewer.token_id,
            session_hash=_session(viewer, session_key),
            defaults={"at": at},
        )
        audit.record(**_told(viewer, audit.Decision.ALLOWED, at))
    return at + GOOD_FOR


def stepped_up_at(viewer: Viewer, *, session_key: str = "", at: datetime) -> datetime | None:
    """When this session or token proved itself last, if that still holds."""
    found = StepUp.objects.filter(
        user_id=viewer.user_id,
        token_id=viewer.token_id,
        session_hash=_session(viewer, session_key),
        at__gt=at - GOOD_FOR,
        at__lte=at,
    ).first()
    return found.at if found else None


def _session(viewer: Viewer, session_key: str) -> str:
    """A session is named by a hash, so that the table signs nobody in."""
    if viewer.token_id is not None:
        return ""
    if not session_key:
        raise WrongPassword
    return keyed_hash("step_up", session_key)


def _told(viewer: Viewer, decision: audit.Decision, at: datetime) -> dict[str, Any]:
    return {
        "actor": viewer.actor,
        "action": audit.Action.STEPPED_UP,
        "decision": decision,
        "details": audit.channel(viewer),
        "at": at,
    }
