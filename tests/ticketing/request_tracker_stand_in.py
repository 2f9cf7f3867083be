"""Request Tracker 5 as it was recorded: transactions and attachments apart, entity tags, links added by name."""

from __future__ import annotations

import json
import re
from typing import Any

from integrations.ticketing.vendors import KeyPurpose, Vendor
from tests.ticketing.stand_in import AGENT, CUSTOMER, SECRET_WORDS, Answer, Asked, Entry, Held, StandIn


class RequestTrackerStandIn(StandIn):
    vendor = Vendor.REQUEST_TRACKER
    order_field = "Order Reference"
    link_field = ""
    keys = {KeyPurpose.API: ("", "1-14-key-of-rt")}

    def is_authorized(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == f"token {self.keys[KeyPurpose.API][1]}"

    def error(self, status: int) -> Any:
        return {"message": f"{SECRET_WORDS} {CUSTOMER[1]}"}

    def answer(self, asked: Asked) -> Answer:
        match asked.method, asked.path.strip("/").split("/")[2:]:
            case "GET", ["rt"]:
                return Answer(body={"Version": "5.0.3", "Plugins": []})
            case "GET", ["customfields"]:
                wanted = {each["value"] for each in json.loads(asked.query["query"])}
                items = [{"id": "2", "type": "customfield", "Name": self.order_field, "_url": "x"}]
                return Answer(body=_listed([each for each in items if each["Name"] in wanted], asked))
            case "GET", ["tickets"]:
                return Answer(body=self._search(asked))
            case "GET", ["ticket", number]:
                held = self.tickets[int(number)]
                return Answer(body=self._ticket(held), headers={"ETag": f'"{held.version}"'})
            case "PUT", ["ticket", number]:
                return self._change(self.tickets[int(number)], asked)
            case "GET", ["ticket", number, "history"]:
                found = [_transaction(entry) for entry in self._history(self.tickets[int(number)])]
                assert (asked.query["orderby"], asked.query["order"]) == ("id", "DESC")
                return Answer(body=_listed(found[::-1], asked))
            case "POST", ["ticket", number, "comment"]:
                entry = self.add_entry(self.tickets[int(number)], asked.body["Content"], is_public=False)
                place = {"Location": f"/REST/2.0/transaction/{entry.id}"}
                return Answer(201, ["Comments added"], place)
            case "POST", ["attachments"]:
                return Answer(body=_listed(self._attachments(asked), asked))
        raise KeyError(asked.path)

    def _history(self, held: Held) -> list[Entry]:
        """With what Request Tracker notes itself, between what people said."""
        noted = Entry(1, "note", True, held.entries[0].at, "Status") if held.entries else None
        return [*([noted] if noted else []), *held.entries]

    def _ticket(self, held: Held, *, is_found: bool = False) -> dict[str, Any]:
        value = held.fields.get(self.order_field, "")
        fields = [
            {
                "id": "2",
                "name": self.order_field,
                "type": "customfield",
                "_url": "x",
                "values": [value] if value else [],
            }
        ]
        links = [{"ref": "refers-to", "type": "external", "_url": address} for address in held.links]
        made: dict[str, Any] = {
            "id": str(held.id) if is_found else held.id,
            "type": "ticket",
            "Subject": held.subject,
            "Status": held.status,
            "Owner": {"id": "jo", "type": "user", "_url": "x"},
            "CustomFields": fields,
            "LastUpdated": f"{held.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        }
        if is_found:
            return made
        requestor = {"id": CUSTOMER[1], "type": "user", "_url": "x"}
        hyperlinks = [{"ref": "self", "type": "ticket", "id": held.id, "_url": "x"}, *links]
        return {**made, "Requestor": [requestor], "_hyperlinks": hyperlinks}

    def _search(self, asked: Asked) -> dict[str, Any]:
        name, value = re.fullmatch(r"'CF\.\{(.+)\}' = '(.*)'", asked.query["query"]).groups()  # type: ignore[union-attr]
        found = [held for held in self.tickets.values() if value in held.fields.get(name, "")]
        return _listed([self._ticket(held, is_found=True) for held in found], asked)

    def _change(self, held: Held, asked: Asked) -> Answer:
        if asked.headers.get("if-match") not in {None, f'"{held.version}"'}:
            return Answer(412, self.error(412))
        told = []
        if "CustomFields" in asked.body:
            self.set_fields(held, asked.body["CustomFields"])
            told.append("Order Reference changed")
        for name in ("RefersTo", "AddRefersTo"):
            if name in asked.body:
                held.links = [*(held.links if name.startswith("Add") else ()), asked.body[name]]
                held.version += 1
                told.append("Ticket 42 refers to URI")
        return Answer(body=told)

    def _attachments(self, asked: Asked) -> list[dict[str, Any]]:
        of_these, other = asked.body
        found = []
        for held in self.tickets.values():
            for entry in held.entries:
                if str(entry.id) in of_these["value"]:
                    found += _attachments(entry)
        if other["field"] == "Filename":
            return [each for each in found if each["Filename"]]
        return [each for each in found if each["ContentType"].startswith(other["value"])]


def _listed(found: list[Any], asked: Asked) -> dict[str, Any]:
    size, page = int(asked.query.get("per_page", "20")), int(asked.query.get("page", "1"))
    items = found[(page - 1) * size : page * size]
    return {
        "items": items,
        "count": len(items),
        "total": len(found),
        "page": page,
        "per_page": size,
        "pages": -(-len(found) // size),
    }


def _transaction(entry: Entry) -> dict[str, Any]:
    kinds = {"customer": "Correspond", "agent": "Correspond" if entry.is_public else "Comment"}
    creator = {"customer": CUSTOMER[1], "agent": AGENT[1]}.get(entry.author, "RT_System")
    return {
        "id": str(entry.id),
        "type": "transaction",
        "Type": kinds.get(entry.author, "Status"),
        "Creator": {"id": creator, "type": "user", "_url": "x"},
        "Created": f"{entry.at:%Y-%m-%dT%H:%M:%SZ}",
        "_url": "x",
    }


def _attachments(entry: Entry) -> list[dict[str, Any]]:
    one = {"type": "attachment", "TransactionId": str(entry.id), "_url": "x"}
    number = entry.id * 10
    made = [{**one, "id": str(number), "ContentType": "text/plain", "Filename": "", "Content": entry.text}]
    if entry.html:
        made.append(
            {
                **one,
                "id": str(number + 1),
                "ContentType": "text/html",
                "Filename": "",
                "Content": entry.html,
            }
        )
    if entry.attachment:
        made.append({**one, "id": str(number + 2), "ContentType": "image/png", "Filename": entry.attachment})
    return made
