"""The append-only trail of what was done and refused."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


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
