"""django-helpdesk: a follow-up's title becomes the ticket's, so none is sent; the whole thread lies in the ticket."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from integrations.credentials import Secret
from integrations.ticketing import signatures
from integrations.ticketing.connector import Connector, Seen
from integrations.ticketing.hooks import judge_unsigned, read_body, refused, text_at
from integrations.ticketing.marks import read_mark
from integrations.ticketing.markup import is_web_address, tidy
from integrations.ticketing.records import (
    Abilities,
    Account,
    Attachment,
    Author,
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
    1: TicketState.OPEN,
    2: TicketState.OPEN,
    3: TicketState.SOLVED,
    4: TicketState.CLOSED,
    5: TicketState.CLOSED,
}


class DjangoHelpdesk(Connector):
    abilities: ClassVar[Abilities] = Abilities(
        links=True,
        versions=False,
        finds_by_order=False,
        hooks=HookProof.NONE,
        pages=Order.OLDEST_FIRST,
        page_size=0,
        calls_per_minute=0,
        longest_note=100_000,
    )

    async def _authorization(self) -> Mapping[str, str]:
        pair = f"{self.config.login(KeyPurpose.API)}:{self.config.secret(KeyPurpose.API).reveal()}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    async def _check(self) -> Account:
        """It does not say who we are; a ticket tells which fields there are."""
        body = (await self._ask("tickets", "GET", "/api/tickets/", query={"page_size": "1"})).body
        tickets = body["results"]
        has_field = f"custom_{self.config.order_field}" in tickets[0] if tickets else None
        login = self.config.login(KeyPurpose.API)
        return Account(id=login, name=login, has_order_field=has_field if self.config.order_field else None)

    async def _fetch(self, ticket_id: str) -> Seen:
        raw = (await self._ask("ticket", "GET", f"/api/tickets/{ticket_id}/")).body
        return Seen(ticket=self._ticket(raw), raw=raw)

    def _ticket(self, raw: Any) -> Ticket:
        ticket_id = str(raw["id"])
        link = raw.get(f"custom_{self.config.link_field}")
        assignee = raw.get("assigned_to")
        dates = [_moment(each["date"]) for each in raw["followup_set"]]
        state = TicketState.WAITING if raw.get("on_hold") else _STATES.get(raw["status"], TicketState.OPEN)
        return Ticket(
            ref=self._ref(ticket_id),
            number=ticket_id,
            subject=raw.get("title") or "",
            state=state,
            requester=Person(email=(raw.get("submitter_email") or "").lower()),
            assignee=Person(id=str(assignee)) if assignee else None,
            order_ref=str(raw.get(f"custom_{self.config.order_field}") or ""),
            links=(link,) if isinstance(link, str) and is_web_address(link) else (),
            address=f"{self.config.url}/tickets/{ticket_id}/",
            updated_at=max(dates, default=None),
        )

    async def _page(self, ticket_id: str, cursor: str) -> ThreadPage:
        raw = (await self._fetch(ticket_id)).raw
        found = sorted(raw["followup_set"], key=lambda each: (_moment(each["date"]), each["id"]))
        said = [each for each in found if each.get("comment") or each.get("followupattachment_set")]
        return ThreadPage(messages=tuple(self._message(each, raw) for each in said))

    def _message(self, raw: Any, ticket: Any) -> Message:
        author = Author.CUSTOMER if raw.get("user") is None else Author.AGENT
        is_public = bool(raw["public"])
        text = tidy(raw.get("comment") or "")
        customer = Person(email=(ticket.get("submitter_email") or "").lower())
        return Message(
            id=str(raw["id"]),
            author=author,
            person=customer if author is Author.CUSTOMER else Person(id=str(raw["user"])),
            is_public=is_public,
            at=_moment(raw["date"]),
            text=text,
            attachments=tuple(
                Attachment(
                    name=each.get("filename") or "",
                    url=each["file"],
                    content_type=each.get("mime_type") or "",
                    size=each.get("size") or 0,
                )
                for each in raw.get("followupattachment_set") or ()
                if is_web_address(each.get("file") or "")
            ),
            own_key=read_mark(text, author, is_public=is_public),
        )

    async def _send_note(self, ticket_id: str, text: str) -> None:
        body = {"ticket": int(ticket_id), "comment": text, "public": False}
        await self._ask("note", "POST", "/api/followups/", body=body)

    async def _write_field(self, seen: Seen, name: str, value: str) -> None:
        path = f"/api/tickets/{seen.ticket.ref.id}/"
        await self._ask("field", "PATCH", path, body={f"custom_{name}": value})

    @staticmethod
    def verify_hook(raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime) -> Hook:
        """Sent without any header of ours: here the address is the secret, and the body a hint."""
        trust, reason = judge_unsigned(headers, secret)
        if trust is Trust.REFUSED:
            return refused(reason)
        body = read_body(raw_body)
        followup = text_at(body, "followup_id")
        return Hook(
            trust=trust,
            ticket_id=text_at(body, "ticket", "id"),
            kind="followup" if followup else "ticket",
            delivery=signatures.delivery_of(raw_body),
        )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
