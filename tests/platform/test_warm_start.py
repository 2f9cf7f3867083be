"""What a new web process has ready before it serves its first page."""

from __future__ import annotations

from django.template import Engine
from django.template.loaders.cached import Loader as CachedLoader

from console.templatetags.console import icon
from console.warm_start import prepare_pages


def test_pages_and_icons_are_ready_before_the_first_visitor() -> None:
    icon.cache_clear()
    (loader,) = Engine.get_default().template_loaders
    assert isinstance(loader, CachedLoader)
    loader.reset()
    prepare_pages()
    assert "orders/_lines.html" in loader.get_template_cache
    drawn = icon.cache_info().misses
    assert drawn >= 10
    icon("arrow-path")
    icon("magnifying-glass", 20)
    icon("truck")  # named by a panel, not by a template
    assert icon.cache_info().misses == drawn
