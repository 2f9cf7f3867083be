"""Stores keys for ticketing tools, and refuses at once the kinds that a vendor is switching off."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.credentials import encrypt
from integrations.ticketing.models import TicketingConnection, TicketingCredential
from integrations.ticketing.vendors import RULES, KeyPurpose, Vendor

NO_API_TOKENS = _(
    "Zendesk makes no new API tokens and switches the old ones off on 30 April 2027. "
    "Make an OAuth client in its Admin Center and store that client's name and secret."
)
NOT_FOR_THIS_VENDOR = _("This tool has no use for a key of this kind.")


def key_place(*, connection_id: int, purpose: KeyPurpose) -> str:
    return f"ticketing-credential/{connection_id}/{purpose.value}"


def store_key(
    *,
    connection: TicketingConnection,
    purpose: KeyPurpose,
    key: str,
    login: str = "",
    expires_at: datetime | None = None,
) -> TicketingCredential:
    """Set or rotate the key for one purpose; running processes use it within seconds."""
    refuse_unfit_key(Vendor(connection.vendor), purpose, login=login)
    place = key_place(connection_id=connection.pk, purpose=purpose)
    ciphertext, key_id = encrypt(key, place=place)
    credential, _created = TicketingCredential.objects.update_or_create(
        connection=connection,
        purpose=purpose.value,
        defaults={
            "login": login,
            "key": ciphertext,
            "encryption_key_id": key_id,
            "rotated_at": timezone.now(),
            "expires_at": expires_at,
        },
    )
    return credential


def refuse_unfit_key(vendor: Vendor, purpose: KeyPurpose, *, login: str) -> None:
    if vendor is Vendor.ZENDESK and (purpose is KeyPurpose.API or login.endswith("/token")):
        raise ValidationError(NO_API_TOKENS, code="api_token")
    if purpose not in RULES[vendor].keys:
        raise ValidationError(NOT_FOR_THIS_VENDOR, code="unfit_key")
