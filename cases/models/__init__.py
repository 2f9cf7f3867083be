"""What the console remembers about people, their rights, their tokens and what was done.

Fields and constraints only; whatever changes a row lives beside its use case (access, tokens, audit).
"""

from cases.models import casework  # noqa: F401 - registered here, used through cases.casework only
from cases.models.holds import Hold, HoldKind
from cases.models.masking import MaskingPolicy
from cases.models.people import Density, Theme, User
from cases.models.reveals import Reveal, RevealNotice, RevealReason
from cases.models.scope_rules import ScopeRule
from cases.models.scopes import Scope, ScopeGrant
from cases.models.search import IdentityChoice, SearchAttempt
from cases.models.tokens import ApiToken
from cases.models.trail import AuditEntry, AuditHead

__all__ = [
    "ApiToken",
    "AuditEntry",
    "AuditHead",
    "Density",
    "Hold",
    "HoldKind",
    "IdentityChoice",
    "MaskingPolicy",
    "Reveal",
    "RevealNotice",
    "RevealReason",
    "Scope",
    "ScopeGrant",
    "ScopeRule",
    "SearchAttempt",
    "Theme",
    "User",
]
