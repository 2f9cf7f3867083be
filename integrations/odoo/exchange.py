"""Carries one call to Odoo and back: one attempt, no retry, no waiting, in the protocol the server speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from integrations.errors import AuthenticationFailed, GatewayError, Unreachable
from integrations.http import SILENCE_TIMEOUT_S, HttpAnswer, InsecureAddress, require_safe_address, send
from integrations.odoo import protocols
from integrations.odoo.calls import OdooCall
from integrations.odoo.capabilities import Protocol
from integrations.odoo.connections import ConnectionConfig, remember_uid

MOST_KNOWN_UIDS = 200

# Odoo's number for a login, by the fingerprint of what it was given for.
_uids: dict[str, int] = {}
_refused_uids: set[str] = set()
_asking: dict[tuple[int, str], asyncio.Future[int]] = {}


async def exchange(
    config: ConnectionConfig,
    call: OdooCall,
    *,
    protocol: Protocol,
    correlation_id: str,
    silence_s: float = SILENCE_TIMEOUT_S,
) -> Any:
    """One attempt: the result, or one of ``integrations.errors`` raised."""
    context: Mapping[str, Any] = {**call.context, "deskglass_request": correlation_id}
    key = config.key.reveal()
    if protocol is Protocol.JSON2:
        request = protocols.json2_request(call, database=config.database, key=key, context=context)
        answer = await post(config, request, correlation_id=correlation_id, silence_s=silence_s)
        return protocols.read_json2(answer, reference=call.reference)
    uid = await _uid(config, correlation_id=correlation_id)
    request = protocols.jsonrpc_request(call, database=config.database, uid=uid, key=key, context=context)
    answer = await post(config, request, correlation_id=correlation_id, silence_s=silence_s)
    try:
        return protocols.read_jsonrpc(answer, request_id=request.request_id, reference=call.reference)
    except AuthenticationFailed:
        _refused_uids.add(config.fingerprint)
        _uids.pop(config.fingerprint, None)
        raise


async def post(
    config: ConnectionConfig,
    request: protocols.WireRequest,
    *,
    correlation_id: str,
    silence_s: float = SILENCE_TIMEOUT_S,
) -> HttpAnswer:
    """Send one worded request to the connection's address."""
    headers = {**request.headers, "X-Request-Id": correlation_id}
    url = _address(config) + request.path
    return await send("POST", url, headers=headers, content=request.content, silence_s=silence_s)


async def get(config: ConnectionConfig, path: str, *, correlation_id: str) -> HttpAnswer:
    """Ask for a page that needs no login."""
    return await send("GET", _address(config) + path, headers={"X-Request-Id": correlation_id})


def _address(config: ConnectionConfig) -> str:
    try:
        return require_safe_address(config.url)
    except InsecureAddress:
        failure = Unreachable(f"{config.slug}: http:// is for this machine only, nothing was sent")
    raise failure


async def authenticate(config: ConnectionConfig, *, correlation_id: str) -> int:
    """Ask Odoo for the number of our login."""
    request = protocols.authenticate_request(
        database=config.database, login=config.login, key=config.key.reveal()
    )
    answer = await post(config, request, correlation_id=correlation_id)
    try:
        uid = protocols.read_jsonrpc(answer, request_id=request.request_id, reference="common.authenticate")
    except protocols.DatabaseClosed:
        # This key has never worked with this database, so the name is the likelier cause.
        uid = None
    if isinstance(uid, int) and not isinstance(uid, bool):
        return uid
    if uid is None:
        raise protocols.NoSuchDatabase(f"{config.slug}: no such database at this address")
    raise AuthenticationFailed(f"{config.slug}: login or key refused")


async def _uid(config: ConnectionConfig, *, correlation_id: str) -> int:
    known = _uids.get(config.fingerprint)
    if known is None and config.fingerprint not in _refused_uids:
        known = config.odoo_uid
    if known is not None:
        return known
    loop = asyncio.get_running_loop()
    place = (id(loop), config.fingerprint)
    asked = _asking.get(place)
    if asked is not None:
        return await asyncio.shield(asked)
    answer: asyncio.Future[int] = loop.create_future()
    _asking[place] = answer
    try:
        uid = await authenticate(config, correlation_id=correlation_id)
    except GatewayError as error:
        answer.set_exception(error)
        answer.exception()  # nobody else may be waiting, and then it counts as never looked at
        raise
    except BaseException:
        answer.cancel()
        raise
    finally:
        del _asking[place]
    answer.set_result(uid)
    if len(_uids) >= MOST_KNOWN_UIDS:
        _uids.clear()
    _refused_uids.discard(config.fingerprint)
    _uids[config.fingerprint] = uid
    await remember_uid(config, uid)
    return uid
