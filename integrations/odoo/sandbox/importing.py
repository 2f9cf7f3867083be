"""Odoo's ``load``, for credit notes: rows of text, found again under their external ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .booking import add, book, priced
from .environment import Environment
from .errors import NotInSandbox

MODEL_DATA = "ir.model.data"
Row = Mapping[str, str]


def load(
    env: Environment, model: str, fields: Sequence[str], data: Sequence[Sequence[str]]
) -> dict[str, Any]:
    """One transaction: the ids of what was made or found again, in the order of their first rows."""
    if model != "account.move":
        raise NotInSandbox(f"how to load {model}")
    env.check_model(model, "create")
    rows = [dict(zip(fields, row, strict=True)) for row in data]
    records: list[list[Row]] = []
    for row in rows:
        if row["id"]:
            records.append([])
        records[-1].append(row)
    with env.store.transaction():
        ids = [_load_one(env.sudo(), record) for record in records]
    return {"ids": ids, "messages": [], "nextrow": 0}


def _load_one(env: Environment, rows: Sequence[Row]) -> int:
    head = rows[0]
    known = known_as(env, "account.move", head["id"])
    if known is not None:
        return known  # its values are the same: they are made of the request
    invoice = int(head["reversed_entry_id/.id"])
    lines = [_line(env, row, invoice) for row in rows]
    note = book(env, invoice, lines, {"ref": head["ref"], "invoice_origin": head["invoice_origin"]})
    _remember(env, "account.move", note, head["id"])
    made = env.get("account.move", note, "invoice_line_ids")
    for row, number in zip(rows, made, strict=False):
        _remember(env, "account.move.line", number, row["invoice_line_ids/id"])
    return note


def _line(env: Environment, row: Row, invoice: int) -> dict[str, Any]:
    lines = env.store.rows("account.move.line")
    billed = [
        n
        for n in env.store.inverse("account.move.line", "move_id", invoice)
        if lines[n]["display_type"] == "product"
    ]
    return priced(
        env,
        {
            **lines[billed[0]],
            "name": row["invoice_line_ids/name"],
            "product_id": _number(row["invoice_line_ids/product_id/.id"]),
            "quantity": float(row["invoice_line_ids/quantity"]),
            "price_unit": float(row["invoice_line_ids/price_unit"]),
            "discount": float(row["invoice_line_ids/discount"]),
            "tax_ids": _numbers(row["invoice_line_ids/tax_ids/.id"]),
            "sale_line_ids": _numbers(row["invoice_line_ids/sale_line_ids/.id"]),
        },
    )


def _number(text: str) -> int | bool:
    return int(text) if text else False


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


# -- external ids ------------------------------------------------------------------------------------------------


def known_as(env: Environment, model: str, external_id: str) -> int | None:
    module, _, name = external_id.partition(".")
    rows = env.store.rows(MODEL_DATA)
    for number in env.store.inverse(MODEL_DATA, "name", name):
        row = rows[number]
        if (row["module"], row["model"]) == (module, model):
            return int(row["res_id"])
    return None


def external_ids(env: Environment, model: str, record: int) -> list[dict[str, Any]]:
    rows = env.store.rows(MODEL_DATA)
    return [
        {"xmlid": f"{rows[number]['module']}.{rows[number]['name']}", "noupdate": False}
        for number in env.store.inverse(MODEL_DATA, "res_id", record)
        if rows[number]["model"] == model
    ]


def forget(env: Environment, model: str, record: int) -> None:
    """A deleted record takes its external ids with it, which frees them."""
    rows = env.store.rows(MODEL_DATA)
    for number in list(env.store.inverse(MODEL_DATA, "res_id", record)):
        if rows[number]["model"] == model:
            env.store.delete(MODEL_DATA, number)


def _remember(env: Environment, model: str, record: int, external_id: str) -> None:
    module, _, name = external_id.partition(".")
    add(
        env, MODEL_DATA, {"module": module, "name": name, "model": model, "res_id": record, "noupdate": False}
    )
