"""Who may do what with an action: every verb, by page and by API; and what is typed stays where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from cases.actions.running import run_due
from cases.masking.roles import Role
from cases.models import Action, Approval, User
from cases.people.tokens import TokenScope, issue_token
from tests.actions.conftest import Approve, Propose
from tests.actions.fake_odoo import FakeOdoo
from tests.conftest import PASSWORD, PersonMaker
from tests.safety.house import dump_database

BACKEND = "django.contrib.auth.backends.ModelBackend"
VERBS = ("approve", "reject", "cancel", "replay", "mark-done", "adopt")
SUPERVISES = {"look": 200, **dict.fromkeys(VERBS, 200)}
LOOKS = {"look": 200, **dict.fromkeys(VERBS, 403)}
NOTHING = dict.fromkeys(SUPERVISES, 404)
MAY: dict[str, dict[str, int]] = {
    "who asked": {**LOOKS, "cancel": 200},
    "another agent": LOOKS,
    "supervisor": SUPERVISES,
    "finance": SUPERVISES,
    "auditor": LOOKS,
    "admin": LOOKS,
    "supervisor elsewhere": NOTHING,
    "nobody": NOTHING,
}
SHOWN = {"evidence": "RINV/2026/00007, made by finance"}
FOREIGN_NOTE = 9000  # made in Odoo by hand, of the very amount
ON_PARKED = ("replay", "adopt", "mark-done")


@pytest.fixture
def cast(amy: User, sam: User, fin: User, eve: User, make_person: PersonMaker) -> dict[str, User]:
    return {
        "who asked": amy,
        "another agent": make_person("ann", Role.AGENT, main=[1]),
        "supervisor": sam,
        "finance": fin,
        "auditor": make_person("aud", Role.AUDITOR, main=[1]),
        "admin": make_person("adm", Role.ADMIN, main=[1]),
        "supervisor elsewhere": make_person("far", Role.SUPERVISOR, main=[2]),
        "nobody": eve,
    }


def program_of(user: User) -> Client:
    now = timezone.now()
    token = issue_token(
        user=user,
        name="test",
        scopes=list(TokenScope),
        expires_at=now + timedelta(days=1),
        issued_by="test",
        at=now,
    )
    client = Client(headers={"Authorization": f"Bearer {token}"})
    client.post("/api/v1/step-up", {"password": PASSWORD}, content_type="application/json")
    return client


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def by_api(client: Client, action: Action, verb: str) -> int:
    path = f"/api/v1/actions/{action.pk}"
    if verb == "look":
        return client.get(path).status_code
    body = {
        "approve": {"content_hash": action.content_hash},
        "reject": {"reason": "no"},
        "adopt": {"document": FOREIGN_NOTE},
        "mark-done": SHOWN,
    }.get(verb, {})
    return client.post(f"{path}/{verb}", body, content_type="application/json").status_code


def by_page(client: Client, action: Action, verb: str) -> int:
    path = f"/actions/{action.pk}/"
    if verb == "look":
        return client.get(path).status_code
    forms = {
        "approve": ("decide", {"content_hash": action.content_hash, "decision": "approve"}),
        "reject": ("decide", {"decision": "reject", "reason": "no"}),
        "cancel": ("cancel", {}),
        "replay": ("fix", {"verb": "replay"}),
        "adopt": ("fix", {"verb": "adopt", "candidate": f"account.move/{FOREIGN_NOTE}"}),
        "mark-done": ("fix", {"verb": "mark_done", **SHOWN}),
    }
    where, form = forms[verb]
    return client.post(f"{path}{where}/", {**form, "password": PASSWORD}).status_code


def traces(action: Action) -> tuple[object, ...]:
    """What every verb leaves behind where it was allowed."""
    row = Action.objects.get(pk=action.pk)
    return row.state, row.fix, row.fix_by_id, Approval.objects.filter(action=action).count()


@pytest.mark.django_db
@pytest.mark.parametrize("do", [by_api, by_page])
@pytest.mark.parametrize("who", MAY)
def test_each_verb_is_for_whom_the_table_names(
    propose: Propose,
    approve: Approve,
    odoo: FakeOdoo,
    cast: dict[str, User],
    who: str,
    do: Callable[[Client, Action, str], int],
) -> None:
    waiting = propose()
    client = program_of(cast[who]) if do is by_api else browser_of(cast[who])
    told = {}
    for verb, status in MAY[who].items():
        with transaction.atomic():
            if verb in ON_PARKED:
                Action.objects.filter(pk=approve(waiting).pk).update(
                    state="parked", cause="gave_up", queued_at=timezone.now()
                )
            if verb == "adopt":
                odoo.add_foreign_note(str(waiting.amount))  # comes last: it stands in the way of the others
            before = traces(waiting)
            answer = do(client, waiting, verb)
            has_effect = traces(waiting) != before
            # A page leads back to the action and says there why not.
            told[verb] = {302: 200 if has_effect else 403}.get(answer, answer)
            assert has_effect is (status == 200 and verb != "look"), (who, verb, answer)
            transaction.set_rollback(True)
    assert told == MAY[who]


@pytest.mark.django_db(transaction=True)
def test_what_was_typed_about_a_refund_is_in_no_table_no_log_and_on_no_strangers_page(
    propose: Propose,
    approve: Approve,
    odoo: FakeOdoo,
    cast: dict[str, User],
    caplog: pytest.LogCaptureFixture,
) -> None:
    note, reason = "canary-note-7f3a91", "canary-reason-c20be4"
    first = propose(note=note)
    supervisor = browser_of(cast["supervisor"])
    assert note in supervisor.get(f"/actions/{first.pk}/").content.decode(), "those who decide read it"
    supervisor.post(f"/actions/{first.pk}/decide/", {"decision": "reject", "reason": reason})
    first.refresh_from_db()
    assert first.state == "rejected"
    second = propose(note=note)
    approve(second)
    run_due()
    second.refresh_from_db()
    assert second.state == "succeeded"

    for name, text in dump_database().items():
        assert note not in text, name
        assert reason not in text, name
    assert note not in caplog.text
    assert reason not in caplog.text
    for who in ("supervisor elsewhere", "nobody", "another agent"):
        for client, paths in (
            (browser_of(cast[who]), (f"/actions/{first.pk}/", f"/actions/{second.pk}/", "/approvals/")),
            (program_of(cast[who]), (f"/api/v1/actions/{first.pk}", "/api/v1/approvals", "/api/v1/parked")),
        ):
            seen = " ".join(client.get(path).content.decode() for path in (*paths, "/parked/"))
            assert note not in seen, who
            assert reason not in seen, who
