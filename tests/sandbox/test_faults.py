"""Misbehaviour on order: every kind, narrowed by model, method and user, and counted down."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.process import Sandbox


@pytest.fixture
def faulty(odoo18: Sandbox) -> Iterator[Sandbox]:
    odoo18.user_id()
    yield odoo18
    odoo18.clear_faults()


def count_orders(odoo: Sandbox) -> int:
    found: int = odoo.call("sale.order", "search_count", [])
    return found


def test_rules_are_kept_shown_and_cleared(faulty: Sandbox) -> None:
    faulty.set_faults({"kind": "latency", "ms": 50, "match": {"model": "sale.order"}})
    shown = faulty.send("GET", "/sandbox/faults").body
    assert [(rule["kind"], rule["ms"], rule["match"]) for rule in shown] == [
        ("latency", 50, {"model": "sale.order"})
    ]
    faulty.clear_faults()
    assert faulty.send("GET", "/sandbox/faults").body == []


def test_rule_that_cannot_be_understood_is_refused(faulty: Sandbox) -> None:
    for rules in ([{"kind": "nonsense"}], [{"kind": "reset", "match": {"colour": "red"}}], {"kind": "reset"}):
        answer = faulty.send("POST", "/sandbox/faults", rules)
        assert answer.status == 400
        assert answer.body["error"]


def test_latency_is_added(faulty: Sandbox) -> None:
    faulty.set_faults({"kind": "latency", "ms": 300})
    began = time.monotonic()
    count_orders(faulty)
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(("kind", "status"), [("status_500", 500), ("status_503", 503), ("status_429", 429)])
def test_proxy_failures_are_html(kind: str, status: int, faulty: Sandbox) -> None:
    faulty.set_faults({"kind": kind, "retry_after": 7})
    answer = faulty.execute("sale.order", "search_count", [])
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)


def test_garbage_and_emptiness_claim_to_be_json(faulty: Sandbox) -> None:
    for kind in ("garbage", "empty"):
        faulty.set_faults({"kind": kind})
        answer = faulty.execute("sale.order", "search_count", [])
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("application/json")
        assert isinstance(answer.body, str)


def test_half_an_answer_ends_early(faulty: Sandbox) -> None:
    faulty.set_faults({"kind": "half_answer"})
    with pytest.raises(http.client.IncompleteRead):
        faulty.execute("sale.order", "search_count", [])


def test_reset_and_down_break_the_connection(faulty: Sandbox) -> None:
    for kind in ("reset", "down"):
        faulty.set_faults({"kind": kind})
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            faulty.execute("sale.order", "search_count", [])
    faulty.clear_faults()
    assert count_orders(faulty) > 300


def test_hang_gives_no_answer_in_time(faulty: Sandbox) -> None:
    faulty.set_faults({"kind": "hang", "ms": 5000})
    with pytest.raises(TimeoutError):
        faulty.send("POST", "/jsonrpc", {"params": {}}, timeout=0.4)


def test_slow_bytes_arrive_in_full(faulty: Sandbox) -> None:
    faulty.set_faults({"kind": "slow_bytes", "ms": 400})
    began = time.monotonic()
    assert count_orders(faulty) > 300
    assert time.monotonic() - began >= 0.35


def test_odoo_errors_can_be_ordered(faulty: Sandbox) -> None:
    faulty.set_faults({"kind": "access_error", "times": 1}, {"kind": "unknown_field", "field": "free_qty"})
    first = faulty.refusal("sale.order", "search_count", [])
    second = faulty.refusal("sale.order", "search_count", [])
    assert first["name"] == "odoo.exceptions.AccessError"
    assert (second["name"], second["message"]) == (
        "builtins.ValueError",
        "Invalid field 'free_qty' on model 'sale.order'",
    )


def test_rules_match_by_model_method_and_user_and_count_down(faulty: Sandbox) -> None:
    faulty.user_id("sales")
    rule = {"kind": "status_500", "times": 2, "match": {"model": "sale.order", "user": "integration"}}
    faulty.set_faults(rule)
    assert faulty.execute("res.partner", "search_count", []).status == 200
    assert faulty.execute("sale.order", "search_count", [], role="sales").status == 200
    assert [faulty.execute("sale.order", "search_count", []).status for _ in range(3)] == [500, 500, 200]


def test_json2_errors_follow_its_own_protocol(odoo19: Sandbox) -> None:
    odoo19.set_faults({"kind": "access_error", "times": 1, "match": {"method": "search_count"}})
    answer = odoo19.json2("sale.order", "search_count", domain=[])
    assert (answer.status, answer.body["name"]) == (403, "odoo.exceptions.AccessError")


def test_statistics_tell_calls_parallelism_and_correlation(start: Callable[..., Sandbox]) -> None:
    odoo = start(18, "--latency-ms", "150")
    odoo.user_id()
    odoo.send("POST", "/sandbox/stats/reset")
    headers = {"X-Request-Id": "abc-123", "User-Agent": "someone/1"}
    threads = [
        threading.Thread(
            target=odoo.execute, args=("sale.order", "search_count", []), kwargs={"headers": headers}
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen = odoo.statistics()
    assert seen["calls"] == {"sale.order/search_count": 6}
    assert (seen["in_flight"], seen["max_in_flight"]) == (0, 6)
    last = seen["last"][-1]
    assert (last["request_id"], last["user_agent"], last["user"]) == ("abc-123", "someone/1", "integration")
    assert odoo.keys["integration"]["key"] not in str(seen)


def test_workers_limit_what_runs_at_once(start: Callable[..., Sandbox]) -> None:
    odoo = start(18, "--latency-ms", "200", "--workers", "2")
    odoo.user_id()
    odoo.send("POST", "/sandbox/stats/reset")
    began = time.monotonic()
    threads = [
        threading.Thread(target=odoo.execute, args=("sale.order", "search_count", [])) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - began >= 0.6
    seen = odoo.statistics()
    assert (seen["max_working"], seen["max_in_flight"]) == (2, 6)
