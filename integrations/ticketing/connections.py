"""Looks up how to reach a ticketing tool, kept for a few seconds, so that a rotated key works without a restart."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings

from integrations import database
from integrations.credentials import CannotDecrypt, Secret, decrypt
from integrations.errors import AuthenticationFailed, NotSupported
from integrations.http import AddressRefused
from integrations.ticketing.keys import key_place
from integrations.ticketing.vendors import AddressNotAllowed, KeyPurpose, Vendor, require_allowed_address

KEPT_S = 3.0

_LOOK_UP = """
SELECT c.id, c.slug, c.vendor, c.url, c.account, c.order_field, c.link_field, c.max_in_flight, c.paused_until,
       k.purpose, k.login, k.key, k.encryption_key_id, k.rotated_at, k.expires_at
  FROM integrations_ticketingconnection c
  LEFT JOIN integrations_ticketingcredential k ON k.connection_id = c.id
 WHERE c.slug = %(slug)s AND c.is_active
"""


class UnknownTicketing(LookupError):
    """No active connection of that name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    """Still encrypted: only what is used is opened."""

    login: str
    ciphertext: bytes = field(repr=False)
    encryption_key_id: str
    rotated_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketingConfig:
    """Everything one call needs to know; a snapshot that is never changed."""

    id: int
    slug: str
    vendor: Vendor
    url: str
    account: str
    order_field: str
    link_field: str
    cap: int
    paused_until: datetime | None
    keys: Mapping[KeyPurpose, StoredKey]

    def has_key(self, purpose: KeyPurpose) -> bool:
        return purpose in self.keys

    def login(self, purpose: KeyPurpose) -> str:
        return self._stored(purpose).login

    def secret(self, purpose: KeyPurpose) -> Secret:
        stored = self._stored(purpose)
        place = key_place(connection_id=self.id, purpose=purpose)
        try:
            return decrypt(stored.ciphertext, key_id=stored.encryption_key_id, place=place)
        except CannotDecrypt:
            failure = AuthenticationFailed(f"{self.slug}: the stored key cannot be decrypted")
        raise failure

    def _stored(self, purpose: KeyPurpose) -> StoredKey:
        stored = self.keys.get(purpose)
        if stored is None:
            raise AuthenticationFailed(f"{self.slug}: no key of the kind {purpose.value} is stored")
        return stored


@dataclass(frozen=True, slots=True)
class _Kept:
    config: TicketingConfig
    read_at: float


_kept: dict[str, _Kept] = {}


async def ticketing_connection(slug: str) -> TicketingConfig:
    """The connection as it was at most three seconds ago."""
    kept = _kept.get(slug)
    if kept is not None and time.monotonic() - kept.read_at < KEPT_S:
        return kept.config
    return await reread(slug)


async def reread(slug: str) -> TicketingConfig:
    """The connection as it is now."""
    rows = await database.rows(_LOOK_UP, {"slug": slug})
    if not rows:
        _kept.pop(slug, None)
        raise UnknownTicketing(slug)
    config = _build(rows)
    _kept[slug] = _Kept(config=config, read_at=time.monotonic())
    return config


def forget_kept() -> None:
    """Make the next look-up of every connection a fresh one."""
    _kept.clear()


def require_reachable(config: TicketingConfig) -> frozenset[str]:
    """The hosts that may be private; raises where the stored address is not one that we may send keys to."""
    private_hosts = frozenset(settings.TICKETING_PRIVATE_HOSTS)
    try:
        require_allowed_address(config.vendor, config.url, private_hosts=private_hosts)
    except AddressNotAllowed:
        failure = AddressRefused(f"{config.slug}: the address is not allowed, nothing was sent")
    else:
        return private_hosts
    raise failure


def require_field(config: TicketingConfig, name: str) -> str:
    """What a verb cannot do without; set up once by a person."""
    value = {"order_field": config.order_field, "link_field": config.link_field}[name]
    if not value:
        raise NotSupported(f"{config.slug}: no {name} is set up")
    return value


def _build(rows: list[tuple[Any, ...]]) -> TicketingConfig:
    connection_id, slug, vendor, url, account, order_field, link_field, cap, paused_until = rows[0][:9]
    return TicketingConfig(
        id=connection_id,
        slug=slug,
        vendor=Vendor(vendor),
        url=url.rstrip("/"),
        account=account,
        order_field=order_field,
        link_field=link_field,
        cap=cap,
        paused_until=paused_until,
        keys={
            KeyPurpose(purpose): StoredKey(
                login=login,
                ciphertext=bytes(ciphertext),
                encryption_key_id=key_id,
                rotated_at=rotated_at,
                expires_at=expires_at,
            )
            for purpose, login, ciphertext, key_id, rotated_at, expires_at in (row[9:] for row in rows)
            if purpose is not None
        },
    )
