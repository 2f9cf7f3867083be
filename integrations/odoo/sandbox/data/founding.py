"""Writes everything that is there before the first customer: companies, money, carriers, providers."""

from __future__ import annotations

from .books import Books
from .places import BRANDS, COUNTRIES, EU, EUR, GBP, US, USD, Brand
from .warehouses import add_warehouses
from .world import add_world


def found(books: Books) -> None:
    """Everything that is there before the first customer."""
    brand = BRANDS[books.serie]
    add_world(books)
    add_companies(books, brand)
    add_money(books)
    add_warehouses(books)
    add_carriers(books)
    add_providers(books, brand)


def add_companies(books: Books, brand: Brand) -> None:
    for number, name, currency, country, city in (
        (US, brand.us_company, USD, "US", "Salem"),
        (EU, brand.eu_company, EUR, "DE" if books.serie == 18 else "NL", "Venlo"),
    ):
        partner = books.add(
            "res.partner",
            key=f"company{number}",
            name=name,
            is_company=True,
            active=True,
            type="contact",
            email=f"service@{brand.domain}",
            phone="+1 503 555 0100" if number == US else "+31 20 555 0100",
            street="1 Harbour Way",
            city=city,
            zip="97301" if number == US else "5928 PN",
            country_id=COUNTRIES[country][0],
            lang="en_US",
        )
        books.add(
            "res.company",
            record_id=number,
            name=name,
            active=True,
            partner_id=partner,
            currency_id=currency,
            sequence=number * 10,
            email=f"service@{brand.domain}",
            country_id=COUNTRIES[country][0],
            account_fiscal_country_id=COUNTRIES[country][0],
            tax_calculation_rounding_method="round_globally" if books.serie >= 19 else "round_per_line",
        )
        books.touch(
            "res.partner",
            partner,
            books.born_at.replace(year=books.born_at.year - 1),
            commercial_partner_id=partner,
        )
    for number, name in ((US, "Web shop"), (EU, "Webshop Europe")):
        books.add("crm.team", record_id=number, name=name, company_id=number, active=True, sequence=10)


def add_money(books: Books) -> None:
    for company, rate, name, fiscal in ((US, 7.5, "7.5%", "Domestic"), (EU, 20.0, "20% VAT", "Inland")):
        books.add(
            "account.tax",
            key=f"sale{company}",
            name=name,
            amount=rate,
            amount_type="percent",
            active=True,
            type_tax_use="sale",
            price_include=False,
            company_id=company,
            sequence=1,
            description=name,
        )
        books.add(
            "account.fiscal.position", key=f"home{company}", name=fiscal, company_id=company, active=True
        )
        books.add(
            "account.fiscal.position", key=f"export{company}", name="Export", company_id=company, active=True
        )
        for kind, label, code in (("sale", "Customer Invoices", "INV"), ("bank", "Bank", "BNK1")):
            journal = books.add(
                "account.journal",
                key=f"{kind}{company}",
                name=label,
                code=code,
                type=kind,
                company_id=company,
                active=True,
                currency_id=False,
                sequence=5,
            )
            if kind == "bank":
                books.add(
                    "account.payment.method.line",
                    key=f"line{company}",
                    journal_id=journal,
                    sequence=10,
                    name="Manual" if books.serie == 17 else "Manual Payment",
                    company_id=company,
                )
        books.add(
            "account.payment.term",
            key=f"now{company}",
            name="Immediate Payment",
            company_id=company,
            active=True,
        )
        currency = USD if company == US else EUR
        books.add(
            "product.pricelist",
            key=f"list{company}",
            name="Default",
            currency_id=currency,
            company_id=company,
            active=True,
        )
    books.add(
        "product.pricelist", key="gbp", name="United Kingdom", currency_id=GBP, company_id=EU, active=True
    )


def add_carriers(books: Books) -> None:
    for key, name, url, price in (
        ("swift", "Swiftwing Parcel", "https://track.swiftwing.example/p/<shipmenttrackingnumber>", 6.9),
        (
            "freight",
            "Ironbridge Freight",
            "https://ironbridge.example/follow?no=<shipmenttrackingnumber>",
            49.0,
        ),
        ("post", "Kingfisher Post", False, 4.5),
    ):
        books.add(
            "delivery.carrier",
            key=key,
            name=name,
            tracking_url=url,
            active=True,
            delivery_type="fixed",
            fixed_price=price,
            company_id=False,
            sequence=10,
            integration_level="rate_and_ship",
            invoice_policy="estimated",
        )


def add_providers(books: Books, brand: Brand) -> None:
    card = books.add("payment.method", key="card", name="Card", code="card", active=True, is_primary=True)
    wire = books.add(
        "payment.method", key="wire", name="Wire Transfer", code="wire_transfer", active=True, is_primary=True
    )
    for company in (US, EU):
        books.add(
            "payment.provider",
            key=f"card{company}",
            name="Harbour Pay",
            code="demo",
            state="enabled",
            company_id=company,
            payment_method_ids=[card],
            sequence=1,
        )
        books.add(
            "payment.provider",
            key=f"wire{company}",
            name="Wire Transfer",
            code="custom",
            state="enabled",
            company_id=company,
            payment_method_ids=[wire],
            sequence=2,
        )
    books.add(
        "loyalty.program",
        key="points",
        name=brand.rewards,
        program_type="loyalty",
        active=True,
        company_id=False,
        currency_id=USD,
        portal_point_name="Points",
        applies_on="both",
        trigger="auto",
        sequence=1,
    )
    books.add(
        "loyalty.program",
        key="wallet",
        name="Store Credit",
        program_type="ewallet",
        active=True,
        company_id=False,
        currency_id=USD,
        portal_point_name="$",
        applies_on="future",
        trigger="auto",
        sequence=2,
    )
