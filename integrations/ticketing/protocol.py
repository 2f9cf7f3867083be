"""What every ticketing tool is asked for, whatever its name: the one shape that the layer above knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from integrations.credentials import Secret
from integrations.ticketing.records import (
    Abilities,
    Account,
    FoundTickets,
    Hook,
    Note,
    PostedNote,
    Thread,
    ThreadPage,
    Ticket,
    WrittenField,
)


class TicketSystem(Protocol):
    """One connection for one piece of work. Raises ``integrations.errors.GatewayError`` and nothing else.

    Reads may be repeated. A write is sent once: ``NotSent`` and ``Rejected`` mean that nothing was changed, anything
    else that nobody knows; then the caller waits ``abilities.settle_s`` and asks again with the same key or the same
    ``instead_of``, which finds what had arrived after all.
    """

    @property
    def abilities(self) -> Abilities: ...

    async def check(self) -> Account:
        """Who we are there, and whether the order field that is set up exists."""
        ...

    async def read_ticket(self, ticket_id: str) -> Ticket: ...

    async def read_page(self, ticket_id: str, *, cursor: str = "") -> ThreadPage: ...

    async def read_thread(self, ticket_id: str, *, most: int = 300) -> Thread: ...

    async def find_by_order(self, order_ref: str) -> FoundTickets: ...

    async def post_note(self, ticket_id: str, note: Note) -> PostedNote:
        """A note that customers do not see, at most one for each key."""
        ...

    async def set_order(self, ticket_id: str, order_ref: str, *, instead_of: str = "") -> WrittenField:
        """Fill the order field; ``Conflict`` where it holds something else than ``instead_of`` by now."""
        ...

    async def link_back(self, ticket_id: str, address: str) -> WrittenField:
        """Put the way to our case on the ticket; ``NotSupported`` where there is no place for it.

        ``Conflict`` where the only place is taken by another address.
        """
        ...

    def verify_hook(
        self, raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime
    ) -> Hook: ...
