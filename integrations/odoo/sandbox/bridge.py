"""What Deskglass's own server action does inside Odoo, done by the sandbox: known by its hash, the same contract.

The text itself is Python for Odoo and is not run here. Only a text that passed the live run on this version of Odoo is
answered for, so that the sandbox never promises what a real server was not seen to do.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from integrations.odoo.bridge import LEDGER, VERSION, perform_sha256, proven_on

from .crediting import write_credit_note
from .effects import Document, refuse, seen_with
from .environment import Environment
from .errors import AccessRefused, MissingError, NotInSandbox
from .replacing import write_replacement
from .returning import write_return
from .store import Store

ACTION = 587
GROUP_ACT = "deskglass.group_act"
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(:[a-z0-9_]{1,40})?")
MAY_NOT_RUN = "You don't have enough access rights to run this action."


def install(store: Store) -> None:
    """As ``odoo_bridge install`` leaves it; a ledger that is there keeps its birth and its keys."""
    known = _row_of(store, "bridge")
    born_ms = known["x_result"]["born_ms"] if known else int(datetime.now(UTC).timestamp() * 1000)
    told = {"action_id": ACTION, "version": VERSION, "sha256": perform_sha256(), "born_ms": born_ms}
    with store.transaction():
        if known is None:
            _insert(store, user_id=2, key="bridge", kind="bridge", sha256=False, result=told)
        else:
            store.update(LEDGER, known["id"], {"x_result": told})
        if ACTION not in store.rows("ir.actions.server"):
            store.insert("ir.actions.server", {"id": ACTION, "name": "Deskglass: perform"}, ACTION)


def run_action(env: Environment, model: str, ids: Sequence[int]) -> Any:
    """``ir.actions.server.run``: one transaction, and nothing of it remains when it raises."""
    for number in ids:
        if not env.exists(model, number):
            raise MissingError(model, number, env.user.id)
    if list(ids) != [ACTION]:
        raise NotInSandbox("any server action but the bridge")
    if GROUP_ACT not in env.user.groups:
        raise AccessRefused(MAY_NOT_RUN)
    if env.dialect.serie not in proven_on(perform_sha256()):
        raise NotInSandbox("a bridge that was not proven on this version of Odoo")
    asked = env.context.get("deskglass") or {}
    with env.store.transaction():
        answer = _perform(env, asked)
    return {"type": "ir.actions.act_window_close", "deskglass": answer}


def _perform(env: Environment, asked: Mapping[str, Any]) -> dict[str, Any]:
    verb, key = asked.get("verb"), asked.get("key") or ""
    own = _row_of(env.store, "bridge")
    if own is None:
        raise refuse("not_installed")
    if verb == "status":
        born_ms = own["x_result"]["born_ms"]
        told = {"version": VERSION, "sha256": perform_sha256(), "born_ms": born_ms, "unique": True}
        return {"state": "status", **told}
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise refuse("malformed")
    if verb == "find":
        return _stored(env, key)
    if verb == "revoke":
        if _row_of(env.store, key) is not None:
            return _stored(env, key)
        _insert(env.store, user_id=env.user.id, key=key, kind="revoked", sha256="", result=False)
        return {"state": "revoked", "key": key}
    if not isinstance(verb, str) or verb not in MAKERS:
        raise refuse("malformed")
    return _make(env, verb, key, asked, own["x_result"]["born_ms"])


def _credit_note(env: Environment, payload: Mapping[str, Any]) -> list[Document]:
    return [("account.move", write_credit_note(env, payload))]


# What was asked for comes first, what was made beside it after it.
MAKERS: Mapping[str, Callable[[Environment, Mapping[str, Any]], list[Document]]] = {
    "credit_note": _credit_note,
    "return": write_return,
    "replacement": write_replacement,
}


def _make(env: Environment, verb: str, key: str, asked: Mapping[str, Any], born_ms: int) -> dict[str, Any]:
    text, sha256 = asked.get("payload"), asked.get("sha256")
    if asked.get("code_sha256") != perform_sha256():
        raise refuse("not_proven")
    if not isinstance(text, str) or hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise refuse("malformed")
    payload = json.loads(text)
    if payload.get("format") != 1 or payload.get("kind") != verb:
        raise refuse("malformed")
    if _row_of(env.store, key) is not None:
        return _replayed(env, key, sha256)
    if int(key[:8] + key[9:13], 16) < born_ms:
        raise refuse("key_too_old")
    head, *others = MAKERS[verb](env, payload)
    result = seen_with(env, head, others)
    row = _insert(env.store, user_id=env.user.id, key=key, kind=verb, sha256=sha256, result=result)
    env.store.update(LEDGER, row, {"x_res_model": head[0], "x_res_id": head[1]})
    return {"state": "done", "key": key, "sha256": sha256, "result": result, "document": result}


def _replayed(env: Environment, key: str, sha256: str) -> dict[str, Any]:
    answer = _stored(env, key)
    if answer["state"] == "revoked":
        raise refuse("key_revoked")
    if answer["sha256"] != sha256:
        raise refuse("key_conflict")
    return answer


def _stored(env: Environment, key: str) -> dict[str, Any]:
    row = _row_of(env.store, key)
    if row is None:
        return {"state": "unknown", "key": key}
    if row["x_kind"] == "revoked":
        return {"state": "revoked", "key": key}
    there = env.exists(row["x_res_model"], row["x_res_id"])
    answer = {
        "state": "already_done" if there else "gone",
        "key": key,
        "sha256": row["x_payload_sha256"],
        "result": row["x_result"],
    }
    if not there:
        return answer
    others = [(one["model"], one["id"]) for one in row["x_result"].get("with") or []]
    return {**answer, "document": seen_with(env, (row["x_res_model"], row["x_res_id"]), others)}


def _row_of(store: Store, key: str) -> Mapping[str, Any] | None:
    rows = store.rows(LEDGER)
    found = store.inverse(LEDGER, "x_key", key)
    return rows[found[0]] if found else None


def _insert(store: Store, *, user_id: int, key: str, kind: str, sha256: Any, result: Any) -> int:
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    values = {
        "x_key": key,
        "x_kind": kind,
        "x_payload_sha256": sha256,
        "x_res_model": False,
        "x_res_id": 0,
        "x_result": result,
        "create_uid": user_id,
        "write_uid": user_id,
        "create_date": now,
        "write_date": now,
    }
    number = store.insert(LEDGER, values)
    store.update(LEDGER, number, {"id": number})
    return number
