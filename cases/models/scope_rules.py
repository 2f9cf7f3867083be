"""The rules that say of which brand and region an order is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ScopeRule(models.Model):
    """Conditions on where an order comes from, and the brand and region it then has; an empty condition is none.

    The first rule of a connection that matches decides.
    """

    connection = models.SlugField(max_length=50, db_index=False)
    position = models.PositiveIntegerField()
    company_id = models.IntegerField(null=True, blank=True)
    sales_team = models.CharField(max_length=100, blank=True, default="")
    website = models.CharField(max_length=100, blank=True, default="")
    warehouse = models.CharField(max_length=100, blank=True, default="")
    country = models.CharField(max_length=2, blank=True, default="")  # ISO 3166 code of where it is shipped
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "position"],
                name="scope_rule_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=~Q(brand="") | ~Q(region=""), name="scope_rule_says_something"),
            models.CheckConstraint(
                condition=Q(company_id__isnull=True) | Q(company_id__gt=0),
                name="scope_rule_company_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"scope rule {self.position} of {self.connection}"
