"""Tickets of other tools: which case one belongs to, what of it is kept, and what it is told."""

from cases.tickets.reading import case_for_ticket, choose_order, link_of
from cases.tickets.records import (
    FoundIn,
    NoSuchTicketing,
    OrderCandidate,
    Outcome,
    TicketCase,
    TicketFailure,
    TicketShown,
)

__all__ = [
    "FoundIn",
    "NoSuchTicketing",
    "OrderCandidate",
    "Outcome",
    "TicketCase",
    "TicketFailure",
    "TicketShown",
    "case_for_ticket",
    "choose_order",
    "link_of",
]
