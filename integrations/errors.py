"""One family of errors for every outside system: each class tells the caller what it can still do.

    GatewayError
    ├── NotSent          nothing left this machine: safe to try again at once
    │   ├── Busy         our own cap, the breaker or Odoo's wish to be left alone; ``retry_after_s`` says when
    │   └── Unreachable  no connection could be made
    ├── OutcomeUnknown   sent, no answer: a read may be repeated, a write must be looked up first
    ├── Rejected         answered, and the answer is no: repeating changes nothing
    │   ├── AuthenticationFailed   key wrong, expired or revoked, or the database is not there
    │   ├── Forbidden              the integration user lacks a right
    │   ├── Missing                no such record
    │   ├── NotSupported           model, field or method is not there (module or version)
    │   ├── Conflict               somebody changed it since it was read: read again, then decide
    │   └── BusinessRefusal        Odoo's own rules refused; never counts against the breaker
    ├── NotKept          answered with a yes, but reading it back shows something else: a person has to look
    └── Unavailable      answered with a fault of the server (5xx, garbage); ``retry_after_s`` may be set
        └── Overloaded           says itself that it has too much to do (429, 502, 503, 504)

Messages are for logs: constant texts with references, never a value, key or traceback from the other side.
"""

from __future__ import annotations


class GatewayError(Exception):
    """Base of the family. ``reason`` is a stable word for metrics, logs and the console's own sentences."""

    reason = "gateway_error"

    def __init__(self, message: str = "", *, retry_after_s: float | None = None) -> None:
        super().__init__(message or self.reason)
        self.retry_after_s = retry_after_s


class NotSent(GatewayError):
    reason = "not_sent"


class Busy(NotSent):
    reason = "busy"


class BreakerOpen(Busy):
    reason = "breaker_open"


class AskedToWait(Busy):
    reason = "asked_to_wait"


class Unreachable(NotSent):
    reason = "unreachable"


class OutcomeUnknown(GatewayError):
    reason = "outcome_unknown"


class TimedOut(OutcomeUnknown):
    reason = "timed_out"


class Rejected(GatewayError):
    reason = "rejected"


class AuthenticationFailed(Rejected):
    reason = "authentication_failed"


class Forbidden(Rejected):
    reason = "forbidden"


class Missing(Rejected):
    reason = "missing"


class NotSupported(Rejected):
    reason = "not_supported"


class Conflict(Rejected):
    reason = "conflict"


class BusinessRefusal(Rejected):
    """``code`` is the word by which our own code inside Odoo says why; None where Odoo's rules refused."""

    reason = "business_refusal"
    code: str | None = None


class NotKept(GatewayError):
    reason = "not_kept"


class Unavailable(GatewayError):
    reason = "unavailable"


class Overloaded(Unavailable):
    reason = "overloaded"


class Garbled(Unavailable):
    reason = "garbled"


class TooLarge(Unavailable):
    reason = "too_large"
