"""Single values: Odoo's floats, false-for-empty, naive times and HTML in our types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import Any

from integrations.canonical import Money
from integrations.errors import Garbled

Row = Mapping[str, Any]


def text(value: Any) -> str | None:
    """Odoo sends False for an empty char field."""
    return value if isinstance(value, str) and value.strip() else None


def moment(value: Any) -> datetime | None:
    """Odoo's datetimes are naive and always UTC, whatever the context's time zone."""
    if not isinstance(value, str) or not value:
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError as exc:
        raise Garbled("a time that cannot be read") from exc


def day(value: Any) -> date | None:
    if not isinstance(value, str) or not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError as exc:
        raise Garbled("a date that cannot be read") from exc


# Powers of ten beyond which a figure is a mistake; what stays within can be multiplied and rounded exactly enough.
_LARGEST_POWER = 15


def decimal(value: Any) -> Decimal:
    """A float through its shortest text, so that 0.1 stays 0.1. Odoo's False counts as zero."""
    if value is False or value is None:
        return Decimal(0)
    try:
        number = Decimal(str(value))
    except InvalidOperation as exc:
        raise Garbled("a number that cannot be read") from exc
    if not number.is_finite() or number.adjusted() > _LARGEST_POWER:
        raise Garbled("a number that is no amount of anything")
    return number if number.adjusted() >= -_LARGEST_POWER else Decimal(0)


def quantity(value: Any) -> Decimal:
    """A quantity without trailing zeros, rounded to the six places that a unit conversion can be trusted for."""
    number = value if isinstance(value, Decimal) else decimal(value)
    rounded = _rounded(number, Decimal("0.000001"))
    whole = rounded.to_integral_value()
    return whole.quantize(Decimal(1)) if rounded == whole else rounded.normalize()


def _rounded(number: Decimal, step: Decimal) -> Decimal:
    try:
        return number.quantize(step)
    except InvalidOperation as exc:
        raise Garbled("a number that is no amount of anything") from exc


_MOST_PLACES = 6


class Currency:
    """An order's or document's currency: its code, and the places its amounts are rounded to."""

    __slots__ = ("_step", "code", "id")

    def __init__(self, row: Any) -> None:
        row = row if isinstance(row, Mapping) else {}
        self.id: int | None = row.get("id")
        self.code: str = text(row.get("name")) or text(row.get("display_name")) or "XXX"
        places = row.get("decimal_places")
        self._step = (
            Decimal(1).scaleb(-places)
            if isinstance(places, int) and not isinstance(places, bool) and 0 <= places <= _MOST_PLACES
            else Decimal("0.01")
        )

    def money(self, value: Any) -> Money:
        number = value if isinstance(value, Decimal) else decimal(value)
        rounded = _rounded(number, self._step)
        return Money(abs(rounded) if rounded == 0 else rounded, self.code)


def related(row: Row, field: str) -> Row | None:
    """A many2one read with fields: the nested object, or None when empty or not read."""
    value = row.get(field)
    return value if isinstance(value, Mapping) else None


def rows(row: Row, field: str) -> list[Row]:
    """An x2many read with fields; entries beyond a limit come as a bare id and are left out."""
    value = row.get(field)
    if not isinstance(value, list):
        return []
    return [entry for entry in value if isinstance(entry, Mapping) and len(entry) > 1]


def was_cut_short(row: Row, field: str) -> bool:
    """Whether a limit hid the content of some entries."""
    value = row.get(field)
    return isinstance(value, list) and any(isinstance(entry, Mapping) and len(entry) == 1 for entry in value)


def display(row: Row, field: str) -> str | None:
    other = related(row, field)
    return text(other.get("display_name")) or text(other.get("name")) if other else None


def reference(row: Row, field: str) -> int | None:
    """The id behind a many2one, however it was read: a bare id, an object, or an ``[id, name]`` pair."""
    value = row.get(field)
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return value.get("id")
    if isinstance(value, list) and value and isinstance(value[0], int):
        return value[0]
    return None


# Odoo writes payment references into the chatter as links. Who may read messages may not read those by that alone;
# the payments themselves show them to whoever may.
_PAYMENTS = frozenset({"payment.transaction", "account.payment"})
WITHHELD = "••••"


class _TextOnly(HTMLParser):
    _BREAKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "blockquote"})
    _SILENT = frozenset({"script", "style", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silent = 0
        self._in_payment = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silent += 1
        if tag in self._BREAKS:
            self.pieces.append("\n")
        if tag == "a" and dict(attrs).get("data-oe-model") in _PAYMENTS:
            self._in_payment = True
            self.pieces.append(WITHHELD)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT and self._silent:
            self._silent -= 1
        if tag in self._BREAKS:
            self.pieces.append("\n")
        if tag == "a":
            self._in_payment = False

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._in_payment:
            self.pieces.append(data)


def plain_text(html: Any) -> str:
    """The text of an HTML field, one paragraph per line; no markup reaches a page."""
    if not isinstance(html, str):
        return ""
    if "<" not in html and "&" not in html:
        return html.strip()
    parser = _TextOnly()
    parser.feed(html)
    parser.close()
    return "\n".join(_filled_lines("".join(parser.pieces)))


def _filled_lines(raw: str) -> Iterator[str]:
    for line in raw.splitlines():
        squeezed = " ".join(line.split())
        if squeezed:
            yield squeezed


def split_numbers(value: Any) -> tuple[str, ...]:
    """Tracking numbers: one field may hold several, comma-joined."""
    joined = text(value)
    if not joined:
        return ()
    parts = (part.strip() for part in joined.replace(";", ",").replace("\n", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))
