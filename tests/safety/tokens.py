"""Unique, recognisable values for every sensitive field, and how to find them again in whatever came out.

A text token is a Latin head that starts with a mark of its own and a tail of four Cyrillic letters, so that a leaked
end ("last four") is as recognisable as the whole. A figure is nine digits; separators do not hide it.
"""

from __future__ import annotations

import base64
import binascii
import html
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_plus

MARK = "qzx"
_LETTERS = "bcdfghjkmnpqrstvwxyz"
_TAIL = "абвгдежзиклмнопрстуфхцчшщэюя"

HEADS = re.compile(rf"{MARK}[a-z]{{11}}")
TAILS = re.compile("[а-я]{4}")
_BETWEEN_DIGITS = re.compile("(?<=[0-9])[.,'’ \u00a0\u202f\u2009](?=[0-9])")
_LONG_NUMBERS = re.compile("[0-9]{9,}")
_BASE64 = re.compile("[A-Za-z0-9+/_-]{18,}")
_HEX = re.compile("(?:[0-9a-fA-F]{2}){9,}")
_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass
class Mint:
    """Makes tokens that are all different, the same ones for the same seed."""

    seed: int = 20
    _random: random.Random = field(init=False)
    _used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def _pick(self, letters: str, count: int) -> str:
        while True:
            made = "".join(self._random.choices(letters, k=count))
            if made not in self._used and made[::-1] not in self._used and made != made[::-1]:
                self._used.add(made)
                return made

    def head(self) -> str:
        return MARK + self._pick(_LETTERS, 11)

    def tail(self) -> str:
        return self._pick(_TAIL, 4)

    def text(self) -> str:
        return self.head() + self.tail()

    def figure(self, first: int) -> str:
        """Nine digits that start with ``first``."""
        return f"{first}{self._pick('0123456789', 8)}"


def pieces(text: str) -> frozenset[str]:
    """The recognisable pieces of a made-up value: heads, tails and figures."""
    squeezed = _BETWEEN_DIGITS.sub("", text)
    figures = {run[at : at + 9] for run in _LONG_NUMBERS.findall(squeezed) for at in range(len(run) - 8)}
    return frozenset((*HEADS.findall(text), *TAILS.findall(text), *figures))


def find_pieces(sink: str) -> set[str]:
    """Everything in ``sink`` that looks like a piece of a token, in whatever disguise."""
    found: set[str] = set()
    for view in _views(sink):
        low = view.casefold()
        for straight in (low, low[::-1]):
            found.update(HEADS.findall(straight))
            for run in re.findall("[а-я]{4,}", straight):
                found.update(run[at : at + 4] for at in range(len(run) - 3))
            for run in _LONG_NUMBERS.findall(_BETWEEN_DIGITS.sub("", straight)):
                found.update(run[at : at + 9] for at in range(len(run) - 8))
    return found


def _views(sink: str) -> Iterator[str]:
    yield sink
    if "&" in sink:
        yield html.unescape(sink)
    if "%" in sink:
        yield unquote_plus(sink, errors="replace")
    if "\\u" in sink:
        yield _JSON_ESCAPE.sub(lambda m: chr(int(m[1], 16)), sink)
    if "=" in sink and "=D" in sink:
        yield re.sub("((?:=[0-9A-F]{2})+)", lambda m: _text(binascii.unhexlify(m[1].replace("=", ""))), sink)
    yield "\n".join(_decoded(sink))


def _decoded(sink: str) -> Iterator[str]:
    for run in set(_HEX.findall(sink)):
        yield _text(binascii.unhexlify(run))
    for run in set(_BASE64.findall(sink)):
        standard = run.replace("-", "+").replace("_", "/")
        for skip in range(4):  # a token may start anywhere within a group of four
            cut = standard[skip:]
            yield _text(base64.b64decode(cut[: len(cut) - len(cut) % 4]))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
