"""Keeps what people typed about an action, and what was sent for it, unreadable without the installation's key.

What is about a customer is sealed with a key of that customer, which their erasure destroys.
"""

from __future__ import annotations

from cases.subjects import PREFIX, Subject, seal_about, unseal_about
from integrations.credentials import decrypt_bytes, encrypt_bytes

_USE = "actions"


def seal(text: str, *, place: str, subject: Subject | None = None) -> tuple[bytes, str]:
    """The ciphertext and the id of its key; nothing for nothing. ``place`` is the row it belongs to."""
    if not text:
        return b"", ""
    if subject is not None:
        return seal_about(text, subject=subject, place=place)
    return encrypt_bytes(text.encode(), place=place, use=_USE)


def unseal(ciphertext: bytes | memoryview, *, key_id: str, place: str) -> str:
    sealed = bytes(ciphertext)
    if not sealed:
        return ""
    if key_id.startswith(PREFIX):
        return unseal_about(sealed, key_id=key_id, place=place)
    return decrypt_bytes(sealed, key_id=key_id, place=place, use=_USE).decode()
