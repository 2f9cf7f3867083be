"""Fifty people approve one refund at the same moment, through two web processes, while its worker dies: one effect.

Then the order changes in Odoo between an approval and its claim. Run as a process of its own, because a process knows
one database only; says what happened, and ends with 0 where it was right.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.crash.checker import judge, notes_in
from tests.crash.injuries import Doses, Log
from tests.crash.odoos import SandboxOdoo
from tests.crash.stage import Stage
from tests.live.console_process import ConsoleProcess

PASSWORD = "correct horse battery staple"
# What a session was told stands in its messages, which are told once: who asks twice at once may read them twice.
SESSIONS, TOKENS, EACH_TOKEN = 10, 5, 8
AT_ONCE = SESSIONS + TOKENS * EACH_TOKEN
DEADLY = ("claim", "before_send", "after_commit", "before_journal")
NO_HASH = "0" * 64
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="deskglass-crowd-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        odoo = SandboxOdoo(folder / "odoo")
        with Stage(folder, odoo=odoo, factor=0.1) as stage, _two_webs(stage) as webs:
            problems = [*_crowd(stage, odoo, webs), *_changed(stage, odoo, webs)]
    for problem in problems:
        print(f"FAILED: {problem}", flush=True)
    return 1 if problems else 0


@contextmanager
def _two_webs(stage: Stage) -> Iterator[list[str]]:
    environment = {
        **stage.environment,
        "STATICFILES_BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
        "STATIC_ROOT": str(stage.folder / "static"),
        "API_BURST": "1000",
        "DB_POOL_SIZE": "10",
    }
    webs = [ConsoleProcess(environment=environment, log=stage.folder / f"web{n}.log") for n in range(2)]
    try:
        for web in webs:
            web.wait_until_ready()
        yield [web.url for web in webs]
    finally:
        for web in webs:
            web.stop()


class Approver:
    """One session or one token, as a program of somebody's; it proves itself before, on a content nobody approves."""

    def __init__(self, webs: list[str], token: str = "") -> None:
        self.webs, self.token = webs, token
        self.cookies: dict[str, str] = {}
        self._form = ""

    def prove(self, action: str) -> None:
        self.cookies = {}
        with self._client(0) as client:
            if self.token:
                assert client.post("/api/v1/step-up", json={"password": PASSWORD}).status_code == 200
                return
            self._form = _token_in(client.get("/sign-in/").text)
            signed = client.post("/sign-in/", data=self._filled(username="sam", password=PASSWORD))
            assert signed.status_code == 302, signed.status_code
            self._form = _token_in(client.get("/").text)
            client.post(
                f"/actions/{action}/decide/", data=self._filled(content_hash=NO_HASH, password=PASSWORD)
            )
            self.cookies = dict(client.cookies)

    def approve(self, action: str, content_hash: str, place: int) -> str:
        """What somebody is told; by turns through one process and the other."""
        with self._client(place) as client:
            if self.token:
                answer = client.post(f"/api/v1/actions/{action}/approve", json={"content_hash": content_hash})
                return "approved" if answer.status_code == 200 else str(answer.json()["code"])
            path = f"/actions/{action}/decide/"
            client.post(path, data=self._filled(content_hash=content_hash, decision="approve"))
            page = client.get(f"/actions/{action}/").text
        return "approved" if "You approved it." in page else "told otherwise"

    def _client(self, place: int) -> httpx.Client:
        url = self.webs[place % len(self.webs)]
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {"Origin": url}
        return httpx.Client(base_url=url, headers=headers, cookies=self.cookies, timeout=120, trust_env=False)

    def _filled(self, **form: str) -> dict[str, str]:
        return {"csrfmiddlewaretoken": self._form, **form}


def _token_in(page: str) -> str:
    found = _CSRF.search(page)
    assert found, "the page has no form"
    return found[1]


