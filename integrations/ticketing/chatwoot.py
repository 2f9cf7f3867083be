"""Chatwoot: writing custom attributes replaces all of them, so they are read first, merged, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar

from integrations.credentials import Secret
from integrations.errors import AuthenticationFailed
from integrations.ticketing import signatures
from integrations.ticketing.connector import Connector, Seen
from integrations.ticketing.hooks import judge, read_body, refused, text_at
from integrations.ticketing.marks import read_mark
from integrations.ticketing.markup import is_web_address, tidy
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

SCHEME = signatures.Scheme(
    header="X-Chatwoot-Signature",
    algorithm="sha256",
    encoding="hex",
    prefix="sha256=",
    time_header="X-Chatwoot-Timestamp",
    joint=b".",
    time_unit="s",
)
_STATES = {
    "open": TicketState.OPEN,
    "pending": TicketState.OPEN,
    "snoozed": TicketState.WAITING,
    "resolved": TicketState.SOLVED,
}
_INCOMING, _OUTGOING = 0, 1


class Chatwoot(Connector):
    abilities: ClassVar[Abilities] = Abilities(
        links=True,
        versions=False,
        finds_by_order=True,
        hooks=HookProof.SIGNED_WITH_TIME,
        pages=Order.NEWEST_FIRST,
        page_size=20,
        calls_per_minute=3000,
        longest_note=150_000,
    )

    @property
    def _base(self) -> str:
        return f"/api/v1/accounts/{self.config.account}"

    async def _authorization(self) -> Mapping[str, str]:
        return {"api_access_token": self.config.secret(KeyPurpose.API).reveal()}

    async def _check(self) -> Account:
        user = (await self._ask("me", "GET", "/api/v1/profile")).body
        if self.config.account not in {str(each["id"]) for each in user.get("accounts") or ()}:
            raise AuthenticationFailed(f"{self.config.slug}: the key does not belong to this account")
        has_field = None
        if self.config.order_field:
            path = f"{self._base}/custom_attribute_definitions"
            known = (await self._ask("fields", "GET", path, query={"attribute_model": "0"})).body
            has_field = self.config.order_field in {each.get("attribute_key") for each in known}
        return Account(id=str(user["id"]), name=user.get("name") or "", has_order_field=has_field)

    async def _fetch(self, ticket_id: str) -> Seen:
        raw = (await self._ask("ticket", "GET", f"{self._base}/conversations/{ticket_id}")).body
        return Seen(ticket=self._ticket(raw), raw=raw)

    def _ticket(self, raw: Any) -> Ticket:
        ticket_id = str(raw["id"])
        attributes = raw.get("custom_attributes") or {}
        meta = raw.get("meta") or {}
        link = attributes.get(self.config.link_field)
        assignee = meta.get("assignee")
        updated_at = raw.get("updated_at") or raw.get("last_activity_at")
        more = raw.get("additional_attributes") or {}
        return Ticket(
            ref=self._ref(ticket_id),
            number=ticket_id,
            subject=str(more.get("mail_subject") or ""),
            state=_STATES.get(raw.get("status"), TicketState.OPEN),
            requester=_person(meta.get("sender") or {}),
            assignee=_person(assignee) if assignee else None,
            order_ref=str(attributes.get(self.config.order_field) or ""),
            links=(link,) if isinstance(link, str) and is_web_address(link) else (),
            address=f"{self.config.url}/app/accounts/{self.config.account}/conversations/{ticket_id}",
            updated_at=_moment(updated_at) if updated_at else None,
        )

    async def _page(self, ticket_id: str, cursor: str) -> ThreadPage:
        query = {"before": cursor} if cursor else {}
        path = f"{self._base}/conversations/{ticket_id}/messages"
        found = (await self._ask("thread", "GET", path, query=query)).body["payload"]
        found = sorted(found, key=lambda each: int(each["id"]))
        is_full = len(found) >= self.abilities.page_size
        return ThreadPage(
            messages=tuple(_message(each) for each in found),
            next=str(found[0]["id"]) if is_full else "",
        )

    async def _find(self, order_ref: str) -> FoundTickets:
        condition = {
            "attribute_key": self.config.order_field,
            "filter_operator": "equal_to",
            "values": [order_ref],
        }
        path = f"{self._base}/conversations/filter"
        body = (await self._ask("find", "POST", path, body={"payload": [condition]})).body
        found = body.get("data") or body  # described with a frame, and served without
        tickets = tuple(self._ticket(each) for each in found["payload"])
        return FoundTickets(
            tickets=tickets, is_whole=int((found.get("meta") or {}).get("all_count") or 0) <= len(tickets)
        )

    async def _send_note(self, ticket_id: str, text: str) -> None:
        body = {"content": text, "message_type": "outgoing", "private": True}
        await self._ask("note", "POST", f"{self._base}/conversations/{ticket_id}/messages", body=body)

    async def _write_field(self, seen: Seen, name: str, value: str) -> None:
        """All attributes go back as they were read a moment ago: there is no way to say only one."""
        merged = {**(seen.raw.get("custom_attributes") or {}), name: value}
        path = f"{self._base}/conversations/{seen.ticket.ref.id}/custom_attributes"
        await self._ask("field", "POST", path, body={"custom_attributes": merged})

    @staticmethod
    def verify_hook(raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime) -> Hook:
        trust, reason = judge(SCHEME, raw_body, headers, secret, now=now)
        if trust is Trust.REFUSED:
            return refused(reason)
        body = read_body(raw_body)
        kind = text_at(body, "event")
        own = "" if kind.startswith(("message_", "contact_")) else text_at(body, "id")
        return Hook(
            trust=trust,
            ticket_id=text_at(body, "conversation", "id") or own,
            kind=kind,
            delivery=signatures.delivery_of(raw_body, signatures.header(headers, "X-Chatwoot-Delivery")),
        )


def _person(raw: Any) -> Person:
    return Person(
        id=str(raw.get("id") or ""), name=raw.get("name") or "", email=(raw.get("email") or "").lower()
    )


def _author(raw: Any) -> Author:
    """What is neither a customer's nor a colleague's was written by a rule, a bot or Chatwoot itself."""
    if raw["message_type"] == _INCOMING:
        return Author.CUSTOMER
    sender = (raw.get("sender") or {}).get("type") or raw.get("sender_type") or ""
    if raw["message_type"] == _OUTGOING and str(sender).lower() != "agent_bot":
        return Author.AGENT
    return Author.SYSTEM


def _message(raw: Any) -> Message:
    author = _author(raw)
    is_public = not raw.get("private") and author is not Author.SYSTEM
    text = tidy(raw.get("content") or "")
    files = [*(raw.get("attachments") or ()), *filter(None, [raw.get("attachment")])]
    return Message(
        id=str(raw["id"]),
        author=author,
        person=_person(raw.get("sender") or {}),
        is_public=is_public,
        at=_moment(raw["created_at"]),
        text=text,
        attachments=tuple(
            Attachment(
                name=str(each["data_url"]).rpartition("/")[2].partition("?")[0],
                url=each["data_url"],
                content_type=each.get("file_type") or "",
                size=each.get("file_size") or 0,
            )
            for each in files
            if is_web_address(each.get("data_url") or "")
        ),
        own_key=read_mark(text, author, is_public=is_public),
    )


def _moment(seconds: Any) -> datetime:
    return datetime.fromtimestamp(float(seconds), UTC)
