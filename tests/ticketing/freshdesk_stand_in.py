"""Freshdesk: basic login by key, first words in the ticket, numbered pages of conversations, the limit's headers."""

from __future__ import annotations

import base64
from typing import Any

from integrations.ticketing.markup import cleaned
from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.stand_in import AGENT, CUSTOMER, SECRET_WORDS, Answer, Asked, Entry, Held, StandIn


class FreshdeskStandIn(StandIn):
    vendor = Vendor.FRESHDESK
    order_field = "cf_order_ref"
    link_field = "cf_console"
    keys = {KeyPurpose.API: ("", "key-of-freshdesk")}

    def is_authorized(self, asked: Asked) -> bool:
        pair = base64.b64encode(f"{self.keys[KeyPurpose.API][1]}:X".encode()).decode()
        return asked.headers.get("authorization") == f"Basic {pair}"

    def error(self, status: int) -> Any:
        wrong = {"field": CUSTOMER[1], "message": SECRET_WORDS, "code": "invalid_value"}
        return {"description": "Validation failed", "errors": [wrong]}

    def answer(self, asked: Asked) -> Answer:
        headers = {"X-RateLimit-Total": "200", "X-RateLimit-Remaining": "150"}
        return Answer(*self._status_and_body(asked), headers)

    def _status_and_body(self, asked: Asked) -> tuple[int, Any]:
        parts = asked.path.strip("/").split("/")[2:]
        match asked.method, parts:
            case "GET", ["agents", "me"]:
                return 200, {"id": 5, "contact": {"name": AGENT[0], "email": AGENT[1]}}
            case "GET", ["ticket_fields"]:
                return 200, [{"id": 1, "name": self.order_field, "label": "Order", "type": "custom_text"}]
            case "GET", ["search", "tickets"]:
                return 200, self._search(asked.query["query"])
            case "GET", ["tickets", number]:
                held = self.tickets[int(number)]
                requester = {"id": 7, "name": CUSTOMER[0], "email": CUSTOMER[1]}
                with_requester = asked.query.get("include") == "requester"
                return 200, {**self._ticket(held), **({"requester": requester} if with_requester else {})}
            case "GET", ["tickets", number, "conversations"]:
                size, page = int(asked.query["per_page"]), int(asked.query["page"])
                entries = self.tickets[int(number)].entries[1:][(page - 1) * size : page * size]
                return 200, [self._conversation(entry) for entry in entries]
            case "POST", ["tickets", number, "notes"]:
                text, _ = cleaned(asked.body["body"])
                entry = self.add_entry(
                    self.tickets[int(number)],
                    text,
                    is_public=not asked.body["private"],
                    html=asked.body["body"],
                )
                return 201, self._conversation(entry)
            case "PUT", ["tickets", number]:
                held = self.tickets[int(number)]
                self.set_fields(held, asked.body["custom_fields"])
                return 200, self._ticket(held)
        raise KeyError(asked.path)

    def _ticket(self, held: Held) -> dict[str, Any]:
        first = held.entries[0] if held.entries else Entry(0, "customer", True, held.updated_at, "")
        return {
            "id": held.id,
            "subject": held.subject,
            "status": 2,
            "priority": 1,
            "description": first.html or f"<div>{first.text}</div>",
            "description_text": first.text,
            "attachments": self._attachments(first),
            "custom_fields": held.fields,
            "requester_id": 7,
            "responder_id": 5,
            "tags": [],
            "created_at": f"{first.at:%Y-%m-%dT%H:%M:%SZ}",
            "updated_at": f"{held.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        }

    def _search(self, query: str) -> dict[str, Any]:
        assert query[0] == query[-1] == '"'
        name, _, value = query.strip('"').partition(":")
        wanted = value.strip("'")
        found = [self._ticket(held) for held in self.tickets.values() if wanted in held.fields.get(name, "")]
        return {"total": len(found), "results": found[:30]}

    def _conversation(self, entry: Entry) -> dict[str, Any]:
        return {
            "id": entry.id,
            "incoming": entry.author == "customer",
            "private": not entry.is_public,
            "user_id": 7 if entry.author == "customer" else 5,
            "body": entry.html or f"<div>{entry.text}</div>",
            "body_text": " ".join(entry.text.split()),
            "created_at": f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
            "attachments": self._attachments(entry),
        }

    def _attachments(self, entry: Entry) -> list[dict[str, Any]]:
        if not entry.attachment:
            return []
        url = f"https://cdn.freshdesk.example/{entry.attachment}"
        one = {"id": 1, "name": entry.attachment, "content_type": "image/png", "size": 2532}
        return [{**one, "attachment_url": url}]
