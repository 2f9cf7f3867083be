"""What every page's frame needs to know about the person: name, roles and looks."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cases.models import Density, Theme, User
from cases.roles import Role


def chrome(request: HttpRequest) -> dict[str, Any]:
    person = getattr(request, "_cached_user", None)
    viewer = getattr(request, "viewer", None)
    user = person if isinstance(person, User) else None
    return {
        "chrome": {
            "signed_in": viewer is not None,
            "user_name": viewer.name if viewer else "",
            "roles": [_role_names()[role] for role in Role if role in viewer.roles] if viewer else [],
            "theme": user.theme if user else Theme.SYSTEM.value,
            "density": user.density if user else Density.COMPACT.value,
            "request_id": getattr(request, "id", ""),
        }
    }


def _role_names() -> dict[Role, str]:
    return {
        Role.AGENT: _("Agent"),
        Role.SENIOR_AGENT: _("Senior agent"),
        Role.SUPERVISOR: _("Supervisor"),
        Role.FINANCE: _("Finance"),
        Role.AUDITOR: _("Auditor"),
        Role.ADMIN: _("Administrator"),
    }
