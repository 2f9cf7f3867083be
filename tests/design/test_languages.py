"""Every sentence of the pages exists in every language that people may choose."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

from tests.design.drawings import draw_order

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]


def _catalogue(language: str) -> tuple[Path, Catalog]:
    path = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
    return path, read_po(BytesIO(path.read_bytes()), locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_the_pages_is_translated(language: str) -> None:
    _path, catalogue = _catalogue(language)
    on_pages = [
        message
        for message in catalogue
        if message.id
        and any(file.startswith(("templates/", "console/")) for file, _line in message.locations)
    ]

    assert len(on_pages) > 250
    assert [message.id for message in on_pages if not message.string or message.fuzzy] == []


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
