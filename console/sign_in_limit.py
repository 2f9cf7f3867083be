"""Counts refused sign-ins without keeping what else was sent along: people type anything anywhere."""

from __future__ import annotations

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.http import HttpRequest, QueryDict


class CountingHandler(AxesDatabaseHandler):  # type: ignore[misc]  # the package states no types
    """django-axes' own, which would write the whole form and query string of each failure into its table."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        if request is None:
            super().user_login_failed(sender, credentials, request, **kwargs)
            return
        query, form = request.GET, request.POST
        request.GET = request.POST = QueryDict()  # held back, and put back below
        try:
            super().user_login_failed(sender, credentials, request, **kwargs)
        finally:
            request.GET, request.POST = query, form
