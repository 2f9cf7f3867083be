"""What the connectors say is in the vendors' own descriptions, which may be looked at and not be published.

``TICKETING_DESCRIPTIONS`` names a folder of them, or one lies at ``../shared/specs`` beside the project.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.ticketing.chatwoot_stand_in import ChatwootStandIn
from tests.ticketing.conftest import Connect, Serve, committed, connect, forget_everything, note, serve
from tests.ticketing.description import Description, Exchange, full_descriptions, published
from tests.ticketing.front_stand_in import FrontStandIn
from tests.ticketing.stand_in import StandIn
from tests.ticketing.zendesk_stand_in import ZendeskStandIn

__all__ = ["committed", "connect", "forget_everything", "serve"]

pytestmark = pytest.mark.django_db

FULL: dict[type[StandIn], str] = {
    ZendeskStandIn: "zendesk/subset.json",
    ChatwootStandIn: "chatwoot/swagger.json",
    FrontStandIn: "front/subset.json",
}
# Zendesk describes the value of a field in a ticket by the shape of the field's definition.
MISTAKEN = re.compile(r"ticket/custom_fields/\d+: '(key|type|title)' is a required property")
EXAMPLES = {
    ("api/ticket/index.rst", "Show"): ("GET", "/api/v1/tickets/3"),
    ("api/ticket/articles.rst", "List Articles by Ticket"): ("GET", "/api/v1/ticket_articles/by_ticket/5"),
    ("api/user.rst", "Me - Current User"): ("GET", "/api/v1/users/me"),
}


@pytest.fixture
def folder() -> Path:
    found = full_descriptions()
    if found is None:
        pytest.skip("TICKETING_DESCRIPTIONS names no folder of the vendors' own descriptions")
    return found


@pytest.mark.parametrize("kind", FULL, ids=lambda kind: kind.vendor.value)
async def test_what_is_said_is_in_the_vendors_own_description(
    folder: Path, serve: Serve, connect: Connect, kind: type[StandIn]
) -> None:
    tool = serve(kind)
    ticket_id = tool.add_ticket(messages=3, order_ref="S00041")
    tool.tickets[42].entries[1].attachment = "crash.png"
    system = await connect(tool)
    await system.check()
    await system.read_thread(ticket_id)
    await system.post_note(ticket_id, note())
    await system.set_order(ticket_id, "S00042", instead_of="S00041")
    await system.link_back(ticket_id, "https://console.example.com/cases/17/")
    await system.find_by_order("S00042")

    full = Description(folder / FULL[kind])
    known = [exchange for exchange in tool.exchanges if full.knows(exchange)]
    unknown = {exchange.path for exchange in tool.exchanges} - {exchange.path for exchange in known}
    assert unknown <= {"/oauth/tokens"}
    problems = [problem for exchange in known for problem in full.problems(exchange)]
    assert [problem for problem in problems if not MISTAKEN.search(problem)] == []


def test_the_handbooks_examples_are_of_the_shape_we_describe(folder: Path) -> None:
    examples = json.loads((folder / "zammad" / "api-examples.json").read_text(encoding="utf-8"))["examples"]
    seen = 0
    for (file, section), (method, path) in EXAMPLES.items():
        for example in examples[file]:
            if example["section"] == section and example["http_status"] == 200:
                exchange = Exchange(method, path, None, 200, example["json"])
                assert list(published("zammad").problems(exchange)) == []
                seen += 1
    assert seen == len(EXAMPLES)
