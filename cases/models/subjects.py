"""Keys of the customers that texts are about: what is written under one is unreadable once the key is destroyed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class SubjectKey(models.Model):
    """The key of one customer, itself encrypted; empty after their erasure, and then never filled again."""

    connection = models.SlugField(max_length=50, db_index=False)
    customer_id = models.BigIntegerField()  # Odoo's number of the account
    key = models.BinaryField(default=b"")
    wrapped_by = models.CharField(max_length=64, blank=True, default="")  # id of the installation's key
    made_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "customer_id"],
                condition=Q(erased_at__isnull=True),
                name="subject_key_once",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) & ~Q(key=b"")
                | Q(erased_at__isnull=False, key=b"", wrapped_by=""),
                name="subject_key_gone_when_erased",
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.pk}"
