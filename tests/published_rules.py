"""Puts rules in force for a test, by two people as the table demands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from cases.actions.policies import forget_kept_rulebook, newest_rules
from cases.models import ActionPolicy, User
from cases.rules.book import RuleBook, rulebook_of


def publish_rules(rules: Mapping[str, Any] | RuleBook) -> RuleBook:
    """A book, or rules in any shape that was ever stored."""
    author, _ = User.objects.get_or_create(username="rules.author")
    publisher, _ = User.objects.get_or_create(username="rules.publisher")
    stored = rules.as_json() if isinstance(rules, RuleBook) else rules
    book = rulebook_of(newest_rules().version + 1, stored)
    ActionPolicy.objects.create(
        version=book.version,
        rules=stored,
        note="for a test",
        author=author,
        published_by=publisher,
        published_at=timezone.now(),
    )
    forget_kept_rulebook()
    return book
