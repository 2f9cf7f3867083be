"""Comparisons of what was done with what Odoo holds: each run, and each difference as long as it lasts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FindingKind(models.TextChoices):
    NO_EFFECT = "no_effect", _("Done here, not found in Odoo")
    GONE = "gone", _("Deleted in Odoo")
    CANCELLED = "cancelled", _("Cancelled in Odoo")
    AMOUNT_DIFFERS = "amount_differs", _("Another amount in Odoo")
    QUANTITY_DIFFERS = "quantity_differs", _("Other quantities in Odoo")
    OTHER_CONTENT = "other_content", _("Odoo keeps other content under its key")
    SECOND_DOCUMENT = "second_document", _("More than one document for it")
    UNKNOWN_REFERENCE = "unknown_reference", _("Bears a reference that nothing here has")
    NOT_CARRIED_OUT = "not_carried_out", _("Made for a request that was not carried out")
    FOREIGN_CREDIT_NOTE = "foreign_credit_note", _("Credit note made outside the console")
    FOREIGN_RETURN = "foreign_return", _("Return made outside the console")


# What others do in Odoo on the orders of our cases is worth knowing, and no mistake.
FOR_INFORMATION = (FindingKind.FOREIGN_CREDIT_NOTE, FindingKind.FOREIGN_RETURN)


class ReconciliationRun(models.Model):
    """One comparison of a connection, page by page; whoever carries it on begins where the last one stopped."""

    connection = models.SlugField(max_length=50, db_index=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # none: by the clock
    started_at = models.DateTimeField()
    changed_since = models.DateTimeField()  # the window: what was done, and changed in Odoo, since then
    stage = models.CharField(max_length=20, default="actions")
    place = models.JSONField(default=dict, blank=True)  # where in the stage
    held_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=60, blank=True, default="")  # why it waits, or was given up
    actions = models.PositiveIntegerField(default=0)
    by_key = models.PositiveIntegerField(default=0)  # of the actions: proven by the keys that Odoo keeps
    adopted = models.PositiveIntegerField(
        default=0
    )  # of the actions: a document that existed was taken for it
    marked_done = models.PositiveIntegerField(default=0)  # of the actions: two people said so
    documents = models.PositiveIntegerField(default=0)
    orders = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(finished_at__isnull=True),
                name="reconciliation_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=["actions", "documents", "orders", "closing"]),
                name="reconciliation_stage_known",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(held_until__isnull=True),
                name="reconciliation_ended_is_let_go",
            ),
        ]
        indexes = [models.Index(fields=["connection", "started_at"], name="reconciliation_by_start")]

    def __str__(self) -> str:
        return f"{self.connection} {self.started_at:%Y-%m-%d %H:%M}"


class Finding(models.Model):
    """One difference, from when it was first seen until a run no longer finds it."""

    kind = models.CharField(max_length=20, choices=FindingKind)
    is_error = models.BooleanField()
    # Where it belongs, as the action or the case does it is about.
    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    action = models.ForeignKey(
        "cases.Action", null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    case = models.ForeignKey(
        "cases.Case", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    order_ref = models.CharField(max_length=100, blank=True, default="")
    reference = models.CharField(max_length=20, blank=True, default="")  # as it stands in the document
    model = models.CharField(max_length=60, blank=True, default="")
    document_id = models.BigIntegerField(default=0)  # Odoo's; 0 where there is no document
    document_ref = models.CharField(max_length=100, blank=True, default="")
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)  # as Odoo has it
    expected = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)
    last_run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT, related_name="+")
    # Somebody who answers for it has looked, and said why it stays as it is.
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    why = models.BinaryField(default=b"")  # typed freely: encrypted
    why_key_id = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=FindingKind.values), name="finding_kind_known"),
            models.CheckConstraint(
                condition=Q(is_error=False, kind__in=[kind.value for kind in FOR_INFORMATION])
                | (Q(is_error=True) & ~Q(kind__in=[kind.value for kind in FOR_INFORMATION])),
                name="finding_error_by_kind",
            ),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=models.F("first_seen_at")), name="finding_seen_in_order"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | Q(cleared_at__gte=models.F("last_seen_at")),
                name="finding_cleared_after_seen",
            ),
            models.CheckConstraint(
                condition=Q(action__isnull=False) | Q(document_id__gt=0), name="finding_is_about_something"
            ),
            models.CheckConstraint(
                condition=Q(model="", document_id=0) | (~Q(model="") & Q(document_id__gt=0)),
                name="finding_document_has_model",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True, why=b"")
                | (Q(accepted_at__isnull=False, accepted_by__isnull=False) & ~Q(why=b"")),
                name="finding_accepted_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["connection", "company_id", "kind", "action", "model", "document_id"],
                condition=Q(cleared_at__isnull=True),
                nulls_distinct=False,
                name="finding_open_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "company_id"],
                condition=Q(cleared_at__isnull=True),
                name="finding_open_by_scope",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference or self.document_ref or self.document_id}"
