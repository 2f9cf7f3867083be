"""Every log record of the process as one line of JSON in UTC, with the redaction as the last thing that touches it.

Named by ``LOGGING_CONFIG``; Django, uvicorn, django-q2 and our own modules all end at the one handler set up here.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from structlog.types import EventDict

from cases.masking.redaction import redact_for_logs
from integrations.telemetry import correlation_id

# Of somebody else's page the host says enough: its path may name people.
_FOREIGN_PAGE = re.compile(r"(https?://[^/\s]+)/\S*")
# Written by us or by the machine, so there is nothing in them to cut.
_SAFE_KEYS = frozenset({"level", "logger", "timestamp", "request_id"})
_RECORD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def configure(options: Mapping[str, Any]) -> None:
    """Send all records through one JSON handler; ``options`` is Django's LOGGING, of which ``level`` is read."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(hide_path)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_ABOUT_THE_RECORD,
            processors=[_drop_record, redact, _render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(options.get("level", "INFO"))
    for name in ("django", "django.server", "django-q", "uvicorn", "uvicorn.error", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # httpx writes whole addresses; uvicorn's access lines hold query strings, ours take their place.
    # django-axes tells of every success, which the audit trail does already.
    for name in ("httpx", "httpcore", "aiohttp", "axes"):
        logging.getLogger(name).setLevel(logging.WARNING)
    access = logging.getLogger("uvicorn.access")
    access.handlers.clear()
    access.propagate = False
    structlog.configure(
        processors=[*_ABOUT_THE_RECORD, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def hide_path(record: logging.LogRecord) -> bool:
    """Django's own lines end with the path somebody typed, which may hold anything: the route says enough."""
    request = getattr(record, "request", None)
    path = getattr(request, "path", None)
    if path and isinstance(record.args, tuple):
        # Django escapes what is not ASCII before it hands the path over.
        spellings = {path, path.encode("unicode_escape").decode()}
        record.args = tuple("[path]" if arg in spellings else _without_page(arg) for arg in record.args)
    return True


def _without_page(arg: object) -> object:
    return _FOREIGN_PAGE.sub(r"\1", arg) if isinstance(arg, str) else arg


def redact(_: Any, __: str, event: EventDict) -> EventDict:
    return {key: value if key in _SAFE_KEYS else _redacted(value) for key, value in event.items()}


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact_for_logs(value)
    if isinstance(value, Mapping):
        return {redact_for_logs(str(key)): _redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(item) for item in value]
    return value


def _add_request_id(_: Any, __: str, event: EventDict) -> EventDict:
    request_id = correlation_id.get()
    if request_id:
        event["request_id"] = request_id
    return event


def _add_plain_extras(_: Any, __: str, event: EventDict) -> EventDict:
    """What a caller passed as ``extra``, where it is a plain value; objects (requests, sockets) stay out."""
    record = event.get("_record")
    if record is not None:
        for key, value in vars(record).items():
            if key not in _RECORD_FIELDS and isinstance(value, str | int | float | bool):
                event.setdefault(key, value)
    return event


def _name_exception(_: Any, __: str, event: EventDict) -> EventDict:
    """Where and of what kind, without local values or source, and of the message the first line only.

    The lines after it are where databases and servers quote the values they stumbled over.
    """
    exc_info = event.pop("exc_info", None)
    if exc_info is True:
        exc_info = sys.exc_info()
    error = exc_info if isinstance(exc_info, BaseException) else exc_info[1] if exc_info else None
    if error is not None:
        event["exception"] = [_describe(link) for link in _chain_of(error)]
    return event


def _describe(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "message": str(error).split("\n", 1)[0][:300],
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-20:]],
    }


def _chain_of(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links and len(links) < 5:
        links.append(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return links


def _drop_record(_: Any, __: str, event: EventDict) -> EventDict:
    event.pop("_record", None)
    event.pop("_from_structlog", None)
    event.pop("stack_info", None)
    return event


def _render(_: Any, __: str, event: EventDict) -> str:
    ordered = {"timestamp": event.pop("timestamp", None), "level": event.pop("level", None), **event}
    return orjson.dumps(ordered, default=_type_name, option=orjson.OPT_NON_STR_KEYS).decode()


def _type_name(value: Any) -> str:
    """An object that found its way into a line is named, never spelled out: its text could hold anything."""
    return f"<{type(value).__name__}>"


_ABOUT_THE_RECORD: list[structlog.types.Processor] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_request_id,
    _add_plain_extras,
    _name_exception,
]
