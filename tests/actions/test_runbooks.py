"""Every cause for which the engine can park an action has a sentence and a runbook, in every language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from cases.models import User
from console.runbooks import TOPIC_OF, cause_sentence
from integrations.canonical import Refusal
from integrations.errors import Rejected

ACTIONS = Path(__file__).parents[2] / "cases" / "actions"
SAID_BY = {"Changed": "what", "Impossible": "why", "Proof": "differs"}


def _words(node: ast.expr | None) -> Iterator[str]:
    for found in ast.walk(node) if node is not None else ():
        if isinstance(found, ast.Constant) and isinstance(found.value, str) and found.value:
            yield found.value


def _literals() -> set[str]:
    """What the engine and the kinds say in so many words."""
    found: set[str] = set()
    for path in ACTIONS.rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("_park", "_put_back") and call.args:
                found |= set(_words(call.args[0]))
            for keyword in call.keywords:
                if keyword.arg == SAID_BY.get(name):
                    found |= set(_words(keyword.value))
    return found


def _rejections(error: type[Rejected] = Rejected) -> Iterator[str]:
    yield error.reason
    for narrower in error.__subclasses__():
        yield from _rejections(narrower)


def causes() -> set[str]:
    return {*_literals(), *_rejections(), *(word.value for word in Refusal), "key_conflict", "revoked"}


def test_the_engine_says_more_than_the_errors_do() -> None:
    assert {"outcome_unknown", "gave_up", "document_gone", "total_differs", "order_changed"} <= _literals()


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_every_cause_has_a_topic_and_a_sentence_of_its_own_in_every_language(language: str) -> None:
    assert causes() - TOPIC_OF.keys() == set()
    with translation.override("en"):
        english = {cause: cause_sentence(cause) for cause in causes()}
    with translation.override(language):
        told = {cause: cause_sentence(cause) for cause in causes()}
    assert [cause for cause, sentence in told.items() if not sentence] == []
    if language != "en":
        assert [cause for cause in told if told[cause] == english[cause]] == []


@pytest.mark.django_db
@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_every_runbook_is_drawn_in_every_language(amy: User, language: str) -> None:
    amy.language = language
    amy.save(update_fields=["language"])
    browser = Client()
    browser.force_login(amy)
    pages = {}
    for topic in sorted(set(TOPIC_OF.values())):
        cause = next(one for one, found in TOPIC_OF.items() if found == topic)
        answer = browser.get(f"/help/runbooks/{cause}/")
        assert answer.status_code == 200
        pages[topic] = answer.content.decode()
        assert f'lang="{language}"' in pages[topic]
    assert len(set(pages.values())) == len(pages)
    assert browser.get("/help/runbooks/no-such-cause/").status_code == 404
