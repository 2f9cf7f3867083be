"""What we hold against a customer ourselves, and who said so: a person without the record would find out too late."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

LONGEST_HOLD_REASON = 500


class HoldKind(models.TextChoices):
    FRAUD = "fraud", _("Fraud")
    LEGAL = "legal", _("Legal")
    PAYMENT = "payment", _("Payment")
    OTHER = "other", _("Other")


class Hold(models.Model):
    """One open reason to stop and ask before anything is promised to a customer; lifted ones stay as history."""

    kind = models.CharField(max_length=10, choices=HoldKind)
    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()
    customer_id = models.IntegerField()  # Odoo's number of the commercial account; its name stays in Odoo
    reason = models.CharField(max_length=LONGEST_HOLD_REASON)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="holds", db_index=False
    )
    placed_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    lift_reason = models.CharField(max_length=LONGEST_HOLD_REASON, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=HoldKind.values), name="hold_kind_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="hold_reason_said"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("placed_at")),
                name="hold_ends_after_it_begins",
            ),
            # Lifted by somebody who says why, or over by itself at its time.
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""))
                | Q(lifted_at=F("until"), lifted_by__isnull=True, lift_reason=""),
                name="hold_lifted_whole",
            ),
            models.UniqueConstraint(
                fields=["connection", "company_id", "customer_id", "kind"],
                condition=Q(lifted_at__isnull=True),
                name="hold_open_once_per_kind",
            ),
        ]
        indexes = [models.Index(fields=["connection", "customer_id", "lifted_at"], name="hold_by_customer")]

    def __str__(self) -> str:
        return f"hold {self.pk}"
