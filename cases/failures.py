"""What a page may know of a failure behind it: the same family, without a door to the outside."""

from __future__ import annotations

from integrations.errors import GatewayError as OdooFailure

__all__ = ["OdooFailure"]
