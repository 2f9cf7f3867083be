"""Judges single values against the operators of the domain language."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .errors import BadValue
from .schema import Field

if TYPE_CHECKING:
    from .environment import Environment

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}
TEXT_OPERATORS = ("like", "ilike", "=like", "=ilike")


def plain_test(env: Environment, field: Field, operator: str, value: Any) -> Callable[[Any], bool]:
    if operator == "=?":
        if not value:
            return lambda _: True
        operator = "="
    if operator in TEXT_OPERATORS:
        return text_test(operator, value)
    shown = comparable(env, field)
    if operator in ("=", "in"):
        wanted = value if isinstance(value, list | tuple) else [value]
        plain = {bound(field, v, "=") for v in wanted if v is not False and v is not None}
        empty_counts = any(v is False or v is None for v in wanted)
        zero_is_empty = field.type in ("integer", "float", "monetary", "boolean")
        if field.type == "boolean":
            return lambda held: bool(held) in {bool(v) for v in wanted}
        return lambda held: (
            empty_counts
            if held is False or (zero_is_empty and not held and empty_counts)
            else shown(held) in plain
        )
    if value is False or value is None:
        if field.type not in ("integer", "float", "monetary"):
            return lambda _: False
        value = 0
    compare = COMPARISONS[operator]
    edge = bound(field, value, operator)
    return lambda held: held is not False and held is not None and compare(shown(held), edge)


def comparable(env: Environment, field: Field) -> Callable[[Any], Any]:
    """Odoo 19 compares date-times in whole seconds, 17 and 18 in the microseconds they store."""
    if field.type == "datetime" and env.dialect.serie >= 19:
        return lambda held: held[:19]
    return lambda held: held


def bound(field: Field, value: Any, operator: str) -> Any:
    if field.type not in ("date", "datetime") or not isinstance(value, str):
        return value
    check_date(value)
    if field.type == "date":
        return value[:10]
    if len(value) == 10:
        return value + (" 23:59:59.999999" if operator in ("<=", ">") else " 00:00:00")
    return value.replace("T", " ")


def check_date(value: str) -> None:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise BadValue(f"time data {value!r} does not match format '%Y-%m-%d'") from None


def text_test(operator: str, value: Any) -> Callable[[Any], bool]:
    """The like family: % and _ are wild, the plain forms look anywhere in the text."""
    pattern = str(value if value is not False else "")
    if not operator.startswith("="):
        pattern = f"%{pattern}%"
    flags = re.DOTALL | (re.IGNORECASE if operator.endswith("ilike") else 0)
    expression = re.compile(like_to_regex(pattern), flags)
    return lambda held: held is not False and held is not None and expression.fullmatch(str(held)) is not None


def like_to_regex(pattern: str) -> str:
    pieces = []
    escaped = False
    for char in pattern:
        if escaped:
            pieces.append(re.escape(char))
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            pieces.append({"%": ".*", "_": "."}.get(char) or re.escape(char))
    return "".join(pieces)
