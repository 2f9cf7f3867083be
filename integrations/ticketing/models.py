"""The ticketing tools we speak to and the keys for them, as records: added, switched off and rotated while running."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from integrations.ticketing.vendors import AddressNotAllowed, Vendor, require_allowed_address


class VendorChoice(models.TextChoices):
    ZENDESK = "zendesk", "Zendesk"
    CHATWOOT = "chatwoot", "Chatwoot"
    FRESHDESK = "freshdesk", "Freshdesk"
    ZAMMAD = "zammad", "Zammad"
    FRONT = "front", "Front"
    REQUEST_TRACKER = "request_tracker", "Request Tracker"
    DJANGO_HELPDESK = "django_helpdesk", "django-helpdesk"


class KeyPurposeChoice(models.TextChoices):
    API = "api", _("Key for the API")
    ACCESS = "access", _("OAuth: access")
    REFRESH = "refresh", _("OAuth: refresh")
    CLIENT = "client", _("OAuth: our own name and secret")
    HOOK = "hook", _("Incoming webhooks")


class TicketingConnection(models.Model):
    """One account of one tool at one address; a house may have several."""

    slug = models.SlugField(_("slug"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    vendor = models.CharField(_("vendor"), max_length=20, choices=VendorChoice)
    url = models.CharField(_("address"), max_length=300)
    account = models.CharField(
        _("account"),
        max_length=60,
        blank=True,
        help_text=_("The number of the account, where one address serves several."),
    )
    order_field = models.CharField(
        _("field of the order number"),
        max_length=100,
        blank=True,
        help_text=_("By the tool's own name or number of it."),
    )
    link_field = models.CharField(
        _("field of the link to us"),
        max_length=100,
        blank=True,
        help_text=_("By the tool's own name or number of it."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    max_in_flight = models.PositiveSmallIntegerField(
        _("calls at the same time"), default=4, help_text=_("Of each process.")
    )
    # Until then the tool has asked to be left alone.
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("slug",)
        verbose_name = _("ticketing connection")
        verbose_name_plural = _("ticketing connections")
        constraints = [
            models.CheckConstraint(
                name="ticketing_connection_vendor_known", condition=Q(vendor__in=VendorChoice.values)
            ),
            models.CheckConstraint(
                name="ticketing_connection_is_encrypted_or_loopback",
                condition=Q(url__startswith="https://")
                | Q(url__regex=r"^http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?(/|$)"),
            ),
            models.CheckConstraint(
                name="ticketing_connection_cap_between_1_and_50",
                condition=Q(max_in_flight__gte=1, max_in_flight__lte=50),
            ),
            models.CheckConstraint(
                name="ticketing_connection_chatwoot_has_account",
                condition=~Q(vendor="chatwoot") | Q(account__regex=r"^[0-9]+$"),
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        """What a form checks; the same is asked again whenever a connection is used."""
        try:
            require_allowed_address(
                Vendor(self.vendor), self.url, private_hosts=settings.TICKETING_PRIVATE_HOSTS
            )
        except AddressNotAllowed as error:
            raise ValidationError({"url": ValidationError(str(error), code="address_not_allowed")}) from None


class TicketingCredential(models.Model):
    """A key for one purpose, stored encrypted; ``login`` is the public half where there is one."""

    connection = models.ForeignKey(TicketingConnection, on_delete=models.CASCADE, related_name="credentials")
    purpose = models.CharField(_("purpose"), max_length=10, choices=KeyPurposeChoice)
    login = models.CharField(_("login"), max_length=200, blank=True)
    key = models.BinaryField(_("encrypted key"))
    encryption_key_id = models.CharField(_("encryption key"), max_length=16)
    rotated_at = models.DateTimeField(_("rotated at"))
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)

    class Meta:
        verbose_name = _("ticketing credential")
        verbose_name_plural = _("ticketing credentials")
        constraints = [
            models.UniqueConstraint(
                name="ticketing_credential_once_per_purpose", fields=["connection", "purpose"]
            ),
            models.CheckConstraint(
                name="ticketing_credential_purpose_known", condition=Q(purpose__in=KeyPurposeChoice.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.connection_id}/{self.purpose}"
