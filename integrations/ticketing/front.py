"""Front: private comments beside the messages, fields that vanish when they are not sent back, links of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlsplit

from integrations.credentials import Secret
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

OF_APPLICATIONS = signatures.Scheme(
    header="X-Front-Signature",
    algorithm="sha256",
    encoding="base64",
    time_header="X-Front-Request-Timestamp",
    joint=b":",
    time_unit="ms",
)
OF_RULES = signatures.Scheme(header="X-Front-Signature", algorithm="sha1", encoding="base64")
_STATES = {
    "archived": TicketState.SOLVED,
    "deleted": TicketState.CLOSED,
    "spam": TicketState.CLOSED,
}
_CATEGORIES = {"waiting": TicketState.WAITING, "resolved": TicketState.SOLVED}


class Front(Connector):
    abilities: ClassVar[Abilities] = Abilities(
        links=True,
        versions=False,
        finds_by_order=True,
        hooks=HookProof.SIGNED_WITH_TIME,
        pages=Order.NEWEST_FIRST,
        page_size=100,
        calls_per_minute=50,
        longest_note=60_000,
    )
    ids: ClassVar[re.Pattern[str]] = re.compile(r"cnv_[0-9a-z]{1,30}")

    async def _authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.config.secret(KeyPurpose.API).reveal()}"}

    async def _check(self) -> Account:
        company = (await self._ask("me", "GET", "/me")).body
        has_field = None
        if self.config.order_field:
            known = (await self._ask("fields", "GET", "/conversations/custom_fields")).body["_results"]
            has_field = self.config.order_field in {each["name"] for each in known}
        return Account(id=company["id"], name=company["name"], has_order_field=has_field)

    async def _fetch(self, ticket_id: str) -> Seen:
        raw = (await self._ask("ticket", "GET", f"/conversations/{ticket_id}")).body
        return Seen(ticket=self._ticket(raw), raw=raw)

    def _ticket(self, raw: Any) -> Ticket:
        recipient = raw.get("recipient") or {}
        handle = recipient.get("handle") or ""
        assignee = raw.get("assignee")
        updated_at = raw.get("updated_at") or raw.get("created_at")
        state = _STATES.get(raw.get("status")) or _CATEGORIES.get(raw.get("status_category"))
        return Ticket(
            ref=self._ref(raw["id"]),
            number=raw["id"],
            subject=raw.get("subject") or "",
            state=state or TicketState.OPEN,
            requester=Person(name=recipient.get("name") or "", email=handle.lower() if "@" in handle else ""),
            assignee=_teammate(assignee) if assignee else None,
            order_ref=str((raw.get("custom_fields") or {}).get(self.config.order_field) or ""),
            links=tuple(
                each["external_url"]
                for each in raw.get("links") or ()
                if is_web_address(each.get("external_url") or "")
            ),
            address=f"https://app.frontapp.com/open/{raw['id']}",
            updated_at=_moment(updated_at) if updated_at else None,
        )

    async def _page(self, ticket_id: str, cursor: str) -> ThreadPage:
        """All comments come with the first page: they are not paged, and our own are among them."""
        messages: list[Message] = []
        if not cursor:
            comments = await self._ask("comments", "GET", f"/conversations/{ticket_id}/comments")
            messages += [_comment(each) for each in comments.body["_results"]]
        query = {"limit": str(self.abilities.page_size), **({"page_token": cursor} if cursor else {})}
        body = (await self._ask("thread", "GET", f"/conversations/{ticket_id}/messages", query=query)).body
        messages += [_message(each) for each in body["_results"] if not each.get("draft_mode")]
        messages.sort(key=lambda message: message.at)
        following = (body.get("_pagination") or {}).get("next") or ""
        token = parse_qs(urlsplit(following).query).get("page_token", [""])[0]
        return ThreadPage(messages=tuple(messages), next=token)

    async def _find(self, order_ref: str) -> FoundTickets:
        words = quote(f'custom_field:"{self.config.order_field}={order_ref}"', safe="")
        query = {"limit": str(MOST_FOUND)}
        body = (await self._ask("find", "GET", f"/conversations/search/{words}", query=query)).body
        tickets = tuple(self._ticket(each) for each in body["_results"])
        return FoundTickets(tickets=tickets, is_whole=int(body.get("_total") or 0) <= len(tickets))

    async def _send_note(self, ticket_id: str, text: str) -> None:
        await self._ask("note", "POST", f"/conversations/{ticket_id}/comments", body={"body": text})

    async def _write_field(self, seen: Seen, name: str, value: str) -> None:
        """Every field goes back as it was read a moment ago: one that is left out is erased."""
        merged = {**(seen.raw.get("custom_fields") or {}), name: value}
        path = f"/conversations/{seen.ticket.ref.id}"
        await self._ask("field", "PATCH", path, body={"custom_fields": merged})

    def _require_place_for_links(self) -> None:
        """Front has links of its own."""

    async def _write_link(self, seen: Seen, address: str) -> None:
        path = f"/conversations/{seen.ticket.ref.id}/links"
        await self._ask("link", "POST", path, body={"link_external_urls": [address]})

    @staticmethod
    def verify_hook(raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime) -> Hook:
        """Applications sign a time and the body, rules only the body; the time's header tells which it is."""
        has_time = bool(signatures.header(headers, OF_APPLICATIONS.time_header))
        scheme = OF_APPLICATIONS if has_time else OF_RULES
        trust, reason = judge(scheme, raw_body, headers, secret, now=now)
        if trust is Trust.REFUSED:
            return refused(reason)
        body = read_body(raw_body)
        ticket_id = text_at(body, "payload", "conversation", "id") or text_at(body, "conversation", "id")
        challenge = signatures.header(headers, "X-Front-Challenge")
        return Hook(
            trust=trust,
            ticket_id=ticket_id,
            kind=text_at(body, "type"),
            delivery=signatures.delivery_of(raw_body, text_at(body, "id")),
            answer=challenge[:200] if trust is Trust.TRUSTED else "",
        )


