"""Zendesk Support: OAuth only, safe updates against others' changes, comments newest first by cursor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from integrations.credentials import Secret
from integrations.errors import AuthenticationFailed, NotSupported
from integrations.ticketing import oauth, signatures
from integrations.ticketing.connector import MOST_FOUND, Connector, Seen
from integrations.ticketing.exchange import Reply
from integrations.ticketing.hooks import read_body, refused, text_at
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

SCHEME = signatures.Scheme(
    header="X-Zendesk-Webhook-Signature",
    algorithm="sha256",
    encoding="base64",
    time_header="X-Zendesk-Webhook-Signature-Timestamp",
    time_unit="iso",
)
_STATES = {
    "new": TicketState.OPEN,
    "open": TicketState.OPEN,
    "pending": TicketState.WAITING,
    "hold": TicketState.WAITING,
    "solved": TicketState.SOLVED,
    "closed": TicketState.CLOSED,
}


class Zendesk(Connector):
    abilities: ClassVar[Abilities] = Abilities(
        links=True,
        versions=True,
        finds_by_order=True,
        hooks=HookProof.SIGNED_WITH_TIME,
        pages=Order.NEWEST_FIRST,
        page_size=100,
        calls_per_minute=200,
        longest_note=60_000,
    )

    async def _authorization(self) -> Mapping[str, str]:
        token, _ = await oauth.access_token(
            self.config, budget=self._budget, correlation_id=self._correlation_id
        )
        return {"Authorization": f"Bearer {token.reveal()}"}

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
        """A refused token changed nothing, so the question is asked once more with its successor."""
        _, made_at = await oauth.access_token(
            self.config, budget=self._budget, correlation_id=self._correlation_id
        )
        try:
            return await super()._ask(name, method, path, query=query, headers=headers, body=body)
        except AuthenticationFailed:
            pass
        token, _ = await oauth.access_token(
            self.config, budget=self._budget, correlation_id=self._correlation_id, refused=made_at
        )
        renewed = {**(headers or {}), "Authorization": f"Bearer {token.reveal()}"}
        return await super()._ask(name, method, path, query=query, headers=renewed, body=body)

    async def _check(self) -> Account:
        user = (await self._ask("me", "GET", "/api/v2/users/me")).body["user"]
        if user.get("role") not in {"agent", "admin"}:
            raise AuthenticationFailed(f"{self.config.slug}: the user behind the key is no agent")
        has_field = None
        if self.config.order_field:
            fields = (await self._ask("fields", "GET", "/api/v2/ticket_fields")).body["ticket_fields"]
            has_field = self.config.order_field in {str(each["id"]) for each in fields}
        return Account(id=str(user["id"]), name=user.get("name") or "", has_order_field=has_field)

    async def _fetch(self, ticket_id: str) -> Seen:
        reply = await self._ask("ticket", "GET", f"/api/v2/tickets/{ticket_id}", query={"include": "users"})
        raw = reply.body["ticket"]
        people = {user["id"]: user for user in reply.body.get("users") or ()}
        return Seen(ticket=self._ticket(raw, people), raw=raw)

    def _ticket(self, raw: Any, people: Mapping[Any, Any]) -> Ticket:
        ticket_id = str(raw["id"])
        fields = {str(each["id"]): each.get("value") for each in raw.get("custom_fields") or ()}
        link = fields.get(self.config.link_field)
        assignee = raw.get("assignee_id")
        return Ticket(
            ref=self._ref(ticket_id),
            number=ticket_id,
            subject=raw.get("subject") or "",
            state=_STATES.get(raw.get("status"), TicketState.OPEN),
            requester=_person(raw.get("requester_id"), people),
            assignee=_person(assignee, people) if assignee else None,
            order_ref=str(fields.get(self.config.order_field) or ""),
            links=(link,) if isinstance(link, str) and is_web_address(link) else (),
            address=f"{self.config.url}/agent/tickets/{ticket_id}",
            updated_at=_moment(raw["updated_at"]),
            version=raw["updated_at"],
        )

    async def _page(self, ticket_id: str, cursor: str) -> ThreadPage:
        query = {"include": "users", "sort": "-created_at", "page[size]": str(self.abilities.page_size)}
        if cursor:
            query["page[after]"] = cursor
        reply = await self._ask("thread", "GET", f"/api/v2/tickets/{ticket_id}/comments", query=query)
        people = {user["id"]: user for user in reply.body.get("users") or ()}
        messages = [_message(each, people) for each in reply.body["comments"]]
        meta = reply.body.get("meta") or {}
        after = str(meta["after_cursor"]) if meta.get("has_more") else ""
        return ThreadPage(messages=tuple(reversed(messages)), next=after)

    async def _find(self, order_ref: str) -> FoundTickets:
        query = {
            "query": f'type:ticket custom_field_{self.config.order_field}:"{order_ref}"',
            "per_page": str(MOST_FOUND),
            "sort_by": "updated_at",
            "sort_order": "desc",
        }
        body = (await self._ask("find", "GET", "/api/v2/search", query=query)).body
        tickets = tuple(self._ticket(each, {}) for each in body["results"])
        return FoundTickets(tickets=tickets, is_whole=not body.get("next_page"))

    async def _send_note(self, ticket_id: str, text: str) -> None:
        body = {"ticket": {"comment": {"body": text, "public": False}}}
        await self._ask("note", "PUT", f"/api/v2/tickets/{ticket_id}", body=body)

    async def _write_field(self, seen: Seen, name: str, value: str) -> None:
        if not name.isdigit():
            raise NotSupported(f"{self.config.slug}: a field is set up by its number here")
        body = {
            "ticket": {
                "custom_fields": [{"id": int(name), "value": value}],
                "updated_stamp": seen.ticket.version,
                "safe_update": True,
            }
        }
        await self._ask("field", "PUT", f"/api/v2/tickets/{seen.ticket.ref.id}", body=body)

    @staticmethod
    def verify_hook(raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime) -> Hook:
        reason = signatures.refusal(SCHEME, raw_body, headers, secret, now=now)
        if reason:
            return refused(reason)
        body = read_body(raw_body)
        ticket_id = (
            text_at(body, "detail", "id") or text_at(body, "ticket", "id") or text_at(body, "ticket_id")
        )
        named = signatures.header(headers, "X-Zendesk-Webhook-Invocation-Id") or text_at(body, "id")
        return Hook(
            trust=Trust.TRUSTED,
            ticket_id=ticket_id or text_at(body, "id"),
            kind=text_at(body, "type") or text_at(body, "event"),
            delivery=signatures.delivery_of(raw_body, named),
        )


def _person(user_id: Any, people: Mapping[Any, Any]) -> Person:
    user = people.get(user_id) or {}
    return Person(id=str(user_id or ""), name=user.get("name") or "", email=(user.get("email") or "").lower())


def _author(raw: Any, people: Mapping[Any, Any]) -> Author:
    """Customers cannot write privately; anybody else who is not known to be a colleague counts as a customer."""
    author_id = raw.get("author_id")
    if author_id == -1:  # Zendesk's own name for itself
        return Author.SYSTEM
    role = (people.get(author_id) or {}).get("role")
    return Author.AGENT if role in {"agent", "admin"} or not raw["public"] else Author.CUSTOMER


def _message(raw: Any, people: Mapping[Any, Any]) -> Message:
    author = _author(raw, people)
    text, html = cleaned(raw["html_body"]) if raw.get("html_body") else ("", "")
    text = tidy(raw.get("plain_body") or "") or text or tidy(raw.get("body") or "")
    return Message(
        id=str(raw["id"]),
        author=author,
        person=_person(raw.get("author_id"), people),
        is_public=bool(raw["public"]),
        at=_moment(raw["created_at"]),
        text=text,
        html=html,
        attachments=tuple(
            Attachment(
                name=each.get("file_name") or "",
                url=each.get("content_url") or "",
                content_type=each.get("content_type") or "",
                size=each.get("size") or 0,
            )
            for each in raw.get("attachments") or ()
            if is_web_address(each.get("content_url") or "")
        ),
        own_key=read_mark(text, author, is_public=raw["public"]),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
