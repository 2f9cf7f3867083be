"""Sorts records the way PostgreSQL does for Odoo's order clauses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .errors import BadValue, UserError

if TYPE_CHECKING:
    from .environment import Environment

DEPTH = 3
WELL_FORMED = re.compile(r"(\s*\w+(\s+(asc|desc))?(\s+nulls\s+(first|last))?\s*,?)+", re.IGNORECASE)


def sort_ids(
    env: Environment, model: str, ids: list[int], order: str | None = None, depth: int = 0
) -> list[int]:
    """A copy of `ids` sorted by `order`, or by the model's own order."""
    found = list(ids)
    if len(found) < 2 and not order:
        return found
    for name, descending in reversed(parse_order(env, model, order or env.model(model).order)):
        found.sort(key=lambda i: sort_key(env, model, i, name, depth), reverse=descending)
    return found


def parse_order(env: Environment, model: str, order: str) -> list[tuple[str, bool]]:
    if not WELL_FORMED.fullmatch(order):
        raise UserError(
            f'Invalid "order" specified ({order}). A valid "order" specification is a comma-separated list of valid '
            "field names (optionally followed by asc/desc for the direction)"
        )
    terms = []
    for part in order.split(","):
        name, *direction = part.split()
        if name not in env.model(model).fields:
            raise BadValue(f"Invalid field {name!r} on model {model!r}")
        if env.field(model, name).attributes.get("sortable", True):
            terms.append((name, direction[:1] != [] and direction[0].lower() == "desc"))
        elif env.dialect.serie >= 18:
            raise BadValue(f"Cannot convert {model}.{name} to SQL because it is not stored")
    return terms


def sort_key(env: Environment, model: str, record_id: int, name: str, depth: int) -> Any:
    """Nulls sort last ascending and first descending; a many2one sorts by its own model's order."""
    field = env.field(model, name)
    value = env.sudo().get(model, record_id, name)
    if field.type == "boolean":
        return (0, bool(value))
    if value is False or value is None:
        return (1, 0)
    if field.type == "many2one":
        return (0, many2one_key(env, field.relation, value, depth))
    return (0, value)


def many2one_key(env: Environment, model: str, record_id: int, depth: int) -> Any:
    if depth >= DEPTH:
        return record_id
    keys = []
    for name, descending in parse_order(env, model, env.model(model).order):
        key = sort_key(env, model, record_id, name, depth + 1)
        keys.append(Reversed(key) if descending else key)
    return tuple(keys)


class Reversed:
    """Turns a comparison round, for descending terms inside a nested key."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: Reversed) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reversed) and bool(other.key == self.key)

    def __hash__(self) -> int:
        return hash(self.key)
