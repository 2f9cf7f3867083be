"""Where an order comes from: the facts by which it belongs to a brand and a region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from integrations.canonical.sensitivity import INTERNAL, PERSONAL, PUBLIC, Partial


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOrigin:
    sales_team: Annotated[str | None, INTERNAL]
    website: Annotated[str | None, PUBLIC]
    warehouse: Annotated[str | None, PUBLIC]
    country: Annotated[str | None, PERSONAL, Partial.PLACE]  # ISO 3166 code of where it is shipped


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginCondition:
    """Orders of one company, with these facts where they are not empty: what a question can be narrowed to."""

    company_id: int
    sales_team: str = ""
    website: str = ""
    warehouse: str = ""
    country: str = ""
