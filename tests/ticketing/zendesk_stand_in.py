"""Zendesk as its description has it: bearer tokens that are refreshed, safe updates, cursors, side-loaded users."""

from __future__ import annotations

from typing import Any

from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.stand_in import AGENT, CUSTOMER, SECRET_WORDS, Answer, Asked, Entry, Held, StandIn

USERS: list[dict[str, Any]] = [
    {"id": 7, "name": CUSTOMER[0], "email": CUSTOMER[1], "role": "end-user"},
    {"id": 5, "name": AGENT[0], "email": AGENT[1], "role": "agent"},
]


class ZendeskStandIn(StandIn):
    vendor = Vendor.ZENDESK
    order_field = "360001"
    link_field = "360002"
    keys = {KeyPurpose.CLIENT: ("console", "secret-of-the-client")}

    def __init__(self) -> None:
        super().__init__()
        self.access = ""
        self.refresh = ""
        self.grants = 0
        self.lasts_s = 1800
        self.stamps_matter = True

    def is_authorized(self, asked: Asked) -> bool:
        if asked.path == "/oauth/tokens":
            return bool(asked.body["client_secret"] == self.keys[KeyPurpose.CLIENT][1])
        return bool(self.access) and asked.headers.get("authorization") == f"Bearer {self.access}"

    def error(self, status: int) -> Any:
        return {"error": "RecordInvalid", "description": SECRET_WORDS, "details": {"who": [CUSTOMER[1]]}}

    def answer(self, asked: Asked) -> Answer:
        parts = asked.path.strip("/").split("/")
        if parts == ["oauth", "tokens"]:
            return self._grant(asked.body)
        match parts[2:]:
            case ["users", "me"]:
                return Answer(body={"user": USERS[1]})
            case ["ticket_fields"]:
                return Answer(body={"ticket_fields": [_field(360001), _field(360002)]})
            case ["search"]:
                return Answer(body=self._search(asked.query["query"]))
            case ["tickets", number] if asked.method == "GET":
                users = USERS if asked.query.get("include") == "users" else None
                body = {"ticket": self._ticket(self.tickets[int(number)])}
                return Answer(body={**body, "users": users} if users else body)
            case ["tickets", number]:
                return self._update(self.tickets[int(number)], asked.body["ticket"])
            case ["tickets", number, "comments"]:
                return Answer(body=self._comments(self.tickets[int(number)], asked))
        raise KeyError(asked.path)

    def _grant(self, body: Any) -> Answer:
        if body["grant_type"] == "refresh_token" and body["refresh_token"] != self.refresh:
            return Answer(400, {"error": "invalid_grant", "error_description": SECRET_WORDS})
        self.grants += 1
        self.access, self.refresh = f"access-{self.grants}", f"refresh-{self.grants}"
        return Answer(
            body={
                "access_token": self.access,
                "refresh_token": self.refresh,
                "token_type": "bearer",
                "scope": "read write",
                "expires_in": self.lasts_s,
            }
        )

    def _ticket(self, held: Held) -> dict[str, Any]:
        return {
            "id": held.id,
            "subject": held.subject,
            "status": held.status,
            "requester_id": 7,
            "assignee_id": 5,
            "custom_fields": [{"id": int(name), "value": value} for name, value in held.fields.items()],
            "created_at": "2026-11-21T15:00:00Z",
            "updated_at": f"{held.updated_at:%Y-%m-%dT%H:%M:%SZ}",
            "url": f"{self.url}/api/v2/tickets/{held.id}.json",
        }

    def _search(self, query: str) -> dict[str, Any]:
        name, _, value = query.removeprefix("type:ticket custom_field_").partition(":")
        wanted = value.strip('"')
        found = [each for each in self.tickets.values() if wanted in str(each.fields.get(name, ""))]
        results = [{**self._ticket(each), "result_type": "ticket"} for each in found]
        return {
            "results": results,
            "count": len(results),
            "facets": None,
            "next_page": None,
            "previous_page": None,
        }

    def _update(self, held: Held, body: Any) -> Answer:
        is_safe = body.get("safe_update") is True
        if is_safe and body["updated_stamp"] != f"{held.updated_at:%Y-%m-%dT%H:%M:%SZ}":
            return Answer(409, {"error": "UpdateConflict", "description": SECRET_WORDS})
        if "comment" in body:
            self.add_entry(held, body["comment"]["body"], is_public=body["comment"]["public"])
        if "custom_fields" in body:
            self.set_fields(held, {str(each["id"]): each["value"] for each in body["custom_fields"]})
        return Answer(
            body={"ticket": self._ticket(held), "audit": {"id": 1, "ticket_id": held.id, "events": []}}
        )

    def _comments(self, held: Held, asked: Asked) -> dict[str, Any]:
        assert asked.query["sort"] == "-created_at"
        size = int(asked.query["page[size]"])
        start = int(asked.query.get("page[after]", "0"))
        newest_first = sorted(held.entries, key=lambda entry: entry.at, reverse=True)
        page = newest_first[start : start + size]
        return {
            "comments": [_comment(entry) for entry in page],
            "users": USERS,
            "meta": {"has_more": start + size < len(newest_first), "after_cursor": str(start + size)},
        }


def _comment(entry: Entry) -> dict[str, Any]:
    attachments = [
        {
            "id": 1,
            "file_name": entry.attachment,
            "content_url": f"https://example.zendesk.com/attachments/{entry.attachment}",
            "content_type": "image/png",
            "size": 2532,
        }
    ]
    return {
        "id": entry.id,
        "type": "Comment",
        "author_id": {"customer": 7, "agent": 5, "system": -1}[entry.author],
        "body": entry.text,
        "plain_body": entry.text,
        "html_body": entry.html or f"<p>{entry.text}</p>",
        "public": entry.is_public,
        "attachments": attachments if entry.attachment else [],
        "created_at": f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
    }


def _field(number: int) -> dict[str, Any]:
    return {"id": number, "type": "text", "title": "Order", "active": True}