def _crowd(stage: Stage, odoo: SandboxOdoo, webs: list[str]) -> Iterator[str]:
    import django

    django.setup()
    from cases.models import Action, Approval, AuditEntry, User
    from tests.crash.people import ask_for_refund, settle

    orders = odoo.refundable_orders()
    before = notes_in(odoo.access)
    _PEOPLE.append(settle(odoo.account, sorted({company for _, company in orders})))
    sam = User.objects.get(username="sam")
    sam.set_password(PASSWORD)
    sam.save()
    action = _first(lambda order: ask_for_refund(_PEOPLE[0], *order, 1), orders)
    sessions = [Approver(webs) for _ in range(SESSIONS)]
    tokens = [Approver(webs, _token(sam)) for _ in range(TOKENS)]
    for approver in (*sessions, *tokens):
        approver.prove(str(action.pk))
    _APPROVERS.extend((*sessions, *tokens))
    crowd = [*sessions, *tokens * EACH_TOKEN]

    stage.start_workers("sweeper", 2, Doses(sure=DEADLY))
    stage.start_workers("cluster", 1, Doses(sure=DEADLY))
    with ThreadPoolExecutor(max_workers=AT_ONCE) as threads:
        told = Counter(
            threads.map(
                lambda place: crowd[place].approve(str(action.pk), action.content_hash, place), range(AT_ONCE)
            )
        )
    state = _wait_for(lambda: Action.objects.get(pk=action.pk).state, "succeeded")
    deaths = {point: Log(stage.log).counts()[f"kill:{point}"] for point in DEADLY}
    stage.end_workers()
    found = judge(stage.environment["DATABASE_URL"], odoo.access, before)
    approvals = Approval.objects.count()
    decided = AuditEntry.objects.filter(action="action_approved", object_ref=action.reference).count()
    print(f"approvals at once={AT_ONCE} told={dict(told)} kept={approvals}", flush=True)
    print(f"worker killed at {deaths}; state={state}", flush=True)
    print(f"lost={found.lost} duplicated={found.duplicated} stuck={found.stuck}", flush=True)
    print(f"decisions in the trail={decided}", flush=True)
    if told["approved"] != 1 or sum(told.values()) != AT_ONCE or approvals != 1:
        yield f"not one of {AT_ONCE} approved: {told}, {approvals} kept"
    if not found.is_clean or found.succeeded != 1:
        yield f"not one effect: {found}"
    if min(deaths.values()) < 1:
        yield f"the worker was not killed everywhere: {deaths}"


def _changed(stage: Stage, odoo: SandboxOdoo, webs: list[str]) -> Iterator[str]:
    """Somebody locks the order in Odoo, after the approval and before anybody claims."""
    from cases.models import Action, Approval
    from tests.crash.people import ask_for_refund

    people, before = _PEOPLE[0], notes_in(odoo.access)
    used = set(Action.objects.values_list("order_ref", flat=True))
    orders = [order for order in odoo.refundable_orders() if order[0] not in used]
    action = _first(lambda order: ask_for_refund(people, *order, 2), orders)
    browser, program = _APPROVERS[0], _APPROVERS[-1]
    browser.prove(str(action.pk))
    told = browser.approve(str(action.pk), action.content_hash, 0)
    odoo.lock(action.order_id)
    stage.start_workers("sweeper", 1, Doses())
    state = _wait_for(lambda: Action.objects.get(pk=action.pk).state, "awaiting_approval", "rejected")
    action.refresh_from_db()
    made = set(notes_in(odoo.access)) - set(before)
    void = Approval.objects.filter(action=action, voided_at__isnull=False).count()
    print(
        f"changed in Odoo after the approval: state={state} cause={action.cause} round={action.round}"
        f" approvals void={void} notes of ours={len(made)}",
        flush=True,
    )
    if (told, state, action.round, void, len(made)) != ("approved", "awaiting_approval", 2, 1, 0):
        yield f"not judged anew: {told}, {state}, round {action.round}, {void} void, made {made}"
    program.prove(str(action.pk))
    told = program.approve(str(action.pk), action.content_hash, 1)
    state = _wait_for(lambda: Action.objects.get(pk=action.pk).state, "succeeded")
    made = set(notes_in(odoo.access)) - set(before)
    print(f"approved anew: told={told} state={state} notes of ours={len(made)}", flush=True)
    if (told, state, len(made)) != ("approved", "succeeded", 1):
        yield f"not carried out after the second approval: {told}, {state}, made {made}"
    stage.end_workers()


_PEOPLE: list[Any] = []
_APPROVERS: list[Approver] = []


def _first(ask: Callable[[tuple[str, int]], Any], orders: list[tuple[str, int]]) -> Any:
    """The first request that the rules let through."""
    return next(action for action in map(ask, orders) if action is not None)


def _token(user: Any) -> str:
    from django.utils import timezone

    from cases.people.tokens import TokenScope, issue_token

    now = timezone.now()
    return issue_token(
        user=user,
        name="crowd",
        scopes=list(TokenScope),
        expires_at=now + timedelta(days=1),
        issued_by="test",
        at=now,
    )


def _wait_for(look: Callable[[], str], *wanted: str, limit_s: float = 480.0) -> str:
    until = time.monotonic() + limit_s
    while (found := look()) not in wanted and time.monotonic() < until:
        time.sleep(0.2)
    return found


def run() -> subprocess.CompletedProcess[str]:
    """All of it in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.crash.crowd"], capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main())