def _teammate(raw: Any) -> Person:
    name = f"{raw.get('first_name') or ''} {raw.get('last_name') or ''}".strip()
    return Person(id=raw.get("id") or "", name=name, email=(raw.get("email") or "").lower())


def _comment(raw: Any) -> Message:
    """Written by teammates, or by what they set up; never seen outside the house."""
    writer = raw.get("author") or {}
    # What a token of ours writes counts as an agent's: it is a person's decision that is told.
    author = (
        Author.AGENT
        if writer.get("type") in {None, "user", "visitor", "api", "integration"}
        else Author.SYSTEM
    )
    text = tidy(raw.get("body") or "")
    return Message(
        id=raw["id"],
        author=author,
        person=_teammate(writer),
        is_public=False,
        at=_moment(raw["posted_at"]),
        text=text,
        attachments=_attachments(raw),
        own_key=read_mark(text, author, is_public=False),
    )


def _message(raw: Any) -> Message:
    is_customers = bool(raw["is_inbound"])
    text, html = cleaned(raw.get("body") or "")
    return Message(
        id=raw["id"],
        author=Author.CUSTOMER if is_customers else Author.AGENT,
        person=_sender(raw) if is_customers else _teammate(raw.get("author") or {}),
        is_public=True,
        at=_moment(raw["created_at"]),
        text=tidy(raw.get("text") or "") or text,
        html=html,
        attachments=_attachments(raw),
    )


def _sender(raw: Any) -> Person:
    sender: Any = next((each for each in raw.get("recipients") or () if each.get("role") == "from"), {})
    handle = sender.get("handle") or ""
    return Person(name=sender.get("name") or "", email=handle.lower() if "@" in handle else "")


def _attachments(raw: Any) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            name=each.get("filename") or "",
            url=each["url"],
            content_type=each.get("content_type") or "",
            size=each.get("size") or 0,
        )
        for each in raw.get("attachments") or ()
        if is_web_address(each.get("url") or "")
    )


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
