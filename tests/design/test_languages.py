"""Every sentence of the pages exists in every language that people may choose."""

from __future__ import annotations

import ast
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings
from django.utils import translation

from console.runtime.demo_environment import ROOT
from console.runtime.messages import KEYWORDS, catalogues, extract_messages, read_catalogue, untranslated
from tests.design.drawings import draw_order

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


def _catalogue(language: str) -> tuple[Path, Catalog]:
    path = dict(catalogues())[language]
    return path, read_catalogue(language, path)


@pytest.fixture(scope="module")
def said() -> set[Any]:
    """Every message of templates and code; one with a plural as both."""
    return {message.id for message in extract_messages() if message.id}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_pages_and_code_is_translated(language: str, said: set[Any]) -> None:
    _path, catalogue = _catalogue(language)
    known = {message.id for message in catalogue if message.id and not message.fuzzy}

    assert len(said) > 900
    assert said - known == set()
    assert untranslated(catalogue) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_kept_of_what_is_said_nowhere(language: str, said: set[Any]) -> None:
    _path, catalogue = _catalogue(language)

    assert {message.id for message in catalogue if message.id} - said == set()


def test_no_sentence_of_the_code_stands_where_extraction_cannot_see_it(said: set[Any]) -> None:
    """Inside an f-string, for example: it would go from the catalogues without a word."""
    extracted = {
        singular for message in said for singular in (message if isinstance(message, tuple) else [message])
    }
    hidden = [
        (file.name, call.lineno, call.args[0].value)
        for package in ("console", "cases", "integrations")
        for file in sorted((ROOT / package).rglob("*.py"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in KEYWORDS
        if isinstance(call.args[0], ast.Constant) and call.args[0].value not in extracted
    ]

    assert hidden == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_the_written_one(language: str) -> None:
    path, catalogue = _catalogue(language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)

    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_survive_translation(language: str) -> None:
    _path, catalogue = _catalogue(language)

    wrong = [message.id for message in catalogue if message.string and message.check(catalogue)]

    assert wrong == []


def test_order_is_written_in_german() -> None:
    with translation.override("de"):
        html = draw_order()

    assert "Teils versandt" in html
    assert "7.047,90\u00a0€" in html
    assert "vor 14 s" in html
    assert "Part shipped" not in html
