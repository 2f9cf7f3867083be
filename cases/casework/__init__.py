"""Cases: what customers ask, and what people do about it. The only user of the case tables.

Every use case takes the viewer and finds only what they may see; every change is one transaction with its entry in
the trail. What is not visible raises ``CaseNotVisible``, whether or not it exists.
"""

from cases.casework.changing import CaseChanged, IllegalChange
from cases.casework.checklists import DisputeStep
from cases.casework.colleagues import Colleague, colleagues_of
from cases.casework.for_refund import CaseForRefund, can_undo, case_for_refund, undo_opening
from cases.casework.linking import case_for_order, link_order, merge, unlink_order
from cases.casework.opening import (
    AlreadyOpen,
    CaseScope,
    Ticket,
    TicketMessage,
    open_case,
    open_case_about,
)
from cases.casework.presence import arrive, leave
from cases.casework.queues import Order, Queue, QueueQuery, count_queues, read_queue
from cases.casework.reading import (
    OpenedCase,
    case_choices,
    cases_about,
    read_case,
    read_trail,
    record_not_visible,
)
from cases.casework.views import SavedView, forget_view, save_view, saved_views
from cases.casework.visible import (
    CaseNotVisible,
    CaseQuerySet,
    NotPermitted,
    find_case,
    may_work,
    require_worker,
    state_of_case,
    visible_cases,
)
from cases.casework.working import (
    assign,
    assign_all,
    close,
    note,
    reopen,
    snooze,
    sort_case,
    take,
    tick,
    wake,
    wake_due_cases,
    write_entry,
)
from cases.models.casework import CasePriority, CaseState, CaseType, EntryFrom, EntryKind

__all__ = [
    "AlreadyOpen",
    "CaseChanged",
    "CaseForRefund",
    "CaseNotVisible",
    "CasePriority",
    "CaseQuerySet",
    "CaseScope",
    "CaseState",
    "CaseType",
    "Colleague",
    "DisputeStep",
    "EntryFrom",
    "EntryKind",
    "IllegalChange",
    "NotPermitted",
    "OpenedCase",
    "Order",
    "Queue",
    "QueueQuery",
    "SavedView",
    "Ticket",
    "TicketMessage",
    "arrive",
    "assign",
    "assign_all",
    "can_undo",
    "case_choices",
    "case_for_order",
    "case_for_refund",
    "cases_about",
    "close",
    "colleagues_of",
    "count_queues",
    "find_case",
    "forget_view",
    "leave",
    "link_order",
    "may_work",
    "merge",
    "note",
    "open_case",
    "open_case_about",
    "read_case",
    "read_queue",
    "read_trail",
    "record_not_visible",
    "reopen",
    "require_worker",
    "save_view",
    "saved_views",
    "snooze",
    "sort_case",
    "state_of_case",
    "take",
    "tick",
    "undo_opening",
    "unlink_order",
    "visible_cases",
    "wake",
    "wake_due_cases",
    "write_entry",
]
