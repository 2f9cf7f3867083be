"""Finds out who sends a request, in one visit to the database for session, person and rights together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser

from cases.access import viewer_for
from cases.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cases.viewer import Viewer


def identify(request: HttpRequest) -> None:
    """Set the person and the viewer of a request from its session; blocks on the database."""
    _remember(request, auth.get_user(request))


def identify_nobody(request: HttpRequest) -> None:
    """Set the anonymous person, without a look at the database."""
    _remember(request, AnonymousUser())


aidentify = sync_to_async(identify)


def _remember(request: HttpRequest, user: User | AnonymousUser) -> None:
    viewer: Viewer | None = viewer_for(user) if isinstance(user, User) else None
    # The attributes under which Django's request.user and request.auser() keep what they have found.
    request._cached_user = user  # type: ignore[attr-defined]
    request._acached_user = user  # type: ignore[attr-defined]
    request.viewer = viewer  # type: ignore[attr-defined]
