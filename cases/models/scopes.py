"""Which orders a group of people may see."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase


class Scope(models.Model):
    """Orders of one company behind one Odoo connection, of one brand or region where these are not empty."""

    connection = models.SlugField(max_length=50)
    company_id = models.IntegerField()  # Odoo's own id, meaningful only together with the connection
    company_name = models.CharField(max_length=200)
    brand = models.CharField(max_length=100, blank=True, default="")
    region = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        default_permissions = ()
        permissions = [("view_orders", "May see the orders of this scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "company_id", "brand", "region"], name="scope_once"
            ),
            models.CheckConstraint(condition=Q(company_id__gt=0), name="scope_company_positive"),
        ]

    def __str__(self) -> str:
        return " / ".join(filter(None, (self.connection, self.company_name, self.brand, self.region)))


class ScopeGrant(GroupObjectPermissionBase):
    """A permission of a group on a scope: guardian's own row with a real foreign key, so none is orphaned."""

    content_object = models.ForeignKey(Scope, on_delete=models.CASCADE, related_name="grants")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["group", "permission", "content_object"], name="scope_grant_once")
        ]

    def __str__(self) -> str:
        return f"scope grant {self.pk}"
