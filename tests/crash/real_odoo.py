"""A real Odoo of a run: orders of the run's own, behind a line that is cut, slow, and dead for a while.

Reads ``ODOO_URL ODOO_DB ODOO_LOGIN ODOO_API_KEY`` and, to sell, invoice and post, ``ODOO_ADMIN_LOGIN`` and
``ODOO_ADMIN_API_KEY``. The bridge has to be there. Use a test database.
"""

from __future__ import annotations

import os
import random
import threading

from tests.crash.checker import OdooAccess
from tests.crash.odoos import Misdeeds
from tests.live.bridge.scene import Scene
from tests.live.interposer import Call, Fault, Interposer

# Much of one thing, so that an order bears many small refunds.
GOODS = ((19, 40, 33.33), (7, 20, 12.49))
WRITES = ("ir.actions.server", "run")


class Line(Interposer):
    """Between the program and Odoo: what happens to a call is diced."""

    misdeeds: Misdeeds | None = None
    written = 0

    def fault_for(self, call: Call) -> Fault:
        misdeeds = self.misdeeds
        if misdeeds is None:
            return Fault.NONE
        if (call.model, call.method) != WRITES:
            return Fault.RESET if random.random() < misdeeds.lost / 5 else Fault.NONE
        if self.written < misdeeds.lost_first:
            self.written += 1
            return Fault.RESET
        share = misdeeds.lost / 3
        return random.choices(
            [Fault.CUT_BEFORE, Fault.CUT_SENT, Fault.RESET, Fault.SLOW, Fault.NONE],
            [share, share, share, misdeeds.slow, 1 - misdeeds.lost - misdeeds.slow],
        )[0]


class RealOdoo:
    def __init__(self, *, orders: int, outage_s: float) -> None:
        self._wanted, self._outage_s = orders, outage_s
        self._outage: threading.Thread | None = None
        self.invoices: frozenset[int] | None = frozenset()

    def start(self) -> None:
        self._scene = Scene()
        self._line = Line(os.environ["ODOO_URL"])
        self._line.reset_after = 0

    def stop(self) -> None:
        if self._outage is not None:
            self._outage.join()
        self._line.stop()

    @property
    def access(self) -> OdooAccess:
        named = os.environ
        return OdooAccess(
            url=named["ODOO_URL"],
            database=named["ODOO_DB"],
            login=named["ODOO_ADMIN_LOGIN"],
            key=named["ODOO_ADMIN_API_KEY"],
        )

    @property
    def account(self) -> OdooAccess:
        named = os.environ
        return OdooAccess(
            url=self._line.url,
            database=named["ODOO_DB"],
            login=named["ODOO_LOGIN"],
            key=named["ODOO_API_KEY"],
        )

    def refundable_orders(self) -> list[tuple[str, int]]:
        sold = [self._scene.sold(GOODS) for _ in range(self._wanted)]
        self.invoices = frozenset(order.invoice_id for order in sold)
        return [(order.order_ref, order.company_id) for order in sold]

    def misbehave(self, misdeeds: Misdeeds | None) -> None:
        self._line.misdeeds = misdeeds
        self._line.slow_s = misdeeds.too_late_s if misdeeds else 0.0

    def look_after(self, progress: float) -> None:
        """Half way through nobody reaches Odoo for a while."""
        if progress >= 0.5 and self._outage is None and self._outage_s:
            self._outage = threading.Thread(target=self._be_away)
            self._outage.start()

    def _be_away(self) -> None:
        with self._line.misbehaving(Fault.REFUSED):
            threading.Event().wait(self._outage_s)

    def post(self, note_id: int) -> None:
        self._scene.admin("account.move", "action_post", [note_id], context=self._scene.context)

    def told(self) -> str:
        """What became of the calls on the line."""
        faults = self._line.faults
        return " ".join(f"{fault.value}={faults[fault]}" for fault in Fault if faults[fault])
