"""Who decides about requests in somebody's place for a while; the rights themselves stay with whoever gave them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ApprovalDelegation(models.Model):
    """One person decides for another from one moment to another. It ends by itself, or earlier by a word of theirs."""

    delegator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # before its time
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(delegator=F("delegate")), name="delegation_to_another"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="delegation_ends_later"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="delegation_end_has_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["delegate", "ends_at"],
                condition=Q(ended_at__isnull=True),
                name="delegation_by_delegate",
            ),
            models.Index(fields=["delegator", "ends_at"], name="delegation_by_delegator"),
        ]

    def __str__(self) -> str:
        return f"delegation {self.pk}"
