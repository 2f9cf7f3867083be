"""Prepares in a new web process what its first page would otherwise wait for: compiled templates and drawn icons."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.template.loader import get_template

from console.panels import PANELS
from console.templatetags.console import icon

_ICON = re.compile(r'{% icon "([a-z0-9-]+)"(?: (\d+))? %}')


def prepare_pages() -> None:
    """Every icon is read from a packed file the first time, which takes longer than the rest of a page."""
    folder = Path(settings.BASE_DIR) / "templates"
    for file in sorted(folder.rglob("*.html")):
        get_template(file.relative_to(folder).as_posix())
        for name, size in _ICON.findall(file.read_text(encoding="utf-8")):
            icon(name, int(size)) if size else icon(name)
    for words in PANELS.values():
        icon(words.icon)
