"""Says what each role may see of each class of values; groups named after the roles carry them to people.

Pure: no Django. The defaults below are version 0 of the matrix, what a new installation starts with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from cases.masking import Matrix, Mode
from integrations.canonical import Sensitivity

GROUP_PREFIX = "role: "


class Role(StrEnum):
    AGENT = "agent"
    SENIOR_AGENT = "senior_agent"
    SUPERVISOR = "supervisor"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"  # runs the integration; has no business with what customers bought

    @property
    def group_name(self) -> str:
        return f"{GROUP_PREFIX}{self.value}"


_CLASSES = (
    Sensitivity.PUBLIC,
    Sensitivity.INTERNAL,
    Sensitivity.PERSONAL,
    Sensitivity.FINANCIAL,
    Sensitivity.PAYMENT,
    Sensitivity.SECRET,
)


def _row(modes: str) -> Matrix:
    return MappingProxyType(dict(zip(_CLASSES, map(Mode, modes.split()), strict=True)))


DEFAULT_MATRIX: Mapping[Role, Matrix] = MappingProxyType(
    {
        #                          public internal personal financial payment secret
        Role.AGENT: _row("         show   partial  reveal   show      hide    hide"),
        Role.SENIOR_AGENT: _row("  show   show     show     show      partial hide"),
        Role.SUPERVISOR: _row("    show   show     show     show      partial hide"),
        Role.FINANCE: _row("       show   show     reveal   show      show    hide"),
        Role.AUDITOR: _row("       show   show     reveal   show      partial hide"),
        Role.ADMIN: _row("         show   hide     hide     hide      hide    hide"),
    }
)


def roles_of(group_names: Iterable[str]) -> frozenset[Role]:
    """The roles among a person's groups; other groups (teams) and unknown roles give none."""
    known = {role.group_name: role for role in Role}
    return frozenset(known[name] for name in group_names if name in known)
