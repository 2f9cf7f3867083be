"""Keeps an OAuth access token fresh: fetched by one process at a time, in time, and handed to all.

A lock in the database is held while a successor is fetched, so that a refresh token, which is good for one use only,
is used once however many processes find the old one expired. Whoever asked may give up waiting; the fetching goes on,
because an answer that nobody stores would lose the successor.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations import database
from integrations.credentials import Secret, decrypt, encrypt
from integrations.errors import AuthenticationFailed, BusinessRefusal, Forbidden, Garbled, TimedOut
from integrations.event_loop import current_scope, spawn
from integrations.odoo.budget import Budget
from integrations.ticketing.connections import TicketingConfig, reread
from integrations.ticketing.exchange import Question, exchange
from integrations.ticketing.keys import key_place
from integrations.ticketing.vendors import KeyPurpose

EARLY = timedelta(seconds=60)
ASSUMED = timedelta(hours=1)  # where the server does not say how long a token is good
LONGEST_S = 15.0
SCOPE = "read write"

_LOCK = "SELECT pg_advisory_xact_lock(%s, %s)"
_LOCK_CLASS = 0x0A17  # our own among advisory locks
_STORED = """
SELECT purpose, key, encryption_key_id, rotated_at, expires_at
  FROM integrations_ticketingcredential
 WHERE connection_id = %s AND purpose IN ('access', 'refresh')
"""
_KEEP = """
INSERT INTO integrations_ticketingcredential
       (connection_id, purpose, login, key, encryption_key_id, rotated_at, expires_at)
VALUES (%(connection)s, %(purpose)s, '', %(key)s, %(key_id)s, %(at)s, %(expires)s)
ON CONFLICT (connection_id, purpose) DO UPDATE
   SET key = excluded.key, encryption_key_id = excluded.encryption_key_id,
       rotated_at = excluded.rotated_at, expires_at = excluded.expires_at
"""


@dataclass(frozen=True, slots=True)
class _Tokens:
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime


async def access_token(
    config: TicketingConfig, *, budget: Budget, correlation_id: str, refused: datetime | None = None
) -> tuple[Secret, datetime]:
    """A token that is good now, and when it was made; ``refused`` is the latter of one that the tool refused."""
    stored = config.keys.get(KeyPurpose.ACCESS)
    if stored is not None and _is_good(stored.rotated_at, stored.expires_at, refused):
        return config.secret(KeyPurpose.ACCESS), stored.rotated_at
    fresh = await reread(config.slug)
    stored = fresh.keys.get(KeyPurpose.ACCESS)
    if stored is None or not _is_good(stored.rotated_at, stored.expires_at, refused):
        await _wait_for_successor(fresh, refused=refused, budget=budget, correlation_id=correlation_id)
        fresh = await reread(config.slug)
        stored = fresh.keys[KeyPurpose.ACCESS]
    return fresh.secret(KeyPurpose.ACCESS), stored.rotated_at


async def redeem_code(
    config: TicketingConfig,
    *,
    code: str,
    verifier: str,
    redirect_uri: str,
    budget: Budget,
    correlation_id: str,
) -> None:
    """Turn the code that a person brought back from the tool into the first pair of tokens, and store them."""
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": redirect_uri,
    }
    tokens = await _grant(config, grant, budget=budget, correlation_id=correlation_id)
    async with database.transaction() as held:
        await held.execute(_LOCK, (_LOCK_CLASS, config.id))
        await _keep(held, config, tokens)
        await held.execute("COMMIT")
    await reread(config.slug)


async def _wait_for_successor(
    config: TicketingConfig, *, refused: datetime | None, budget: Budget, correlation_id: str
) -> None:
    """One task of this process fetches, whoever asks meanwhile waits for it too."""
    resources = current_scope().resources
    place = f"ticketing oauth {config.id}"
    task: asyncio.Task[None] | None = resources.get(place)
    if task is None or task.done():
        work = _renew(config, refused=refused, correlation_id=correlation_id)
        task = resources[place] = spawn(work, name="ticketing-oauth")
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.wait({task}, timeout=budget.remaining_s())
    if not task.done():
        raise TimedOut(f"{config.slug} oauth: no new access token in time")
    task.result()


async def _renew(config: TicketingConfig, *, refused: datetime | None, correlation_id: str) -> None:
    """Fetch a successor while nobody else can, unless somebody just has."""
    async with database.transaction() as held:
        await held.execute(_LOCK, (_LOCK_CLASS, config.id))
        cursor = await held.execute(_STORED, (config.id,))
        rows = {row[0]: row[1:] for row in await cursor.fetchall()}
        access = rows.get("access")
        if access is None or not _is_good(access[2], access[3], refused):
            refresh = _open_refresh(config, rows.get("refresh"))
            grant = (
                {"grant_type": "refresh_token", "refresh_token": refresh.reveal()}
                if refresh
                else {"grant_type": "client_credentials"}
            )
            tokens = await _grant(config, grant, budget=Budget.of(LONGEST_S), correlation_id=correlation_id)
            await _keep(held, config, tokens)
        await held.execute("COMMIT")


def _open_refresh(config: TicketingConfig, row: tuple[Any, ...] | None) -> Secret | None:
    """As it is inside the lock; what the process remembers may have been used by another."""
    if row is None:
        return None
    place = key_place(connection_id=config.id, purpose=KeyPurpose.REFRESH)
    return decrypt(bytes(row[0]), key_id=row[1], place=place)


async def _keep(held: Any, config: TicketingConfig, tokens: _Tokens) -> None:
    made_at = datetime.now(UTC)
    kept: list[tuple[KeyPurpose, str, datetime | None]] = [
        (KeyPurpose.ACCESS, tokens.access, tokens.expires_at)
    ]
    if tokens.refresh:
        kept.append((KeyPurpose.REFRESH, tokens.refresh, None))
    for purpose, value, expires_at in kept:
        ciphertext, key_id = encrypt(value, place=key_place(connection_id=config.id, purpose=purpose))
        await held.execute(
            _KEEP,
            {
                "connection": config.id,
                "purpose": purpose.value,
                "key": ciphertext,
                "key_id": key_id,
                "at": made_at,
                "expires": expires_at,
            },
        )


async def _grant(
    config: TicketingConfig, grant: Mapping[str, str], *, budget: Budget, correlation_id: str
) -> _Tokens:
    body = {
        **grant,
        "client_id": config.login(KeyPurpose.CLIENT),
        "client_secret": config.secret(KeyPurpose.CLIENT).reveal(),
        "scope": SCOPE,
    }
    question = Question(name="oauth", method="POST", path="/oauth/tokens", body=body)
    try:
        reply = await exchange(config, question, budget=budget, correlation_id=correlation_id)
        return _read(reply.body)
    except (BusinessRefusal, Forbidden):
        failure: Exception = AuthenticationFailed(
            f"{config.slug} oauth: refused; a person has to authorise the connection again"
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        failure = Garbled(f"{config.slug} oauth: the answer holds no token")
    raise failure


def _read(body: Any) -> _Tokens:
    access, refresh = body["access_token"], body.get("refresh_token") or ""
    if not (isinstance(access, str) and access and isinstance(refresh, str)):
        raise ValueError("no token")
    seconds = body.get("expires_in")
    lasts = timedelta(seconds=int(seconds)) if seconds else ASSUMED
    return _Tokens(access, refresh, datetime.now(UTC) + lasts)


def _is_good(made_at: datetime, expires_at: datetime | None, refused: datetime | None) -> bool:
    if refused is not None and made_at <= refused:
        return False
    return expires_at is None or datetime.now(UTC) + EARLY < expires_at
