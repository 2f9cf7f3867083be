"""What the console may write into Odoo: business verbs, each one call and one transaction through the bridge.

Nothing is repeated here. Whoever asked keeps the key and decides. Where there is no bridge the same verbs go by the
standard API, with the lesser guarantee that ``bridge_status`` tells.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.canonical import (
    BridgeStatus,
    CreditNoteRequest,
    EffectRequest,
    EffectResult,
    Guarantee,
    Refusal,
    ReplacementRequest,
    ReturnRequest,
    kind_of,
    payload_of,
    payload_sha256,
)
from integrations.errors import (
    BusinessRefusal,
    Forbidden,
    Garbled,
    GatewayError,
    Missing,
    NotSupported,
    OutcomeUnknown,
    Rejected,
)
from integrations.odoo.bridge import LEDGER, VERSION, perform_sha256, proven_on
from integrations.odoo.budget import Budget
from integrations.odoo.calls import OdooCall
from integrations.odoo.capabilities import Capabilities
from integrations.odoo.client import OdooClient
from integrations.odoo.connections import ConnectionConfig
from integrations.odoo.effects_answers import refused, refused_by_word, result_of
from integrations.odoo.effects_call import send_once
from integrations.odoo.effects_reading import LiveFacts
from integrations.odoo.effects_unbridged import Unbridged
from integrations.odoo.order_question import understanding

KEPT_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bridge:
    """Where the bridge is in one Odoo; told by the ledger, because our key may not look at actions."""

    action_id: int
    version: int
    sha256: str


_known: dict[tuple[str, int], tuple[float, _Bridge]] = {}


class OdooEffects(LiveFacts):
    """Effects on one connection: facts are read with the key for reading, the rest is done with the one for writing."""

    def __init__(
        self, *, reading: ConnectionConfig, writing: ConnectionConfig, must_be_proven: bool = True
    ) -> None:
        super().__init__(OdooClient(reading))
        self._config = writing
        self._client = OdooClient(writing)
        self._must_be_proven = must_be_proven  # a live run is what makes the proof

    async def create_credit_note(
        self, request: CreditNoteRequest, *, budget: Budget, correlation_id: str
    ) -> EffectResult:
        """A draft credit note as approved, or the reason why there is none."""
        bridge = await self._bridge(budget, correlation_id)
        if bridge is None:
            return await self._without_a_bridge(request, budget, correlation_id)
        return await self._perform(bridge, request, budget, correlation_id)

    async def create_return(
        self, request: ReturnRequest, *, budget: Budget, correlation_id: str
    ) -> EffectResult:
        """A return as approved, its goods awaited; only through the bridge."""
        return await self._through_the_bridge(request, budget, correlation_id)

    async def create_replacement(
        self, request: ReplacementRequest, *, budget: Budget, correlation_id: str
    ) -> EffectResult:
        """A replacement order as approved, confirmed, with its transfers; only through the bridge."""
        return await self._through_the_bridge(request, budget, correlation_id)

    async def _through_the_bridge(
        self, request: EffectRequest, budget: Budget, correlation_id: str
    ) -> EffectResult:
        bridge = await self._bridge(budget, correlation_id)
        if bridge is None:
            return refused(request.key, Refusal.NOT_INSTALLED)
        return await self._perform(bridge, request, budget, correlation_id)

    async def _perform(
        self, bridge: _Bridge, request: EffectRequest, budget: Budget, correlation_id: str
    ) -> EffectResult:
        if not await self._is_proven(bridge, budget):
            return refused(request.key, Refusal.NOT_PROVEN)
        asked = {
            "verb": kind_of(request),
            "key": request.key,
            "payload": payload_of(request),
            "sha256": payload_sha256(request),
            "code_sha256": bridge.sha256,
        }
        try:
            answer = await self._run(bridge, asked, request.company_id, budget, correlation_id)
        except Forbidden:
            raise
        except (BusinessRefusal, Missing, NotSupported) as error:
            return await self._after_a_no(error, request.key, request.company_id, correlation_id)
        return result_of(request.key, answer)

    async def _without_a_bridge(
        self, request: CreditNoteRequest, budget: Budget, correlation_id: str
    ) -> EffectResult:
        facts = await self.read_refund_facts(
            request.order_id, company_id=request.company_id, budget=budget, correlation_id=correlation_id
        )
        unbridged = await self._unbridged(budget)
        return await unbridged.create_credit_note(
            request, facts, budget=budget, correlation_id=correlation_id
        )

    async def _unbridged(self, budget: Budget) -> Unbridged:
        protocol = (await self._client.capabilities(budget=budget)).protocol
        return Unbridged(self._config, protocol=protocol)

    async def _after_a_no(
        self, error: Rejected, key: str, company_id: int, correlation_id: str
    ) -> EffectResult:
        """Our own word is final. Any other no is looked at twice: an error can also come after the commit."""
        code = error.code if isinstance(error, BusinessRefusal) else None
        if code is not None:
            return refused_by_word(key, code)
        self._forget()
        if isinstance(error, Missing):
            return refused(key, Refusal.NOT_INSTALLED)  # the ledger is there, the action is not any more
        try:
            found = await self.find_effect(
                key, company_id=company_id, budget=Budget.write(), correlation_id=correlation_id
            )
        except GatewayError:
            raise OutcomeUnknown("refused, but whether nothing was made could not be looked up") from None
        if found is not None:
            return found
        if isinstance(error, BusinessRefusal):
            return refused(key, Refusal.REFUSED_BY_ODOO)
        raise error

    async def find_effect(
        self, key: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> EffectResult | None:
        """What became of a key, with its document as it is now; None where the ledger does not know it now."""
        bridge = await self._bridge(budget, correlation_id)
        if bridge is None:
            unbridged = await self._unbridged(budget)
            return await unbridged.find(
                key, company_id=company_id, budget=budget, correlation_id=correlation_id
            )
        answer = await self._run(bridge, {"verb": "find", "key": key}, company_id, budget, correlation_id)
        return None if answer.get("state") == "unknown" else result_of(key, answer)

    async def revoke_key(
        self, key: str, *, company_id: int, budget: Budget, correlation_id: str
    ) -> EffectResult:
        """Use the key up, so that no call with it has an effect any more; or tell the effect it already had."""
        bridge = await self._bridge(budget, correlation_id)
        if bridge is None:
            return refused(key, Refusal.NOT_INSTALLED)
        answer = await self._run(bridge, {"verb": "revoke", "key": key}, company_id, budget, correlation_id)
        return result_of(key, answer)

    async def bridge_status(self, *, budget: Budget, correlation_id: str) -> BridgeStatus:
        """The bridge as it is now, its hash worked out inside Odoo."""
        self._forget()
        capabilities = await self._client.capabilities(budget=budget)
        try:
            bridge = await self._bridge(budget, correlation_id)
            if bridge is None:
                return self._status(capabilities, Guarantee.SEARCH_FIRST)
            answer = await self._run(bridge, {"verb": "status", "key": ""}, None, budget, correlation_id)
        except Forbidden:
            return self._status(capabilities, Guarantee.NONE, problem=Refusal.NO_RIGHT)
        except (BusinessRefusal, Missing, NotSupported):
            return self._status(capabilities, Guarantee.SEARCH_FIRST)
        with understanding("the bridge's own status"):
            found = str(answer["sha256"])
            is_whole = answer["unique"] is True and found == bridge.sha256
            version = int(answer["version"])
        proven = is_whole and capabilities.version in proven_on(found)
        return self._status(
            capabilities,
            Guarantee.EXACTLY_ONCE if proven else Guarantee.NONE,
            installed=(version, found),
            problem=None if proven else Refusal.NOT_PROVEN,
        )

    def _status(
        self,
        capabilities: Capabilities,
        guarantee: Guarantee,
        *,
        installed: tuple[int, str] | None = None,
        problem: Refusal | None = None,
    ) -> BridgeStatus:
        return BridgeStatus(
            connection=self._config.slug,
            guarantee=guarantee,
            installed=installed is not None,
            version=str(installed[0]) if installed else None,
            sha256=installed[1] if installed else None,
            our_version=str(VERSION),
            our_sha256=perform_sha256(),
            proven_on=proven_on(perform_sha256()),
            odoo_version=capabilities.version,
            problem=problem,
        )

    # -- how the bridge is reached ---------------------------------------------------------------

    async def _is_proven(self, bridge: _Bridge, budget: Budget) -> bool:
        if not self._must_be_proven:
            return True
        capabilities = await self._client.capabilities(budget=budget)
        return capabilities.version in proven_on(bridge.sha256)

    async def _bridge(self, budget: Budget, correlation_id: str) -> _Bridge | None:
        place = (self._config.slug, self._config.credential_version)
        kept = _known.get(place)
        if kept is not None and time.monotonic() - kept[0] < KEPT_S:
            return kept[1]
        call = OdooCall(
            model=LEDGER,
            method="search_read",
            params={"domain": [["x_key", "=", "bridge"]], "fields": ["x_result"], "limit": 1},
        )
        (answer,) = await self._client.read([call], budget=budget, correlation_id=correlation_id)
        if isinstance(answer, BusinessRefusal | Missing | NotSupported):
            return None  # there is no such model
        if isinstance(answer, GatewayError):
            raise answer
        if not answer.result:
            return None
        with understanding("the bridge's row"):
            told = answer.result[0]["x_result"]
            bridge = _Bridge(
                action_id=int(told["action_id"]), version=int(told["version"]), sha256=str(told["sha256"])
            )
        _known[place] = (time.monotonic(), bridge)
        return bridge

    def _forget(self) -> None:
        _known.pop((self._config.slug, self._config.credential_version), None)

    async def _run(
        self,
        bridge: _Bridge,
        asked: Mapping[str, Any],
        company_id: int | None,
        budget: Budget,
        correlation_id: str,
    ) -> Mapping[str, Any]:
        context: dict[str, Any] = {"deskglass": asked}
        if company_id is not None:
            context["allowed_company_ids"] = [company_id]
        protocol = (await self._client.capabilities(budget=budget)).protocol
        result = await send_once(
            self._config,
            OdooCall(model="ir.actions.server", method="run", ids=(bridge.action_id,), context=context),
            protocol=protocol,
            budget=budget,
            correlation_id=correlation_id,
        )
        answer = result.get("deskglass") if isinstance(result, Mapping) else None
        if not isinstance(answer, Mapping):
            raise Garbled("the bridge's answer cannot be understood")
        return answer
