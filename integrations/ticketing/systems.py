"""Where the layer above gets a ticketing tool: by the name of a connection, or by its vendor for a webhook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from integrations.credentials import Secret
from integrations.odoo.budget import Budget
from integrations.ticketing.chatwoot import Chatwoot
from integrations.ticketing.connections import ticketing_connection
from integrations.ticketing.connector import Connector
from integrations.ticketing.django_helpdesk import DjangoHelpdesk
from integrations.ticketing.freshdesk import Freshdesk
from integrations.ticketing.front import Front
from integrations.ticketing.protocol import TicketSystem
from integrations.ticketing.records import Abilities, Hook
from integrations.ticketing.request_tracker import RequestTracker
from integrations.ticketing.vendors import KeyPurpose, Vendor
from integrations.ticketing.zammad import Zammad
from integrations.ticketing.zendesk import Zendesk

CONNECTORS: Mapping[Vendor, type[Connector]] = {
    Vendor.ZENDESK: Zendesk,
    Vendor.CHATWOOT: Chatwoot,
    Vendor.FRESHDESK: Freshdesk,
    Vendor.ZAMMAD: Zammad,
    Vendor.FRONT: Front,
    Vendor.REQUEST_TRACKER: RequestTracker,
    Vendor.DJANGO_HELPDESK: DjangoHelpdesk,
}


async def ticket_system(slug: str, *, budget: Budget, correlation_id: str) -> TicketSystem:
    """The tool behind a connection, for one piece of work; ``LookupError`` where there is none of that name."""
    config = await ticketing_connection(slug)
    return CONNECTORS[config.vendor](config, budget=budget, correlation_id=correlation_id)


async def verify_hook(
    slug: str, raw_body: bytes, headers: Mapping[str, str], *, now: datetime
) -> tuple[Vendor, Hook]:
    """What an incoming webhook of a connection is worth."""
    config = await ticketing_connection(slug)
    secret = config.secret(KeyPurpose.HOOK) if config.has_key(KeyPurpose.HOOK) else Secret("")
    return config.vendor, CONNECTORS[config.vendor].verify_hook(raw_body, headers, secret, now=now)


def abilities(vendor: Vendor) -> Abilities:
    return CONNECTORS[vendor].abilities
