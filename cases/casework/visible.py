"""The only way to a case: what a viewer may not see is not there.

The scope is a filter in the database, one of plain columns, and the row that comes back is checked once more.
"""

from __future__ import annotations

from django.db.models import QuerySet

from cases.masking.roles import Role
from cases.models.casework import Case, CaseOrder, CaseState
from cases.people.grants import within_grants
from cases.people.viewer import Viewer

# Auditors look on; administrators run the integration and have no business with customers.
WORKING_ROLES = frozenset({Role.AGENT, Role.SENIOR_AGENT, Role.SUPERVISOR, Role.FINANCE})


class CaseNotVisible(Exception):
    """No such case within what the viewer may see; says nothing about whether it exists."""


class NotPermitted(Exception):
    """The case is there for the viewer, but none of their roles works on cases."""


class CaseQuerySet(QuerySet[Case]):
    def visible_to(self, viewer: Viewer) -> CaseQuerySet:
        """The cases within the viewer's grants; none at all without one."""
        return self.filter(within_grants(viewer)) if viewer.grants else self.none()


def visible_cases(viewer: Viewer) -> CaseQuerySet:
    return CaseQuerySet(Case).visible_to(viewer)


def find_case(viewer: Viewer, case_id: int, *, for_update: bool = False) -> Case:
    """The case of this number, locked where it is to change. Raises ``CaseNotVisible``."""
    found = visible_cases(viewer)
    if for_update:
        found = found.select_for_update(of=("self",))
    case = found.filter(pk=case_id).first() if 0 < case_id < 2**63 else None
    if case is None or not covers(viewer, case):
        raise CaseNotVisible
    return case


def state_of_case(viewer: Viewer, case_id: int) -> CaseState:
    """All that a caller outside learns of the row itself. Raises ``CaseNotVisible``."""
    return CaseState(find_case(viewer, case_id).state)


def require_worker(viewer: Viewer, case_id: int) -> None:
    """Raises ``CaseNotVisible``, and ``NotPermitted`` where the viewer only looks on."""
    find_case(viewer, case_id)
    if not may_work(viewer):
        raise NotPermitted


def resolve_case(viewer: Viewer, case_id: int) -> Case:
    """The case a number stands for today: of a merged one, the case that goes on."""
    case = find_case(viewer, case_id)
    if case.state != CaseState.MERGED or case.merged_into_id is None:
        return case
    return find_case(viewer, case.merged_into_id)


def covers(viewer: Viewer, found: Case | CaseOrder) -> bool:
    """Whether the viewer may see a case, or the order it is about, which may lie in another scope."""
    return viewer.may_see(
        found.connection, found.company_id, brand=found.brand or None, region=found.region or None
    )


def may_work(viewer: Viewer) -> bool:
    return bool(viewer.roles & WORKING_ROLES)
