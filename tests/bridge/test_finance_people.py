"""Who may be asked in Odoo to check and post: found by name, and the wrong ones told apart."""

from __future__ import annotations

import pytest

from integrations.canonical import FinancePerson, NotAssignable
from integrations.odoo.budget import Budget
from integrations.odoo.connections import reread
from integrations.odoo.finance_people import OdooFinancePeople
from tests.bridge.asking import TASK, asked, one_of
from tests.bridge.conftest import Open, Shop, facts_of, send
from tests.sandbox.process import Sandbox


@pytest.fixture
async def people(odoo: Sandbox, open_door: Open) -> OdooFinancePeople:
    await open_door(odoo)
    return OdooFinancePeople(await reread("main"))


async def find(people: OdooFinancePeople, named: str = "", company: int = 1) -> tuple[FinancePerson, ...]:
    return await people.find(named, company_id=company, budget=Budget.of(20.0), correlation_id="test")


async def read(people: OdooFinancePeople, number: int, company: int = 1) -> FinancePerson | None:
    return await people.read(number, company_id=company, budget=Budget.of(20.0), correlation_id="test")


async def test_people_of_the_company_are_found_by_a_part_of_their_name(people: OdooFinancePeople) -> None:
    everybody = await find(people)
    assert everybody
    assert all(person.against is None for person in everybody)
    (admin,) = await find(people, "ministr")
    assert admin.name == "Administrator"
    assert admin in everybody
    assert await find(people, "nobody of that name") == ()


async def test_the_wrong_ones_are_told_apart(people: OdooFinancePeople, odoo: Sandbox) -> None:
    robot = await read(people, 1)
    assert robot is not None
    assert robot.against is NotAssignable.ROBOT
    assert await read(people, 999_999) is None
    narrow = [
        row
        for row in odoo.call("res.users", "search_read", [["id", "!=", 1]], fields=["company_ids"])
        if row["company_ids"] == [2]
    ]
    assert narrow, "somebody works for the second company only"
    elsewhere = await read(people, narrow[0]["id"])
    assert elsewhere is not None
    assert elsewhere.against is NotAssignable.OTHER_COMPANY


async def test_whoever_is_chosen_gets_the_task_with_the_draft(odoo: Sandbox, open_door: Open) -> None:
    door, shop = await open_door(odoo), Shop(odoo)
    (chosen,) = await find(OdooFinancePeople(await reread("main")), "ministr")
    order, invoice = shop.refundable()
    facts = await facts_of(door, order)
    request = asked(facts, invoice, one_of(facts, invoice, goods_back=False), assignee=chosen.id)
    note = (await send(door, request)).documents[0].id
    place = [["res_model", "=", "account.move"], ["res_id", "=", note]]
    (task,) = odoo.call("mail.activity", "search_read", place, fields=["user_id", "summary"])
    assert (task["user_id"][0], task["summary"]) == (chosen.id, f"RF-000042: {TASK}")
