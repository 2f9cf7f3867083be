"""Encrypts what is written about a customer with a key of their own: erasure destroys it and changes no row.

Rows that must stay, such as finished actions and decisions, become unreadable in what is personal; hashes, amounts
and the audit chain stay as they are. The keys themselves are encrypted with the installation's.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone

from cases.models import SubjectKey
from integrations.credentials import NONCE_BYTES, CannotDecrypt, decrypt_bytes, encrypt_bytes

PREFIX = "subject:"
_USE = "subjects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A customer, as Odoo numbers the account."""

    connection: str
    customer_id: int


def subject_of(connection: str, customer_id: int | None) -> Subject | None:
    return None if customer_id is None else Subject(connection=connection, customer_id=customer_id)


def seal_about(text: str, *, subject: Subject, place: str) -> tuple[bytes, str]:
    """The ciphertext and the id of the subject's key, made where there is none in force."""
    row = _key_in_force(subject)
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_opened(row)).encrypt(nonce, text.encode(), place.encode()), f"{PREFIX}{row.pk}"


def unseal_about(ciphertext: bytes, *, key_id: str, place: str) -> str:
    """Raises ``CannotDecrypt`` after the erasure of whom it is about."""
    row = SubjectKey.objects.filter(pk=int(key_id.removeprefix(PREFIX))).first()
    if row is None or row.erased_at is not None:
        raise CannotDecrypt("whom it is about was erased")
    try:
        text = AESGCM(_opened(row)).decrypt(
            ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], place.encode()
        )
    except (InvalidTag, ValueError):
        raise CannotDecrypt("the stored content does not belong to this place") from None
    return text.decode()


def destroy_keys(subject: Subject, *, at: datetime) -> int:
    """Make everything sealed about a customer unreadable, for good; how many keys that were."""
    return SubjectKey.objects.filter(
        connection=subject.connection, customer_id=subject.customer_id, erased_at__isnull=True
    ).update(key=b"", wrapped_by="", erased_at=at)


def _key_in_force(subject: Subject) -> SubjectKey:
    place = {"connection": subject.connection, "customer_id": subject.customer_id}
    row = SubjectKey.objects.filter(**place, erased_at__isnull=True).first()
    if row is not None:
        return row
    wrapped, wrapped_by = encrypt_bytes(AESGCM.generate_key(256), place=_place(subject), use=_USE)
    row, _ = SubjectKey.objects.get_or_create(
        **place,
        erased_at=None,
        defaults={"key": wrapped, "wrapped_by": wrapped_by, "made_at": timezone.now()},
    )
    return row


def _opened(row: SubjectKey) -> bytes:
    place = _place(Subject(connection=row.connection, customer_id=row.customer_id))
    return decrypt_bytes(bytes(row.key), key_id=row.wrapped_by, place=place, use=_USE)


def _place(subject: Subject) -> str:
    return f"subject/{subject.connection}/{subject.customer_id}"
