"""Which connections are compared: those on which something is, or was, allowed to be written."""

from __future__ import annotations

from cases.models import Action, ActionSwitch
from integrations.models import OdooConnection


def connections_with_writing() -> list[str]:
    written = {
        *ActionSwitch.objects.values_list("connection", flat=True),
        *Action.objects.values_list("connection", flat=True).distinct(),
    }
    active = OdooConnection.objects.filter(is_active=True, slug__in=sorted(written))
    return list(active.order_by("slug").values_list("slug", flat=True))


def companies_of(connection: str) -> list[int]:
    on = ActionSwitch.objects.filter(connection=connection, company_id__isnull=False)
    asked = Action.objects.filter(connection=connection)
    found = {
        *on.values_list("company_id", flat=True),
        *asked.values_list("company_id", flat=True).distinct(),
    }
    return sorted(number for number in found if number is not None)
