"""Currencies, countries, languages and units of measure."""

from __future__ import annotations

from .books import Books
from .places import CAD, COUNTRIES, EUR, GBP, POUNDS_PER_EURO, STATES, USD


def add_world(books: Books) -> None:
    currencies = (
        (USD, "USD", "$", "before", 1.0),
        (EUR, "EUR", "€", "after", 1.0),
        (GBP, "GBP", "£", "before", POUNDS_PER_EURO),
        (CAD, "CAD", "$", "before", 1.37),
    )
    for number, name, symbol, position, rate in currencies:
        books.add(
            "res.currency",
            record_id=number,
            name=name,
            symbol=symbol,
            position=position,
            active=True,
            rounding=0.01,
            decimal_places=2,
            full_name=name,
            sandbox_rate=rate,
        )
    for code, (number, name, phone) in COUNTRIES.items():
        books.add("res.country", record_id=number, key=code, name=name, code=code, phone_code=phone)
    for code, name in STATES.items():
        books.add("res.country.state", key=code, name=name, code=code, country_id=COUNTRIES["US"][0])
    for code, name in (
        ("en_US", "English (US)"),
        ("de_DE", "German / Deutsch"),
        ("fr_FR", "French / Français"),
        ("nl_NL", "Dutch / Nederlands"),
    ):
        books.add("res.lang", key=code, name=name, code=code, iso_code=code[:2], active=True, direction="ltr")
    if books.serie < 19:
        books.add("uom.category", key="unit", name="Unit")
        books.add("uom.category", key="time", name="Working Time")
    add_units(books)


def add_units(books: Books) -> None:
    """17 and 18 store how many of a unit make the reference; 19 stores how many units it contains."""
    for key, name, contains in (
        ("unit", "Units", 1.0),
        ("dozen", "Dozens", 12.0),
        ("pack6", "Pack of 6", 6.0),
        ("hour", "Hours", 1.0),
    ):
        if books.serie >= 19:
            reference = books.named["uom.uom"].get("unit", False) if contains > 1 else False
            books.add(
                "uom.uom",
                key=key,
                name=name,
                active=True,
                relative_factor=contains,
                relative_uom_id=reference,
                factor=contains,
                sequence=min(int(contains * 100), 1000),
            )
        else:
            category = books.find("uom.category", "time" if key == "hour" else "unit")
            books.add(
                "uom.uom",
                key=key,
                name=name,
                active=True,
                category_id=category,
                rounding=0.01,
                factor=1.0 / contains,
                uom_type="bigger" if contains > 1 else "reference",
            )
