"""django-helpdesk as it was recorded: the thread in the ticket, and titles of follow-ups that become the ticket's."""

from __future__ import annotations

import base64
from typing import Any

from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.stand_in import CUSTOMER, SECRET_WORDS, Answer, Asked, Entry, Held, StandIn


class DjangoHelpdeskStandIn(StandIn):
    vendor = Vendor.DJANGO_HELPDESK
    order_field = "order-ref"
    link_field = "console-link"
    keys = {KeyPurpose.API: ("console", "key-of-helpdesk")}

    def is_authorized(self, asked: Asked) -> bool:
        pair = base64.b64encode(b"console:key-of-helpdesk").decode()
        return asked.headers.get("authorization") == f"Basic {pair}"

    def error(self, status: int) -> Any:
        return {"detail": f"{SECRET_WORDS} {CUSTOMER[1]}"}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.strip("/").split("/")[1:]:
            case "GET", ["tickets"]:
                found = [self._ticket(held) for held in self.tickets.values()]
                if not found:
                    self.add_ticket(1)
                    found = [self._ticket(self.tickets.pop(1))]
                size = int(asked.query["page_size"])
                body = {"count": len(found), "next": None, "previous": None, "results": found[:size]}
                return Answer(body=body)
            case "GET", ["tickets", number]:
                return Answer(body=self._ticket(self.tickets[int(number)]))
            case "PATCH", ["tickets", number]:
                held = self.tickets[int(number)]
                self.set_fields(
                    held, {name.removeprefix("custom_"): value for name, value in asked.body.items()}
                )
                return Answer(body=self._ticket(held))
            case "POST", ["followups"]:
                held = self.tickets[asked.body["ticket"]]
                held.subject = asked.body.get("title", held.subject)
                entry = self.add_entry(held, asked.body["comment"], is_public=asked.body["public"])
                return Answer(201, self._followup(held, entry))
        raise KeyError(asked.path)

    def _ticket(self, held: Held) -> dict[str, Any]:
        fields = {self.order_field: "", self.link_field: "", **held.fields}
        return {
            "id": held.id,
            "queue": 1,
            "title": held.subject,
            "description": "Hi",
            "resolution": None,
            "submitter_email": CUSTOMER[1],
            "assigned_to": None,
            "status": 1,
            "on_hold": False,
            "priority": 3,
            "due_date": None,
            "merged_to": None,
            "followup_set": [self._followup(held, entry) for entry in held.entries],
            **{f"custom_{name}": value for name, value in fields.items()},
        }

    def _followup(self, held: Held, entry: Entry) -> dict[str, Any]:
        file = {
            "id": 1,
            "followup": entry.id,
            "file": f"{self.url}/media/{entry.attachment}",
            "filename": entry.attachment,
            "mime_type": "image/png",
            "size": 2532,
        }
        return {
            "id": entry.id,
            "ticket": held.id,
            "user": None if entry.author == "customer" else 1,
            "title": held.subject,
            "comment": entry.text,
            "public": entry.is_public,
            "new_status": None,
            "time_spent": None,
            "followupattachment_set": [file] if entry.attachment else [],
            "date": entry.at.isoformat(),
            "message_id": None,
            "email_recipients": [],
        }
