"""Keeps the catalogues in step with pages and code, because Django's makemessages cannot read Jinja templates."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from console.runtime.demo_environment import ROOT

LOCALE = ROOT / "console" / "locale"
KEYWORDS: dict[str, Any] = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def extract_messages(root: Path = ROOT) -> Catalog:
    """Every message of the templates and the code, as the mapping in pyproject.toml says."""
    mappings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"][
        "mappings"
    ]
    methods = [(pattern, mapping["method"]) for mapping in mappings for pattern in _patterns(mapping)]
    options = {pattern: mapping.get("options", {}) for mapping in mappings for pattern in _patterns(mapping)}
    found = Catalog(charset="utf-8")
    for file, line, message, comments, context in extract_from_dir(
        root, methods, options, keywords=KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, locations=[(file, line)], auto_comments=comments, context=context)
    return found


def _patterns(mapping: dict[str, Any]) -> list[str]:
    pattern = mapping["pattern"]
    return [pattern] if isinstance(pattern, str) else pattern


def catalogues() -> Iterator[tuple[str, Path]]:
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        yield path.parent.parent.name, path


def read_catalogue(language: str, path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def untranslated(catalogue: Catalog) -> list[str]:
    """What has no words yet, or only some of its plurals."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalogue, width=0, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)


def main() -> int:
    """Write every catalogue anew; what is said nowhere any more goes, what is new is left to be translated."""
    found, missing = extract_messages(), 0
    for language, path in catalogues():
        catalogue = read_catalogue(language, path)
        catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
        write_catalogue(path, catalogue)
        lacking = untranslated(catalogue)
        print(f"messages: {language}: {len(catalogue)} messages, {len(lacking)} without a translation")
        for message in lacking:
            print(f"messages: {language}: {message}", file=sys.stderr)
        missing += len(lacking)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
