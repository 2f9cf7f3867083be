"""What is the same for every tool: look before writing, write once, read back, and never believe a shape.

A connector adds its vendor's words: how to sign in, where tickets and messages are, and how to write into them.
"""

from __future__ import annotations

import asyncio
import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from integrations.credentials import Secret
from integrations.errors import Conflict, Garbled, Missing, NotKept, NotSupported
from integrations.odoo.budget import Budget
from integrations.ticketing.connections import TicketingConfig, require_field
from integrations.ticketing.exchange import Question, Reply, exchange
from integrations.ticketing.marks import mark
from integrations.ticketing.records import (
    Abilities,
    Account,
    FoundTickets,
    Hook,
    Message,
    Note,
    Order,
    PostedNote,
    Thread,
    ThreadPage,
    Ticket,
    TicketRef,
    WrittenField,
)

Result = TypeVar("Result")

MOST_PAGES = 60
MOST_FOUND = 20
CLOCKS_DIFFER = timedelta(hours=1)
SECOND_LOOK_S = 0.5

_UNSEARCHABLE = re.compile(r"[\x00-\x1f\"'\\{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A ticket, and the answer that told of it: what is merged into must be what was read."""

    ticket: Ticket
    raw: Any = field(repr=False)


class Connector(ABC):
    """See ``integrations.ticketing.protocol.TicketSystem`` for what the verbs promise."""

    abilities: ClassVar[Abilities]
    ids: ClassVar[re.Pattern[str]] = re.compile(r"[0-9]{1,18}")

    def __init__(self, config: TicketingConfig, *, budget: Budget, correlation_id: str) -> None:
        self.config = config
        self._budget = budget
        self._correlation_id = correlation_id

    # --- what callers ask for -------------------------------------------------------------------------------
    async def check(self) -> Account:
        return await self._shaped(self._check())

    async def read_ticket(self, ticket_id: str) -> Ticket:
        return (await self._see(ticket_id)).ticket

    async def read_page(self, ticket_id: str, *, cursor: str = "") -> ThreadPage:
        self._require_id(ticket_id)
        return await self._shaped(self._page(ticket_id, cursor))

    async def read_thread(self, ticket_id: str, *, most: int = 300) -> Thread:
        found: dict[str, Message] = {}  # by name: pages shift while somebody writes
        cursor = ""
        for _ in range(MOST_PAGES):
            page = await self.read_page(ticket_id, cursor=cursor)
            served = {message.id: message for message in page.messages}
            found = {**served, **found} if self.abilities.pages is Order.NEWEST_FIRST else {**found, **served}
            cursor = page.next
            if not cursor or len(found) >= most:
                break
        is_whole = not cursor and len(found) <= most
        messages = sorted(found.values(), key=lambda message: message.at)
        kept = messages[-most:] if self.abilities.pages is Order.NEWEST_FIRST else messages[:most]
        return Thread(messages=tuple(kept), is_whole=is_whole)

    async def find_by_order(self, order_ref: str) -> FoundTickets:
        if not self.abilities.finds_by_order:
            raise NotSupported(f"{self.config.slug}: this tool cannot be searched by a field")
        require_field(self.config, "order_field")
        if not order_ref.strip() or _UNSEARCHABLE.search(order_ref) or len(order_ref) > 100:
            return FoundTickets(tickets=())  # no order of ours is called like that
        found = await self._shaped(self._find(order_ref))
        # Searches are broader than equality, and some indexes lag behind.
        return FoundTickets(
            tickets=tuple(ticket for ticket in found.tickets if ticket.order_ref == order_ref),
            is_whole=found.is_whole,
        )

    async def post_note(self, ticket_id: str, note: Note) -> PostedNote:
        self._require_id(ticket_id)
        text = mark(note.text, note.key)
        if len(text) > self.abilities.longest_note:
            raise NotSupported(f"{self.config.slug}: the note is longer than the tool takes")
        found, cursor = await self._find_own(ticket_id, note)
        if found is None:
            await self._shaped(self._send_note(ticket_id, text))
            posted = await self._read_back(ticket_id, note, cursor)
            return PostedNote(id=posted.id, at=posted.at, was_there=False)
        return PostedNote(id=found.id, at=found.at, was_there=True)

    async def set_order(self, ticket_id: str, order_ref: str, *, instead_of: str = "") -> WrittenField:
        name = require_field(self.config, "order_field")
        for _ in range(3):
            seen = await self._see(ticket_id)
            if seen.ticket.order_ref == order_ref:
                return WrittenField(ticket=seen.ticket, was_there=True)
            if seen.ticket.order_ref != instead_of:
                raise Conflict(f"{self.config.slug}: the order field holds something else by now")
            try:
                await self._shaped(self._write_field(seen, name, order_ref))
            except Conflict:
                continue  # something about the ticket changed: perhaps not this field
            after = await self.read_ticket(ticket_id)
            if after.order_ref != order_ref:
                raise NotKept(f"{self.config.slug}: the order field does not hold what was written")
            return WrittenField(ticket=after, was_there=False)
        raise Conflict(f"{self.config.slug}: the ticket keeps changing")

    async def link_back(self, ticket_id: str, address: str) -> WrittenField:
        self._require_place_for_links()
        for _ in range(3):
            seen = await self._see(ticket_id)
            if address in seen.ticket.links:
                return WrittenField(ticket=seen.ticket, was_there=True)
            try:
                await self._shaped(self._write_link(seen, address))
            except Conflict:
                if not self.abilities.versions or self._is_link_taken(seen):
                    raise
                continue
            after = await self.read_ticket(ticket_id)
            if address not in after.links:
                raise NotKept(f"{self.config.slug}: the ticket does not hold the link that was written")
            return WrittenField(ticket=after, was_there=False)
        raise Conflict(f"{self.config.slug}: the ticket keeps changing")

    @staticmethod
    @abstractmethod
    def verify_hook(raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime) -> Hook:
        """Told on the bytes as they came, before anything in them is believed."""

    # --- what a vendor's file says --------------------------------------------------------------------------
    @abstractmethod
    async def _authorization(self) -> Mapping[str, str]: ...

    @abstractmethod
    async def _check(self) -> Account: ...

    @abstractmethod
    async def _fetch(self, ticket_id: str) -> Seen: ...

    @abstractmethod
    async def _page(self, ticket_id: str, cursor: str) -> ThreadPage: ...

    async def _find(self, order_ref: str) -> FoundTickets:
        raise NotSupported(f"{self.config.slug}: this tool cannot be searched by a field")

    @abstractmethod
    async def _send_note(self, ticket_id: str, text: str) -> None: ...

    @abstractmethod
    async def _write_field(self, seen: Seen, name: str, value: str) -> None: ...

    def _require_place_for_links(self) -> None:
        """Where a tool has links of its own, its file says so by doing nothing here."""
        require_field(self.config, "link_field")

    def _is_link_taken(self, seen: Seen) -> bool:
        return bool(seen.ticket.links)

    async def _write_link(self, seen: Seen, address: str) -> None:
        if self._is_link_taken(seen):
            raise Conflict(f"{self.config.slug}: the link field holds another address")
        await self._write_field(seen, self.config.link_field, address)

    # --- for all of them ------------------------------------------------------------------------------------
    async def _ask(
        self,
        name: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Reply:
        question = Question(
            name=name,
            method=method,
            path=path,
            query=query or {},
            headers={**await self._authorization(), **(headers or {})},
            body=body,
        )
        return await exchange(self.config, question, budget=self._budget, correlation_id=self._correlation_id)

    def _ref(self, ticket_id: str) -> TicketRef:
        return TicketRef(connection=self.config.slug, id=ticket_id)

    def _require_id(self, ticket_id: str) -> None:
        """What is put into a path must be a name of a ticket and nothing else."""
        if not self.ids.fullmatch(ticket_id):
            raise Missing(f"{self.config.slug}: no ticket is called like that")

    async def _see(self, ticket_id: str) -> Seen:
        self._require_id(ticket_id)
        return await self._shaped(self._fetch(ticket_id))

    async def _shaped(self, work: Awaitable[Result]) -> Result:
        """What an answer of another shape breaks is the tool's failure; the words of it may hold values."""
        try:
            return await work
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            pass
        raise Garbled(f"{self.config.slug}: the answer is not of the shape that the vendor describes")

    async def _find_own(self, ticket_id: str, note: Note, cursor: str = "") -> tuple[Message | None, str]:
        """Our note of that key, and the page on which a new one would appear."""
        newest_first = self.abilities.pages is Order.NEWEST_FIRST
        last = cursor
        for _ in range(MOST_PAGES):
            page = await self.read_page(ticket_id, cursor=last)
            for message in page.messages:
                if message.own_key == note.key:
                    return message, last
            is_older = bool(page.messages) and page.messages[0].at < note.intended_at - CLOCKS_DIFFER
            if not page.next or (newest_first and is_older):
                return None, cursor if newest_first else last
            last = page.next
        raise NotSupported(f"{self.config.slug}: the thread is too long to be searched for our own note")

    async def _read_back(self, ticket_id: str, note: Note, cursor: str) -> Message:
        found, _ = await self._find_own(ticket_id, note, cursor)
        if found is None and self._budget.remaining_s() > 2 * SECOND_LOOK_S:
            await asyncio.sleep(SECOND_LOOK_S)
            found, _ = await self._find_own(ticket_id, note, cursor)
        if found is None:
            raise NotKept(f"{self.config.slug}: the note was taken, but it is not in the thread")
        if found.is_public:
            raise NotKept(f"{self.config.slug}: the note stands where customers can see it")
        return found
