"""A run that proves too little says so, and does not pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from tests.crash.checker import Judgement
from tests.crash.injuries import ENOUGH_OF_1000, KILL_POINTS, USUAL_KILLS, Doses, even
from tests.crash.run import Plan, Report


def report(actions: int, kills: int, *, missing: str = "", judgement: Judgement | None = None) -> Report:
    injuries = Counter({f"kill:{point}": kills for point in KILL_POINTS})
    if missing:
        injuries[f"kill:{missing}"] -= 1
    return Report(
        plan=Plan(actions=actions),
        judgement=judgement or Judgement(actions=actions, succeeded=actions),
        injuries=injuries,
        repaired=0,
        database_restarts=0,
        cluster_kills=0,
        revived=0,
        seconds=1,
    )


@pytest.mark.parametrize("point", KILL_POINTS)
def test_a_thousand_actions_with_too_few_kills_at_one_point_fail_and_say_where(point: str) -> None:
    (told,) = report(1000, ENOUGH_OF_1000, missing=point).shortcomings()
    assert f"only 49 kills at {point}, 50 are needed" in told


def test_enough_kills_everywhere_pass_and_a_short_run_need_not_have_them() -> None:
    assert list(report(1000, ENOUGH_OF_1000).shortcomings()) == []
    assert list(report(16, 0).shortcomings()) == []


@pytest.mark.parametrize("bad", ["lost", "duplicated", "stuck"])
def test_what_the_checker_found_fails_the_run(bad: str) -> None:
    found = Judgement(actions=16, **{bad: 1})  # type: ignore[arg-type]
    assert any("FAILED" in told for told in report(16, 9, judgement=found).shortcomings())


def test_too_few_actions_fail_the_run() -> None:
    found = Judgement(actions=999, succeeded=999)
    assert any("999 of 1000" in told for told in report(1000, 60, judgement=found).shortcomings())


def test_a_point_that_was_to_see_a_kill_for_sure_and_saw_none_fails_the_run() -> None:
    short = report(16, 1, missing="after_send")
    (told,) = replace(short, plan=Plan(actions=16, doses=Doses(sure=KILL_POINTS))).shortcomings()
    assert told == "FAILED: nobody was killed at after_send"


def test_sure_kills_reach_a_worker_too() -> None:
    words = Doses(sure=KILL_POINTS).as_words()
    assert Doses.from_words([], 0.0, words[1:-2:2]) == Doses(sure=KILL_POINTS)


def test_doses_reach_a_worker_as_they_were_meant() -> None:
    for kills in (USUAL_KILLS, even(0.12), {}):
        words = Doses(kills=kills, pause=0.02).as_words()
        assert Doses.from_words(words[1:-2:2], float(words[-1])) == Doses(kills=dict(kills), pause=0.02)
