"""Which Odoo servers the demo shows, as its environment names them, and how they become connections."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from integrations.credentials import CannotDecrypt, credential_place, decrypt, store_credential
from integrations.models import OdooConnection, OdooCredential, Purpose


class UnclearEnvironment(ValueError):
    """The environment names a server, but not all that is needed to speak to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    login: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedConnection:
    slug: str
    name: str
    url: str
    database: str
    logins: Mapping[Purpose, Login]
    story: Path | None = None  # which order shows what, where a stand-in tells it


def wanted_connections(environment: Mapping[str, str]) -> list[WantedConnection]:
    """From DEMO_ODOO_CONNECTIONS, else from ODOO_URL and its fellows, else from the stand-ins the demo started."""
    if environment.get("DEMO_ODOO_CONNECTIONS"):
        return [_listed(item) for item in json.loads(environment["DEMO_ODOO_CONNECTIONS"])]
    if environment.get("ODOO_URL"):
        return [_named_in_variables(environment)]
    return [_stand_in(name, environment) for name in _stand_ins(environment)]


def _listed(item: Mapping[str, Any]) -> WantedConnection:
    missing = [name for name in ("slug", "url", "database", "login") if not item.get(name)]
    if missing or not (item.get("key") or item.get("key_file")):
        raise UnclearEnvironment(
            f"DEMO_ODOO_CONNECTIONS: an entry lacks {', '.join(missing) or 'key or key_file'}."
        )
    purposes = (Purpose.READ, Purpose.WRITE) if item.get("writes") else (Purpose.READ,)
    key = item.get("key") or Path(item["key_file"]).read_text(encoding="utf-8").strip()
    return WantedConnection(
        slug=item["slug"],
        name=item.get("name") or item["slug"].title(),
        url=item["url"],
        database=item["database"],
        logins=dict.fromkeys(purposes, Login(login=item["login"], key=key)),
    )


def _named_in_variables(environment: Mapping[str, str]) -> WantedConnection:
    def read(name: str) -> str:
        file = environment.get(f"{name}_FILE")
        return Path(file).read_text(encoding="utf-8").strip() if file else environment.get(name, "")

    logins = {}
    for purpose in (Purpose.READ, Purpose.WRITE):
        prefix = f"ODOO_{purpose.name}"
        login = read(f"{prefix}_LOGIN") or read("ODOO_LOGIN")
        key = read(f"{prefix}_API_KEY") or read("ODOO_API_KEY")
        is_wanted = purpose is Purpose.READ or read("ODOO_WRITES") == "1"
        if is_wanted and not (login and key):
            raise UnclearEnvironment(
                f"Set ODOO_LOGIN and ODOO_API_KEY, or {prefix}_LOGIN and {prefix}_API_KEY."
            )
        if is_wanted:
            logins[purpose] = Login(login=login, key=key)
    if not read("ODOO_DB"):
        raise UnclearEnvironment("Set ODOO_DB to the name of the database in Odoo.")
    return WantedConnection(
        slug="main", name="Main", url=read("ODOO_URL"), database=read("ODOO_DB"), logins=logins
    )


def _stand_ins(environment: Mapping[str, str]) -> list[str]:
    names = [
        name.removeprefix("SANDBOX_").removesuffix("_URL")
        for name in environment
        if name.startswith("SANDBOX_") and name.endswith("_URL")
    ]
    return sorted(names, key=lambda name: (name != "MAIN", name))


def _stand_in(name: str, environment: Mapping[str, str]) -> WantedConnection:
    data = Path(environment[f"SANDBOX_{name}_DATA"])
    accounts = json.loads((data / "keys.json").read_text(encoding="utf-8"))
    chosen = {
        Purpose.READ: accounts.get("reader", accounts["integration"]),
        Purpose.WRITE: accounts["integration"],
    }
    return WantedConnection(
        slug=name.lower(),
        name=name.title(),
        url=environment[f"SANDBOX_{name}_URL"],
        database=environment[f"SANDBOX_{name}_DB"],
        logins={
            purpose: Login(login=account["login"], key=account["key"]) for purpose, account in chosen.items()
        },
        story=data / "story.json",
    )


@transaction.atomic
def store_connections(wanted: Iterable[WantedConnection]) -> None:
    """Make the active connections equal to the wanted ones; others are switched off, not removed."""
    wanted = list(wanted)
    for position, server in enumerate(wanted):
        connection, _ = OdooConnection.objects.update_or_create(
            slug=server.slug,
            defaults={
                "name": server.name,
                "url": server.url.rstrip("/"),
                "database": server.database,
                "position": position,
                "is_active": True,
            },
        )
        connection.credentials.exclude(purpose__in=[purpose.value for purpose in server.logins]).delete()
        for purpose, login in server.logins.items():
            if not _is_stored(connection, purpose, login):
                store_credential(
                    connection=connection, purpose=purpose.value, login=login.login, key=login.key
                )
    OdooConnection.objects.exclude(slug__in=[server.slug for server in wanted]).update(is_active=False)


def _is_stored(connection: OdooConnection, purpose: Purpose, login: Login) -> bool:
    """Storing a key again counts as rotation, after which everything known through it is asked anew."""
    credential = OdooCredential.objects.filter(connection=connection, purpose=purpose.value).first()
    if credential is None or credential.login != login.login:
        return False
    place = credential_place(connection_id=connection.pk, purpose=purpose.value)
    try:
        stored = decrypt(bytes(credential.key), key_id=credential.encryption_key_id, place=place)
    except CannotDecrypt:
        return False
    return stored.reveal() == login.key
