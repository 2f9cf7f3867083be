"""Pages drawn alone: addresses without views, static files as they lie, no database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone, translation


@pytest.fixture(autouse=True)
def drawn_alone(settings) -> Iterator[None]:  # type: ignore[no-untyped-def]  # pytest-django's fixture
    settings.ROOT_URLCONF = "tests.design.urls"
    with translation.override("en"), timezone.override("Europe/Paris"):
        yield
