"""Looks up how to reach an Odoo, kept for a few seconds, so that a rotated key works without a restart."""

from __future__ import annotations

import hashlib
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg

from integrations import database
from integrations.credentials import CannotDecrypt, Secret, credential_place, decrypt
from integrations.errors import AuthenticationFailed
from integrations.odoo.capabilities import Capabilities

KEPT_S = 3.0

# The capabilities are large and rarely change: they travel only when their time stamp is not the one we know.
_LOOK_UP = """
SELECT c.id, c.slug, c.name, c.url, c.database, c.protocol, c.max_in_flight, c.version, c.probed_at,
       CASE WHEN c.probed_at IS DISTINCT FROM %(known)s THEN c.capabilities END,
       k.id, k.login, k.key, k.encryption_key_id, k.rotated_at, k.odoo_uid, k.odoo_uid_for
  FROM integrations_odooconnection c
  LEFT JOIN integrations_odoocredential k ON k.connection_id = c.id AND k.purpose = %(purpose)s
 WHERE c.slug = %(slug)s AND c.is_active
"""


class UnknownConnection(LookupError):
    """No active connection of that name."""


class Purpose(StrEnum):
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionConfig:
    """Everything one call needs to know; a snapshot that is never changed."""

    slug: str
    name: str
    url: str
    database: str
    login: str
    key: Secret
    protocol: str  # auto, jsonrpc or json2, as chosen by a person
    cap: int
    version: str
    capabilities: Capabilities | None
    credential_version: int
    id: int = 0
    credential_id: int = 0
    purpose: Purpose = Purpose.READ
    probed_at: datetime | None = None
    odoo_uid: int | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> str:
        """Changes with the address, the database, the login and the key: what Odoo's number for a login hangs on."""
        return _fingerprint(self.url, self.database, self.login, self.credential_version)


@dataclass(frozen=True, slots=True)
class _Kept:
    config: ConnectionConfig
    read_at: float


_kept: dict[tuple[str, Purpose], _Kept] = {}


async def connection(slug: str, *, purpose: Purpose = Purpose.READ) -> ConnectionConfig:
    """The connection as it was at most three seconds ago."""
    kept = _kept.get((slug, purpose))
    if kept is not None and time.monotonic() - kept.read_at < KEPT_S:
        return kept.config
    return await reread(slug, purpose=purpose)


async def reread(slug: str, *, purpose: Purpose = Purpose.READ) -> ConnectionConfig:
    """The connection as it is now."""
    kept = _kept.get((slug, purpose))
    known = kept.config.probed_at if kept else None
    rows = await database.rows(_LOOK_UP, {"slug": slug, "purpose": purpose.value, "known": known})
    if not rows:
        _kept.pop((slug, purpose), None)
        raise UnknownConnection(slug)
    config = _build(rows[0], purpose=purpose, before=kept.config if kept else None)
    _kept[slug, purpose] = _Kept(config=config, read_at=time.monotonic())
    return config


def forget_kept() -> None:
    """Make the next look-up of every connection a fresh one."""
    _kept.clear()


async def remember_uid(config: ConnectionConfig, uid: int) -> None:
    """Keep Odoo's number for the login with the key it was given for, so that a new process need not ask."""
    with suppress(psycopg.Error):  # then the next process asks again
        await database.rows(
            "UPDATE integrations_odoocredential SET odoo_uid = %s, odoo_uid_for = %s WHERE id = %s",
            (uid, config.fingerprint, config.credential_id),
        )


def _build(row: tuple[Any, ...], *, purpose: Purpose, before: ConnectionConfig | None) -> ConnectionConfig:
    (
        connection_id, slug, name, url, odoo_database, protocol, cap, version, probed_at, capabilities,
        credential_id, login, ciphertext, key_id, rotated_at, uid, uid_for,
    ) = row  # fmt: skip
    if credential_id is None:
        raise AuthenticationFailed(f"{slug}: no key for {purpose.value} is stored")
    credential_version = int(rotated_at.timestamp() * 1_000_000)
    if before is not None and before.credential_version == credential_version and before.id == connection_id:
        key = before.key
    else:
        key = _decrypt(slug, connection_id, purpose, bytes(ciphertext), key_id)
    unchanged = before is not None and before.probed_at == probed_at
    return ConnectionConfig(
        id=connection_id,
        slug=slug,
        name=name,
        url=url.rstrip("/"),
        database=odoo_database,
        login=login,
        key=key,
        protocol=protocol,
        cap=cap,
        version=version,
        capabilities=before.capabilities if before and unchanged else Capabilities.from_json(capabilities),
        credential_version=credential_version,
        credential_id=credential_id,
        purpose=purpose,
        probed_at=probed_at,
        odoo_uid=uid
        if uid_for == _fingerprint(url.rstrip("/"), odoo_database, login, credential_version)
        else None,
    )


def _decrypt(slug: str, connection_id: int, purpose: Purpose, ciphertext: bytes, key_id: str) -> Secret:
    place = credential_place(connection_id=connection_id, purpose=purpose.value)
    try:
        return decrypt(ciphertext, key_id=key_id, place=place)
    except CannotDecrypt:
        failure = AuthenticationFailed(f"{slug}: the stored key cannot be decrypted")
    raise failure


def _fingerprint(*parts: str | int) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()
