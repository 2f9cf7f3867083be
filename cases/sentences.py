"""Sentences that are chosen in pure code and translated where people are."""

from __future__ import annotations


def gettext_noop(message: str) -> str:
    """Marks a sentence for the translators; whoever shows it translates it and fills in its words."""
    return message
