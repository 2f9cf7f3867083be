"""Finds out who sends a request, in one visit to the database for session, person and rights together."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import constant_time_compare

from cases.models import User
from cases.people.access import aload_person, load_person, viewer_for
from console.frames import find_viewer

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cases.people.viewer import Viewer


def identify(request: HttpRequest) -> None:
    """Set the person and the viewer of a request from its session; blocks on the database."""
    session: Any = request.session
    user_id = _user_id(session)
    if user_id is None:
        return identify_nobody(request)
    person = load_person(user_id)
    if person is not None and _is_current(session, person[0]):
        return _remember(request, *person)
    # A changed password, a key in rotation, an account that is gone: Django knows what to do with such a session.
    found = auth.get_user(request)
    if isinstance(found, User):
        return _remember(request, found, viewer_for(found))
    return identify_nobody(request)


def identify_nobody(request: HttpRequest) -> None:
    """Set the anonymous person, without a look at the database."""
    _remember(request, AnonymousUser(), None)


def identify_in_frame(request: HttpRequest) -> None:
    """Set the person and the viewer of a request out of another tool's frame; blocks on the database."""
    found = find_viewer(request)
    if found is not None:
        _remember(request, found.user, found.viewer)


async def aidentify(request: HttpRequest) -> None:
    """The same without leaving the event loop, except for the rare session that Django has to look at.

    Whose session it was the last time is looked up beside it. Only what the session says now counts.
    """
    session: Any = request.session
    key = session.session_key
    expected = _owners.get(key)
    looking = asyncio.ensure_future(aload_person(expected)) if expected is not None else None
    try:
        await session.aget(auth.SESSION_KEY)  # loads it: from here on nothing below asks the database for it
        user_id = _user_id(session)
        if user_id is None:
            _owners.pop(key, None)
            return identify_nobody(request)
        person = await (looking if looking is not None and expected == user_id else aload_person(user_id))
    finally:
        if looking is not None:
            looking.cancel()
    if person is not None and _is_current(session, person[0]):
        _remember_owner(key, user_id)
        return _remember(request, *person)
    return await sync_to_async(identify)(request)


MOST_OWNERS = 2_000

# Whose sessions they were, in this process: a guess that saves waiting, and proves nothing.
_owners: dict[str, int] = {}


def _remember_owner(key: str, user_id: int) -> None:
    if len(_owners) >= MOST_OWNERS and key not in _owners:
        _owners.clear()
    _owners[key] = user_id


def _user_id(session: Any) -> int | None:
    user_id = session.get(auth.SESSION_KEY)
    if user_id is None or session.get(auth.BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    return int(user_id)


def _is_current(session: Any, user: User) -> bool:
    """Whether the session was begun with the password and the key that hold now."""
    expected = user.get_session_auth_hash()
    return user.is_active and constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), expected)


def _remember(request: Any, user: User | AnonymousUser, viewer: Viewer | None) -> None:
    # The attributes under which Django's request.user and request.auser() keep what they have found.
    request._cached_user = user
    request._acached_user = user
    request.viewer = viewer
