"""Reads from one Odoo on behalf of one page: all calls of a page at once, each with its own answer or its own error."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from integrations.errors import GatewayError, TimedOut
from integrations.odoo.budget import HARD_LIMIT_S, Budget
from integrations.odoo.calls import OdooAnswer, OdooCall, require_read_method
from integrations.odoo.capabilities import Capabilities, Protocol
from integrations.odoo.capacity import Lane
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.exchange import exchange

__all__ = ["OdooAnswer", "OdooCall", "OdooClient"]

OnLate = Callable[[OdooCall, OdooAnswer], None]


class OdooClient:
    """Cheap to make, one per use; what is shared lies in the process, the loop or the database."""

    __slots__ = ("_config", "_protocol")

    def __init__(self, config: ConnectionConfig, *, protocol: Protocol | None = None) -> None:
        self._config = config
        self._protocol = protocol or (config.capabilities.protocol if config.capabilities else None)

    @property
    def config(self) -> ConnectionConfig:
        return self._config

    def with_protocol(self, protocol: Protocol) -> OdooClient:
        return OdooClient(self._config, protocol=protocol)

    async def read(
        self,
        calls: Sequence[OdooCall],
        *,
        budget: Budget,
        lane: Lane = Lane.INTERACTIVE,
        correlation_id: str,
        on_late: OnLate | None = None,
    ) -> list[OdooAnswer | GatewayError]:
        """Run all ``calls`` in parallel; the list holds an answer or an error for each, in their order.

        At the deadline the caller gets ``TimedOut``; the call goes on, and its answer is handed to ``on_late``.
        """
        for call in calls:
            require_read_method(call)
        return list(
            await asyncio.gather(
                *(self._one(call, budget=budget, correlation_id=correlation_id) for call in calls)
            )
        )

    async def capabilities(self) -> Capabilities:
        """What this Odoo can do; kept in the process, then on the connection's row, else discovered now."""
        from integrations.odoo.discovery import discover

        return self._config.capabilities or await discover(self)

    async def _one(self, call: OdooCall, *, budget: Budget, correlation_id: str) -> OdooAnswer | GatewayError:
        started, sent_at = time.monotonic(), datetime.now(UTC)
        protocol = self._protocol or (await self.capabilities()).protocol
        try:
            async with asyncio.timeout(min(HARD_LIMIT_S, budget.for_call_s())):
                result, _answer = await exchange(
                    self._config, call, protocol=protocol, correlation_id=correlation_id
                )
        except TimeoutError:
            return TimedOut(f"{call.reference}: no answer in time")
        except GatewayError as error:
            return error
        return OdooAnswer(result=result, elapsed_ms=(time.monotonic() - started) * 1000, sent_at=sent_at)
