"""Keeps keys for other systems encrypted, so that a copy of the database opens no other system.

AES-256-GCM with the record's place (connection and purpose) as associated data: a ciphertext moved to another row
does not decrypt. ``DESKGLASS_ENCRYPTION_KEY`` holds one or more comma-separated keys; the first encrypts, all decrypt.
Other things that are kept encrypted have keys of their own, derived from these.
"""

from __future__ import annotations

import base64
import hashlib
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

if TYPE_CHECKING:
    from integrations.models import OdooConnection, OdooCredential

NONCE_BYTES = 12
BULLETS = "••••"


class CannotDecrypt(Exception):
    """The stored key belongs to another place or to an encryption key that is no longer configured."""


class Secret:
    """A value that shows itself only to ``reveal``: not in ``str``, ``repr``, formats, pickles or comparisons."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return BULLETS

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return BULLETS

    def __reduce__(self) -> str:
        raise TypeError("a secret is not stored or sent")

    def __bool__(self) -> bool:
        return bool(self._value)


def encrypt(value: str, *, place: str) -> tuple[bytes, str]:
    """Return the ciphertext and the id of the key that made it."""
    return encrypt_bytes(value.encode(), place=place)


def decrypt(ciphertext: bytes, *, key_id: str, place: str) -> Secret:
    return Secret(decrypt_bytes(ciphertext, key_id=key_id, place=place).decode())


def encrypt_bytes(value: bytes, *, place: str, use: str = "") -> tuple[bytes, str]:
    """The same for other content; ``use`` names what it is for, which gets a derived key of its own."""
    key_id, cipher = next(iter(_ciphers(settings.DESKGLASS_ENCRYPTION_KEY, use).items()))
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, value, place.encode()), key_id


def decrypt_bytes(ciphertext: bytes, *, key_id: str, place: str, use: str = "") -> bytes:
    cipher = _ciphers(settings.DESKGLASS_ENCRYPTION_KEY, use).get(key_id)
    if cipher is None:
        raise CannotDecrypt(f"encryption key {key_id} is not configured")
    try:
        return cipher.decrypt(ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):  # the latter: cut off too short even for a nonce
        pass
    raise CannotDecrypt("the stored content does not belong to this place")


def credential_place(*, connection_id: int, purpose: str) -> str:
    return f"odoo-credential/{connection_id}/{purpose}"


def store_credential(*, connection: OdooConnection, purpose: str, login: str, key: str) -> OdooCredential:
    """Set or rotate the key for one purpose; running processes use it within seconds."""
    from integrations.models import OdooCredential

    place = credential_place(connection_id=connection.pk, purpose=purpose)
    ciphertext, key_id = encrypt(key, place=place)
    credential, _created = OdooCredential.objects.update_or_create(
        connection=connection,
        purpose=purpose,
        defaults={
            "login": login,
            "key": ciphertext,
            "encryption_key_id": key_id,
            "rotated_at": timezone.now(),
            "odoo_uid": None,
            "odoo_uid_for": "",
        },
    )
    return credential


@lru_cache(maxsize=8)
def _ciphers(configured: str, use: str = "") -> dict[str, AESGCM]:
    ciphers: dict[str, AESGCM] = {}
    for text in (part.strip() for part in configured.split(",")):
        if not text:
            continue
        try:
            key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except ValueError:
            key = b""
        if len(key) != 32:
            raise ImproperlyConfigured("DESKGLASS_ENCRYPTION_KEY must hold url-safe base64 keys of 32 bytes.")
        key_id = hashlib.sha256(b"deskglass key id" + key).hexdigest()[:16]
        ciphers[key_id] = AESGCM(_derived(key, use) if use else key)
    if not ciphers:
        raise ImproperlyConfigured("Set DESKGLASS_ENCRYPTION_KEY.")
    return ciphers


def _derived(key: bytes, use: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"deskglass {use}".encode()).derive(key)
