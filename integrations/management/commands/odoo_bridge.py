"""``manage.py odoo_bridge``: puts the part of Deskglass that runs inside Odoo there, tells how it is, takes it out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from integrations.canonical import BridgeStatus, Guarantee
from integrations.errors import AuthenticationFailed, GatewayError
from integrations.models import OdooConnection, OdooCredential, Purpose
from integrations.odoo.bridge import VERSION, missing_proofs, perform_sha256
from integrations.odoo.bridge.administering import Administrator, BridgeLogins
from integrations.odoo.budget import Budget
from integrations.odoo.connections import Purpose as KeyPurpose
from integrations.odoo.connections import UnknownConnection, connection
from integrations.odoo.effects import OdooEffects

EXIT_CODES = {Guarantee.EXACTLY_ONCE: 0, Guarantee.SEARCH_FIRST: 1, Guarantee.NONE: 2}


class Command(BaseCommand):
    help = (
        "install, look at (status) or remove the bridge of one Odoo connection. install and remove need an Odoo "
        "administrator: ODOO_ADMIN_LOGIN and ODOO_ADMIN_API_KEY, each also as NAME_FILE; they are used and not kept. "
        "status needs them only to look at the text itself. Ends with 0 exactly once, 1 no bridge, 2 not usable."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["install", "status", "remove"])
        parser.add_argument("connection", nargs="?", help="slug; may be left out where there is only one")
        parser.add_argument(
            "--with-ledger",
            action="store_true",
            help="remove the ledger and the groups too: Odoo then forgets which keys were used",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["connection"] or only_connection()
        try:
            code = async_to_sync(self._run)(options["what"], slug, options["with_ledger"], logins_of(slug))
        except UnknownConnection:
            raise CommandError(
                _("There is no active Odoo connection “%(slug)s”.") % {"slug": slug}, returncode=2
            ) from None
        except GatewayError as error:
            raise CommandError(str(error), returncode=2) from None
        if code:
            sys.exit(code)

    async def _run(self, what: str, slug: str, with_ledger: bool, logins: BridgeLogins) -> int:
        if what == "status":
            return await self._tell(slug)
        administrator = await administrator_of(slug)
        if administrator is None:
            raise CommandError(_("Set ODOO_ADMIN_LOGIN and ODOO_ADMIN_API_KEY."), returncode=2)
        if what == "remove":
            self._list(await administrator.remove(with_ledger=with_ledger))
            return 0
        if missing_proofs():
            self.stderr.write(
                _(
                    "This text of the bridge was not proven on Odoo %(versions)s: nothing will be written there."
                )
                % {"versions": ", ".join(str(version) for version in missing_proofs())}
            )
        self._list(await administrator.install(logins))
        if logins.acting is None:
            self.stdout.write(
                _("The connection has no key for writing yet: store one, then run install again.")
            )
            return 0
        return await self._tell(slug)

    def _list(self, done: list[str]) -> None:
        for line in done or [_("nothing to change")]:
            self.stdout.write(f"  · {line}")

    async def _tell(self, slug: str) -> int:
        status = await status_of(slug)
        for line in as_lines(status):
            self.stdout.write(line)
        administrator = await administrator_of(slug)
        if administrator is not None and status.installed:
            found = await administrator.look()
            same = found.code_is_ours and found.action_has_its_group
            self.stdout.write(
                _("  the text in Odoo is this release's, and only its group may run it")
                if same
                else _("  the text in Odoo or its group is NOT what this release installs: run install")
            )
            if not same:
                return EXIT_CODES[Guarantee.NONE]
        return EXIT_CODES[status.guarantee]


async def status_of(slug: str) -> BridgeStatus:
    """As the key for writing finds it; where none is stored, as the key for reading does."""
    reading = await connection(slug)
    try:
        writing = await connection(slug, purpose=KeyPurpose.WRITE)
    except AuthenticationFailed:
        writing = reading
    effects = OdooEffects(reading=reading, writing=writing)
    return await effects.bridge_status(budget=Budget.probe(), correlation_id="odoo-bridge")


def as_lines(status: BridgeStatus) -> list[str]:
    guarantees = {
        Guarantee.EXACTLY_ONCE: _("exactly once: the bridge is there and proven on this version"),
        Guarantee.SEARCH_FIRST: _("no bridge: looked up before writing, parked on doubt"),
        Guarantee.NONE: _("nothing is written: the bridge is not the proven one"),
    }
    there, ours, proven_on = _("in Odoo"), _("our own"), _("proven on")
    lines = [f"{status.connection}: {guarantees[status.guarantee]}"]
    lines.append(f"  Odoo {status.odoo_version}")
    if status.installed:
        lines.append(f"  {there}   {status.version} {status.sha256}")
    proven = ", ".join(str(version) for version in status.proven_on) or "–"
    lines.append(f"  {ours}   {VERSION} {perform_sha256()} ({proven_on} {proven})")
    return lines


async def administrator_of(slug: str) -> Administrator | None:
    login, key = secret("ODOO_ADMIN_LOGIN"), secret("ODOO_ADMIN_API_KEY")
    if not login or not key:
        return None
    return await Administrator.of(await connection(slug), login=login, key=key)


def secret(name: str) -> str:
    """A value from the environment, or from the file that NAME_FILE names."""
    file = os.environ.get(f"{name}_FILE")
    try:
        return Path(file).read_text(encoding="utf-8").strip() if file else os.environ.get(name, "").strip()
    except OSError as error:
        raise CommandError(f"{name}_FILE cannot be read: {error.strerror}.", returncode=2) from None


def only_connection() -> str:
    slugs = list(OdooConnection.objects.filter(is_active=True).values_list("slug", flat=True))
    if len(slugs) != 1:
        raise CommandError(_("Name the connection: %(slugs)s") % {"slugs": ", ".join(slugs)}, returncode=2)
    return slugs[0]


def logins_of(slug: str) -> BridgeLogins:
    held = dict(OdooCredential.objects.filter(connection__slug=slug).values_list("purpose", "login"))
    return BridgeLogins(acting=held.get(Purpose.WRITE), reading=held.get(Purpose.READ))
