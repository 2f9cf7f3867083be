"""Zammad: a ticket's articles come all at once, its own fields lie beside the others, webhooks sign no time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from integrations.credentials import Secret
from integrations.errors import Forbidden
from integrations.ticketing import signatures
from integrations.ticketing.connector import MOST_FOUND, Connector, Seen
from integrations.ticketing.hooks import judge, read_body, refused, text_at
from integrations.ticketing.marks import read_mark
from integrations.ticketing.markup import cleaned, is_web_address, tidy
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

SCHEME = signatures.Scheme(header="X-Hub-Signature", algorithm="sha1", encoding="hex", prefix="sha1=")
_STATES = {
    "pending reminder": TicketState.WAITING,
    "pending close": TicketState.WAITING,
    "closed": TicketState.CLOSED,
    "merged": TicketState.CLOSED,
    "removed": TicketState.CLOSED,
}
_AUTHORS = {"Customer": Author.CUSTOMER, "Agent": Author.AGENT}
_NOBODY = 1  # the user "-", who owns what nobody owns


class Zammad(Connector):
    abilities: ClassVar[Abilities] = Abilities(
        links=True,
        versions=False,
        finds_by_order=True,
        hooks=HookProof.SIGNED,
        pages=Order.OLDEST_FIRST,
        page_size=0,
        calls_per_minute=0,
        longest_note=100_000,
    )

    async def _authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Token token={self.config.secret(KeyPurpose.API).reveal()}"}

    async def _check(self) -> Account:
        user = (await self._ask("me", "GET", "/api/v1/users/me")).body
        name = f"{user.get('firstname') or ''} {user.get('lastname') or ''}".strip()
        has_field = await self._has_order_field() if self.config.order_field else None
        return Account(id=str(user["id"]), name=name, has_order_field=has_field)

    async def _has_order_field(self) -> bool | None:
        try:
            known = (await self._ask("fields", "GET", "/api/v1/object_manager_attributes")).body
        except Forbidden:  # only administrators may list them
            return None
        return self.config.order_field in {
            each["name"] for each in known if each.get("object", "Ticket") == "Ticket"
        }

    async def _fetch(self, ticket_id: str) -> Seen:
        path = f"/api/v1/tickets/{ticket_id}"
        raw = (await self._ask("ticket", "GET", path, query={"expand": "true"})).body
        return Seen(ticket=self._ticket(raw), raw=raw)

    def _ticket(self, raw: Any) -> Ticket:
        ticket_id = str(raw["id"])
        link = raw.get(self.config.link_field) if self.config.link_field else None
        customer, owner = str(raw.get("customer") or ""), str(raw.get("owner") or "")
        has_owner = raw.get("owner_id") not in {None, _NOBODY}
        order_ref = raw.get(self.config.order_field) if self.config.order_field else None
        return Ticket(
            ref=self._ref(ticket_id),
            number=str(raw["number"]),
            subject=raw.get("title") or "",
            state=_STATES.get(raw.get("state"), TicketState.OPEN),
            requester=_person(raw.get("customer_id"), customer),
            assignee=_person(raw.get("owner_id"), owner) if has_owner else None,
            order_ref=str(order_ref or ""),
            links=(link,) if isinstance(link, str) and is_web_address(link) else (),
            address=f"{self.config.url}/#ticket/zoom/{ticket_id}",
            updated_at=_moment(raw["updated_at"]),
        )

    async def _page(self, ticket_id: str, cursor: str) -> ThreadPage:
        path = f"/api/v1/ticket_articles/by_ticket/{ticket_id}"
        articles = (await self._ask("thread", "GET", path)).body
        return ThreadPage(messages=tuple(self._message(each) for each in articles))

    def _message(self, raw: Any) -> Message:
        author = _AUTHORS.get(raw["sender"], Author.SYSTEM)
        is_public = not raw["internal"]
        body = raw.get("body") or ""
        text, html = cleaned(body) if raw.get("content_type") == "text/html" else (tidy(body), "")
        place = f"{self.config.url}/api/v1/ticket_attachment/{raw['ticket_id']}/{raw['id']}"
        return Message(
            id=str(raw["id"]),
            author=author,
            person=_person(raw.get("created_by_id"), str(raw.get("created_by") or "")),
            is_public=is_public,
            at=_moment(raw["created_at"]),
            text=text,
            html=html,
            attachments=tuple(
                Attachment(
                    name=each.get("filename") or "",
                    url=f"{place}/{int(each['id'])}",
                    content_type=(each.get("preferences") or {}).get("Mime-Type") or "",
                    size=int(each.get("size") or 0),
                )
                for each in raw.get("attachments") or ()
            ),
            own_key=read_mark(text, author, is_public=is_public),
        )

    async def _find(self, order_ref: str) -> FoundTickets:
        query = {
            "query": f'{self.config.order_field}:"{order_ref}"',
            "limit": str(MOST_FOUND),
            "expand": "true",
        }
        found = (await self._ask("find", "GET", "/api/v1/tickets/search", query=query)).body
        return FoundTickets(
            tickets=tuple(self._ticket(each) for each in found), is_whole=len(found) < MOST_FOUND
        )

    async def _send_note(self, ticket_id: str, text: str) -> None:
        body = {
            "ticket_id": int(ticket_id),
            "body": text,
            "content_type": "text/plain",
            "type": "note",
            "internal": True,
            "sender": "Agent",
        }
        await self._ask("note", "POST", "/api/v1/ticket_articles", body=body)

    async def _write_field(self, seen: Seen, name: str, value: str) -> None:
        await self._ask("field", "PUT", f"/api/v1/tickets/{seen.ticket.ref.id}", body={name: value})

    @staticmethod
    def verify_hook(raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime) -> Hook:
        trust, reason = judge(SCHEME, raw_body, headers, secret, now=now)
        if trust is Trust.REFUSED:
            return refused(reason)
        body = read_body(raw_body)
        return Hook(
            trust=trust,
            ticket_id=text_at(body, "ticket", "id") or text_at(body, "id"),
            kind=signatures.header(headers, "X-Zammad-Trigger")[:100],
            delivery=signatures.delivery_of(raw_body, signatures.header(headers, "X-Zammad-Delivery")),
        )


def _person(user_id: Any, login: str) -> Person:
    """Zammad's logins are addresses, mostly."""
    return Person(id=str(user_id or ""), email=login.lower() if "@" in login else "")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
