"""A request as the text that is kept and sent, and back: what is resent must be what was sent, to the letter.

Pure: no Django.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from integrations.canonical import EffectRequest, payload_of

Request = TypeVar("Request", bound=EffectRequest)
# What every request says under the same name.
_COMMON = (
    "company_id", "order_id", "order_ref", "reference", "reason", "requested_by", "approved_by", "assignee_id", "task",
)  # fmt: skip


def words_of(request: EffectRequest) -> str:
    return json.dumps(
        {"key": request.key, "connection": request.connection, "payload": payload_of(request)},
        separators=(",", ":"),
    )


def request_of(words: str, make: Callable[[dict[str, Any], dict[str, Any]], Request]) -> Request:
    """The request as it was; raises ``ValueError`` where it would not be sent as the same words again.

    ``make`` gets the payload, and what every request has by the names of its fields.
    """
    kept: dict[str, Any] = json.loads(words)
    payload: dict[str, Any] = json.loads(kept["payload"])
    common = {name: payload[name] for name in _COMMON}
    request = make(payload, {"key": kept["key"], "connection": kept["connection"], **common})
    if payload_of(request) != kept["payload"]:
        raise ValueError("the request would not be sent as the same words again")
    return request
