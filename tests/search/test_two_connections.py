"""Two shops that hold the same order number and the same customer: all is shown, nothing is chosen, nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from cases.masking.roles import Role
from cases.models import AuditEntry, SearchAttempt
from cases.people.viewer import Grant, Viewer
from cases.search import answers as search_answers
from cases.search.finding import Progress, continue_search, search_orders
from tests.gateway.conftest import Connect, viewer
from tests.sandbox.process import Sandbox
from tests.transport.conftest import in_thread

ORDER = "S00001"


def in_both(*roles: Role, companies: tuple[int, ...] = (1, 2)) -> Viewer:
    grants = {
        Grant(connection=slug, company_id=company) for slug in ("main", "north") for company in companies
    }
    return replace(viewer(*roles), grants=frozenset(grants))


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The same books as the other 18: the same orders, the same customers."""
    sandbox = Sandbox.start(18, tmp_path_factory.mktemp("twin"))
    yield sandbox
    sandbox.stop()


@pytest.fixture
async def shops(
    connect: Connect, sandboxes: Callable[[int], Sandbox], twin: Sandbox, known_person: None
) -> AsyncIterator[tuple[Sandbox, Sandbox]]:
    main, north = sandboxes(18), twin
    await connect(main, slug="main")
    await connect(north, slug="north")
    yield main, north
    main.clear_faults()
    north.clear_faults()


def customer_of(odoo: Sandbox, order: str) -> dict[str, Any]:
    (found,) = odoo.call("sale.order", "search_read", [["name", "=", order]], fields=["partner_id"], limit=1)
    (partner,) = odoo.call("res.partner", "read", [found["partner_id"][0]], ["name", "email", "phone"])
    return dict(partner)


async def search(who: Viewer, typed: str, **options: Any) -> Any:
    return await search_orders(viewer=who, query=typed, correlation_id="r-1", **options)


async def test_the_same_number_in_two_shops_is_two_candidates_and_a_question(shops: Any) -> None:
    found = await search(in_both(Role.AGENT), ORDER)
    assert {match.connection.value for match in found.matches if match.ref.value == ORDER} == {
        "main",
        "north",
    }
    assert found.is_ambiguous
    assert found.question is not None
    assert found.silent == {}


async def test_the_same_address_is_found_in_both_by_somebody_who_may_not_see_it(shops: Any) -> None:
    partner = customer_of(shops[0], ORDER)
    found = await search(in_both(Role.AGENT), partner["email"])
    assert {match.connection.value for match in found.matches} == {"main", "north"}
    for match in (*found.matches, *found.account_orders):
        assert match.customer.masked
        assert partner["name"] not in str(match.customer)
        assert match.city.value is None
        assert match.postcode.value is None
        assert {"customer", "city", "postcode"} <= set(match.masked_paths)


async def test_who_sees_names_sees_them(shops: Any) -> None:
    partner = customer_of(shops[0], ORDER)
    found = await search(in_both(Role.SUPERVISOR), partner["email"])
    assert partner["name"] in {match.customer.value for match in found.matches}


async def test_one_connection_in_scope_means_one_is_asked(shops: Any) -> None:
    only_main = replace(viewer(Role.AGENT), grants=frozenset({Grant(connection="main", company_id=1)}))
    found = await search(only_main, ORDER)
    assert {match.connection.value for match in found.matches} <= {"main"}
    assert [answer.connection for answer in found.answers] == ["main"]


async def test_a_slow_connection_holds_up_nobody_and_arrives_later(
    shops: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_answers, "KEPT_S", 600.0)
    who = in_both(Role.AGENT)
    await search(who, ORDER)  # both connections are warm
    shops[1].set_faults({"kind": "latency", "ms": 6000, "match": {"model": "sale.order"}})
    shops[1].send("POST", "/sandbox/stats/reset")
    found = await search(who, "S00002", patience_s=4)
    assert found.waiting == ("north",), "told while that one was still at work"
    assert {match.connection.value for match in found.matches} == {"main"}

    later = await continue_search(
        viewer=who, search_id=found.search_id, query="S00002", connection="north", correlation_id="r-2"
    )
    assert later is not None
    assert {answer.connection: answer.progress for answer in later.answers} == {
        "main": Progress.ANSWERED,
        "north": Progress.ANSWERED,
    }
    assert "S00002" in {match.ref.value for match in later.matches if match.connection.value == "north"}
    assert later.question is not None
    # Three calls for the text and one for the account: the part joined the question, it did not ask again.
    assert sum(shops[1].statistics()["calls"].values()) <= 4


async def test_a_connection_that_fails_is_named_beside_what_the_other_found(shops: Any) -> None:
    shops[1].set_faults({"kind": "status_503", "match": {"model": "sale.order"}})
    found = await search(in_both(Role.AGENT), ORDER)
    assert set(found.silent) == {"north"}
    assert {match.connection.value for match in found.matches} == {"main"}


async def test_nobody_continues_what_they_did_not_begin(shops: Any) -> None:
    who = in_both(Role.AGENT)
    found = await search(who, ORDER)

    async def attempt(**changed: Any) -> Any:
        asked = {
            "viewer": who,
            "search_id": found.search_id,
            "query": ORDER,
            "connection": "north",
            **changed,
        }
        return await continue_search(correlation_id="r-2", **asked)

    assert await attempt() is not None
    for changed in (
        {"search_id": uuid4()},
        {"query": "S00003"},
        {"connection": "nowhere"},
        {"viewer": replace(who, user_id=2)},
    ):
        assert await attempt(**changed) is None, changed


async def test_names_are_not_looked_for_where_the_role_hides_them(shops: Any) -> None:
    partner = customer_of(shops[0], ORDER)
    found = await search(in_both(Role.ADMIN), partner["name"])
    assert found.name_refused
    assert found.matches == ()
    exact = await search(in_both(Role.ADMIN), partner["email"])
    assert exact.matches
    assert {match.customer.value for match in exact.matches} == {None}


async def test_hits_are_noted_and_no_text_is(shops: Any) -> None:
    partner = customer_of(shops[0], ORDER)
    found = await search(in_both(Role.AGENT), partner["email"])
    kept = await in_thread(lambda: list(SearchAttempt.objects.values()))
    assert [row["hits"] for row in kept] == [len(found.matches)]
    assert partner["email"] not in str(kept)
    assert not await in_thread(lambda: AuditEntry.objects.filter(action="search_fishing").exists())


async def test_many_at_once_wait_for_one_question(shops: Any) -> None:
    who = in_both(Role.AGENT)
    await search(who, ORDER)
    shops[0].send("POST", "/sandbox/stats/reset")
    shops[0].set_faults({"kind": "latency", "ms": 200, "match": {"model": "sale.order"}})
    found = await asyncio.gather(*(search(who, "S00004") for _ in range(5)))
    assert {len(one.matches) for one in found} == {len(found[0].matches)}
    assert sum(shops[0].statistics()["calls"].values()) <= 5
