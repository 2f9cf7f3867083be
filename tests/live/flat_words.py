"""Single values as the tests read them from Odoo's flat answers."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def amount(value: Any) -> Decimal:
    return Decimal(repr(value)) if value else Decimal(0)


def text(value: Any) -> str | None:
    return str(value) if value and str(value).strip() else None


def plain(value: str | None) -> str:
    return value or ""


def moment(value: Any) -> datetime | None:
    """Odoo's times are UTC without saying so."""
    return datetime.strptime(value[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if value else None


def day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def midnight(value: Any) -> datetime | None:
    found = day(value)
    return datetime(found.year, found.month, found.day, tzinfo=UTC) if found else None


def tracking_numbers(value: Any) -> list[str]:
    """One field may hold several, with commas between them."""
    return list(dict.fromkeys(re.findall(r"[^\s,;](?:[^,;\n]*[^\s,;])?", value or "")))


def without_code(name: str, code: str | None) -> str:
    return name.removeprefix(f"[{code}] ") if code else name


# Odoo links a payment's own number in what it logs; a payment reference is no part of a message.
_OF_A_PAYMENT = r'(?is)<a\b[^>]*data-oe-model=["\']?(?:account\.payment|payment\.transaction)\b[^>]*>.*?</a>'


def words_of(markup: Any) -> str:
    """The words of an HTML text, whatever its paragraphs."""
    told = re.sub(_OF_A_PAYMENT, "••••", markup or "")
    bare = re.sub(r"(?is)<(script|style|head|title)\b.*?</\1\s*>", " ", told)
    return squeezed(html.unescape(re.sub(r"(?s)<[^>]*>", " ", bare)))


def squeezed(words: str) -> str:
    return "".join(words.split())


class Purse:
    """Amounts in one currency, rounded to its places."""

    def __init__(self, code: str, places: int) -> None:
        self.code = code
        self._step = Decimal(1).scaleb(-places)

    def money(self, value: Any) -> dict[str, Any]:
        number = value if isinstance(value, Decimal) else amount(value)
        return {"amount": number.quantize(self._step), "currency": self.code}
