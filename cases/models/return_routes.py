"""Where goods come back to, and how: by connection and company, more exactly by brand and region."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ReturnWay(models.TextChoices):
    PICKING = "picking", _("A return transfer")
    RMA = "rma", _("A return authorization (OCA rma)")


class ReturnRoute(models.Model):
    """One rule; of those that fit an order the most exact one holds. Without one: where the delivery came from."""

    connection = models.SlugField(max_length=50, db_index=False)
    company_id = models.IntegerField()
    brand = models.CharField(max_length=100, blank=True, default="")  # empty: all
    region = models.CharField(max_length=100, blank=True, default="")
    warehouse_id = models.BigIntegerField(null=True, blank=True)  # Odoo's; none: the delivery's own
    warehouse_name = models.CharField(max_length=200, blank=True, default="")
    way = models.CharField(max_length=10, choices=ReturnWay, default=ReturnWay.PICKING)
    operation_id = models.BigIntegerField(null=True, blank=True)  # Odoo's, of an authorization
    operation_name = models.CharField(max_length=200, blank=True, default="")
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "company_id", "brand", "region"], name="return_route_once"
            ),
            models.CheckConstraint(condition=Q(way__in=ReturnWay.values), name="return_route_way_known"),
            models.CheckConstraint(
                condition=Q(way="rma", operation_id__isnull=False)
                | Q(way="picking", operation_id__isnull=True),
                name="return_route_operation_of_authorization",
            ),
            models.CheckConstraint(condition=Q(company_id__gt=0), name="return_route_company_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.way} at {self.connection}"
