"""Keeps what people typed about an action, and what was sent for it, unreadable without the installation's key."""

from __future__ import annotations

from integrations.credentials import decrypt_bytes, encrypt_bytes

_USE = "actions"


def seal(text: str, *, place: str) -> tuple[bytes, str]:
    """The ciphertext and the id of its key; nothing for nothing. ``place`` is the row it belongs to."""
    return encrypt_bytes(text.encode(), place=place, use=_USE) if text else (b"", "")


def unseal(ciphertext: bytes | memoryview, *, key_id: str, place: str) -> str:
    sealed = bytes(ciphertext)
    return decrypt_bytes(sealed, key_id=key_id, place=place, use=_USE).decode() if sealed else ""
