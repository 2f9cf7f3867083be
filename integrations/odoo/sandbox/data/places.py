"""Companies, warehouses, currencies, taxes, journals and carriers of the invented retailer."""

from __future__ import annotations

from dataclasses import dataclass

from .books import Books


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
STATES = {"CA": "California", "OR": "Oregon", "NY": "New York", "IL": "Illinois", "TX": "Texas", "WA": "Washington"}
MAIN, OUTLET, HUB = "main", "outlet", "hub"


def found(books: Books) -> None:
    """Everything that is there before the first customer."""
    brand = BRANDS[books.serie]
    add_world(books)
    add_companies(books, brand)
    add_money(books)
    add_warehouses(books)
    add_carriers(books)
    add_providers(books, brand)


def add_world(books: Books) -> None:
    currencies = ((USD, "USD", "$", "before"), (EUR, "EUR", "€", "after"), (GBP, "GBP", "£", "before"), (CAD, "CAD", "$", "before"))
    for number, name, symbol, position in currencies:
        books.add(
            "res.currency", record_id=number, name=name, symbol=symbol, position=position, active=True,
            rounding=0.01, decimal_places=2, full_name=name,
        )
    for code, (number, name, phone) in COUNTRIES.items():
        books.add("res.country", record_id=number, key=code, name=name, code=code, phone_code=phone)
    for code, name in STATES.items():
        books.add("res.country.state", key=code, name=name, code=code, country_id=COUNTRIES["US"][0])
    for code, name in (("en_US", "English (US)"), ("de_DE", "German / Deutsch"), ("fr_FR", "French / Français"), ("nl_NL", "Dutch / Nederlands")):
        books.add("res.lang", key=code, name=name, code=code, iso_code=code[:2], active=True, direction="ltr")
    if books.serie < 19:
        books.add("uom.category", key="unit", name="Unit")
        books.add("uom.category", key="time", name="Working Time")
    add_units(books)


def add_units(books: Books) -> None:
    """17 and 18 store how many of a unit make the reference; 19 stores how many units it contains."""
    for key, name, contains in (("unit", "Units", 1.0), ("dozen", "Dozens", 12.0), ("pack6", "Pack of 6", 6.0), ("hour", "Hours", 1.0)):
        if books.serie >= 19:
            reference = books.named["uom.uom"].get("unit", False) if contains > 1 else False
            books.add(
                "uom.uom", key=key, name=name, active=True, relative_factor=contains,
                relative_uom_id=reference, factor=contains, sequence=min(int(contains * 100), 1000),
            )
        else:
            category = books.find("uom.category", "time" if key == "hour" else "unit")
            books.add(
                "uom.uom", key=key, name=name, active=True, category_id=category, rounding=0.01,
                factor=1.0 / contains, uom_type="bigger" if contains > 1 else "reference",
            )


def add_companies(books: Books, brand: Brand) -> None:
    for number, name, currency, country, city in (
        (US, brand.us_company, USD, "US", "Salem"),
        (EU, brand.eu_company, EUR, "DE" if books.serie == 18 else "NL", "Venlo"),
    ):
        partner = books.add(
            "res.partner", key=f"company{number}", name=name, is_company=True, active=True, type="contact",
            email=f"service@{brand.domain}", phone="+1 503 555 0100" if number == US else "+31 20 555 0100",
            street="1 Harbour Way", city=city, zip="97301" if number == US else "5928 PN",
            country_id=COUNTRIES[country][0], lang="en_US",
        )
        books.add(
            "res.company", record_id=number, name=name, active=True, partner_id=partner, currency_id=currency,
            sequence=number * 10, email=f"service@{brand.domain}", country_id=COUNTRIES[country][0],
            tax_calculation_rounding_method="round_globally" if books.serie >= 19 else "round_per_line",
        )
        books.touch("res.partner", partner, books.born_at.replace(year=books.born_at.year - 1), commercial_partner_id=partner)
    for number, name in ((US, "Web shop"), (EU, "Webshop Europe")):
        books.add("crm.team", record_id=number, name=name, company_id=number, active=True, sequence=10)


def add_money(books: Books) -> None:
    for company, rate, name, fiscal in ((US, 7.5, "7.5%", "Domestic"), (EU, 20.0, "20% VAT", "Inland")):
        books.add(
            "account.tax", key=f"sale{company}", name=name, amount=rate, amount_type="percent", active=True,
            type_tax_use="sale", price_include=False, company_id=company, sequence=1, description=name,
        )
        books.add("account.fiscal.position", key=f"home{company}", name=fiscal, company_id=company, active=True)
        books.add("account.fiscal.position", key=f"export{company}", name="Export", company_id=company, active=True)
        for kind, label, code in (("sale", "Customer Invoices", "INV"), ("bank", "Bank", "BNK1")):
            journal = books.add(
                "account.journal", key=f"{kind}{company}", name=label, code=code, type=kind, company_id=company,
                active=True, currency_id=False, sequence=5,
            )
            if kind == "bank":
                books.add(
                    "account.payment.method.line", key=f"line{company}", journal_id=journal, sequence=10,
                    name="Manual" if books.serie == 17 else "Manual Payment", company_id=company,
                )
        books.add("account.payment.term", key=f"now{company}", name="Immediate Payment", company_id=company, active=True)
        currency = USD if company == US else EUR
        books.add(
            "product.pricelist", key=f"list{company}", name="Default", currency_id=currency, company_id=company, active=True
        )
    books.add("product.pricelist", key="gbp", name="United Kingdom", currency_id=GBP, company_id=EU, active=True)


