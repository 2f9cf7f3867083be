"""The connections as people see them: a name and how well each one worked when it was last probed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cases.kept import Kept
from integrations.models import OdooConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLabel:
    slug: str
    name: str
    state: str  # ok, degraded, unusable or unknown
    version: str
    detail: str = ""


Labels = Mapping[str, ConnectionLabel]


def _newest_labels() -> Labels:
    fields = ("slug", "name", "probe_state", "version")
    found = OdooConnection.objects.filter(is_active=True).order_by("position", "slug").values_list(*fields)
    return {
        slug: ConnectionLabel(slug=slug, name=name, state=state or "unknown", version=version)
        for slug, name, state, version in found
    }


_kept = Kept(_newest_labels, for_s=5.0)


def connection_labels() -> Labels:
    """All active connections by slug, at most a few seconds old; blocks on the database."""
    return _kept.get()


async def aconnection_labels() -> Labels:
    """The same on the event loop: ask once and carry them along."""
    return await _kept.aget()


def label_of(slug: str, labels: Labels) -> ConnectionLabel:
    """One connection's label; an unknown slug is its own name, so that a page never fails over a heading."""
    return labels.get(slug) or ConnectionLabel(slug=slug, name=slug, state="unknown", version="")


def connection_label(slug: str) -> ConnectionLabel:
    """The same where the labels may be asked for; blocks on the database."""
    return label_of(slug, connection_labels())
