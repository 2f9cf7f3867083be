"""What a person does in Odoo's own screens beside us, for tests: edits, posts, deletes, drafts, moves goods."""

from __future__ import annotations

from typing import Any

from . import importing
from .data.books import day, precise
from .environment import Environment
from .transfers import finish

KNOWN = ("update", "delete", "post", "draft_credit_note", "finish_transfer")


class BadDeed(Exception):
    """A deed that cannot be understood."""


def act(env: Environment, deed: Any) -> dict[str, Any]:
    """Carries one deed out in a transaction; answers the record it left, or nothing where it is gone."""
    if not isinstance(deed, dict) or deed.get("do") not in KNOWN:
        raise BadDeed(f"send an object whose do is one of {', '.join(KNOWN)}")
    model, number = str(deed.get("model", "account.move")), deed.get("id")
    if not isinstance(number, int) or number not in env.store.rows(model):
        raise BadDeed(f"there is no {model} {number}")
    with env.store.transaction():
        if deed["do"] == "update":
            env.store.update(model, number, {**deed["values"], "write_date": precise(env.now)})
        elif deed["do"] == "delete":
            _delete(env, model, number)
        elif deed["do"] == "finish_transfer":
            finish(env, number)
        elif deed["do"] == "post":
            _post(env, number)
        else:
            number = _draft_credit_note(env, number)
    return dict(env.store.rows(model).get(number, {}))


def _lines_of(env: Environment, move: int) -> list[int]:
    return list(env.store.inverse("account.move.line", "move_id", move))


def _delete(env: Environment, model: str, number: int) -> None:
    if model == "account.move":
        for line in _lines_of(env, number):
            env.store.delete("account.move.line", line)
    importing.forget(env, model, number)
    env.store.delete(model, number)


def _post(env: Environment, move: int) -> None:
    name = f"RINV/{env.now.year}/9{move:05d}"
    values = {"state": "posted", "name": name, "invoice_date": day(env.now), "write_date": precise(env.now)}
    env.store.update("account.move", move, values)
    for line in _lines_of(env, move):
        env.store.update("account.move.line", line, {"parent_state": "posted", "move_name": name})


def _draft_credit_note(env: Environment, invoice: int) -> int:
    """Over the whole invoice, linked as Odoo's own wizard links it."""
    source = env.store.rows("account.move")[invoice]
    note = env.store.insert(
        "account.move",
        {
            **source,
            "move_type": "out_refund",
            "state": "draft",
            "name": "/" if env.dialect.serie == 17 else False,
            "ref": f"Reversal of: {source['name']}, by hand",
            "reversed_entry_id": invoice,
            "write_date": precise(env.now),
            "create_date": precise(env.now),
        },
    )
    env.store.update("account.move", note, {"id": note})
    for number in _lines_of(env, invoice):
        row = env.store.rows("account.move.line")[number]
        line = env.store.insert("account.move.line", {**row, "move_id": note, "parent_state": "draft"})
        env.store.update("account.move.line", line, {"id": line})
    return note
