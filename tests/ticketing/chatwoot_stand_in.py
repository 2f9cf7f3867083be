"""Chatwoot as its description has it: twenty messages at a time before one, and attributes that replace one another."""

from __future__ import annotations

from typing import Any

from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.stand_in import AGENT, CUSTOMER, SECRET_WORDS, Answer, Asked, Entry, Held, StandIn

PAGE = 20
KINDS = {"customer": 0, "agent": 1, "system": 2}


class ChatwootStandIn(StandIn):
    vendor = Vendor.CHATWOOT
    account = "3"
    keys = {KeyPurpose.API: ("", "key-of-chatwoot")}

    def is_authorized(self, asked: Asked) -> bool:
        return asked.headers.get("api_access_token") == self.keys[KeyPurpose.API][1]

    def error(self, status: int) -> Any:
        return {"description": SECRET_WORDS, "errors": [{"field": CUSTOMER[1], "message": "x", "code": "y"}]}

    def answer(self, asked: Asked) -> Answer:
        parts = asked.path.strip("/").split("/")
        if parts == ["api", "v1", "profile"]:
            accounts = [{"id": 3, "name": "Acme", "role": "agent"}]
            return Answer(body={"id": 5, "name": AGENT[0], "email": AGENT[1], "accounts": accounts})
        assert parts[:4] == ["api", "v1", "accounts", self.account]
        match asked.method, parts[4:]:
            case "GET", ["custom_attribute_definitions"]:
                return Answer(
                    body=[{"id": 1, "attribute_key": self.order_field, "attribute_model": "conversation"}]
                )
            case "POST", ["conversations", "filter"]:
                return Answer(body={"data": self._filter(asked.body["payload"])})
            case "GET", ["conversations", number]:
                return Answer(body=self._conversation(self.tickets[int(number)]))
            case "GET", ["conversations", number, "messages"]:
                before = asked.query.get("before")
                return Answer(body=self._messages(self.tickets[int(number)], before))
            case "POST", ["conversations", number, "messages"]:
                body = asked.body
                entry = self.add_entry(
                    self.tickets[int(number)], body["content"], is_public=not body["private"]
                )
                return Answer(body=self._message(entry))
            case "POST", ["conversations", number, "custom_attributes"]:
                held = self.tickets[int(number)]
                held.fields = {}  # whatever is not sent is gone
                self.set_fields(held, asked.body["custom_attributes"])
                return Answer(body={"custom_attributes": held.fields})
        raise KeyError(asked.path)

    def _conversation(self, held: Held) -> dict[str, Any]:
        return {
            "id": held.id,
            "account_id": 3,
            "status": held.status,
            "custom_attributes": held.fields,
            "additional_attributes": {"mail_subject": held.subject},
            "created_at": 1763740000,
            "updated_at": held.updated_at.timestamp(),
            "meta": {
                "sender": {"id": 7, "name": CUSTOMER[0], "email": CUSTOMER[1]},
                "assignee": {"id": 5, "name": AGENT[0], "email": AGENT[1]},
                "channel": "Channel::Email",
                "hmac_verified": False,
            },
        }

    def _filter(self, conditions: Any) -> dict[str, Any]:
        (condition,) = conditions
        wanted = condition["values"][0].lower()
        found = [
            self._conversation(held)
            for held in self.tickets.values()
            if wanted in str(held.fields.get(condition["attribute_key"], "")).lower()
        ]
        return {"meta": {"all_count": len(found)}, "payload": found}

    def _messages(self, held: Held, before: str | None) -> dict[str, Any]:
        older = [entry for entry in held.entries if before is None or entry.id < int(before)]
        return {"meta": {"labels": []}, "payload": [self._message(entry) for entry in older[-PAGE:]]}

    def _message(self, entry: Entry) -> dict[str, Any]:
        sender = {"customer": (7, *CUSTOMER, "contact"), "agent": (5, *AGENT, "user")}.get(entry.author)
        made: dict[str, Any] = {
            "id": entry.id,
            "content": entry.text,
            "content_type": "text",
            "message_type": KINDS[entry.author],
            "private": not entry.is_public,
            "created_at": int(entry.at.timestamp()),
            "conversation_id": 42,
        }
        if sender:
            made["sender"] = {"id": sender[0], "name": sender[1], "email": sender[2], "type": sender[3]}
        if entry.attachment:
            url = f"{self.url}/rails/blobs/{entry.attachment}"
            made["attachments"] = [{"id": 1, "file_type": "image", "data_url": url, "file_size": 2532}]
        return made
