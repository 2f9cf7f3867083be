"""What became of the documents that actions made, seen in Odoo afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class DocumentSighting(models.Model):
    """One state of a document at the moment it was first seen; an action that is done is never rewritten for it."""

    action = models.ForeignKey(
        "cases.Action", on_delete=models.PROTECT, related_name="sightings", db_index=False
    )
    model = models.CharField(max_length=60, default="account.move")  # Odoo's name of it
    document_id = models.BigIntegerField()  # Odoo's
    state = models.CharField(max_length=20)  # the document's own states; gone where it was deleted
    ref = models.CharField(max_length=100, blank=True, default="")
    total = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    payment = models.CharField(max_length=20, blank=True, default="")
    # Of goods: how many came, or are awaited, over all lines.
    quantity = models.DecimalField(max_digits=20, decimal_places=5, null=True, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(state=""), name="document_sighting_has_state"),
        ]
        indexes = [
            models.Index(
                fields=["action", "model", "document_id", "seen_at"], name="document_sighting_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.document_id}"
