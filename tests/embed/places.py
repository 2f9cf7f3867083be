"""Rows of places that may frame the console."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cases.embedding.places import key_place
from cases.models import Embedding
from integrations.credentials import encrypt

ORIGIN = "https://tool.example"


def make_place(slug: str, host: str, origin: str = ORIGIN, *, key: str = "", **more: Any) -> Embedding:
    if key:
        more["key"], more["encryption_key_id"] = encrypt(key, place=key_place(slug))
    return Embedding.objects.create(
        slug=slug, name=slug.title(), host=host, origins=[origin], changed_at=timezone.now(), **more
    )
