"""``manage.py check_odoo``: what works with our Odoo servers and what does not."""

from __future__ import annotations

import json
import sys
from typing import Any

from asgiref.sync import async_to_sync
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from integrations.models import OdooConnection
from integrations.odoo.connections import UnknownConnection
from integrations.odoo.findings import Severity, State
from integrations.odoo.probe import ProbeReport, probe
from integrations.odoo.standing import Standing, standings

EXIT_CODES = {State.OK: 0, State.DEGRADED: 1, State.UNUSABLE: 2}
MARKS = {Severity.NOTE: "·", Severity.LIMIT: "!", Severity.FATAL: "✗"}


class Command(BaseCommand):
    help = "Tell what works with one Odoo connection, or all of them. Ends with 0 ok, 1 degraded, 2 unusable."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "connection", nargs="?", help="slug of one connection; all active ones without it"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = [options["connection"]] if options["connection"] else active_slugs()
        if not slugs:
            raise CommandError(_("There is no active Odoo connection."), returncode=2)
        reports = [self._probe(slug) for slug in slugs]
        now = {standing.connection: standing for standing in async_to_sync(standings)()}
        found = [(report, now.get(report.connection)) for report in reports]
        if options["json"]:
            self.stdout.write(json.dumps({"connections": [as_json(*each) for each in found]}, indent=2))
        else:
            self.stdout.write("\n\n".join(as_text(*each) for each in found))
        code = max(EXIT_CODES[report.state] for report in reports)
        if code:
            sys.exit(code)

    def _probe(self, slug: str) -> ProbeReport:
        try:
            return async_to_sync(probe)(slug)
        except UnknownConnection:
            raise CommandError(
                _("There is no active Odoo connection “%(slug)s”.") % {"slug": slug}, returncode=2
            ) from None


def active_slugs() -> list[str]:
    return list(OdooConnection.objects.filter(is_active=True).values_list("slug", flat=True))


def as_json(report: ProbeReport, standing: Standing | None) -> dict[str, Any]:
    """The keys are stable: others read them."""
    return {
        "connection": report.connection,
        "state": report.state.value,
        "database": report.database,
        "version": report.version,
        "protocol": report.protocol,
        "modules": list(report.modules),
        "companies": [{"id": number, "name": name} for number, name in report.companies],
        "languages": list(report.languages),
        "clock_ahead_s": report.clock_ahead_s,
        "key_expires_on": report.key_expires_on,
        "calls": standing
        and {
            "traffic": standing.traffic.value,
            "now": standing.in_flight,
            "at_most": standing.cap,
            "configured": standing.cap_configured,
            "cause": standing.cause,
        },
        "findings": [
            {**finding.to_json(), "says": finding.says, "advice": finding.advice}
            for finding in report.findings
        ],
    }


def as_text(report: ProbeReport, standing: Standing | None) -> str:
    ahead = report.clock_ahead_s
    rows = [
        (_("database"), report.database),
        (_("version"), f"{report.version} ({report.protocol})" if report.protocol else report.version),
        (_("modules"), ", ".join(report.modules)),
        (_("companies"), ", ".join(f"{name} ({number})" for number, name in report.companies)),
        (_("languages"), ", ".join(report.languages)),
        (_("clock"), "" if ahead is None else f"{ahead:+.0f} s"),
        (_("key expires"), report.key_expires_on if report.protocol else ""),
        (_("calls"), _calls(standing) if standing else ""),
    ]
    width = max(len(label) for label, _value in rows)
    lines = [f"{report.connection}: {report.state.value}"]
    lines += [f"  {label:<{width}}  {value}" for label, value in rows if value]
    for finding in report.findings:
        lines.append(f"  {MARKS[finding.severity]} {finding.says}")
        if finding.subjects:
            lines.append(f"      {', '.join(finding.subjects)}")
        if finding.severity is not Severity.NOTE:
            lines.append(f"      → {finding.advice}")
    return "\n".join(lines)


def _calls(standing: Standing) -> str:
    """How many are on their way now, how many may be, and whether that is less than it was set to."""
    words = {"now": standing.in_flight, "cap": standing.cap, "most": standing.cap_configured}
    if standing.cap < standing.cap_configured:
        return _("%(now)d now, at most %(cap)d of %(most)d") % words
    return _("%(now)d now, at most %(cap)d") % words
