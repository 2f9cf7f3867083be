"""Measures queues and cases with a hundred thousand cases in the tables, before and after they were counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.bench.browser import Browser, sign_in
from tests.bench.conditions import ROOT
from tests.bench.figures import medians, over_rounds, percentile
from tests.bench.report import say, show

MANY, MANY_QUICK = 100_000, 5_000
PAGES, PAGES_QUICK = 60, 8
ROUNDS = 3

Figures = dict[str, float]


def measure_queue(directory: Path, url: str, *, quick: bool) -> Figures:
    """Fill the database of a console that nothing else is measured on any more, and look at its pages."""
    if os.environ.get("DATABASE_URL"):
        say("queue     not measured: DATABASE_URL names a database that is not the bench's to fill")
        return {}
    stage = _Stage(directory, url, pages=PAGES_QUICK if quick else PAGES)
    many = MANY_QUICK if quick else MANY
    say(f"queue     {many} cases, two people: one sees six companies, one sees one brand of one company")
    stage.fill(many)
    fresh = stage.round()
    stage.step("analyze")
    found = over_rounds([stage.round() for _ in range(1 if quick else ROUNDS)])
    show(f"queue and cases, {many} cases: {stage.pages} pages of each kind per round", found)
    figures = medians(found) | stage.count()
    figures |= {
        "queue_fresh_p95_ms": fresh["queue_p95_ms"],
        "queue_narrow_fresh_p95_ms": fresh["queue_narrow_p95_ms"],
        "queue_cases": many,
    }
    say("  " + ", ".join(f"{name} {value:g}" for name, value in figures.items() if name not in found))
    return figures


class _Stage:
    def __init__(self, directory: Path, url: str, *, pages: int) -> None:
        self._directory, self._url, self.pages = directory, url, pages
        self._known: dict[str, Any] = {}
        self._browsers: dict[str, Browser] = {}
        self._cookies: dict[str, str] = {}

    def fill(self, many: int) -> None:
        self._known = self.step("fill", many=many)
        for name, person in self._known["people"].items():
            self._cookies[name] = sign_in(self._url, person["username"], person["password"])
            self._browsers[name] = Browser(self._url, self._cookies[name])

    def round(self) -> Figures:
        wide, narrow, cases = self._browsers["wide"], self._browsers["narrow"], self._known["cases"]
        view = f"/{self._known['view']}"
        figures: Figures = {}
        for name, look in (
            ("queue", lambda _: wide.get("/").ms),
            ("queue_narrow", lambda _: narrow.get("/").ms),
            ("queue_view", lambda _: wide.get(view).ms),
            ("case", lambda turn: narrow.get(f"/cases/{cases[turn % len(cases)]}/").ms),
        ):
            figures |= self._figures(name, look)
        with _Searcher(self._url, self._cookies["wide"]) as searcher:
            figures |= self._figures("queue_search", lambda _: searcher.search(self._known["email"]))
        return figures

    def _figures(self, name: str, look: Callable[[int], float]) -> Figures:
        look(0)
        taken = [look(turn) for turn in range(self.pages)]
        return {f"{name}_p50_ms": percentile(taken, 0.5), f"{name}_p95_ms": percentile(taken, 0.95)}

    def count(self) -> Figures:
        people = self._known["people"]
        counted = self.step(
            "count",
            wide=people["wide"]["id"],
            narrow=people["narrow"]["id"],
            view=self._known["view"],
            case_id=self._known["cases"][0],
            email=self._known["email"],
        )
        return {name: float(value) for name, value in counted.items()}

    def step(self, name: str, **given: Any) -> Any:
        """One step inside the installation, with its own settings, as manage.py would take them."""
        lines = (self._directory / "environment").read_text(encoding="utf-8").splitlines()
        environment = {**os.environ, **dict(line.split("=", 1) for line in lines), "LOG_LEVEL": "ERROR"}
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.many_cases", name, json.dumps(given)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout.splitlines()[-1])


class _Searcher:
    """The search form of a page: the other browser only reads."""

    def __init__(self, url: str, cookie: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"Cookie": cookie}, trust_env=False, timeout=30)

    def __enter__(self) -> _Searcher:
        page = self._client.get("/").text
        self._token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def search(self, typed: str) -> float:
        answer = self._client.post("/search/", data={"q": typed, "csrfmiddlewaretoken": self._token})
        if answer.status_code not in (200, 302):
            raise RuntimeError(f"the search answered {answer.status_code}")
        return answer.elapsed.total_seconds() * 1000
