"""What each role may see of each class of values, as it was published: one row per version, kept for ever."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

LONGEST_NOTE = 200


class MaskingPolicy(models.Model):
    """One version of the matrix. The highest is in force; without a row, version 0: the one in the code.

    Rows are only added, each one version above the last (see 0005_masking_policy_and_reveals).
    """

    version = models.PositiveIntegerField(primary_key=True)
    matrix = models.JSONField()  # role -> sensitivity -> mode
    note = models.CharField(max_length=LONGEST_NOTE)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(version__gte=1), name="masking_policy_version_from_one"),
            models.CheckConstraint(condition=~Q(note=""), name="masking_policy_has_note"),
        ]

    def __str__(self) -> str:
        return f"masking policy {self.version}"
