"""What a new web process has ready before it serves its first page."""

from __future__ import annotations

from typing import cast

from django.template import engines

from console.jinja import Environment, Pages
from console.template_names import icon
from console.warm_start import prepare_pages


def test_pages_and_icons_are_ready_before_the_first_visitor() -> None:
    icon.cache_clear()
    pages = cast(Pages, engines.all()[0])
    pages.environment_of.cache_clear()
    prepare_pages()
    for language in ("en", "de", "fr"):
        environment: Environment = pages.environment_of(language)
        assert environment.cache is not None
        assert "orders/_lines.html" in {name for _loader, name in environment.cache.keys()}  # noqa: SIM118
    drawn = icon.cache_info().misses
    assert drawn >= 10
    icon("arrow-path")
    icon("magnifying-glass", 20)
    icon("truck")  # named by a panel, not by a template
    assert icon.cache_info().misses == drawn
