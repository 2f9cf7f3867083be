"""One talk with the bridge: held with real servers to be recorded, and with the sandbox to be compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from integrations.canonical import CreditNoteRequest, ReplacementRequest, ReturnRequest
from tests.bridge.asking import new_key, told
from tests.bridge.asking_returns import told_of
from tests.sandbox.shapes import differences

RECORDINGS = Path(__file__).parent / "recordings"

# The context of a call of the action, answered by HTTP status and body.
Say = Callable[[Mapping[str, Any]], tuple[int, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    what: str
    status: int
    body: Any

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "status": self.status, "body": self.body}


def talk(say: Say, outsider: Say, request: CreditNoteRequest) -> list[Line]:
    """``request`` is one that will be carried out; nothing else of the talk makes a document."""
    company = request.company_id

    def verb(name: str, key: str) -> dict[str, Any]:
        return {"allowed_company_ids": [company], "deskglass": {"verb": name, "key": key}}

    unproven = told(replace(request, key=new_key()))
    unproven["deskglass"] = {**unproven["deskglass"], "code_sha256": "0" * 64}
    given_up = new_key()
    asked: list[tuple[str, Say, Mapping[str, Any]]] = [
        ("status", say, verb("status", "")),
        ("a key nobody used", say, verb("find", request.key)),
        ("somebody outside the group", outsider, told(request)),
        ("a credit note", say, told(request)),
        ("the same again", say, told(request)),
        ("its key", say, verb("find", request.key)),
        ("the same key, another payload", say, told(replace(request, reason="another"))),
        ("another key on facts that are not so any more", say, told(replace(request, key=new_key()))),
        ("a key that is none", say, told(request, key="DG-1")),
        ("a key from before the ledger", say, told(replace(request, key=new_key(at_ms=1_600_000_000_000)))),
        ("a verb that is none", say, verb("pay", new_key())),
        ("another text of the action", say, unproven),
        ("a key given up", say, verb("revoke", given_up)),
        ("a credit note under it", say, told(replace(request, key=given_up))),
        ("giving up a key that was used", say, verb("revoke", request.key)),
    ]
    return _heard(asked)


def talk_of_goods(say: Say, back: ReturnRequest, again: ReplacementRequest) -> list[Line]:
    """Both requests will be carried out, on one order; nothing else of the talk makes a document."""

    def find(key: str) -> dict[str, Any]:
        return {
            "allowed_company_ids": [back.company_id],
            "deskglass": {"verb": "find", "key": key},
        }

    too_many = replace(back, key=new_key(), lines=(replace(back.lines[0], quantity=Decimal(99)),))
    unknown = replace(again, key=new_key(), warehouse_id=999_999)
    return _heard(
        [
            ("more than was delivered", say, told_of(too_many)),
            ("a return", say, told_of(back)),
            ("the return again", say, told_of(back)),
            ("the return's key", say, find(back.key)),
            ("a return on facts that are not so any more", say, told_of(replace(back, key=new_key()))),
            ("a replacement from no warehouse", say, told_of(unknown)),
            ("a replacement", say, told_of(again)),
            ("the replacement again", say, told_of(again)),
            ("the replacement's key", say, find(again.key)),
            ("a replacement that does not know of it", say, told_of(replace(again, key=new_key()))),
        ]
    )


def _heard(asked: Sequence[tuple[str, Say, Mapping[str, Any]]]) -> list[Line]:
    lines = []
    for what, speaker, context in asked:
        status, body = speaker(context)
        lines.append(Line(what=what, status=status, body=_without_traceback(body)))
    return lines


def _without_traceback(body: Any) -> Any:
    """The server's traceback is never kept."""
    if not isinstance(body, dict):
        return body
    if "debug" in body:
        body = {**body, "debug": ""}
    error = body.get("error")
    if isinstance(error, dict) and isinstance(error.get("data"), dict):
        body = {**body, "error": {**error, "data": {**error["data"], "debug": ""}}}
    return body


def place_of(serie: int, protocol: str, topic: str = "") -> Path:
    return RECORDINGS / f"odoo{serie}-{protocol}{topic}.json"


def save(lines: list[Line], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    text = json.dumps([line.as_json() for line in lines], indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def load(path: Path) -> list[Line]:
    return [Line(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]


def differences_between(recorded: list[Line], heard: list[Line]) -> list[str]:
    """By shape, and by the words that decide: Odoo's error, its message, and the state of the answer."""
    found = []
    for before, now in zip(recorded, heard, strict=True):
        found += [f"{now.what}: {one}" for one in differences(before.body, now.body)]
        if (before.what, before.status, _decisive(before.body)) != (
            now.what,
            now.status,
            _decisive(now.body),
        ):
            found.append(f"{now.what}: {_decisive(before.body)} recorded, {_decisive(now.body)} answered")
    return found


def _decisive(body: Any) -> Any:
    error = body.get("error", {}).get("data") if "error" in body else body if "name" in body else None
    if error is not None:
        return error["name"], error["message"], error["arguments"]
    answer = body.get("result", body)
    return answer["type"], answer["deskglass"]["state"]
