"""One run: so many refunds, hurt all the way, until every one of them came to an end."""

from __future__ import annotations

import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from cases.actions.pace import Pace
from tests.crash.checker import Judgement, judge, notes_in
from tests.crash.injuries import ENOUGH_OF_1000, KILL_POINTS, USUAL_KILLS, Doses, Log
from tests.crash.odoos import Misdeeds, OdooSide, SandboxOdoo
from tests.crash.stage import Stage

STALLED_S = 600.0  # nothing was asked for and nothing done: whoever runs this wants to know at once

REPAIRABLE = {"gave_up", "outcome_unknown", "forbidden", "authentication_failed", "refused_by_odoo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run does to its workers."""

    actions: int
    factor: float = 0.1
    doses: Doses = field(default_factory=lambda: Doses(kills=USUAL_KILLS, pause=0.02))
    slow: float = 0.10
    lost: float = 0.05
    lost_first: int = 0  # how many answers are lost for sure, before chance begins
    database_restarts: int = 0
    cluster_kills: int = 0
    sweepers: int = 2
    clusters: int = 1
    keyless: bool = False
    at_once: int = 24
    limit_s: float = 4 * 3600.0

    @property
    def misdeeds(self) -> Misdeeds:
        too_late_s = Pace().scaled(self.factor).write_s * 1.5
        return Misdeeds(slow=self.slow, lost=self.lost, lost_first=self.lost_first, too_late_s=too_late_s)


@dataclass(slots=True, kw_only=True)
class Report:
    plan: Plan
    judgement: Judgement
    injuries: Counter[str]
    repaired: int
    database_restarts: int
    cluster_kills: int
    revived: int
    seconds: float
    odoo: str = ""

    @property
    def kills(self) -> dict[str, int]:
        return {point: self.injuries[f"kill:{point}"] for point in KILL_POINTS}

    def shortcomings(self) -> Iterator[str]:
        """Why the run proves less than it should, or the opposite; nothing where it is as it has to be."""
        found = self.judgement
        if not found.is_clean:
            yield "FAILED: money was lost or doubled, or an action did not come to an end"
        if found.actions < self.plan.actions:
            yield f"FAILED: only {found.actions} of {self.plan.actions} actions were asked for"
        for point in self.plan.doses.sure:
            if not self.kills[point]:
                yield f"FAILED: nobody was killed at {point}"
        if self.plan.actions < 1000 or self.plan.keyless or not self.plan.clusters:
            return  # of the sweepers alone it is asked that they bring everything to its end
        for point, number in self.kills.items():
            if number < ENOUGH_OF_1000:
                yield f"FAILED: only {number} kills at {point}, {ENOUGH_OF_1000} are needed: raise its dose"

    def lines(self) -> Iterator[str]:
        kills, found = self.kills, self.judgement
        told = " ".join(f"{point}={number}" for point, number in kills.items())
        yield f"kills={sum(kills.values())} {told}"
        yield (
            f"pauses={self.injuries['pause']} database_restarts={self.database_restarts}"
            f" cluster_kills={self.cluster_kills} workers_started_again={self.revived}"
            f" slow={self.plan.slow:.0%} lost_answers={self.plan.lost:.0%} sent_again_by_people={self.repaired}"
        )
        yield f"actions={found.actions} succeeded={found.succeeded} states={found.states} in {self.seconds:.0f} s"
        pace = Pace().scaled(self.plan.factor)
        yield (
            f"time_factor={self.plan.factor}: lease {pace.lease_s:g} s, a writing call {pace.write_s:g} s,"
            f" sweep every {pace.sweep_s:g} s"
        )
        yield f"odoo: {self.odoo}"
        yield from found.money
        yield f"lost={found.lost} duplicated={found.duplicated} stuck={found.stuck}"


def crash(plan: Plan, odoo: OdooSide | None = None) -> Report:
    """Without an Odoo of somebody's: in a sandbox."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="deskglass-crash-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        side = odoo or SandboxOdoo(folder / "odoo")
        with Stage(folder, odoo=side, factor=plan.factor) as stage:
            return _Run(stage, plan, began).go()


class _Run:
    def __init__(self, stage: Stage, plan: Plan, began: float) -> None:
        import django

        django.setup()
        self.stage, self.plan, self.began = stage, plan, began
        self.repaired = self.restarts = self.cluster_kills = self.revived = 0
        self.posted: set[UUID] = set()
        self.asked = 0
        self.moved = (0, 0, began)  # asked for, done, and since when it is so

    def go(self) -> Report:
        from tests.crash.people import settle

        odoo, plan = self.stage.odoo, self.plan
        orders = odoo.refundable_orders()
        before = notes_in(odoo.access)
        self.people = settle(
            odoo.account, sorted({company for _, company in orders}), at_once=4 * plan.at_once
        )
        odoo.misbehave(plan.misdeeds)
        self.stage.start_workers("sweeper", plan.sweepers, plan.doses, keyless=plan.keyless)
        self.stage.start_workers("cluster", plan.clusters, plan.doses, keyless=plan.keyless)
        self._work(orders)
        odoo.misbehave(None)
        self._let_finish()
        self.stage.end_workers()
        database = self.stage.environment["DATABASE_URL"]
        judgement = judge(database, odoo.access, before, invoices=odoo.invoices)
        injuries = Log(self.stage.log).counts()
        return Report(
            plan=plan,
            judgement=judgement,
            injuries=injuries,
            repaired=self.repaired,
            database_restarts=self.restarts,
            cluster_kills=self.cluster_kills,
            revived=self.revived + injuries["again"],
            seconds=time.monotonic() - self.began,
            odoo=odoo.told(),
        )

    def _work(self, orders: list[tuple[str, int]]) -> None:
        from tests.crash.people import approve, ask_for_refund

        random.shuffle(orders)
        while self.asked < self.plan.actions and not self._is_over():
            busy = self._busy_orders()
            free = [(ref, company) for ref, company in orders if ref not in busy | self.people.given_up]
            if not free:
                if not busy:
                    return
                self._look_after()
                continue
            for ref, company in free[: max(0, self.plan.at_once - len(busy))]:
                if self.asked >= self.plan.actions:
                    break
                action = ask_for_refund(self.people, ref, company, self.asked)
                self.asked += action is not None
                if action is not None:
                    approve(self.people, action)
                self._look_after()
            orders.append(orders.pop(0))
            self._look_after()
            time.sleep(0.05)
        while self._lacks_injuries() and self._busy_orders() and not self._is_over():
            self._look_after()
            time.sleep(0.05)

    def _is_over(self) -> bool:
        """Whether the time is up, or nothing moves any more: then the checker names what is stuck."""
        now = time.monotonic()
        if self.moved[:2] != (self.asked, len(self.posted)):
            self.moved = (self.asked, len(self.posted), now)
        return now - self.began > self.plan.limit_s or now - self.moved[2] > STALLED_S

    def _lacks_injuries(self) -> bool:
        """Whether something that was to happen for sure has not happened yet."""
        counts = Log(self.stage.log).counts()
        return (
            any(not counts[f"kill:{point}"] for point in self.plan.doses.sure)
            or self.restarts < self.plan.database_restarts
            or self.cluster_kills < self.plan.cluster_kills
        )

    def _busy_orders(self) -> set[str]:
        from cases.actions.states import FINAL
        from cases.models import Action
        from tests.crash.people import stubborn

        open_ = Action.objects.exclude(state__in=[state.value for state in FINAL])
        return stubborn(lambda: set(open_.values_list("order_ref", flat=True)))

    def _look_after(self) -> None:
        """What an operator, finance and bad luck do meanwhile."""
        from cases.models import Action
        from tests.crash.people import approve, repair, stubborn

        self.revived += self.stage.revive_workers()
        progress = self.asked / max(1, self.plan.actions)
        self.stage.odoo.look_after(progress)
        if self.restarts < self.plan.database_restarts * progress:
            self.stage.restart_database()
            self.restarts += 1
        if self.cluster_kills < self.plan.cluster_kills * progress and self.stage.kill_cluster():
            self.cluster_kills += 1
        for action in stubborn(lambda: list(Action.objects.filter(state="parked"))):
            if action.cause in REPAIRABLE:
                repair(self.people, action)
                self.repaired += 1
        for action in stubborn(lambda: list(Action.objects.filter(state="awaiting_approval"))):
            approve(self.people, action)
        self._finance_posts()

    def _finance_posts(self) -> None:
        """A draft stands in the way of the next refund of its order until somebody posts it."""
        from cases.models import Action
        from tests.crash.people import stubborn

        done = Action.objects.filter(state="succeeded").exclude(pk__in=self.posted)
        for pk, effects in stubborn(lambda: list(done.values_list("pk", "effects"))):
            for effect in effects:
                self.stage.odoo.post(effect["id"])
            self.posted.add(pk)

    def _let_finish(self) -> None:
        """Nothing new and nobody hurt any more, as long as it takes an installation to come to rest."""
        self.stage.end_workers()
        self.stage.start_workers("sweeper", 2, Doses(), keyless=self.plan.keyless)
        until = time.monotonic() + max(300.0, 1200.0 * self.plan.factor)
        while self._moving() and time.monotonic() < until:
            self._look_after()
            time.sleep(0.2)

    def _moving(self) -> bool:
        """Whether an action is open that somebody will still do something about."""
        from cases.actions.states import FINAL
        from cases.models import Action
        from tests.crash.people import stubborn

        open_ = Action.objects.exclude(state__in=[state.value for state in FINAL])
        states = stubborn(lambda: list(open_.values_list("state", "cause")))
        return any(state != "parked" or cause in REPAIRABLE for state, cause in states)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    random.seed(seed)
    yield
