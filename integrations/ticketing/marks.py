"""Marks our own notes with a key, so that one whose reply was lost is found again and never posted twice."""

from __future__ import annotations

import re

from integrations.ticketing.records import Author

_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
_MARK = re.compile(r"\[deskglass:([A-Za-z0-9-]{8,64})\]\s*\Z")


def mark(text: str, key: str) -> str:
    """The note as it is posted: the mark stands last, on a line of its own."""
    if not _KEY.fullmatch(key):
        raise ValueError("a note's key is 8 to 64 letters, digits and hyphens")
    return f"{text.rstrip()}\n\n[deskglass:{key}]"


def read_mark(text: str, author: Author, *, is_public: bool) -> str:
    """The key of a note of ours, or "". What a customer wrote is never ours, whatever it quotes.

    Only at the very end: a quotation inside somebody's note is no proof either.
    """
    if is_public and author is Author.CUSTOMER:
        return ""
    found = _MARK.search(text)
    return found[1] if found else ""
