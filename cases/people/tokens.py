"""Issues, checks and revokes API tokens; the text of a token exists only in the answer to whoever asked for it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Q

from cases import audit
from cases.models import ApiToken, User
from cases.people.access import viewer_through_token
from cases.people.viewer import Viewer

_MARK = "dgl"
_USE_NOTED_EVERY = timedelta(minutes=5)


class TokenScope(StrEnum):
    ORDERS_READ = "orders:read"
    SEARCH_READ = "search:read"
    CASES_READ = "cases:read"
    CASES_WRITE = "cases:write"
    REVEAL = "fields:reveal"
    ACTIONS_READ = "actions:read"
    ACTIONS_WRITE = "actions:write"  # ask, withdraw
    ACTIONS_APPROVE = "actions:approve"  # decide, and repair what is parked
    AUDIT_READ = "audit:read"


class TokenRefused(Exception):
    """No valid token: unknown, expired, revoked, or its person may no longer sign in."""


@transaction.atomic
def issue_token(
    *, user: User, name: str, scopes: Iterable[TokenScope], expires_at: datetime, issued_by: str, at: datetime
) -> str:
    """Make a token and return its text, which is kept nowhere."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        digest=_digest(secret),
        scopes=sorted({TokenScope(scope).value for scope in scopes}),
        created_at=at,
        expires_at=expires_at,
    )
    audit.record(
        actor=issued_by,
        action=audit.Action.TOKEN_ISSUED,
        object_kind="api_token",
        object_ref=prefix,
        on_behalf_of=f"user:{user.pk}",
        details={"token": token.pk, "scopes": token.scopes, "expires_at": expires_at.isoformat()},
        at=at,
    )
    return f"{_MARK}_{prefix}_{secret}"


@transaction.atomic
def revoke_token(*, token: ApiToken, revoked_by: str, at: datetime) -> None:
    """End a token for good; a second time changes nothing."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at):
        return
    audit.record(
        actor=revoked_by,
        action=audit.Action.TOKEN_REVOKED,
        object_kind="api_token",
        object_ref=token.prefix,
        on_behalf_of=f"user:{token.user_id}",
        at=at,
    )


def viewer_of_token(text: str, *, at: datetime) -> Viewer:
    """The viewer a token speaks for. Raises ``TokenRefused``, which tells no more than that."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    token = ApiToken.objects.filter(prefix=prefix).first() if mark == _MARK else None
    # Compared even when there is no such token, so that both answers take the same time.
    matches = hmac.compare_digest(bytes(token.digest) if token else b"\0" * 32, _digest(secret))
    if token is None or not matches or token.revoked_at or token.expires_at <= at:
        raise TokenRefused
    viewer = viewer_through_token(user_id=token.user_id, token_id=token.pk, scopes=token.scopes)
    if viewer is None:
        raise TokenRefused
    _note_use(token, at=at)
    return viewer


def _note_use(token: ApiToken, *, at: datetime) -> None:
    """Remember roughly when a token was last used; its first use is audited, once however many race for it."""
    if token.last_used_at is not None and at - token.last_used_at < _USE_NOTED_EVERY:
        return
    with transaction.atomic():
        first = ApiToken.objects.filter(pk=token.pk, last_used_at=None).update(last_used_at=at)
        if first:
            audit.record(
                actor=f"user:{token.user_id}",
                action=audit.Action.TOKEN_FIRST_USED,
                object_kind="api_token",
                object_ref=token.prefix,
                at=at,
            )
            return
        ApiToken.objects.filter(Q(last_used_at__lt=at), pk=token.pk).update(last_used_at=at)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
