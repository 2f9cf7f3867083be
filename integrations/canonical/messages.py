"""What people wrote on the order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from integrations.canonical.sensitivity import PERSONAL, PUBLIC, Partial


class MessageKind(StrEnum):
    COMMENT = "comment"
    EMAIL = "email"
    INTERNAL_NOTE = "internal_note"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    id: Annotated[int, PUBLIC]
    at: Annotated[datetime | None, PUBLIC]
    kind: Annotated[MessageKind, PUBLIC]
    author: Annotated[str | None, PERSONAL, Partial.NAME]
    body: Annotated[str, PERSONAL]
