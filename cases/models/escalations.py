"""Parked actions that somebody passed on to a team, with what the team has to know."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q


class Escalation(models.Model):
    """One passing on; open until somebody of the team takes the action on."""

    action = models.ForeignKey(
        "cases.Action", on_delete=models.PROTECT, related_name="escalations", db_index=False
    )
    team = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="+")
    team_name = models.CharField(max_length=150)  # as it was called then
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.BinaryField()  # typed freely: encrypted
    note_key_id = models.CharField(max_length=64)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(note=b""), name="escalation_says_why"),
            models.CheckConstraint(
                condition=Q(taken_at__isnull=True, taken_by__isnull=True) | Q(taken_at__gte=models.F("at")),
                name="escalation_taken_after",
            ),
            models.UniqueConstraint(
                fields=["action"], condition=Q(taken_at__isnull=True), name="escalation_open_once"
            ),
        ]
        indexes = [models.Index(fields=["action", "at"], name="escalation_of_action")]

    def __str__(self) -> str:
        return f"{self.action_id} to {self.team_name}"
