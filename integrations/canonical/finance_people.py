"""Users of the system of record who may be asked to check and post a document, and why somebody may not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from integrations.canonical.sensitivity import PUBLIC


class NotAssignable(StrEnum):
    DEACTIVATED = "deactivated"
    PORTAL = "portal"  # signs in as a customer or supplier, and works on no documents
    OTHER_COMPANY = "other_company"  # does not work for the company whose documents these are
    ROBOT = "robot"  # the system's own user, whose tasks nobody reads


@dataclass(frozen=True, slots=True, kw_only=True)
class FinancePerson:
    id: Annotated[int, PUBLIC]
    name: Annotated[str, PUBLIC]  # a colleague
    against: Annotated[NotAssignable | None, PUBLIC]
