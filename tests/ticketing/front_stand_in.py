"""Front as its description has it: comments and messages apart, tokens for pages, fields that replace one another."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.stand_in import AGENT, CUSTOMER, SECRET_WORDS, Answer, Asked, Entry, Held, StandIn

TEAMMATE: dict[str, Any] = {
    "_links": {},
    "id": "tea_5",
    "email": AGENT[1],
    "username": "jo",
    "first_name": "Jo",
    "last_name": "Agent",
    "license_type": "full",
    "is_admin": False,
    "is_available": True,
    "is_blocked": False,
    "type": "user",
    "custom_fields": {},
}


class FrontStandIn(StandIn):
    vendor = Vendor.FRONT
    order_field = "Order ref"
    link_field = ""
    keys = {KeyPurpose.API: ("", "key-of-front")}
    id_form = "cnv_{}"

    def is_authorized(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"Bearer {self.keys[KeyPurpose.API][1]}"

    def error(self, status: int) -> Any:
        return {"_error": {"status": status, "title": SECRET_WORDS, "message": CUSTOMER[1]}}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.strip("/").split("/"):
            case "GET", ["me"]:
                return Answer(body={"_links": {}, "id": "cmp_k30", "name": "Acme"})
            case "GET", ["conversations", "custom_fields"]:
                known = {
                    "_links": {},
                    "id": "fld_1",
                    "name": self.order_field,
                    "type": "string",
                    "description": "",
                }
                return Answer(body={"_links": {}, "_results": [known]})
            case "GET", ["conversations", "search", words]:
                return Answer(body=self._search(unquote(words)))
            case "GET", ["conversations", name]:
                return Answer(body=self._conversation(self._held(name)))
            case "PATCH", ["conversations", name]:
                held = self._held(name)
                held.fields = {}  # whatever is not sent is gone
                self.set_fields(held, asked.body["custom_fields"])
                return Answer(204)
            case "GET", ["conversations", name, "comments"]:
                found = [_comment(each) for each in reversed(self._held(name).private)]
                return Answer(body={"_links": {}, "_results": found})
            case "POST", ["conversations", name, "comments"]:
                entry = self.add_entry(self._held(name), asked.body["body"], is_public=False)
                return Answer(201, _comment(entry))
            case "GET", ["conversations", name, "messages"]:
                return Answer(body=self._messages(self._held(name), asked))
            case "POST", ["conversations", name, "links"]:
                self._held(name).links += asked.body["link_external_urls"]
                return Answer(204)
        raise KeyError(asked.path)

    def _held(self, name: str) -> Held:
        return self.tickets[int(name.removeprefix("cnv_"))]

    def _conversation(self, held: Held) -> dict[str, Any]:
        return {
            "_links": {},
            "id": f"cnv_{held.id}",
            "type": "conversation",
            "subject": held.subject,
            "status": "assigned",
            "ticket_ids": [],
            "assignee": TEAMMATE,
            "recipient": _recipient("from"),
            "tags": [],
            "links": [
                {
                    "_links": {},
                    "id": f"top_{index}",
                    "name": "Case",
                    "type": "web",
                    "external_url": address,
                    "custom_fields": {},
                }
                for index, address in enumerate(held.links)
            ],
            "custom_fields": held.fields,
            "created_at": 1701292649.333,
            "updated_at": held.updated_at.timestamp(),
            "is_private": False,
            "scheduled_reminders": [],
            "metadata": {},
        }

    def _search(self, words: str) -> dict[str, Any]:
        name, _, wanted = words.removeprefix("custom_field:").strip('"').partition("=")
        found = [
            self._conversation(held)
            for held in self.tickets.values()
            if wanted in str(held.fields.get(name, ""))
        ]
        return {"_pagination": {"next": None}, "_links": {}, "_total": len(found), "_results": found}

    def _messages(self, held: Held, asked: Asked) -> dict[str, Any]:
        size, start = int(asked.query["limit"]), int(asked.query.get("page_token", "0"))
        newest_first = [entry for entry in reversed(held.entries) if entry.is_public]
        page = newest_first[start : start + size]
        following = f"{self.url}{asked.path}?limit={size}&page_token={start + size}"
        return {
            "_pagination": {"next": following if start + size < len(newest_first) else None},
            "_links": {},
            "_results": [_message(entry) for entry in page],
        }


def _recipient(role: str) -> dict[str, Any]:
    return {"_links": {}, "name": CUSTOMER[0], "handle": CUSTOMER[1], "role": role}


def _comment(entry: Entry) -> dict[str, Any]:
    return {
        "_links": {},
        "id": f"com_{entry.id}",
        "author": {**TEAMMATE, "type": "api"},
        "body": entry.text,
        "posted_at": entry.at.timestamp(),
        "attachments": [],
        "is_pinned": False,
    }


def _message(entry: Entry) -> dict[str, Any]:
    is_inbound = entry.author == "customer"
    file = {
        "id": "fil_1",
        "filename": entry.attachment,
        "url": f"https://acme.api.frontapp.com/download/{entry.attachment}",
        "content_type": "image/png",
        "size": 2532,
        "metadata": {"is_inline": False},
    }
    made = {
        "_links": {},
        "id": f"msg_{entry.id}",
        "type": "email",
        "is_inbound": is_inbound,
        "draft_mode": None,
        "created_at": entry.at.timestamp(),
        "subject": "Where is my order?",
        "recipients": [_recipient("from" if is_inbound else "to")],
        "body": entry.html or f"<p>{entry.text}</p>",
        "text": entry.text,
        "attachments": [file] if entry.attachment else [],
    }
    return made if is_inbound else {**made, "author": TEAMMATE}
