"""Which orders a case is about, for those who may see them."""

from __future__ import annotations

from cases.casework.visible import covers, resolve_case
from cases.models.casework import CaseOrder
from cases.people.viewer import Viewer


def orders_of_case(viewer: Viewer, case_id: int) -> tuple[tuple[str, int, str], ...]:
    """Connection, company and number of each order in the viewer's scope. Raises ``CaseNotVisible``."""
    case = resolve_case(viewer, case_id)
    linked = CaseOrder.objects.filter(case=case).order_by("pk")
    return tuple((row.connection, row.company_id, row.ref) for row in linked if covers(viewer, row))
