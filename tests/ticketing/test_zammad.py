"""What is Zammad's own: rich text articles, nobody as an owner, and the examples of its own handbook."""

from __future__ import annotations

from typing import Any

import pytest

from integrations import errors
from integrations.ticketing.records import TicketState
from tests.ticketing.conftest import Connect, Serve
from tests.ticketing.stand_in import Answer, Asked
from tests.ticketing.zammad_stand_in import ZammadStandIn

pytestmark = pytest.mark.django_db


def changed(tool: ZammadStandIn, path: str, **values: Any) -> None:
    real = tool.answer

    def answer(asked: Asked) -> Answer:
        told = real(asked)
        return Answer(told.status, {**told.body, **values}) if asked.path.startswith(path) else told

    tool.answer = answer  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("state", "ours"),
    [
        ("new", TicketState.OPEN),
        ("pending reminder", TicketState.WAITING),
        ("merged", TicketState.CLOSED),
        ("waiting for the supplier", TicketState.OPEN),  # their own word: open until we are told otherwise
    ],
)
async def test_states_are_told_in_our_words(
    serve: Serve, connect: Connect, state: str, ours: TicketState
) -> None:
    tool = serve(ZammadStandIn)
    assert isinstance(tool, ZammadStandIn)
    tool.add_ticket()
    changed(tool, "/api/v1/tickets/42", state=state, owner_id=1, owner="-")
    ticket = await (await connect(tool)).read_ticket("42")

    assert ticket.state is ours
    assert ticket.assignee is None
    assert ticket.number == "22042"


async def test_a_field_that_is_not_set_up_is_said_before_anything_is_asked(
    serve: Serve, connect: Connect
) -> None:
    tool = serve(ZammadStandIn)
    tool.add_ticket()
    system = await connect(tool, order_field="", link_field="")

    for work in (system.set_order("42", "S1"), system.link_back("42", "https://x.example/")):
        with pytest.raises(errors.NotSupported):
            await work
    assert tool.asked == []
    assert (await system.read_ticket("42")).order_ref == ""
