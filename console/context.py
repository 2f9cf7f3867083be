"""What every page's frame needs to know about the person: name, roles and looks."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from django.http import HttpRequest

from cases.models import Density, Theme, User
from cases.reveal_review import count_open_notices
from cases.roles import Role
from console.policy_words import role_name
from console.views.settings_tabs import settings_tabs


def chrome(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "_cached_user", None)
    viewer = getattr(request, "viewer", None)
    user = person if isinstance(person, User) else None
    return {
        "chrome": {
            "signed_in": viewer is not None,
            "user_name": viewer.name if viewer else "",
            "roles": [role_name(role) for role in Role if role in viewer.roles] if viewer else [],
            "theme": user.theme if user else Theme.SYSTEM.value,
            "density": user.density if user else Density.COMPACT.value,
            "request_id": getattr(request, "id", ""),
            # Asked for by whole pages only: parts of pages have no menu.
            "settings": partial(settings_tabs, viewer) if viewer else tuple,
            "notices": partial(_notices, request) if viewer else int,
        }
    }


def _notices(request: Any) -> int:
    """Counted before where the page is drawn on the event loop, which must not wait for the database.

    The page that refuses a form without a signature is drawn there, too, and tells of none.
    """
    counted: int | None = getattr(request, "open_notices", None)
    if counted is not None:
        return counted
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return count_open_notices(request.viewer)
    return 0
