"""What a process keeps for seconds may grow too old while Odoo works: no order page fails over it."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from cases.failures import OdooFailure
from cases.masking.roles import Role
from cases.models import User
from cases.orders.workspace import StillReading
from integrations.errors import Unavailable
from tests.conftest import PersonMaker
from tests.sandbox.process import Sandbox
from tests.snapshots.conftest import Connect

ADDRESS = "/orders/main/S00001/"

pytestmark = pytest.mark.django_db(transaction=True)  # person and facts are read over other connections


@pytest.fixture(autouse=True)
def labels_are_always_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cases.connections._kept.for_s", 0.0)


@pytest.fixture
async def browser(make_person: PersonMaker) -> AsyncClient:
    sam: User = await sync_to_async(make_person)("sam", Role.SUPERVISOR, main=[1, 2])
    client = AsyncClient()
    await client.aforce_login(sam, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("query", ["", "?panel=lines", "?panel=header", "?panel=cases", "?refresh=other"])
async def test_a_page_and_each_part_of_it_are_drawn(
    browser: AsyncClient, connect: Connect, odoo18: Sandbox, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr("console.views.order.PATIENCE_S", 30)
    await connect(odoo18)

    response = await browser.get(f"{ADDRESS}{query}")

    assert response.status_code == 200


@pytest.mark.parametrize("outcome", [StillReading(), Unavailable("odoo_down"), OdooFailure("odoo_down")])
@pytest.mark.parametrize("query", ["", "?panel=lines", "?panel=header"])
async def test_a_page_without_the_order_is_drawn_with_its_menu(
    browser: AsyncClient, monkeypatch: pytest.MonkeyPatch, outcome: Exception, query: str
) -> None:
    async def ends(**_: object) -> None:
        raise outcome

    monkeypatch.setattr("console.views.order.open_order", ends)

    response = await browser.get(f"{ADDRESS}{query}")

    assert response.status_code in (200, 503)
