"""Tickets and what was said in them, in our words and never a vendor's. Pure: no Django, no network, no clock.

A message maps onto a line of a case's history: ``author`` has the same words as the case's sender, and ``is_public``
tells a message from a note. Names, addresses and texts are personal: they are masked above, and never logged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TicketState(StrEnum):
    OPEN = "open"
    WAITING = "waiting"
    SOLVED = "solved"
    CLOSED = "closed"


class Author(StrEnum):
    CUSTOMER = "customer"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRef:
    """A ticket by the connection it lies behind and the vendor's own name for it."""

    connection: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody as the tool knows them; whether they are who they say is not our knowledge."""

    id: str = ""
    name: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    ref: TicketRef
    number: str  # as people say it
    subject: str = field(repr=False, default="")
    state: TicketState
    requester: Person
    assignee: Person | None
    order_ref: str  # what the order field holds; "" where it is empty or none is set up
    links: tuple[str, ...]  # to elsewhere, our own cases among them
    address: str  # where an agent opens it
    updated_at: datetime | None
    version: str = ""  # by which the tool notices that somebody else was quicker; "" where it does not


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Only a pointer: files stay where they are."""

    name: str = field(repr=False)
    url: str = field(repr=False)
    content_type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: str
    author: Author
    person: Person
    is_public: bool
    at: datetime
    text: str = field(repr=False)
    html: str = field(repr=False, default="")  # built anew from an allow-list; "" where there was only text
    attachments: tuple[Attachment, ...] = ()
    own_key: str = ""  # of a note that we posted


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage:
    """What one question yielded, oldest message first; ``next`` asks for more and is "" at the end."""

    messages: tuple[Message, ...]
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Oldest first. Where it ``is_whole`` is false, messages are missing at the end that the tool serves last."""

    messages: tuple[Message, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTickets:
    """Tickets whose order field is exactly the reference asked for; never chosen among here."""

    tickets: tuple[Ticket, ...]
    is_whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note for colleagues. ``key`` is made once, before the first attempt, and kept by the caller's journal."""

    key: str
    text: str = field(repr=False)
    intended_at: datetime  # of the first attempt: an own note of this key cannot be older


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedNote:
    id: str
    at: datetime
    was_there: bool  # an earlier attempt had arrived


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenField:
    ticket: Ticket
    was_there: bool


class Order(StrEnum):
    """In which order a tool serves the pages of a thread."""

    NEWEST_FIRST = "newest_first"
    OLDEST_FIRST = "oldest_first"


class HookProof(StrEnum):
    """What a tool's webhooks can prove at best."""

    SIGNED_WITH_TIME = "signed_with_time"
    SIGNED = "signed"  # can be replayed: take each body or delivery once
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a tool can do and how much of it; shown at set-up and obeyed by callers."""

    links: bool  # has a place for the way back to us, of its own or in a field
    versions: bool  # refuses a write that is based on something older
    finds_by_order: bool
    hooks: HookProof
    pages: Order
    page_size: int  # 0: all at once
    calls_per_minute: int  # of the smallest plan; 0 where the vendor names none
    longest_note: int
    settle_s: int = 30  # after a lost reply: a search before that may be too early


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who we are to the tool and what is missing for the rest, as a test of the connection tells it."""

    id: str
    name: str
    has_order_field: bool | None  # None: the tool does not tell


class Trust(StrEnum):
    TRUSTED = "trusted"
    HINT = "hint"  # nothing is proven: read the ticket again, and believe only that
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """An incoming webhook after its proof. ``reason`` says why one was refused; ``delivery`` is for taking it once."""

    trust: Trust
    reason: str = ""
    ticket_id: str = ""
    kind: str = ""
    delivery: str = ""
    answer: str = ""  # to be sent back as the body where the vendor asks for it
