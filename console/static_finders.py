"""Collects our own static files and those of the one package whose files our pages load.

The others (a browsable API, an administration) would only be compressed at every installation and served to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder


class PackagesWeLoad(AppDirectoriesFinder):
    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(["django_htmx"], *args, **kwargs)
