"""What a probe can find, how bad it is, what it means and what to do about it, in sentences for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

Lazy = Any  # what gettext_lazy returns


class Severity(StrEnum):
    NOTE = "note"
    LIMIT = "limit"  # something will not work
    FATAL = "fatal"  # nothing will work


class State(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class _Kind:
    severity: Severity
    says: Lazy
    advice: Lazy


_KINDS: Mapping[str, _Kind] = {
    "key_missing": _Kind(
        Severity.FATAL,
        _("No usable key is stored for reading."),
        _("Store the login and key of the integration user for this connection."),
    ),
    "insecure_address": _Kind(
        Severity.FATAL,
        _("The address is not encrypted, so no key is sent to it."),
        _("Use the https:// address of the server."),
    ),
    "unreachable": _Kind(
        Severity.FATAL,
        _("No connection to the server can be made."),
        _("Check the address, the server and the firewall."),
    ),
    "certificate_refused": _Kind(
        Severity.FATAL,
        _("The server's certificate is not trusted or belongs to another name."),
        _("Renew the certificate, or name your own authority in SSL_CERT_FILE."),
    ),
    "no_answer": _Kind(
        Severity.FATAL,
        _("The server took the question and gave no answer in time."),
        _("See whether the server is overloaded, then try again."),
    ),
    "server_fails": _Kind(
        Severity.FATAL,
        _("The server answers with a failure of its own."),
        _("Look into the server's log, then try again."),
    ),
    "left_alone": _Kind(
        Severity.FATAL,
        _("The server failed too often lately or all its slots are taken, so it was not asked."),
        _("Try again in a moment."),
    ),
    "not_odoo": _Kind(
        Severity.FATAL,
        _("What answers at this address is not Odoo."),
        _("Check the address, and that no proxy or sign-in page stands in front of it."),
    ),
    "no_such_database": _Kind(
        Severity.FATAL,
        _("The server is there, the database is not."),
        _("Check the name of the database, upper and lower case included."),
    ),
    "key_refused": _Kind(
        Severity.FATAL,
        _("The server and the database are there, the login or the key is refused."),
        _("Check the login; make a new key if this one was revoked or has expired."),
    ),
    "version_too_old": _Kind(
        Severity.FATAL,
        _("This version of Odoo is older than the oldest one supported."),
        _("Upgrade to Odoo 17 or later."),
    ),
    "orders_closed": _Kind(
        Severity.FATAL,
        _("The integration user cannot read orders, or Sales is not installed."),
        _("Give the integration user the right to read all sales documents."),
    ),
    "version_unproven": _Kind(
        Severity.LIMIT,
        _("This version of Odoo is newer than the newest one proven; it is spoken to as that one."),
        _("Compare some orders with Odoo before you rely on it."),
    ),
    "right_missing": _Kind(
        Severity.LIMIT,
        _("The integration user may not read these records; their panels stay empty."),
        _("Give the integration user reading rights on them."),
    ),
    "field_missing": _Kind(
        Severity.LIMIT,
        _("The integration user does not see these fields; what depends on them stays empty."),
        _("See which groups the fields ask for, and whether their module is installed."),
    ),
    "key_can_write": _Kind(
        Severity.LIMIT,
        _("The key for reading may also write."),
        _("Use a key of a user with reading rights only."),
    ),
    "key_expires_soon": _Kind(
        Severity.LIMIT,
        _("A key of the integration user expires within two weeks."),
        _("Make a new key and store it; nothing needs a restart."),
    ),
    "clock_differs": _Kind(
        Severity.LIMIT,
        _("The server's clock and ours differ by more than half a minute."),
        _("Synchronise both clocks, or times will seem to contradict each other."),
    ),
    "no_company": _Kind(
        Severity.LIMIT,
        _("The integration user sees no company."),
        _("Allow the integration user the companies whose orders are to be shown."),
    ),
    "module_missing": _Kind(
        Severity.NOTE,
        _("These records do not exist there; their panels say so."),
        _("Nothing to do, unless you expected them."),
    ),
    "key_expiry_unknown": _Kind(
        Severity.NOTE,
        _("When the key expires cannot be read with it."),
        _("Note the date yourself."),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """``subjects`` are names of models and fields or figures, never anything about a person."""

    code: str
    subjects: tuple[str, ...] = ()

    @property
    def severity(self) -> Severity:
        return _KINDS[self.code].severity

    @property
    def says(self) -> str:
        return str(_KINDS[self.code].says)

    @property
    def advice(self) -> str:
        return str(_KINDS[self.code].advice)

    def to_json(self) -> dict[str, Any]:
        return {"code": self.code, "severity": self.severity.value, "subjects": list(self.subjects)}


def state_of(findings: tuple[Finding, ...]) -> State:
    severities = {finding.severity for finding in findings}
    if Severity.FATAL in severities:
        return State.UNUSABLE
    return State.DEGRADED if Severity.LIMIT in severities else State.OK
