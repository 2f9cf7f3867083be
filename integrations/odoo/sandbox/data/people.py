"""Customers of the invented retailer: private people, companies with branches, and a supplier."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from .books import Books
from .places import BRANDS, COUNTRIES, EU, US

FIRST = [
    "Maren",
    "Tobias",
    "Zoë",
    "Étienne",
    "Łukasz",
    "Siobhán",
    "Nuria",
    "Björk",
    "Anaïs",
    "Cedric",
    "Yasmin",
    "Oluwaseun",
    "Mei",
    "Haruki",
    "Priya",
    "Dmitri",
    "Ingrid",
    "Rafael",
    "Noor",
    "Wilhelmina",
    "Casper",
    "Fatou",
    "Jürgen",
    "Beatriz",
    "Owen",
    "Talia",
    "Søren",
    "Esra",
    "Lionel",
    "Philippa",
]
LAST = [
    "Okonjo",
    "Halvorsen",
    "Brzęczyszczykiewicz",
    "Fitzgerald",
    "Núñez",
    "Öztürk",
    "Delacroix",
    "Whitcombe",
    "Tanabe",
    "Vasquez",
    "Lindgren",
    "O'Hara",
    "Nakamura",
    "Steinbrück",
    "Mbeki",
    "Ashworth",
    "Kowalczyk",
    "Peralta",
    "Grønvold",
    "Abernathy",
    "Castellanos",
    "Dubois",
    "Ferreira",
    "Hashimoto",
    "Ivanova",
    "Jansen",
    "Kaplan",
    "Moreau",
    "Quispe",
    "Ravenscroft",
]
STREETS = (
    "Alder Lane",
    "Foundry Street",
    "Quince Avenue",
    "Millrace Road",
    "Lantern Court",
    "Saltmarsh Way",
    "Höhenweg",
    "Kanaalkade",
)
CITIES = {
    "US": (
        ("Portland", "97205", "OR"),
        ("Chicago", "60614", "IL"),
        ("Austin", "78704", "TX"),
        ("Seattle", "98103", "WA"),
    ),
    "DE": (("Köln", "50667", ""), ("Leipzig", "04109", ""), ("Würzburg", "97070", "")),
    "NL": (("Utrecht", "3511 AB", ""), ("Groningen", "9712 CP", "")),
    "FR": (("Nantes", "44000", ""), ("Besançon", "25000", "")),
    "GB": (("Leeds", "LS1 4AP", ""), ("Bristol", "BS1 5TR", "")),
    "CA": (("Halifax", "B3H 1X5", ""), ("Québec", "G1R 4P5", "")),
    "PL": (("Łódź", "90-001", ""),),
    "IE": (("Cork", "T12 XY88", ""),),
}
LANGUAGES = {"DE": "de_DE", "FR": "fr_FR", "NL": "nl_NL"}
DIALLING = {"US": "+1 {0} 555 01{1:02d}", "CA": "+1 {0} 555 01{1:02d}"}
FIRMS = (
    "Birch & Barrel Hospitality",
    "Corner Lantern Café",
    "Dünenhaus Hotel",
    "Eastgate Interiors",
    "Fabrik Nord Events",
    "Grand Marais Lodge",
    "Hôtel des Tilleuls",
    "Ivy Yard Landscaping",
    "Jetty Restaurants Group",
    "Kaffeehaus Grün",
)
PRIVATE_CUSTOMERS = 50
# Customers whose contact data is missing or no single address.
UNREACHABLE: dict[int, dict[str, object]] = {
    30: {"email": False, "phone": False},
    31: {"email": "first@post.example, second@post.example"},
    32: {"phone": "ask the neighbour"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer as the order writers see it."""

    partner: int
    delivery: int
    company: int
    name: str


