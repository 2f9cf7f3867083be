"""What the console remembers about people, their rights, their tokens and what was done.

Fields and constraints only; whatever changes a row lives beside its use case (access, tokens, audit).
"""

from cases.models import casework  # noqa: F401 - registered here, used through cases.casework only
from cases.models.action_settings import ActionSwitch, NoteState, StepUp, TicketNote
from cases.models.actions import Action, ActionKind, ActionStep, Approval, Decision, StepState
from cases.models.delegations import ApprovalDelegation
from cases.models.embedding import (
    Embedding,
    EmbeddingPerson,
    FrameBearer,
    FrameCode,
    FrameLaunch,
    FrameLevel,
    HostKind,
)
from cases.models.escalations import Escalation
from cases.models.holds import Hold, HoldKind
from cases.models.masking import MaskingPolicy
from cases.models.people import Density, Theme, User
from cases.models.policies import ActionPolicy, PolicyDraft, PolicyTrial, RefusedRequest, TrialState
from cases.models.reconciliation import FOR_INFORMATION, Finding, FindingKind, ReconciliationRun
from cases.models.return_routes import ReturnRoute, ReturnWay
from cases.models.reveals import Reveal, RevealNotice, RevealReason
from cases.models.scope_rules import ScopeRule
from cases.models.scopes import Scope, ScopeGrant
from cases.models.search import CaseKey, CaseKeyKind, IdentityChoice, SearchAttempt
from cases.models.sightings import DocumentSighting
from cases.models.snapshots import Snapshot
from cases.models.subjects import SubjectKey
from cases.models.tickets import (
    ClosesCase,
    TicketHook,
    TicketLine,
    TicketLink,
    TicketLinkState,
    TicketMatch,
    TicketRules,
)
from cases.models.tokens import ApiToken
from cases.models.trail import AuditEntry, AuditHead

__all__ = [
    "FOR_INFORMATION",
    "Action",
    "ActionKind",
    "ActionPolicy",
    "ActionStep",
    "ActionSwitch",
    "ApiToken",
    "Approval",
    "ApprovalDelegation",
    "AuditEntry",
    "AuditHead",
    "CaseKey",
    "CaseKeyKind",
    "ClosesCase",
    "Decision",
    "Density",
    "DocumentSighting",
    "Embedding",
    "EmbeddingPerson",
    "Escalation",
    "Finding",
    "FindingKind",
    "FrameBearer",
    "FrameCode",
    "FrameLaunch",
    "FrameLevel",
    "Hold",
    "HoldKind",
    "HostKind",
    "IdentityChoice",
    "MaskingPolicy",
    "NoteState",
    "PolicyDraft",
    "PolicyTrial",
    "ReconciliationRun",
    "RefusedRequest",
    "ReturnRoute",
    "ReturnWay",
    "Reveal",
    "RevealNotice",
    "RevealReason",
    "Scope",
    "ScopeGrant",
    "ScopeRule",
    "SearchAttempt",
    "Snapshot",
    "StepState",
    "StepUp",
    "SubjectKey",
    "Theme",
    "TicketHook",
    "TicketLine",
    "TicketLink",
    "TicketLinkState",
    "TicketMatch",
    "TicketNote",
    "TicketRules",
    "TrialState",
    "User",
]
