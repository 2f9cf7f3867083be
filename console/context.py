"""What every page's frame needs to know about the person: name, roles and looks."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from django.http import HttpRequest

from cases.masking.roles import Role
from cases.menu_counts import MenuCounts, count_for_menu
from cases.models import Density, Theme, User
from console.policy_words import role_name
from console.views.settings_tabs import settings_tabs


def chrome(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "_cached_user", None)
    viewer = getattr(request, "viewer", None)
    user = person if isinstance(person, User) else None
    return {
        "chrome": {
            "signed_in": viewer is not None,
            "frame": viewer.frame if viewer else "",
            "user_name": viewer.name if viewer else "",
            "roles": [role_name(role) for role in Role if role in viewer.roles] if viewer else [],
            "theme": user.theme if user else Theme.SYSTEM.value,
            "density": user.density if user else Density.COMPACT.value,
            "request_id": getattr(request, "id", ""),
            # Asked for by whole pages only: parts of pages have no menu.
            "settings": partial(settings_tabs, viewer) if viewer else tuple,
            "counts": partial(_menu_counts, request) if viewer else MenuCounts,
        }
    }


def _menu_counts(request: Any) -> MenuCounts:
    """Counted before where the page is drawn on the event loop, which must not wait for the database.

    The page that refuses a form without a signature is drawn there, too, and tells of none.
    """
    counted: MenuCounts | None = getattr(request, "menu_counts", None)
    if counted is not None:
        return counted
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        counted = count_for_menu(request.viewer)
        request.menu_counts = counted
        return counted
    return MenuCounts()
