"""From the approval to the proof: one person asks over HTTP, another approves, and their page says when it is done."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.bench.browser import Browser, Page
from tests.bench.figures import percentile

PATIENCE_S = 60.0
LOOK_EVERY_S = 0.05
DONE = b"Done in Odoo"
PARKED = b"Needs a person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever asks or approves, with a token for the API."""

    token: str
    password: str


class Approvals:
    """Small refunds, one per order, one after the other."""

    def __init__(self, url: str, *, agent: Person, approver: Person, page: Browser) -> None:
        self._url = url
        self._agent = _client(url, agent)
        self._approver = _client(url, approver)
        self._password = approver.password
        self._page = page
        self._stepped_up_at = float("-inf")

    def measure(self, connection: str, orders: Iterable[str], *, many: int) -> dict[str, float]:
        """The figures of so many refunds; those that cannot be refunded are passed over."""
        approve_ms: list[float] = []
        done_ms: list[float] = []
        passed_over = 0
        for number in orders:
            if len(done_ms) == many:
                break
            action = self._ask(connection, number)
            if action is None:
                passed_over += 1
                continue
            answered, done = self._approve(action)
            approve_ms.append(answered)
            done_ms.append(done)
        if not done_ms:
            raise RuntimeError("no order could be refunded")
        return {
            "approval_p50_ms": percentile(approve_ms, 0.5),
            "approval_p95_ms": percentile(approve_ms, 0.95),
            "approval_to_done_p50_ms": percentile(done_ms, 0.5),
            "approval_to_done_p95_ms": percentile(done_ms, 0.95),
            "approvals": float(len(done_ms)),
            "approvals_passed_over": float(passed_over),
        }

    def close(self) -> None:
        self._agent.close()
        self._approver.close()

    def _ask(self, connection: str, number: str) -> dict[str, Any] | None:
        order = {"connection": connection, "ref": number}
        case = self._agent.post("/api/v1/cases", json={"order": order, "subject": "Measured"})
        if case.status_code in (300, 404):  # of another company than the agent's
            return None
        case.raise_for_status()
        asked = self._agent.post(
            f"/api/v1/cases/{case.json()['id']}/actions",
            json={"kind": "refund", "order": order, "amount": "5.00", "reason": "goodwill"},
            headers={"Idempotency-Key": str(uuid4())},
        )
        if asked.status_code in (409, 422):
            return None
        asked.raise_for_status()
        found: dict[str, Any] = asked.json()
        if found["state"] != "awaiting_approval":
            raise RuntimeError(f"a refund was asked for and is {found['state']}")
        return found if found["approvals_needed"] == 1 else None

    def _approve(self, action: dict[str, Any]) -> tuple[float, float]:
        """Milliseconds until the approval is answered, and until the approver's page says that it is done."""
        self._step_up()
        began = time.perf_counter()
        answer = self._approver.post(
            f"/api/v1/actions/{action['id']}/approve", json={"content_hash": action["content_hash"]}
        )
        answer.raise_for_status()
        answered = (time.perf_counter() - began) * 1000
        while True:
            page = self._page.get(f"/actions/{action['id']}/progress/")
            told = _text(page)
            if DONE in told:
                return answered, (time.perf_counter() - began) * 1000
            if PARKED in told:
                raise RuntimeError("a refund was parked")
            if time.perf_counter() - began > PATIENCE_S:
                raise RuntimeError("a refund did not land")
            time.sleep(LOOK_EVERY_S)

    def _step_up(self) -> None:
        if time.monotonic() - self._stepped_up_at < 300:
            return
        self._approver.post("/api/v1/step-up", json={"password": self._password}).raise_for_status()
        self._stepped_up_at = time.monotonic()


def _text(page: Page) -> bytes:
    return gzip.decompress(page.body) if page.headers.get("content-encoding") == "gzip" else page.body


def _client(url: str, person: Person) -> httpx.Client:
    return httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {person.token}"}, timeout=PATIENCE_S, trust_env=False
    )
