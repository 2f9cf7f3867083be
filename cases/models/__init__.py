"""What the console remembers about people, their rights, their tokens and what was done.

Fields and constraints only; whatever changes a row lives beside its use case (access, tokens, audit).
"""

from cases.models.casework import (
    Case,
    CaseEntry,
    CaseOrder,
    CasePresence,
    CasePriority,
    CaseState,
    CaseType,
    CaseView,
    EntryFrom,
    EntryKind,
)
from cases.models.people import Density, Theme, User
from cases.models.scopes import Scope, ScopeGrant
from cases.models.tokens import ApiToken
from cases.models.trail import AuditEntry, AuditHead

__all__ = [
    "ApiToken",
    "AuditEntry",
    "AuditHead",
    "Case",
    "CaseEntry",
    "CaseOrder",
    "CasePresence",
    "CasePriority",
    "CaseState",
    "CaseType",
    "CaseView",
    "Density",
    "EntryFrom",
    "EntryKind",
    "Scope",
    "ScopeGrant",
    "Theme",
    "User",
]
