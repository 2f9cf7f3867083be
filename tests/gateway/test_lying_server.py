"""A server that ignores the question is not believed; what is asked always carries the scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from cases.masking.roles import Role
from cases.orders.workspace import NotVisible, open_order
from cases.search.finding import search_orders
from integrations.credentials import store_credential
from integrations.errors import Garbled
from integrations.models import OdooConnection
from integrations.odoo.capabilities import Protocol
from integrations.odoo.connections import reread
from integrations.odoo.gateway import OdooGateway
from tests.gateway.conftest import read, viewer
from tests.rules.recorded import capabilities
from tests.rules.rows import EUR, Row, line, order, product
from tests.transport.conftest import KEY, Serve, in_thread
from tests.transport.raw_odoo import RawOdoo, Reply, Request, rpc

OTHERS = {"id": 2, "display_name": "Another company", "currency_id": EUR}
AGENT = viewer(Role.AGENT)

Answer = Callable[[str], Any]


def rows_of(*orders: Row, cards: list[Row] | None = None) -> Answer:
    found = {"sale.order": list(orders), "loyalty.card": cards or []}
    return lambda model: {"length": len(found[model]), "records": found[model]}


@pytest.fixture
def lying(serve: Serve, committed: None) -> Callable[..., Any]:
    """A stored connection to a server that answers every search of a model with the same."""

    async def start(answer: Answer) -> RawOdoo:
        def script(request: Request) -> Reply:
            if request.call == ("common", "authenticate"):
                return rpc(request, 6)
            return rpc(request, answer(request.call[0]))

        odoo = await serve(script)
        await in_thread(lambda: _store(odoo.url))
        await reread("main")
        return odoo

    return start


def _store(url: str) -> None:
    known = capabilities(18).to_json() | {"protocol": Protocol.JSONRPC.value, "server_version": "18.0"}
    made = OdooConnection.objects.create(
        slug="main",
        name="Main",
        url=url,
        database="shop",
        capabilities=known,
        version="18.0",
        probed_at=timezone.now(),
    )
    store_credential(connection=made, purpose="read", login="console@example.com", key=KEY)


def asked(odoo: RawOdoo, model: str) -> list[dict[str, Any]]:
    """The named parameters of every search of a model."""
    return [
        request.json["params"]["args"][6]
        for request in odoo.requests
        if request.call == (model, "web_search_read")
    ]


async def test_the_scope_stands_in_the_question_and_in_its_context(lying: Callable[..., Any]) -> None:
    odoo = await lying(rows_of(order()))
    await read(await reread("main"), "s00010", companies=frozenset({1}))
    (tree,) = asked(odoo, "sale.order")
    assert tree["domain"] == [["name", "in", ["S00010", "s00010"]], ["company_id", "in", [1]]]
    assert tree["context"]["allowed_company_ids"] == [1]
    assert tree["limit"] > 1
    (cards,) = asked(odoo, "loyalty.card")
    assert cards["domain"] == [["partner_id.sale_order_ids.name", "in", ["S00010", "s00010"]]]
    assert cards["context"]["allowed_company_ids"] == [1]


async def test_each_company_is_asked_in_its_own_context(lying: Callable[..., Any]) -> None:
    odoo = await lying(rows_of())
    await read(await reread("main"), "S00010", companies=frozenset({1, 2}))
    places = {
        (tuple(tree["context"]["allowed_company_ids"]), str(tree["domain"][1]))
        for tree in asked(odoo, "sale.order")
    }
    assert places == {((1, 2), "['company_id', 'in', [1]]"), ((2, 1), "['company_id', 'in', [2]]")}


async def test_an_order_outside_the_scope_is_dropped_although_it_was_sent(lying: Callable[..., Any]) -> None:
    await lying(rows_of(order(company_id=OTHERS)))
    with pytest.raises(NotVisible):
        await open_order(viewer=AGENT, connection="main", ref="S00010", company=None, correlation_id="r-1")


async def test_of_two_orders_sent_only_the_one_in_scope_is_opened(lying: Callable[..., Any]) -> None:
    await lying(
        rows_of(
            order(company_id=OTHERS, id=11, client_order_ref="not-yours"), order(client_order_ref="yours")
        )
    )
    found = await open_order(
        viewer=AGENT, connection="main", ref="S00010", company=None, correlation_id="r-1"
    )
    assert found.company_id == 1
    assert found.record.order.channel_ref.value == "yours"


async def test_a_search_drops_what_is_outside_the_scope(
    lying: Callable[..., Any], known_person: None
) -> None:
    await lying(rows_of(order(company_id=OTHERS, name="S00099"), order()))
    found = await search_orders(viewer=AGENT, query="S00010", correlation_id="r-1")
    assert [match.ref.value for match in found.matches] == ["S00010"]
    assert not found.is_ambiguous


async def test_an_order_without_a_company_is_nobodys(lying: Callable[..., Any]) -> None:
    await lying(rows_of(order(company_id=False)))
    with pytest.raises(NotVisible):
        await open_order(viewer=AGENT, connection="main", ref="S00010", company=None, correlation_id="r-1")


async def test_cards_of_other_customers_are_dropped(lying: Callable[..., Any]) -> None:
    own = {"id": 1, "points": 5.0, "partner_id": 87, "program_id": {"id": 1, "display_name": "Own"}}
    other = {"id": 2, "points": 9.0, "partner_id": 99, "program_id": {"id": 1, "display_name": "Other"}}
    await lying(rows_of(order(), cards=[own, other]))
    found = await open_order(
        viewer=AGENT, connection="main", ref="S00010", company=None, correlation_id="r-1"
    )
    assert [card.program.value for card in found.record.customer.loyalty] == ["Own"]


@pytest.mark.parametrize("answer", [
    None, [], "x", {}, {"records": None}, {"records": ["x"]}, {"records": [{"name": "no id"}]},
    {"records": [{"id": 1, "date_order": "yesterday"}]},
    {"records": [order(line(of=product(stock_quant_ids=[{"id": 1, "quantity": "many",
        "location_id": {"usage": "internal", "warehouse_id": {"id": 1, "display_name": "W"}}}])))]},
])  # fmt: skip
async def test_what_cannot_be_understood_is_garbled_and_its_words_are_not_repeated(
    lying: Callable[..., Any], answer: Any
) -> None:
    await lying(lambda model: answer if model == "sale.order" else {"records": []})
    with pytest.raises(Garbled) as refusal:
        await read(await reread("main"), "S00010", companies=frozenset({1}))
    assert "yesterday" not in str(refusal.value)
    assert "many" not in str(refusal.value)


async def test_a_gateway_keeps_nothing_between_calls(lying: Callable[..., Any]) -> None:
    await lying(rows_of(order()))
    gateway = OdooGateway(await reread("main"))
    assert gateway.__dict__.keys() == {"_config", "_client"}
