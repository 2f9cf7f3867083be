"""How the invented retailer, its companies and its places are called and numbered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """How the retailer is called; every dialect has its own, so that two connections differ."""

    name: str
    us_company: str
    eu_company: str
    domain: str
    sku: str
    rewards: str


BRANDS = {
    17: Brand(
        name="Hollowell & Finch",
        us_company="Hollowell & Finch Inc.",
        eu_company="Hollowell & Finch Europe B.V.",
        domain="hollowellfinch.example",
        sku="HF",
        rewards="Finch Club",
    ),
    18: Brand(
        name="Fernlight",
        us_company="Fernlight Home Inc.",
        eu_company="Fernlight Europa GmbH",
        domain="fernlight.example",
        sku="FL",
        rewards="Fernlight Circle",
    ),
    19: Brand(
        name="Oakmere Outdoor",
        us_company="Oakmere Outdoor Co.",
        eu_company="Oakmere Nederland B.V.",
        domain="oakmere.example",
        sku="OM",
        rewards="Oakmere Trail Points",
    ),
}
US, EU = 1, 2
USD, EUR, GBP, CAD = 1, 2, 3, 4
POUNDS_PER_EURO = 0.86
COUNTRIES = {
    "US": (233, "United States", 1),
    "DE": (57, "Germany", 49),
    "NL": (165, "Netherlands", 31),
    "FR": (75, "France", 33),
    "GB": (231, "United Kingdom", 44),
    "CA": (38, "Canada", 1),
    "PL": (179, "Poland", 48),
    "IE": (101, "Ireland", 353),
}
STATES = {
    "CA": "California",
    "OR": "Oregon",
    "NY": "New York",
    "IL": "Illinois",
    "TX": "Texas",
    "WA": "Washington",
}
MAIN, OUTLET, HUB = "main", "outlet", "hub"
