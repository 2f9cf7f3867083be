"""What search keeps: enough to notice fishing, which candidate a person chose, what finds a case. No typed text."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SearchAttempt(models.Model):
    """One search of a person, as keyed hashes; kept for a day (see ``cases.search.quota``)."""

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=16)
    text_hash = models.CharField(max_length=64)
    stem_hash = models.CharField(max_length=64)  # of the text without its last letter
    hits = models.IntegerField(null=True)  # unknown until somebody answered

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["person", "at"], name="search_attempt_by_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(hits__isnull=True) | Q(hits__gte=0), name="search_hits_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["name", "email", "phone", "number"]), name="search_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"search {self.id}"


class CaseKeyKind(models.TextChoices):
    EMAIL = "email"
    PHONE = "phone"


class CaseKey(models.Model):
    """An e-mail address or phone number of a case's customer as a keyed hash: found by its exact value, never read."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=5, choices=CaseKeyKind)
    key = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["key", "case"], name="case_key_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=CaseKeyKind.values), name="case_key_kind_known"
            ),
        ]
        indexes = [models.Index(fields=["case"], name="case_key_by_case")]

    def __str__(self) -> str:
        return f"key of case {self.case_id}"


class IdentityChoice(models.Model):
    """Which of several candidates a person said is meant: of one search, and of a case once there is one."""

    search_id = models.UUIDField(null=True, blank=True)
    case = models.ForeignKey(
        "cases.Case", on_delete=models.CASCADE, null=True, blank=True, related_name="identities"
    )
    connection = models.SlugField(max_length=50)
    company_id = models.IntegerField()
    order_id = models.BigIntegerField()  # Odoo's own ids, meaningful only together with the connection
    order_ref = models.CharField(max_length=100)
    customer_id = models.BigIntegerField(null=True, blank=True)
    account_id = models.BigIntegerField(null=True, blank=True)
    candidates = models.PositiveIntegerField()  # how many there were to choose from
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["search_id", "chosen_by"],
                condition=Q(case__isnull=True),
                name="identity_choice_once_per_search",
            ),
            models.CheckConstraint(
                condition=Q(search_id__isnull=False) | Q(case__isnull=False),
                name="identity_choice_of_something",
            ),
            models.CheckConstraint(condition=Q(company_id__gt=0), name="identity_choice_company_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.connection} {self.order_ref}"
