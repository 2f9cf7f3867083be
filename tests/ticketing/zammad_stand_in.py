"""Zammad as its handbook shows it: articles all at once, fields beside the ticket's own, a search over an index."""

from __future__ import annotations

from typing import Any

from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.stand_in import AGENT, CUSTOMER, SECRET_WORDS, Answer, Asked, Entry, Held, StandIn

SENDERS = {"customer": "Customer", "agent": "Agent", "system": "System"}


class ZammadStandIn(StandIn):
    vendor = Vendor.ZAMMAD
    keys = {KeyPurpose.API: ("", "key-of-zammad")}

    def is_authorized(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Token token={self.keys[KeyPurpose.API][1]}"

    def error(self, status: int) -> Any:
        return {"error": SECRET_WORDS, "error_human": CUSTOMER[1]}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.strip("/").split("/")[2:]:
            case "GET", ["users", "me"]:
                return Answer(body={"id": 5, "firstname": "Jo", "lastname": "Agent", "email": AGENT[1]})
            case "GET", ["object_manager_attributes"]:
                return Answer(body=[{"id": 60, "name": self.order_field, "object": "Ticket"}])
            case "GET", ["tickets", "search"]:
                return Answer(body=self._search(asked.query))
            case "GET", ["tickets", number]:
                expand = asked.query.get("expand") == "true"
                return Answer(body=self._ticket(self.tickets[int(number)], expand=expand))
            case "PUT", ["tickets", number]:
                held = self.tickets[int(number)]
                self.set_fields(held, asked.body)
                return Answer(body=self._ticket(held, expand=False))
            case "GET", ["ticket_articles", "by_ticket", number]:
                held = self.tickets[int(number)]
                return Answer(body=[self._article(held, entry) for entry in held.entries])
            case "POST", ["ticket_articles"]:
                held = self.tickets[asked.body["ticket_id"]]
                entry = self.add_entry(held, asked.body["body"], is_public=not asked.body["internal"])
                return Answer(201, self._article(held, entry))
        raise KeyError(asked.path)

    def _ticket(self, held: Held, *, expand: bool) -> dict[str, Any]:
        names = {"state": "open", "customer": CUSTOMER[1], "owner": AGENT[1]} if expand else {}
        return {
            "id": held.id,
            "number": f"22{held.id:03d}",
            "title": held.subject,
            "customer_id": 7,
            "owner_id": 5,
            "state_id": 2,
            "created_at": "2026-11-21T16:00:00.000Z",
            "updated_at": f"{held.updated_at:%Y-%m-%dT%H:%M:%S}.500Z",
            **{self.order_field: None, self.link_field: None},
            **held.fields,
            **names,
        }

    def _search(self, query: Any) -> list[dict[str, Any]]:
        name, _, value = query["query"].partition(":")
        wanted = value.strip('"')
        found = [held for held in self.tickets.values() if wanted in str(held.fields.get(name, ""))]
        return [self._ticket(held, expand=True) for held in found[: int(query["limit"])]]

    def _article(self, held: Held, entry: Entry) -> dict[str, Any]:
        file = {
            "id": 17,
            "filename": entry.attachment,
            "size": "2532",
            "preferences": {"Mime-Type": "image/png"},
        }
        return {
            "id": entry.id,
            "ticket_id": held.id,
            "sender": SENDERS[entry.author],
            "type": "note",
            "internal": not entry.is_public,
            "content_type": "text/html" if entry.html else "text/plain",
            "body": entry.html or entry.text,
            "created_by_id": 7 if entry.author == "customer" else 5,
            "created_by": CUSTOMER[1] if entry.author == "customer" else AGENT[1],
            "created_at": f"{entry.at:%Y-%m-%dT%H:%M:%S}.000Z",
            "attachments": [file] if entry.attachment else [],
        }
