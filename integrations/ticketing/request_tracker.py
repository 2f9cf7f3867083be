"""Request Tracker 5: what was said lies in transactions and their attachments apart, entity tags guard every change.

Asking for a link replaces all others unless it is added by name, and asking for an attachment's parent breaks on files
that have none: both are left alone here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from integrations.credentials import Secret
from integrations.odoo.budget import Budget
from integrations.ticketing import signatures
from integrations.ticketing.connections import TicketingConfig
from integrations.ticketing.connector import MOST_FOUND, Connector, Seen
from integrations.ticketing.hooks import judge_unsigned, read_body, refused, text_at
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

_STATES = {
    "stalled": TicketState.WAITING,
    "resolved": TicketState.SOLVED,
    "rejected": TicketState.CLOSED,
    "deleted": TicketState.CLOSED,
}
_SAID = {"Create": True, "Correspond": True, "Comment": False}  # whether customers see it
_SYSTEM, _NOBODY = "RT_System", "Nobody"
_FILES_A_PAGE = 100


class RequestTracker(Connector):
    abilities: ClassVar[Abilities] = Abilities(
        links=True,
        versions=True,
        finds_by_order=True,
        hooks=HookProof.NONE,
        pages=Order.NEWEST_FIRST,
        page_size=100,
        calls_per_minute=0,
        longest_note=100_000,
    )

    def __init__(self, config: TicketingConfig, *, budget: Budget, correlation_id: str) -> None:
        super().__init__(config, budget=budget, correlation_id=correlation_id)
        self._requestors_of: dict[str, frozenset[str]] = {}

    async def _authorization(self) -> Mapping[str, str]:
        return {"Authorization": f"token {self.config.secret(KeyPurpose.API).reveal()}"}

    async def _check(self) -> Account:
        version = (await self._ask("version", "GET", "/REST/2.0/rt")).body["Version"]
        has_field = None
        if self.config.order_field:
            wanted = [{"field": "Name", "value": self.config.order_field}]
            query = {"query": json.dumps(wanted), "fields": "Name"}
            found = (await self._ask("fields", "GET", "/REST/2.0/customfields", query=query)).body["items"]
            has_field = self.config.order_field in {each["Name"] for each in found}
        return Account(id=version, name=f"Request Tracker {version}", has_order_field=has_field)

    async def _fetch(self, ticket_id: str) -> Seen:
        reply = await self._ask("ticket", "GET", f"/REST/2.0/ticket/{ticket_id}")
        return Seen(ticket=self._ticket(reply.body, version=reply.headers.get("etag") or ""), raw=reply.body)

    def _ticket(self, raw: Any, *, version: str = "") -> Ticket:
        ticket_id = str(raw["id"])
        fields = {each["name"]: each["values"] for each in raw.get("CustomFields") or ()}
        values = fields.get(self.config.order_field) or [""]
        requestors = [each["id"] for each in raw.get("Requestor") or ()]
        owner = (raw.get("Owner") or {}).get("id") or _NOBODY
        links = raw.get("_hyperlinks") or ()
        return Ticket(
            ref=self._ref(ticket_id),
            number=ticket_id,
            subject=raw.get("Subject") or "",
            state=_STATES.get(raw.get("Status"), TicketState.OPEN),
            requester=_person(requestors[0]) if requestors else Person(),
            assignee=_person(owner) if owner != _NOBODY else None,
            order_ref=str(values[0] or ""),
            links=tuple(
                each["_url"]
                for each in links
                if each.get("ref") == "refers-to" and is_web_address(each.get("_url") or "")
            ),
            address=f"{self.config.url}/Ticket/Display.html?id={ticket_id}",
            updated_at=_moment(raw["LastUpdated"]),
            version=version,
        )

    async def _page(self, ticket_id: str, cursor: str) -> ThreadPage:
        number = int(cursor or "1")
        query = {
            "fields": "Type,Creator,Created",
            "per_page": str(self.abilities.page_size),
            "page": str(number),
            "orderby": "id",
            "order": "DESC",
        }
        history = (
            await self._ask("thread", "GET", f"/REST/2.0/ticket/{ticket_id}/history", query=query)
        ).body
        said = [each for each in history["items"] if each["Type"] in _SAID]
        following = str(number + 1) if number < int(history["pages"]) else ""
        if not said:
            return ThreadPage(messages=(), next=following)
        requestors = await self._requestors(ticket_id)
        texts, files = await self._contents([str(each["id"]) for each in said])
        messages = [
            self._message(each, texts.get(str(each["id"]), ()), files.get(str(each["id"]), ()), requestors)
            for each in reversed(said)
        ]
        return ThreadPage(messages=tuple(messages), next=following)

    async def _requestors(self, ticket_id: str) -> frozenset[str]:
        """Who counts as the customer; asked once for all pages of a thread."""
        known = self._requestors_of.get(ticket_id)
        if known is None:
            raw = (await self._fetch(ticket_id)).raw
            known = frozenset(each["id"] for each in raw.get("Requestor") or ())
            self._requestors_of[ticket_id] = known
        return known

    async def _contents(self, transactions: list[str]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The words with their content, files without: what is in them is not wanted here."""
        of_these = {"field": "TransactionId", "operator": "IN", "value": transactions}
        words = {"field": "ContentType", "operator": "STARTSWITH", "value": "text/"}
        named = {"field": "Filename", "operator": "!=", "value": ""}
        path = "/REST/2.0/attachments"
        query = {"fields": "TransactionId,ContentType,Filename,Content", "per_page": str(_FILES_A_PAGE)}
        texts: list[Any] = []
        for number in range(1, 6):  # a message has two texts at most: this is more than there can be
            found = await self._ask(
                "texts", "POST", path, query={**query, "page": str(number)}, body=[of_these, words]
            )
            texts += found.body["items"]
            if number >= int(found.body["pages"]):
                break
        query["fields"] = "TransactionId,ContentType,Filename"
        files = (await self._ask("files", "POST", path, query=query, body=[of_these, named])).body["items"]
        return _by_transaction(text for text in texts if not text.get("Filename")), _by_transaction(files)

    def _message(
        self, raw: Any, texts: Iterable[Any], files: Iterable[Any], requestors: frozenset[str]
    ) -> Message:
        creator = raw["Creator"]["id"]
        is_public = _SAID[raw["Type"]]
        author = Author.SYSTEM if creator == _SYSTEM else Author.AGENT
        if creator in requestors:
            author = Author.CUSTOMER
        plain = [each["Content"] or "" for each in texts if each["ContentType"] == "text/plain"]
        rich = [each["Content"] or "" for each in texts if each["ContentType"] == "text/html"]
        text, html = cleaned(rich[0]) if rich else ("", "")
        text = tidy(plain[0]) if plain else text
        return Message(
            id=str(raw["id"]),
            author=author,
            person=_person(creator),
            is_public=is_public,
            at=_moment(raw["Created"]),
            text=text,
            html=html,
            attachments=tuple(
                Attachment(
                    name=each["Filename"],
                    url=f"{self.config.url}/Ticket/Attachment/{int(raw['id'])}/{int(each['id'])}/",
                    content_type=each.get("ContentType") or "",
                )
                for each in files
            ),
            own_key=read_mark(text, author, is_public=is_public),
        )

    async def _find(self, order_ref: str) -> FoundTickets:
        query = {
            "query": f"'CF.{{{self.config.order_field}}}' = '{order_ref}'",
            "fields": "Subject,Status,Owner,CustomFields,LastUpdated",
            "per_page": str(MOST_FOUND),
            "orderby": "LastUpdated",
            "order": "DESC",
        }
        body = (await self._ask("find", "GET", "/REST/2.0/tickets", query=query)).body
        return FoundTickets(
            tickets=tuple(self._ticket(each) for each in body["items"]), is_whole=int(body["pages"]) <= 1
        )

    async def _send_note(self, ticket_id: str, text: str) -> None:
        body = {"Content": text, "ContentType": "text/plain"}
        await self._ask("note", "POST", f"/REST/2.0/ticket/{ticket_id}/comment", body=body)

    async def _write_field(self, seen: Seen, name: str, value: str) -> None:
        await self._change("field", seen, {"CustomFields": {name: value}})

    def _require_place_for_links(self) -> None:
        """Request Tracker has links of its own."""

    async def _write_link(self, seen: Seen, address: str) -> None:
        await self._change("link", seen, {"AddRefersTo": address})

    def _is_link_taken(self, seen: Seen) -> bool:
        return False

    async def _change(self, name: str, seen: Seen, body: Any) -> None:
        headers = {"If-Match": seen.ticket.version} if seen.ticket.version else {}
        path = f"/REST/2.0/ticket/{seen.ticket.ref.id}"
        await self._ask(name, "PUT", path, headers=headers, body=body)

    @staticmethod
    def verify_hook(raw_body: bytes, headers: Mapping[str, str], secret: Secret, *, now: datetime) -> Hook:
        """Sent by a scrip in the words of docs/connectors.md."""
        trust, reason = judge_unsigned(headers, secret)
        if trust is Trust.REFUSED:
            return refused(reason)
        body = read_body(raw_body)
        return Hook(
            trust=trust,
            ticket_id=text_at(body, "ticket"),
            kind=text_at(body, "event"),
            delivery=signatures.delivery_of(raw_body, text_at(body, "transaction")),
        )


def _by_transaction(found: Iterable[Any]) -> dict[str, Any]:
    gathered: dict[str, list[Any]] = {}
    for each in sorted(found, key=lambda each: int(each["id"])):
        gathered.setdefault(str(each["TransactionId"]), []).append(each)
    return gathered


def _person(name: str) -> Person:
    """Users are told by their name, which for customers mostly is their address."""
    return Person(id=name, email=name.lower() if "@" in name else "")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
