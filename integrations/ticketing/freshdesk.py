"""Freshdesk: conversations come oldest first in numbered pages, the customer's first words lie in the ticket itself."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from integrations.credentials import Secret
from integrations.errors import Forbidden
from integrations.ticketing import signatures
from integrations.ticketing.connector import Connector, Seen
from integrations.ticketing.hooks import judge_unsigned, read_body, refused, text_at
from integrations.ticketing.marks import read_mark
from integrations.ticketing.markup import as_html, cleaned, is_web_address, tidy
from integrations.ticketing.records import (
    Abilities,
    Account,
    Attachment,
    Author,
    FoundTickets,
    Hook,
    HookProof,
    Message,
    Order,
    Person,
    ThreadPage,
    Ticket,
    TicketState,
    Trust,
)
from integrations.ticketing.vendors import KeyPurpose

_STATES = {
    2: TicketState.OPEN,
    3: TicketState.WAITING,
    4: TicketState.SOLVED,
    5: TicketState.CLOSED,
    6: TicketState.WAITING,
    7: TicketState.WAITING,
}
_FOUND_A_PAGE = 30


class Freshdesk(Connector):
    abilities: ClassVar[Abilities] = Abilities(
        links=True,
        versions=False,
        finds_by_order=True,
        hooks=HookProof.NONE,
        pages=Order.OLDEST_FIRST,
        page_size=100,
        calls_per_minute=200,
        longest_note=60_000,
    )

    async def _authorization(self) -> Mapping[str, str]:
        pair = f"{self.config.secret(KeyPurpose.API).reveal()}:X"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    async def _check(self) -> Account:
        agent = (await self._ask("me", "GET", "/api/v2/agents/me")).body
        return Account(
            id=str(agent["id"]),
            name=(agent.get("contact") or {}).get("name") or "",
            has_order_field=await self._has_order_field() if self.config.order_field else None,
        )

    async def _has_order_field(self) -> bool | None:
        try:
            fields = (await self._ask("fields", "GET", "/api/v2/ticket_fields")).body
        except Forbidden:  # only administrators may list them
            return None
        return self.config.order_field in {each.get("name") for each in fields}

    async def _fetch(self, ticket_id: str) -> Seen:
        path = f"/api/v2/tickets/{ticket_id}"
        raw = (await self._ask("ticket", "GET", path, query={"include": "requester"})).body
        return Seen(ticket=self._ticket(raw), raw=raw)

    def _ticket(self, raw: Any) -> Ticket:
        ticket_id = str(raw["id"])
        fields = raw.get("custom_fields") or {}
        link = fields.get(self.config.link_field)
        requester = raw.get("requester") or {}
        assignee = raw.get("responder_id")
        return Ticket(
            ref=self._ref(ticket_id),
            number=ticket_id,
            subject=raw.get("subject") or "",
            state=_STATES.get(raw.get("status"), TicketState.OPEN),
            requester=Person(
                id=str(raw.get("requester_id") or ""),
                name=requester.get("name") or "",
                email=(requester.get("email") or "").lower(),
            ),
            assignee=Person(id=str(assignee)) if assignee else None,
            order_ref=str(fields.get(self.config.order_field) or ""),
            links=(link,) if isinstance(link, str) and is_web_address(link) else (),
            address=f"{self.config.url}/a/tickets/{ticket_id}",
            updated_at=_moment(raw["updated_at"]),
        )

    async def _page(self, ticket_id: str, cursor: str) -> ThreadPage:
        number = int(cursor or "1")
        messages: list[Message] = []
        if number == 1:
            seen = await self._fetch(ticket_id)
            messages.append(_first_words(seen))
        query = {"page": str(number), "per_page": str(self.abilities.page_size)}
        path = f"/api/v2/tickets/{ticket_id}/conversations"
        found = (await self._ask("thread", "GET", path, query=query)).body
        messages += [_message(each) for each in found]
        is_full = len(found) >= self.abilities.page_size
        return ThreadPage(messages=tuple(messages), next=str(number + 1) if is_full else "")

    async def _find(self, order_ref: str) -> FoundTickets:
        query = {"query": f"\"{self.config.order_field}:'{order_ref}'\""}
        body = (await self._ask("find", "GET", "/api/v2/search/tickets", query=query)).body
        tickets = tuple(self._ticket(each) for each in body["results"])
        return FoundTickets(tickets=tickets, is_whole=int(body["total"]) <= _FOUND_A_PAGE)

    async def _send_note(self, ticket_id: str, text: str) -> None:
        body = {"body": as_html(text), "private": True}
        await self._ask("note", "POST", f"/api/v2/tickets/{ticket_id}/notes", body=body)

    async def _write_field(self, seen: Seen, name: str, value: str) -> None:
        body = {"custom_fields": {name: value}}
        await self._ask("field", "PUT", f"/api/v2/tickets/{seen.ticket.ref.id}", body=body)

    @staticmethod
    def verify_hook(raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime) -> Hook:
        trust, reason = judge_unsigned(headers, secret)
        if trust is Trust.REFUSED:
            return refused(reason)
        body = read_body(raw_body)
        return Hook(
            trust=trust,
            ticket_id=text_at(body, "freshdesk_webhook", "ticket_id") or text_at(body, "ticket_id"),
            kind=text_at(body, "freshdesk_webhook", "triggered_event") or text_at(body, "event"),
            delivery=signatures.delivery_of(raw_body),
        )


def _first_words(seen: Seen) -> Message:
    """The ticket's description is what the customer wrote first; it has no number of its own."""
    raw = seen.raw
    text, html = cleaned(raw.get("description") or "")
    return Message(
        id=f"ticket-{seen.ticket.ref.id}",
        author=Author.CUSTOMER,
        person=seen.ticket.requester,
        is_public=True,
        at=_moment(raw["created_at"]),
        text=tidy(raw.get("description_text") or "") or text,
        html=html,
        attachments=_attachments(raw),
    )


def _message(raw: Any) -> Message:
    author = Author.CUSTOMER if raw["incoming"] else Author.AGENT
    is_public = not raw["private"]
    text, html = cleaned(raw.get("body") or "")
    # Not their plain text: it runs lines together, and our mark stands on a line of its own.
    text = text or tidy(raw.get("body_text") or "")
    return Message(
        id=str(raw["id"]),
        author=author,
        person=Person(id=str(raw.get("user_id") or ""), email=(raw.get("from_email") or "").lower()),
        is_public=is_public,
        at=_moment(raw["created_at"]),
        text=text,
        html=html,
        attachments=_attachments(raw),
        own_key=read_mark(text, author, is_public=is_public),
    )


def _attachments(raw: Any) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            name=each.get("name") or "",
            url=each["attachment_url"],
            content_type=each.get("content_type") or "",
            size=each.get("size") or 0,
        )
        for each in raw.get("attachments") or ()
        if is_web_address(each.get("attachment_url") or "")
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
