"""The last known facts of orders: kept encrypted, shared by all processes, shown while Odoo is slow or gone.

Only readings are kept, never what somebody was shown: scope is checked and masking done anew for every viewer.
"""

from cases.orders import readings
from cases.snapshots import table
from cases.snapshots.flight import failure_named
from cases.snapshots.question import holder, order_key, question_of
from cases.snapshots.serving import Need, Served, Source, StillReading, read_ahead, serve
from cases.snapshots.table import FRESH_S

__all__ = [
    "FRESH_S",
    "Need",
    "Served",
    "Source",
    "StillReading",
    "failure_named",
    "forget_order",
    "question_of",
    "read_ahead",
    "serve",
]


async def forget_order(*, connection: str, ref: str) -> None:
    """Have the next look at an order read it anew, for everybody: we have just changed it, or heard that it was."""
    readings.forget(connection, ref)
    await table.forget(order_key(connection, ref), holder=holder())
