"""Reads settings from the environment; every secret may also lie in a file named by NAME_FILE."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_MISSING = object()


def env(name: str, default: Any = _MISSING) -> str:
    value = os.environ.get(name)
    if value is not None:
        return value
    if default is _MISSING:
        raise ImproperlyConfigured(f"Set {name} in the environment.")
    return str(default)


def env_secret(name: str, default: Any = _MISSING) -> str:
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {exc.strerror}.") from exc
    return env(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    return env(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def env_int(name: str, *, default: int) -> int:
    try:
        return int(env(name, default))
    except ValueError as exc:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from exc


def env_list(name: str, *, default: list[str]) -> list[str]:
    return [item.strip() for item in env(name, ",".join(default)).split(",") if item.strip()]


def database(url: str, *, pool_size: int) -> dict[str, Any]:
    """Django's settings for a ``postgresql://`` address; a pool where ``pool_size`` is not 0.

    The web server keeps a pool. The queue's cluster forks, and a forked pool is broken: it keeps plain connections.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    settings: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": str(options.pop("port", parts.port or "")),
        "CONN_MAX_AGE": 0 if pool_size else 60,
        "OPTIONS": options,
    }
    if pool_size:
        options["pool"] = {"min_size": 2, "max_size": pool_size, "timeout": 5}
    return settings
