"""The Odoo servers we speak to and the keys for them, as records: added, switched off and rotated while running."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from integrations.http import InsecureAddress, require_safe_address
from integrations.ticketing.models import TicketingConnection, TicketingCredential

__all__ = [
    "FinanceAssignee",
    "OdooConnection",
    "OdooCredential",
    "TicketingConnection",
    "TicketingCredential",
]


def validate_address(value: str) -> None:
    try:
        require_safe_address(value)
    except InsecureAddress as error:
        raise ValidationError(str(error), code="insecure_address") from None


class ProtocolChoice(models.TextChoices):
    AUTO = "auto", _("Chosen by probing")
    JSONRPC = "jsonrpc", _("JSON-RPC")
    JSON2 = "json2", _("JSON-2")


class ProbeState(models.TextChoices):
    UNKNOWN = "", _("Not probed yet")
    OK = "ok", _("Works")
    DEGRADED = "degraded", _("Works with limits")
    UNUSABLE = "unusable", _("Does not work")


class Purpose(models.TextChoices):
    READ = "read", _("Reading")
    WRITE = "write", _("Writing")


class OdooConnection(models.Model):
    """One Odoo database at one address."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    url = models.CharField(_("address"), max_length=300, validators=[validate_address])
    database = models.CharField(_("database"), max_length=100)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    max_in_flight = models.PositiveSmallIntegerField(
        _("calls at the same time"),
        default=8,
        validators=[MinValueValidator(1), MaxValueValidator(200)],
        help_text=_("Over all processes. At most half of the server's HTTP workers."),
    )
    protocol = models.CharField(
        _("protocol"), max_length=10, choices=ProtocolChoice.choices, default=ProtocolChoice.AUTO
    )
    version = models.CharField(_("version"), max_length=40, blank=True)
    capabilities = models.JSONField(_("capabilities"), default=dict, blank=True)
    probed_at = models.DateTimeField(_("probed at"), null=True, blank=True)
    probe_state = models.CharField(_("probe"), max_length=10, choices=ProbeState.choices, blank=True)
    probe_findings = models.JSONField(_("probe findings"), default=list, blank=True)
    # The slots themselves do not survive a crash of the database; this does.
    slots_made_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("position", "slug")
        verbose_name = _("Odoo connection")
        verbose_name_plural = _("Odoo connections")
        constraints = [
            models.CheckConstraint(
                name="odoo_connection_cap_between_1_and_200",
                condition=models.Q(max_in_flight__gte=1, max_in_flight__lte=200),
            ),
            models.CheckConstraint(
                name="odoo_connection_is_encrypted_or_loopback",
                condition=models.Q(url__startswith="https://")
                | models.Q(url__regex=r"^http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?(/|$)"),
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class OdooCredential(models.Model):
    """A login and its key for one purpose; the key is stored encrypted (see ``integrations.credentials``)."""

    connection = models.ForeignKey(OdooConnection, on_delete=models.CASCADE, related_name="credentials")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    login = models.CharField(_("login"), max_length=200)
    key = models.BinaryField(_("encrypted key"))
    encryption_key_id = models.CharField(_("encryption key"), max_length=16)
    rotated_at = models.DateTimeField(_("rotated at"))
    # Odoo's number for the login, and the fingerprint of address, database, login and key it was given for.
    odoo_uid = models.PositiveIntegerField(null=True, blank=True)
    odoo_uid_for = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("Odoo credential")
        verbose_name_plural = _("Odoo credentials")
        constraints = [
            models.UniqueConstraint(
                name="odoo_credential_once_per_purpose", fields=["connection", "purpose"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}/{self.purpose}"


class FinanceAssignee(models.Model):
    """Whom Odoo asks to check and post what is prepared for a company: one of its own users, found there by name."""

    connection = models.ForeignKey(OdooConnection, on_delete=models.CASCADE, related_name="finance_assignees")
    company_id = models.IntegerField(_("company"))
    odoo_user_id = models.PositiveIntegerField(_("Odoo's number of the user"))
    name = models.CharField(_("name"), max_length=200)
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("finance assignee")
        verbose_name_plural = _("finance assignees")
        constraints = [
            models.UniqueConstraint(
                name="finance_assignee_once_per_company", fields=["connection", "company_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}/{self.company_id}"
