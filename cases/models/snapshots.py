"""The last known facts of orders, unreadable without our keys: what a page shows while Odoo is slow or gone."""

from __future__ import annotations

from django.db import models


class Snapshot(models.Model):
    """What one question to Odoo was answered last; see ``cases.snapshots`` for what may be in it and for whom."""

    key = models.UUIDField(primary_key=True)  # keyed hash of the question
    # The migration makes the constraint, so that the database itself deletes these with their connection.
    connection = models.ForeignKey(
        "integrations.OdooConnection",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        db_index=False,
    )
    order_key = models.UUIDField()  # keyed hash of connection and number: all questions about one order
    content = models.BinaryField()
    encryption_key_id = models.CharField(max_length=16)
    size = models.IntegerField()  # of the content, in bytes
    is_whole = models.BooleanField()  # no part was missing for a reason that passes
    fetched_at = models.DateTimeField()  # on the database's clock

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(size__gt=0), name="snapshot_not_empty")]
        # Nothing on ``fetched_at``: it changes with every refresh, and is searched once a day.
        indexes = [models.Index(fields=["order_key"], name="snapshot_by_order")]

    def __str__(self) -> str:
        return f"snapshot {self.key}"
