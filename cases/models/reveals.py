"""Values that were shown to somebody who gave a reason, and who was told of it."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

LONGEST_REASON = 500
SHORTEST_REASON = 10
LONGEST_REVEAL = timedelta(minutes=5)


class RevealReason(models.TextChoices):
    CONFIRM_IDENTITY = "confirm_identity", _("Confirm who is calling")
    CONTACT_CUSTOMER = "contact_customer", _("Contact the customer")
    CORRECT_ADDRESS = "correct_address", _("Check or correct an address")
    CHECK_PAYMENT = "check_payment", _("Check a payment")
    LEGAL_REQUEST = "legal_request", _("Legal request")
    OTHER = "other", _("Other")


class Reveal(models.Model):
    """One field of one order or case, shown to one person for a short while. The value itself is kept nowhere."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reveals", db_index=False
    )
    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # None: of an order
    ref = models.CharField(max_length=100)  # of the order or the case
    field = models.CharField(max_length=200)  # where in the record, with the number of a list's item
    sensitivity = models.CharField(max_length=20)
    reason = models.CharField(max_length=20, choices=RevealReason)
    reason_text = models.CharField(max_length=LONGEST_REASON)
    policy_version = models.PositiveIntegerField()
    value_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    until = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(reason__in=RevealReason.values), name="reveal_reason_known"),
            models.CheckConstraint(
                condition=Q(until__gt=F("at"), until__lte=F("at") + LONGEST_REVEAL), name="reveal_is_short"
            ),
            models.CheckConstraint(
                condition=Q(GreaterThanOrEqual(Length("reason_text"), SHORTEST_REASON)),
                name="reveal_reason_said",
            ),
            models.CheckConstraint(condition=~Q(field="") & ~Q(ref=""), name="reveal_names_field"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True)
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="reveal_review_has_time",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("person")),
                name="reveal_reviewed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "at"], name="reveal_by_person"),
            models.Index("connection", "company_id", F("at").desc(), name="reveal_by_scope"),
        ]

    def __str__(self) -> str:
        return f"reveal {self.pk}"


class RevealNotice(models.Model):
    """Tells supervisors of a scope that somebody reveals more than usual; one row while it goes on."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    reveals = models.PositiveIntegerField()  # of that person within the hour before ``last_at``
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_by__isnull=True, seen_at__isnull=True)
                | Q(seen_by__isnull=False, seen_at__isnull=False),
                name="reveal_notice_seen_has_time",
            ),
            models.CheckConstraint(
                condition=Q(seen_by__isnull=True) | ~Q(seen_by=F("person")),
                name="reveal_notice_seen_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "company_id"],
                condition=Q(seen_at__isnull=True),
                name="reveal_notice_unseen",
            )
        ]

    def __str__(self) -> str:
        return f"reveal notice {self.pk}"
