"""What asking for a ticket's case comes to, as the layer above may know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.masking import MaskedRecord
from integrations.errors import GatewayError as TicketFailure

__all__ = [
    "FoundIn",
    "NoSuchTicketing",
    "OrderCandidate",
    "OrderNamed",
    "Outcome",
    "TicketCase",
    "TicketFailure",
    "TicketShown",
]


class NoSuchTicketing(LookupError):
    """No active connection to a ticketing tool is called like that."""


class Outcome(StrEnum):
    OPENED = "opened"  # there is a case, and the viewer may see it
    NO_ACCESS = "no_access"  # there is one that the viewer may not see
    NO_MATCH = "no_match"  # no known order is named, and nothing says whose such a case would be
    AMBIGUOUS = "ambiguous"  # several orders are named: a person has to say which
    ODOO_SILENT = "odoo_silent"  # nobody could tell whether what is named is an order


class FoundIn(StrEnum):
    """Where in a ticket an order is named, by how much it counts."""

    FIELD = "field"
    SUBJECT = "subject"
    THREAD = "thread"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderNamed:
    """An order as a case is linked to it; the numbers of documents only."""

    connection: str
    company_id: int
    ref: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCandidate:
    """An order that the ticket may be about, masked, and why it is offered."""

    match: MaskedRecord
    found_in: tuple[FoundIn, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketShown:
    """What may be said of a ticket to anybody who may ask for it: nothing personal."""

    connection: str
    id: str
    number: str
    address: str
    state: str
    order_ref: str
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCase:
    """``case_id`` is set where the viewer may see the case, ``orders`` are those of it that they may see."""

    outcome: Outcome
    ticket: TicketShown
    case_id: int | None = None
    orders: tuple[OrderNamed, ...] = ()
    candidates: tuple[OrderCandidate, ...] = ()
