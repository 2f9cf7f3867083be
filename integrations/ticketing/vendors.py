"""What is fixed for each vendor before anything is asked: where its addresses lie and which keys it takes. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from integrations.public_addresses import is_number, is_public


class Vendor(StrEnum):
    ZENDESK = "zendesk"
    CHATWOOT = "chatwoot"
    FRESHDESK = "freshdesk"
    ZAMMAD = "zammad"
    FRONT = "front"
    REQUEST_TRACKER = "request_tracker"
    DJANGO_HELPDESK = "django_helpdesk"


class KeyPurpose(StrEnum):
    """Each key lies by itself: the web process that checks a webhook decrypts no other."""

    API = "api"  # a token or password that is good until somebody changes it
    ACCESS = "access"  # OAuth: short-lived, fetched by ourselves
    REFRESH = "refresh"
    CLIENT = "client"  # OAuth: our own name and secret
    HOOK = "hook"  # what incoming webhooks are signed with


class AddressNotAllowed(ValueError):
    """Why an address is not taken, in words for whoever sets it up; holds nothing of the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorRules:
    hosts: re.Pattern[str] | None  # None: run by whoever owns it, at any name
    keys: frozenset[KeyPurpose]


_OAUTH = frozenset({KeyPurpose.ACCESS, KeyPurpose.REFRESH, KeyPurpose.CLIENT, KeyPurpose.HOOK})
_KEY = frozenset({KeyPurpose.API, KeyPurpose.HOOK})
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

RULES: Mapping[Vendor, VendorRules] = {
    Vendor.ZENDESK: VendorRules(hosts=re.compile(rf"{_LABEL}\.zendesk\.com"), keys=_OAUTH),
    Vendor.CHATWOOT: VendorRules(hosts=None, keys=_KEY),
    Vendor.FRESHDESK: VendorRules(hosts=re.compile(rf"{_LABEL}\.freshdesk\.com"), keys=_KEY),
    Vendor.ZAMMAD: VendorRules(hosts=None, keys=_KEY),
    Vendor.FRONT: VendorRules(hosts=re.compile(rf"(?:api2|{_LABEL}\.api)\.frontapp\.com"), keys=_KEY),
    Vendor.REQUEST_TRACKER: VendorRules(hosts=None, keys=_KEY),
    Vendor.DJANGO_HELPDESK: VendorRules(hosts=None, keys=_KEY),
}


def require_allowed_address(vendor: Vendor, address: str, *, private_hosts: Collection[str]) -> None:
    """Raise unless our keys may be sent there: https, the vendor's own host, and no number of a private network.

    ``private_hosts`` are named by whoever runs the server; only they may lie inside, and only they may be this machine.
    What a name leads to is judged again at every connection.
    """
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError:
        raise AddressNotAllowed("The address is not a web address.") from None
    if not host or parts.username or parts.password or parts.query or parts.fragment:
        raise AddressNotAllowed("The address must be https://, a host and nothing secret.")
    is_named = host in private_hosts
    if parts.scheme != "https" and not (is_named and parts.scheme == "http" and _is_this_machine(host)):
        raise AddressNotAllowed("The address must start with https://.")
    if is_named:
        return
    hosts = RULES[vendor].hosts
    if hosts is not None and not hosts.fullmatch(host):
        raise AddressNotAllowed("This vendor's addresses lie at another host.")
    if hosts is not None and (parts.port not in {None, 443} or parts.path.strip("/")):
        raise AddressNotAllowed("This vendor's address is the host alone, without port and path.")
    if is_number(host) and not is_public(host):
        raise AddressNotAllowed("The address lies in a private network.")
    if "." not in host.rstrip(".") and ":" not in host:
        raise AddressNotAllowed("The address needs the full name of the host.")


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or (is_number(host) and (host == "::1" or host.startswith("127.")))
