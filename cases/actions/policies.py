"""The versions of the rules: which is in force, and which one something was judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cases.kept import Kept
from cases.models import ActionPolicy
from cases.rules.book import RuleBook, rulebook_of

SHIPPED = RuleBook()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedRules:
    """A version with who stands for it; version 0 is the one in the code, published by nobody."""

    book: RuleBook
    note: str = ""
    author: str = ""
    published_by: str = ""
    published_at: datetime | None = None

    @property
    def version(self) -> int:
        return self.book.version


def newest_rules() -> RuleBook:
    """The rules in force, asked for now."""
    row = ActionPolicy.objects.order_by("-version").first()
    return rulebook_of(row.version, row.rules) if row else SHIPPED


_kept = Kept(newest_rules, for_s=3.0)


def current_rules() -> RuleBook:
    """The rules in force, at most a few seconds old: to show, never to decide by."""
    return _kept.get()


async def acurrent_rules() -> RuleBook:
    return await _kept.aget()


def forget_kept_rulebook() -> None:
    _kept.forget()


def rules_of_version(version: int) -> RuleBook:
    """Those something was judged by. ``LookupError`` where there are none."""
    if version == SHIPPED.version:
        return SHIPPED
    row = ActionPolicy.objects.filter(version=version).first()
    if row is None:
        raise LookupError(f"there is no version {version} of the rules")
    return rulebook_of(row.version, row.rules)


def published_versions() -> tuple[PublishedRules, ...]:
    """Every version, newest first, down to the one in the code."""
    rows = ActionPolicy.objects.select_related("author", "published_by").order_by("-version")
    return (*map(_published, rows), PublishedRules(book=SHIPPED))


def published_version(version: int) -> PublishedRules:
    """``LookupError`` where there is none."""
    if version == SHIPPED.version:
        return PublishedRules(book=SHIPPED)
    row = ActionPolicy.objects.select_related("author", "published_by").filter(version=version).first()
    if row is None:
        raise LookupError(f"there is no version {version} of the rules")
    return _published(row)


def _published(row: ActionPolicy) -> PublishedRules:
    return PublishedRules(
        book=rulebook_of(row.version, row.rules),
        note=row.note,
        author=row.author.get_full_name() or row.author.get_username() if row.author else "",
        published_by=row.published_by.get_full_name() or row.published_by.get_username(),
        published_at=row.published_at,
    )
