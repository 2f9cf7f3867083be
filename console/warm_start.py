"""Prepares in a new web process what its first page would otherwise wait for: compiled templates and drawn icons."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.template import engines
from django.utils import translation

from console.jinja import Pages
from console.panels import PANELS
from console.template_names import icon


def prepare_pages(is_ending: Callable[[], bool] = lambda: False) -> None:
    """Compile every template in every language; icons and words become part of them (see ``compiling``).

    Takes a second or two, so a process that is told to end meanwhile does not go on.
    """
    (pages,) = (engine for engine in engines.all() if isinstance(engine, Pages))
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for folder in pages.template_dirs:
                for file in sorted(Path(folder).rglob("*.html")):
                    if is_ending():
                        return
                    pages.get_template(file.relative_to(folder).as_posix())
    for words in PANELS.values():
        icon(words.icon)