def invite(books: Books) -> list[Customer]:
    """60 customers; the first ones have something special about them."""
    customers = [add_person(books, number) for number in range(PRIVATE_CUSTOMERS)]
    customers += [add_firm(books, number, name) for number, name in enumerate(FIRMS)]
    add_supplier(books)
    return customers


def add_person(books: Books, number: int) -> Customer:
    first = FIRST[(number * 7 + books.seed) % len(FIRST)]
    last = LAST[(number * 11 + books.seed * 3) % len(LAST)]
    country = (
        ("US", "US", "US", "CA")[number % 4]
        if number % 2 == 0
        else ("DE", "NL", "FR", "GB", "PL", "IE")[number % 6]
    )
    company = US if country in ("US", "CA") else EU
    name = f"{first} {last}"
    partner = add_partner(
        books, number, name, country, f"{handle(first)}.{handle(last)}{number}@post.example"
    )
    books.touch("res.partner", partner, books.ago(390), ref=f"C-{20400 + number}" if number % 3 else False)
    if number in UNREACHABLE:
        books.touch("res.partner", partner, books.ago(390), **UNREACHABLE[number])
    delivery = partner
    if number % 5 == 0:
        delivery = add_partner(
            books, number + 300, f"{name} (work)", country, False, parent_id=partner, type="delivery"
        )
    return Customer(partner=partner, delivery=delivery, company=company, name=name)


def add_firm(books: Books, number: int, name: str) -> Customer:
    country = ("US", "DE", "FR", "US", "NL")[number % 5]
    company = US if country == "US" else EU
    partner = add_partner(
        books,
        number + 100,
        name,
        country,
        f"office@{handle(name)[:14]}.example",
        is_company=True,
        vat=f"{country}{100200300 + number}",
    )
    buyer = f"{FIRST[number]} {LAST[-number - 1]}"
    add_partner(books, number + 120, buyer, country, f"{handle(buyer)}@post.example", parent_id=partner)
    delivery = add_partner(
        books, number + 140, f"{name} loading dock", country, False, parent_id=partner, type="delivery"
    )
    return Customer(partner=partner, delivery=delivery, company=company, name=name)


def add_partner(books: Books, number: int, name: str, country: str, email: str | bool, **more: object) -> int:
    city, zip_code, state = CITIES[country][number % len(CITIES[country])]
    area = 200 + number * 7 % 700
    phone = DIALLING.get(country, f"+{COUNTRIES[country][2]} {{0}} 5550 {{1:04d}}").format(area, number % 100)
    values: dict[str, Any] = {
        "name": name,
        "active": True,
        "type": "contact",
        "is_company": False,
        "email": email,
        "phone": phone,
        "street": f"{11 + number * 13 % 180} {STREETS[number % len(STREETS)]}",
        "street2": f"Floor {number % 7}" if number % 9 == 0 else False,
        "city": city,
        "zip": zip_code,
        "state_id": books.find("res.country.state", state) if state else False,
        "country_id": COUNTRIES[country][0],
        "lang": LANGUAGES.get(country, "en_US"),
        "company_id": False,
        "parent_id": False,
        "partner_share": True,
        "customer_rank": 1,
    }
    values.update(more)
    partner = books.add("res.partner", when=books.ago(380 - number % 90), **values)
    top = values["parent_id"] or partner
    books.touch("res.partner", partner, books.ago(380), commercial_partner_id=top)
    return partner


def add_supplier(books: Books) -> None:
    partner = add_partner(
        books, 77, "Glasshütte Morgenrot", "DE", "orders@morgenrot.example", is_company=True
    )
    books.named["res.partner"]["supplier"] = partner
    agent = add_partner(books, 78, "Agent Console", "US", f"console@{BRANDS[books.serie].domain}")
    books.named["res.partner"]["agent"] = agent


def handle(text: str) -> str:
    """Lower-case ASCII for e-mail addresses."""
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L").replace("ø", "o")).lower()
    return "".join(c for c in plain if c.isascii() and c.isalnum()) or "customer"
