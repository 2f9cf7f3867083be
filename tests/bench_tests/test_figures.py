"""The arithmetic of the bench and the shape of its answer; no clock is looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.browser import Page
from tests.bench.figures import (
    CONTRACT_KEYS,
    ColdPage,
    Spread,
    cold_figures,
    medians,
    over_rounds,
    percentile,
    rounded,
)
from tests.bench.report import as_json, record
from tests.bench.supply import WARM_UP, divide


def page(page_ms: float, slowest_ms: float, calls: int = 2) -> ColdPage:
    return ColdPage(page_ms=page_ms, slowest_call_ms=slowest_ms, calls=calls)


def orders(count: int) -> list[dict[str, object]]:
    return [
        {"id": number, "name": f"S{number:05d}", "state": "sale", "order_line": list(range(number % 5 + 1))}
        for number in range(1, count + 1)
    ]


@pytest.mark.parametrize(("share", "expected"), [(0.5, 10), (0.95, 19), (1.0, 20), (0.0, 1)])
def test_a_percentile_is_a_sample_that_was_measured(share: float, expected: float) -> None:
    assert percentile(list(range(20, 0, -1)), share) == expected


def test_a_percentile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no samples"):
        percentile([], 0.5)


def test_the_slowest_call_is_that_of_the_same_page() -> None:
    # The ratio of the medians would be 1.2: the slow page had the slow call.
    figures = cold_figures([page(100, 50), page(120, 100), page(400, 380)], [600, 700, 800])
    assert figures["cold_p50_ratio"] == pytest.approx(1.2)
    assert figures["cold_p95_ratio"] == pytest.approx(2.0)
    assert figures["overhead_ms_p50"] == pytest.approx(20)
    assert figures["vs_flat_ratio"] == pytest.approx(700 / 120)


def test_the_most_calls_of_any_page_count() -> None:
    assert cold_figures([page(100, 80), page(100, 80, calls=9)], [])["calls_cold"] == 9


def test_without_flat_reads_nothing_is_compared() -> None:
    assert "vs_flat_ratio" not in cold_figures([page(100, 80)], [])


def test_pages_that_were_no_orders_are_told_not_dropped() -> None:
    assert cold_figures([page(100, 80)], [], unfinished=3)["unfinished"] == 3
    with pytest.raises(ValueError, match="none of 3 pages"):
        cold_figures([], [], unfinished=3)


def test_rounds_are_told_as_median_and_spread() -> None:
    spread = over_rounds([{"a": 3.0}, {"a": 1.0}, {"a": 10.0}])["a"]
    assert (spread.median, spread.width) == (3.0, 9.0)
    assert medians({"a": Spread(rounds=(1.0, 2.0))}) == {"a": 1.5}


def test_the_answer_has_every_key_of_the_contract_first() -> None:
    figures = dict.fromkeys(CONTRACT_KEYS, 1.2345) | {"more": 2.0}
    answer = as_json(figures, {"real": {"cold_p50_ratio": 1.5}})
    assert tuple(answer)[: len(CONTRACT_KEYS)] == CONTRACT_KEYS
    assert answer["more"] == 2
    assert answer["real"] == {"cold_p50_ratio": 1.5}
    assert json.loads(json.dumps(answer)) == answer


def test_a_key_that_was_not_measured_is_an_error() -> None:
    with pytest.raises(ValueError, match="down_p95_ms"):
        as_json({name: 1.0 for name in CONTRACT_KEYS if name != "down_p95_ms"}, {})


def test_figures_keep_the_digits_that_mean_something() -> None:
    assert rounded({"a_ratio": 1.23456, "b_ms": 1.23456, "calls": 2.0}) == {
        "a_ratio": 1.235,
        "b_ms": 1.23,
        "calls": 2,
    }


def test_no_order_is_opened_twice_where_a_first_look_is_measured() -> None:
    supply = divide(orders(100), rounds=3, per_round=20, everywhere=10)
    opened = [*supply.warm_up, *(name for names in supply.rounds for name in names), *supply.everywhere]
    assert len(opened) == len(set(opened)) == WARM_UP + 60 + 10


def test_every_run_opens_the_same_orders() -> None:
    first, again = (divide(orders(100), rounds=3, per_round=20, everywhere=10) for _ in range(2))
    assert first == again


def test_few_orders_make_short_rounds_and_too_few_none() -> None:
    assert [len(names) for names in divide(orders(40), rounds=3, per_round=30, everywhere=4).rounds] == [
        8,
        8,
        8,
    ]
    with pytest.raises(ValueError, match="too few"):
        divide(orders(10), rounds=3, per_round=30, everywhere=4)


@pytest.mark.parametrize(
    ("status", "timing", "whole"),
    [(200, 'odoo;dur=81.5;desc="slowest of 2"', True), (200, "", False), (503, "", False)],
)
def test_only_a_page_with_odoos_answer_is_a_whole_order(status: int, timing: str, whole: bool) -> None:
    headers = {"server-timing": timing} if timing else {}
    found = Page(status=status, headers=headers, body=b"", ms=100.0)
    assert found.is_complete_order is whole
    assert found.odoo == ((81.5, 2) if timing else None)


def test_a_result_is_one_more_line(tmp_path: Path) -> None:
    file = tmp_path / "results.jsonl"
    for ratio in (1.2, 1.3):
        record(file, {"date": "2026-11-21"}, {"cold_p50_ratio": ratio})
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert [line["figures"]["cold_p50_ratio"] for line in lines] == [1.2, 1.3]
