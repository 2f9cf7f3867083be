"""Where the console is shown inside other tools: places, what was launched there, and who is in such a frame."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class HostKind(models.TextChoices):
    """The tool around the frame: how it tells which ticket is open, and what it signs."""

    ZENDESK = "zendesk", "Zendesk"
    CHATWOOT = "chatwoot", "Chatwoot"
    FRESHDESK = "freshdesk", "Freshdesk"
    SALESFORCE = "salesforce", "Salesforce"
    GENERIC = "generic", _("Another tool")


class Embedding(models.Model):
    """One place in one tool that may show us in a frame."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    host = models.CharField(max_length=20, choices=HostKind)
    origins = ArrayField(models.CharField(max_length=200))  # of the pages around the frame, to the letter
    ticketing = models.ForeignKey(
        "integrations.TicketingConnection",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )  # through which a ticket is read again; none: what the host says stays a hint
    audience = models.CharField(max_length=300, blank=True, default="")  # whom the host's signature is for
    key_id = models.CharField(max_length=100, blank=True, default="")  # the host's own name of its key
    key = models.BinaryField(null=True, blank=True)  # what its signatures are checked with, encrypted
    encryption_key_id = models.CharField(max_length=16, blank=True, default="")
    is_active = models.BooleanField(default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(host__in=HostKind.values), name="embedding_host_known"),
            models.CheckConstraint(
                condition=Q(origins__len__gte=1, origins__len__lte=10), name="embedding_has_origins"
            ),
            models.CheckConstraint(
                condition=Q(key__isnull=True) | ~Q(encryption_key_id=""), name="embedding_key_is_encrypted"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class EmbeddingPerson(models.Model):
    """Who somebody is whom a host names by its own number; made by an administrator, never by e-mail."""

    embedding = models.ForeignKey(Embedding, on_delete=models.CASCADE, related_name="people")
    subject = models.CharField(max_length=100)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["embedding", "subject"], name="embedding_person_once"),
            models.CheckConstraint(condition=~Q(subject=""), name="embedding_person_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.embedding_id}/{self.pk}"


class FrameLaunch(models.Model):
    """One opening of a frame that the host has signed; the proof is taken once, the handle by the frame it went to."""

    embedding = models.ForeignKey(Embedding, on_delete=models.CASCADE, related_name="launches")
    proof = models.BinaryField(max_length=32)  # SHA-256 of what names the proof
    handle = models.BinaryField(max_length=32, unique=True)  # SHA-256 of what the page was given
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )  # whom the proof names, where it names somebody
    order_ref = models.CharField(max_length=100, blank=True, default="")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["embedding", "proof"], name="frame_launch_proof_once"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="frame_launch_expires_after"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="frame_launch_expires")]

    def __str__(self) -> str:
        return f"{self.embedding_id}/{self.pk}"


class FrameCode(models.Model):
    """What the window in which somebody signed in hands to the frame that asked: one use, one minute."""

    embedding = models.ForeignKey(Embedding, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session = models.BinaryField(null=True, blank=True)  # encrypted
    encryption_key_id = models.CharField(max_length=16, blank=True, default="")
    challenge = models.BinaryField(max_length=32)  # SHA-256 of what only the frame knows
    origin = models.CharField(max_length=200)  # of the page around the frame
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="frame_code_expires_after"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="frame_code_expires")]

    def __str__(self) -> str:
        return f"{self.embedding_id}/{self.pk}"


class FrameLevel(models.TextChoices):
    """How far what the host says about the ticket was proven."""

    HINT = "hint", _("Not proven")
    VERIFIED = "verified", _("Proven")


class FrameBearer(models.Model):
    """Somebody in a frame, for some minutes, as long as their session lives."""

    embedding = models.ForeignKey(Embedding, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session = models.BinaryField(null=True, blank=True)  # encrypted; none: the host named the person
    encryption_key_id = models.CharField(max_length=16, blank=True, default="")
    code = models.ForeignKey(FrameCode, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    launch = models.ForeignKey(
        FrameLaunch, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    level = models.CharField(max_length=10, choices=FrameLevel, default=FrameLevel.HINT)
    ticket = models.CharField(max_length=100, blank=True, default="")  # the one that was read again
    case_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(level__in=FrameLevel.values), name="frame_bearer_level_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="frame_bearer_expires_after"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="frame_bearer_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.embedding_id}/{self.pk}"
