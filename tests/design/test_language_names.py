"""Languages stand on the page by their name, as the reader's own language has it."""

from __future__ import annotations

import pytest
from django.utils import translation

from cases.masking import Cell, Mode
from console.page import Page
from integrations.canonical import Sensitivity


@pytest.mark.parametrize(
    ("code", "reader", "name"),
    [
        ("de_DE", "en", "German (Germany)"),
        ("fr_FR", "de", "Französisch (Frankreich)"),
        ("nl_NL", "fr", "Néerlandais (Pays-Bas)"),
        ("sr@latin", "en", "Serbian"),
        ("tlh_XX", "en", "tlh_XX"),
        ("<b>", "en", "&lt;b&gt;"),
    ],
)
def test_a_language_is_told_by_its_name(code: str, reader: str, name: str) -> None:
    with translation.override(reader):
        assert Page().language_name(code) == name


def test_a_masked_language_stays_masked() -> None:
    cell = Cell(path="customer.language", mode=Mode.HIDE, value=None, sensitivity=Sensitivity.PUBLIC)
    assert "masked" in Page().language_name(cell)