def add_warehouses(books: Books) -> None:
    for key, name, usage in (
        ("customers", "Customers", "customer"),
        ("vendors", "Vendors", "supplier"),
        ("scrap", "Scrap", "inventory"),
    ):
        parent = "Partners" if usage != "inventory" else "Virtual Locations"
        books.add(
            "stock.location", key=key, name=name, complete_name=f"{parent}/{name}", usage=usage, active=True,
            company_id=False, location_id=False, warehouse_id=False, scrap_location=usage == "inventory",
        )
    for key, name, code, company, steps in (
        (MAIN, "Salem Distribution", "SLM", US, "ship_only"),
        (OUTLET, "Reno Outlet & Returns", "RNO", US, "ship_only"),
        (HUB, "Venlo Hub", "VNL", EU, "pick_pack_ship"),
    ):
        add_warehouse(books, key, name, code, company, steps)
    customers, vendors = books.find("stock.location", "customers"), books.find("stock.location", "vendors")
    for company in (US, EU):
        books.add(
            "stock.picking.type", key=f"dropship{company}", name="Dropship", code="dropship", company_id=company,
            warehouse_id=False, sequence_code="DS", active=True, sequence=20,
            default_location_src_id=vendors, default_location_dest_id=customers,
        )


def add_warehouse(books: Books, key: str, name: str, code: str, company: int, steps: str) -> None:
    warehouse = books.add(
        "stock.warehouse", key=key, name=name, code=code, company_id=company, active=True, delivery_steps=steps,
        reception_steps="one_step", sequence=10, partner_id=books.find("res.partner", f"company{company}"),
    )
    view = books.add(
        "stock.location", key=f"{key}.view", name=code, complete_name=code, usage="view", active=True,
        company_id=company, location_id=False, warehouse_id=warehouse,
    )
    rooms = ["Stock"] + (["Packing Zone", "Output"] if steps != "ship_only" else []) + ["Returns Bench"]
    for room in rooms:
        books.add(
            "stock.location", key=f"{key}.{room}", name=room, complete_name=f"{code}/{room}", usage="internal",
            active=True, company_id=company, location_id=view, warehouse_id=warehouse,
        )
    stock, customers = books.find("stock.location", f"{key}.Stock"), books.find("stock.location", "customers")
    books.touch("stock.warehouse", warehouse, books.born_at.replace(year=2020), lot_stock_id=stock, view_location_id=view)
    incoming = books.add(
        "stock.picking.type", key=f"{key}.in", name="Receipts", code="incoming", sequence_code="IN", sequence=1,
        warehouse_id=warehouse, company_id=company, active=True, default_location_dest_id=stock,
        default_location_src_id=books.find("stock.location", "vendors"),
    )
    books.add(
        "stock.picking.type", key=f"{key}.out", name="Delivery Orders", code="outgoing", sequence_code="OUT", sequence=2,
        warehouse_id=warehouse, company_id=company, active=True, return_picking_type_id=incoming,
        default_location_src_id=stock, default_location_dest_id=customers,
    )
    for step in ("Pick", "Pack") if steps != "ship_only" else ():
        books.add(
            "stock.picking.type", key=f"{key}.{step.lower()}", name=step, code="internal", sequence_code=step.upper(),
            sequence=3, warehouse_id=warehouse, company_id=company, active=True,
            default_location_src_id=stock, default_location_dest_id=stock,
        )


def add_carriers(books: Books) -> None:
    for key, name, url, price in (
        ("swift", "Swiftwing Parcel", "https://track.swiftwing.example/p/<shipmenttrackingnumber>", 6.9),
        ("freight", "Ironbridge Freight", "https://ironbridge.example/follow?no=<shipmenttrackingnumber>", 49.0),
        ("post", "Kingfisher Post", False, 4.5),
    ):
        books.add(
            "delivery.carrier", key=key, name=name, tracking_url=url, active=True, delivery_type="fixed",
            fixed_price=price, company_id=False, sequence=10, integration_level="rate_and_ship",
        )


def add_providers(books: Books, brand: Brand) -> None:
    card = books.add("payment.method", key="card", name="Card", code="card", active=True, is_primary=True)
    wire = books.add("payment.method", key="wire", name="Wire Transfer", code="wire_transfer", active=True, is_primary=True)
    for company in (US, EU):
        books.add(
            "payment.provider", key=f"card{company}", name="Harbour Pay", code="demo", state="enabled",
            company_id=company, payment_method_ids=[card], sequence=1,
        )
        books.add(
            "payment.provider", key=f"wire{company}", name="Wire Transfer", code="custom", state="enabled",
            company_id=company, payment_method_ids=[wire], sequence=2,
        )
    books.add(
        "loyalty.program", key="points", name=brand.rewards, program_type="loyalty", active=True, company_id=False,
        currency_id=USD, portal_point_name="Points", applies_on="both", trigger="auto", sequence=1,
    )
    books.add(
        "loyalty.program", key="wallet", name="Store Credit", program_type="ewallet", active=True, company_id=False,
        currency_id=USD, portal_point_name="$", applies_on="future", trigger="auto", sequence=2,
    )
