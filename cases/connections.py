"""The connections as people see them: a name and how well each one worked when it was last probed."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from integrations.models import OdooConnection

KEPT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLabel:
    slug: str
    name: str
    state: str  # ok, degraded, unusable or unknown
    version: str
    detail: str = ""


_kept: tuple[float, dict[str, ConnectionLabel]] = (float("-inf"), {})


def connection_labels() -> dict[str, ConnectionLabel]:
    """All active connections by slug, at most a few seconds old; blocks on the database."""
    global _kept
    read_at, labels = _kept
    if monotonic() - read_at < KEPT_S:
        return labels
    fields = ("slug", "name", "probe_state", "version")
    found = OdooConnection.objects.filter(is_active=True).order_by("position", "slug").values_list(*fields)
    labels = {
        slug: ConnectionLabel(slug=slug, name=name, state=state or "unknown", version=version)
        for slug, name, state, version in found
    }
    _kept = (monotonic(), labels)
    return labels


def connection_label(slug: str) -> ConnectionLabel:
    """One connection's label; an unknown slug is its own name, so that a page never fails over a heading."""
    label = connection_labels().get(slug)
    return label or ConnectionLabel(slug=slug, name=slug, state="unknown", version="")
