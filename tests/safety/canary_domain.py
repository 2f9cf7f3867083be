"""Which rows an Odoo search condition finds: Polish notation, paths over relations, the operators we use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Row = dict[str, Any]


def matches(row: Row, domain: list[Any]) -> bool:
    """Terms without an operator before them are joined by "and"."""
    terms = iter(domain)
    found = True
    for term in terms:
        found &= _evaluate(row, term, terms)
    return found


def _evaluate(row: Row, term: Any, rest: Iterator[Any]) -> bool:
    if term in ("|", "&"):
        both = [_evaluate(row, next(rest), rest), _evaluate(row, next(rest), rest)]
        return any(both) if term == "|" else all(both)
    path, operator, wanted = term
    return _compare(list(_values(row, path.split("."))), operator, wanted)


def _values(value: Any, path: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for inner in value:
            yield from _values(inner, path)
    elif not path:
        yield value["id"] if isinstance(value, dict) else value
    elif isinstance(value, dict):
        yield from _values(value.get(path[0], False), path[1:])


def _compare(values: list[Any], operator: str, wanted: Any) -> bool:
    if operator == "in":
        return any(value in wanted for value in values)
    if operator == "not in":
        return not any(value in wanted for value in values)
    plain = str(wanted).replace("\\", "").casefold()
    texts = [str(value).casefold() for value in values if value is not False]
    if operator == "ilike":
        return any(plain in text for text in texts)
    assert operator in ("=", "=ilike"), operator
    return plain in texts
