"""From the wish to the draft in a real Odoo, and what finance does there in the meantime is told by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.utils import timezone

from cases.actions import points
from cases.actions.points import Point
from cases.actions.running import run_due
from cases.models import Action
from console.action_words import tell_cause
from tests.crash.people import People, approve, ask_for_refund, stubborn
from tests.live.bridge.scene import Scene, Sold

Deed = Callable[[Scene, Sold, int], None]
OnceThere = Callable[[Callable[[], None]], None]


@pytest.fixture
def once_there() -> Iterator[OnceThere]:
    """``once_there(deed)``: done when Odoo has the draft and before we look at it again."""

    def hook(deed: Callable[[], None]) -> None:
        def strike(point: Point) -> None:
            if point is Point.ANSWERED:
                points.listeners.clear()
                deed()

        points.listeners.append(strike)

    yield hook
    points.listeners.clear()


def asked_and_approved(people: People, sold: Sold) -> Action:
    action = ask_for_refund(people, sold.order_ref, sold.company_id, sold.order_id)
    assert action is not None
    assert action.state == "awaiting_approval"
    approve(people, action)
    action.refresh_from_db()
    assert action.state == "queued"
    return action


def carry_out(action: Action) -> None:
    """A busy Odoo may be asked again: what was not sent waits its turn."""
    for _try in range(30):
        stubborn(lambda: run_due(action_id=action.pk))
        action.refresh_from_db()
        if action.state not in ("queued", "running", "unknown"):
            return
        Action.objects.filter(pk=action.pk).update(next_try_at=timezone.now())
    raise AssertionError(f"{action.state} {action.cause}")


def test_a_refund_is_asked_for_approved_by_another_and_lands_as_a_draft(people: People, scene: Scene) -> None:
    sold = scene.sold()
    action = asked_and_approved(people, sold)
    carry_out(action)
    assert (action.state, action.cause) == ("succeeded", "")
    (note,) = scene.notes_of(sold)
    assert note["state"] == "draft"
    assert Decimal(str(note["amount_total"])) == action.amount
    assert action.reference in note["ref"]
    (effect,) = action.effects
    assert (effect["id"], Decimal(effect["total"]), effect["state"]) == (note["id"], action.amount, "draft")
    said = scene.admin(
        "mail.message",
        "search_read",
        [["model", "=", "account.move"], ["res_id", "=", note["id"]]],
        fields=["body"],
    )
    told = " ".join(message["body"] for message in said)
    assert "ask" in told
    assert "sam" in told


def delete(scene: Scene, _sold: Sold, note: int) -> None:
    scene.admin("account.move", "unlink", [note], context=scene.context)


def edit(scene: Scene, _sold: Sold, note: int) -> None:
    line = scene.admin(
        "account.move.line",
        "search",
        [["move_id", "=", note], ["display_type", "=", "product"]],
        limit=1,
        context=scene.context,
    )[0]
    change = {"invoice_line_ids": [[1, line, {"price_unit": 0.01}]]}
    scene.admin("account.move", "write", [note], change, context=scene.context)


def post(scene: Scene, _sold: Sold, note: int) -> None:
    scene.admin("account.move", "action_post", [note], context=scene.context)


def make_its_own(scene: Scene, sold: Sold, _note: int) -> None:
    scene.draft_by_hand(sold)


@pytest.mark.parametrize(
    ("deed", "state", "cause", "document"),
    [
        (delete, "parked", "document_gone", None),
        (edit, "succeeded", "edited", "draft"),
        (post, "succeeded", "", "posted"),
        (make_its_own, "succeeded", "surplus", "draft"),
    ],
)
def test_what_finance_does_in_the_meantime_is_named(
    people: People,
    scene: Scene,
    once_there: OnceThere,
    deed: Deed,
    state: str,
    cause: str,
    document: str | None,
) -> None:
    sold = scene.sold()
    action = asked_and_approved(people, sold)

    def do() -> None:
        (note,) = scene.notes_of(sold)
        deed(scene, sold, note["id"])

    once_there(do)
    carry_out(action)
    assert (action.state, action.cause) == (state, cause)
    assert not cause or len(tell_cause(cause)) > 20, "a person is told in words"
    if document is not None:
        assert [effect["state"] for effect in action.effects] == [document]
    ours = [note for note in scene.notes_of(sold) if action.reference in str(note["ref"])]
    assert len(ours) == (document is not None), "nothing is made again"
