"""The connections as people see them: a name and how well each one worked when it was last probed."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

from asgiref.sync import sync_to_async

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
    if monotonic() - _kept[0] >= KEPT_S:
        _renew_kept_labels()
    return _kept[1]


async def keep_connection_labels() -> None:
    """Ask again where the kept labels are too old, so that they are there at once on the event loop."""
    if monotonic() - _kept[0] >= KEPT_S - 1.0:
        await sync_to_async(_renew_kept_labels)()


def _renew_kept_labels() -> None:
    global _kept
    fields = ("slug", "name", "probe_state", "version")
    found = OdooConnection.objects.filter(is_active=True).order_by("position", "slug").values_list(*fields)
    labels = {
        slug: ConnectionLabel(slug=slug, name=name, state=state or "unknown", version=version)
        for slug, name, state, version in found
    }
    _kept = (monotonic(), labels)


def connection_label(slug: str) -> ConnectionLabel:
    """One connection's label; an unknown slug is its own name, so that a page never fails over a heading."""
    label = connection_labels().get(slug)
    return label or ConnectionLabel(slug=slug, name=slug, state="unknown", version="")
