"""The Odoo of a run: what it has to offer, and the sandbox that offers it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from console.runtime.processes import die_with_parent
from tests.crash.checker import OdooAccess

ROOT = Path(__file__).resolve().parents[2]
DIALECT = "18"


@dataclass(frozen=True, slots=True, kw_only=True)
class Misdeeds:
    """Of the calls that write: so many answered after the caller gave up, so many never."""

    slow: float
    lost: float
    lost_first: int  # how many answers are lost for sure, before chance begins
    too_late_s: float


class OdooSide(Protocol):
    """How a run reaches an Odoo, hurts its line, and does what finance would do there."""

    invoices: frozenset[int] | None  # whose notes are counted; None: all there are

    def start(self) -> None: ...

    def stop(self) -> None: ...

    @property
    def access(self) -> OdooAccess:
        """Past everything that is made to go wrong: for the checker."""
        ...

    @property
    def account(self) -> OdooAccess:
        """What the program is told to connect to."""
        ...

    def refundable_orders(self) -> list[tuple[str, int]]: ...

    def misbehave(self, misdeeds: Misdeeds | None) -> None: ...

    def look_after(self, progress: float) -> None:
        """Called again and again with how much of the run is done."""

    def post(self, note_id: int) -> None:
        """Finance posts a draft in Odoo."""

    def told(self) -> str:
        """What the report adds about this Odoo."""
        ...


class SandboxOdoo:
    """A sandbox of the run's own, as a process."""

    invoices: frozenset[int] | None = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        command = [
            *(sys.executable, "-m", "integrations.odoo.sandbox", "--dialect", DIALECT, "--port", "0"),
            *("--data", str(self._folder), "--latency-ms", "5"),
        ]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM),
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if "http://" not in line:
            raise RuntimeError(f"the sandbox did not start: {line!r}")
        self._port = int(line.split("http://127.0.0.1:")[1].split()[0])

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    @property
    def access(self) -> OdooAccess:
        account = json.loads((self._folder / "keys.json").read_text())["integration"]
        return OdooAccess(
            url=f"http://127.0.0.1:{self._port}",
            database=f"sandbox{DIALECT}",
            login=account["login"],
            key=account["key"],
        )

    @property
    def account(self) -> OdooAccess:
        return self.access

    def refundable_orders(self) -> list[tuple[str, int]]:
        """Orders with a posted invoice of their own and no draft in the way."""
        invoices: list[dict[str, Any]] = self.access.call(
            "account.move",
            "search_read",
            [[["move_type", "=", "out_invoice"], ["state", "=", "posted"], ["amount_total", ">", 100]]],
            {"fields": ["invoice_origin", "company_id"]},
        )
        named = {(row["invoice_origin"], row["company_id"][0]) for row in invoices if row["invoice_origin"]}
        return sorted((ref, company) for ref, company in named if "," not in ref)

    def misbehave(self, misdeeds: Misdeeds | None) -> None:
        self._side_door("/sandbox/faults", [] if misdeeds is None else _rules(misdeeds))

    def look_after(self, progress: float) -> None:
        return

    def post(self, note_id: int) -> None:
        self._side_door("/sandbox/by-hand", {"do": "post", "model": "account.move", "id": note_id})

    def lock(self, order_id: int) -> None:
        """Somebody locks an order in Odoo."""
        deed = {"do": "update", "model": "sale.order", "id": order_id, "values": {"state": "done"}}
        self._side_door("/sandbox/by-hand", deed)

    def told(self) -> str:
        return f"sandbox {DIALECT}"

    def _side_door(self, path: str, body: Any) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._port}{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")


def _rules(misdeeds: Misdeeds) -> list[dict[str, Any]]:
    """Half of the lost ones were carried out, and so were half of the late ones when the caller gave up."""
    match, ms = {"verb": "credit_note"}, int(misdeeds.too_late_s * 1000)
    first = misdeeds.lost_first
    sure = [{"kind": "lost_after", "match": match, "times": first}] if first else []
    return [
        *sure,
        {"kind": "lost_after", "match": match, "share": misdeeds.lost / 2},
        {"kind": "lost_before", "match": match, "share": misdeeds.lost / 2},
        {"kind": "late", "match": match, "ms": ms, "share": misdeeds.slow / 2},
        {"kind": "latency", "match": match, "ms": ms, "share": misdeeds.slow / 2},
    ]
