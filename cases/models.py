"""What the console remembers about people, their rights, their tokens and what was done.

Fields and constraints only; whatever changes a row lives beside its use case (access, tokens, audit).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase


class Theme(models.TextChoices):
    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class User(AbstractUser):
    """A person who signs in. Rights come from groups alone: roles, and teams that may see scopes."""

    language = models.CharField(_("language"), max_length=10, blank=True, default="")  # empty: the browser's
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default=""
    )  # empty: the installation's
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(_("density"), max_length=12, choices=Density, default=Density.COMPACT)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(theme__in=Theme.values), name="user_theme_known"),
            models.CheckConstraint(condition=Q(density__in=Density.values), name="user_density_known"),
        ]


class Scope(models.Model):
    """Orders of one company behind one Odoo connection, of one brand or region where these are not empty."""

    connection = models.SlugField(max_length=50)
    company_id = models.IntegerField()  # Odoo's own id, meaningful only together with the connection
    company_name = models.CharField(max_length=200)
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        default_permissions = ()
        permissions = [("view_orders", "May see the orders of this scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "company_id", "brand", "region"], name="scope_once"
            ),
            models.CheckConstraint(condition=Q(company_id__gt=0), name="scope_company_positive"),
        ]

    def __str__(self) -> str:
        return " / ".join(filter(None, (self.connection, self.company_name, self.brand, self.region)))


class ScopeGrant(GroupObjectPermissionBase):
    """A permission of a group on a scope: guardian's own row with a real foreign key, so none is orphaned."""

    content_object = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["group", "permission", "content_object"], name="scope_grant_once")
        ]

    def __str__(self) -> str:
        return f"scope grant {self.pk}"


class ApiToken(models.Model):
    """A bearer token, stored as the SHA-256 of 256 random bits; the text itself is shown once and never kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)  # coarse: written at most every few minutes
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="api_token_has_scopes"),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="api_token_expires_after_issue"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… ({self.name})"


class AuditHead(models.Model):
    """The newest link of one chain. Only the database's own functions move it (see 0002_audit_guard)."""

    chain = models.CharField(primary_key=True, max_length=100)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=Q(seq__gte=0), name="audit_head_seq_not_negative")]

    def __str__(self) -> str:
        return f"{self.chain} at {self.seq}"


class AuditEntry(models.Model):
    """One thing that was done or refused, linked to the one before it in its chain; never changed, never deleted."""

    chain = models.CharField(max_length=100)
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    on_behalf_of = models.CharField(max_length=80, blank=True, default="")
    action = models.CharField(max_length=64)
    object_kind = models.CharField(max_length=32, blank=True, default="")
    object_ref = models.CharField(max_length=200, blank=True, default="")
    connection = models.CharField(max_length=50, blank=True, default="")
    company_id = models.IntegerField(null=True, blank=True)
    decision = models.CharField(max_length=16, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    details = models.JSONField(default=dict, blank=True)
    key_id = models.CharField(
        max_length=64, blank=True, default=""
    )  # of the key that encrypts personal values
    version = models.PositiveSmallIntegerField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="audit_entry_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="audit_entry_seq_from_one"),
        ]
        indexes = [
            models.Index(fields=["object_kind", "object_ref"], name="audit_entry_by_object"),
            models.Index(fields=["actor", "at"], name="audit_entry_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} {self.seq}: {self.action}"
