"""The page that says where goods come back to: administrators alone, by what Odoo offers, into the trail."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from cases.masking.roles import Role
from cases.models import AuditEntry, ReturnRoute, User
from cases.writing.return_routes import way_back
from tests.conftest import PersonMaker
from tests.returns.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(make_person: PersonMaker) -> Client:
    client = Client()
    client.force_login(make_person("ada", Role.ADMIN, main=[1]))
    return client


def test_a_rule_is_set_by_what_odoo_offers_and_taken_away_again(house: House, admin: Client) -> None:
    order = house.order()
    facts = order.facts()
    own = facts.deliveries[0].warehouse_id
    other = next(one for one in facts.destinations if one.warehouse_id != own)
    place = {"place": "main/1", "ref": order.ref}
    assert admin.get("/settings/returns/").status_code == 200
    looked = admin.post("/settings/returns/change/", {**place, "do": "look"})
    assert looked.status_code == 200
    assert other.name in unescape(looked.content.decode())
    for operation in facts.rma_operations:
        assert (f'value="{operation.id}">' in looked.content.decode()) or operation.acts_alone
    wrong = admin.post("/settings/returns/change/", {**place, "do": "set", "warehouse": "999999"})
    assert (wrong.status_code, ReturnRoute.objects.count()) == (422, 0)
    chosen = {**place, "do": "set", "warehouse": str(other.warehouse_id), "brand": "Lumo"}
    assert admin.post("/settings/returns/change/", chosen).status_code == 302
    route = ReturnRoute.objects.get()
    assert (route.warehouse_name, route.brand, route.way) == (other.name, "Lumo", "picking")
    assert way_back("main", 1, brand="Lumo", region="AT")["warehouse"] == other.warehouse_id
    assert way_back("main", 1, brand="", region="AT")["warehouse"] is None
    assert other.name in unescape(admin.get("/settings/returns/").content.decode())
    assert (
        admin.post("/settings/returns/change/", {"do": "forget", "route": str(route.pk)}).status_code == 302
    )
    assert not ReturnRoute.objects.exists()
    assert AuditEntry.objects.filter(action="return_route_changed").count() == 2


def test_an_operation_that_acts_alone_is_never_offered_and_never_taken(house: House, admin: Client) -> None:
    order = house.order()
    alone = next((one for one in order.facts().rma_operations if one.acts_alone), None)
    if alone is None:
        return
    body = {"place": "main/1", "ref": order.ref, "do": "set", "operation": str(alone.id)}
    assert admin.post("/settings/returns/change/", body).status_code == 422


def test_nobody_else_says_where_goods_come_back_to(house: House, sam: User) -> None:
    client = Client()
    client.force_login(sam)
    assert client.get("/settings/returns/").status_code == 403
    body = {"place": "main/1", "ref": "S1", "do": "set"}
    assert client.post("/settings/returns/change/", body).status_code == 403


def test_the_most_exact_rule_holds(db: None) -> None:
    for brand, region, warehouse in (("", "", 1), ("", "AT", 2), ("Lumo", "", 3), ("Lumo", "AT", 4)):
        ReturnRoute.objects.create(
            connection="main",
            company_id=1,
            brand=brand,
            region=region,
            warehouse_id=warehouse,
            changed_at=timezone.now(),
        )
    found = {
        (brand, region): way_back("main", 1, brand=brand, region=region)["warehouse"]
        for brand in ("", "Lumo")
        for region in ("DE", "AT")
    }
    assert found == {("", "DE"): 1, ("", "AT"): 2, ("Lumo", "DE"): 3, ("Lumo", "AT"): 4}
    assert way_back("main", 2, brand="", region="")["warehouse"] is None
