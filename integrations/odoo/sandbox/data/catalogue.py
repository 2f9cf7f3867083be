"""What the invented retailer sells: goods, services, a kit, things with lots and serial numbers."""

from __future__ import annotations

from .books import Books
from .places import BRANDS, HUB, MAIN, OUTLET

GOODS = (
    "Lantern Floor Lamp",
    "Ember Table Lamp",
    "Willow Pendant Light",
    "Slate Side Table",
    "Harbour Bench",
    "Dune Linen Throw",
    "Moss Wool Rug 160×230",
    "Copper Watering Can",
    "Juniper Candle",
    "Birch Stool",
    "Cliff Camp Chair",
    "Ridge Two-Person Tent",
    "Brook Enamel Mug",
    "Fjell Down Quilt",
    "Campfire Kettle",
    "Trailhead Headlamp",
    "Orchard Picnic Basket",
    "Terrace Parasol 3 m",
    "Pebble Planter Large",
    "Pebble Planter Small",
    "Nordlicht Wall Sconce",
    "Weathered Teak Table",
    "Teak Folding Chair",
    "Salt Glaze Vase",
    "Oat Cotton Sheet Set",
    "Storm Door Mat",
    "Reading Clip Light",
    "Festoon String Lights 10 m",
    "Solar Path Light",
    "Hurricane Oil Lamp",
    "Granite Mortar",
    "Ash Cutting Board",
    "Felt Log Basket",
    "Iron Fire Pit",
    "Canvas Hammock",
    "Rope Swing Seat",
    "Bamboo Blind 90 cm",
    "Amber Glass Tumbler",
    "Stoneware Plate",
    "Woven Fruit Bowl",
)
CATEGORIES = ("Lighting", "Home", "Outdoor")


def stock_shelves(books: Books) -> None:
    for name in CATEGORIES:
        books.add("product.category", key=name, name=name, complete_name=f"All / {name}", parent_id=False)
    sku = BRANDS[books.serie].sku
    for number, name in enumerate(GOODS):
        price = round(9 + (number * 37 % 290) + 0.01 * (95 - number % 3 * 10), 2)
        add_product(books, f"good{number}", f"{sku}-{1100 + number}", name, price, number=number)
    add_product(books, "serial", f"{sku}-S900", "Tiefsee Smart Lamp", 349.0, tracking="serial")
    add_product(books, "lot", f"{sku}-L910", "Beeswax Pillar Candle", 18.5, tracking="lot")
    add_product(books, "archived", f"{sku}-0007", "Lighthouse Desk Lamp (2019)", 79.0, active=False)
    add_product(books, "kit", f"{sku}-K300", "Terrace Evening Set", 259.0)
    add_product(books, "egg", f"{sku}-E012", "Amber Votive Glass", 3.5)
    add_product(books, "dropped", f"{sku}-D450", "Morgenrot Chandelier", 1290.0)
    add_service(books, "install", f"{sku}-SV1", "Lamp installation at home", 89.0, policy="delivery")
    add_service(books, "giftwrap", "GIFTWRAP", "Gift wrapping", 5.0)
    add_service(books, "reward", "REWARD", "10% on your order", 0.0)
    add_service(books, "deposit", "", "Down payment", 0.0)
    for key in ("swift", "freight", "post"):
        carrier = books.facts("delivery.carrier", key)
        product = add_service(
            books, f"ship.{key}", f"SHIP-{key.upper()}", carrier["name"], carrier["fixed_price"]
        )
        carrier_id = books.find("delivery.carrier", key)
        books.touch("delivery.carrier", carrier_id, books.ago(300), product_id=product)
    add_kit(books)
    add_lots(books)
    # The newest: both that the main warehouse had are sold, and only the outlet has more.
    add_product(books, "lamp", f"{sku}-1190", "Harbour Glass Lamp", 129.0)


def add_product(
    books: Books,
    key: str,
    code: str,
    name: str,
    price: float,
    number: int = 0,
    tracking: str = "none",
    active: bool = True,
) -> int:
    category = books.find("product.category", CATEGORIES[number % 3])
    template = books.add(
        "product.template",
        name=name,
        type="consu",
        is_storable=key != "kit",
        list_price=price,
        sale_ok=True,
        active=active,
        categ_id=category,
        uom_id=books.find("uom.uom", "unit"),
        tracking=tracking,
        invoice_policy="delivery" if number % 4 == 1 else "order",
        default_code=code,
        company_id=False,
        weight=0.4 + number % 9,
        sale_line_warn_msg=False,
        barcode=False,
    )
    return add_variant(books, key, code, template, active, price)


def add_service(books: Books, key: str, code: str, name: str, price: float, policy: str = "order") -> int:
    template = books.add(
        "product.template",
        name=name,
        type="service",
        is_storable=False,
        list_price=price,
        sale_ok=True,
        active=True,
        categ_id=books.find("product.category", "Home"),
        tracking="none",
        invoice_policy=policy,
        service_type="manual",
        uom_id=books.find("uom.uom", "hour" if key == "install" else "unit"),
        default_code=code or False,
        company_id=False,
        weight=0.0,
    )
    return add_variant(books, key, code, template, True, price)


def add_variant(books: Books, key: str, code: str, template: int, active: bool, price: float) -> int:
    number = len(books.rows["product.product"]) + 1
    return books.add(
        "product.product",
        key=key,
        product_tmpl_id=template,
        default_code=code or False,
        active=active,
        barcode=f"20000{number:08d}" if code else False,
        lst_price=price,
        standard_price=round(price * 0.42, 2),
        weight=books.get("product.template", template)["weight"],
    )


def add_kit(books: Books) -> None:
    """A phantom bill of materials: one set ships as one basket, two lamps and six tumblers."""
    product = books.find("product.product", "kit")
    bom = books.add(
        "mrp.bom",
        key="kit",
        product_tmpl_id=books.get("product.product", product)["product_tmpl_id"],
        product_id=product,
        type="phantom",
        product_qty=1.0,
        product_uom_id=books.find("uom.uom", "unit"),
        active=True,
        company_id=False,
        code="KIT",
        sequence=1,
    )
    for key, quantity in (("good16", 1.0), ("good27", 2.0), ("good37", 6.0)):
        books.add(
            "mrp.bom.line",
            bom_id=bom,
            product_id=books.find("product.product", key),
            product_qty=quantity,
            product_uom_id=books.find("uom.uom", "unit"),
            sequence=1,
            company_id=False,
        )


def add_lots(books: Books) -> None:
    for key, names in (
        ("serial", [f"TS-{4100 + n}" for n in range(12)]),
        ("lot", ["BW-2407", "BW-2411", "BW-2502"]),
    ):
        for name in names:
            books.add(
                "stock.lot",
                key=name,
                name=name,
                product_id=books.find("product.product", key),
                company_id=False,
                ref=False,
            )


def opening_stock(books: Books) -> dict[tuple[int, int], float]:
    """What lay in each warehouse's stock location before any order, by (product, location)."""
    stock: dict[tuple[int, int], float] = {}
    for number, (product, record) in enumerate(books.rows["product.product"].items()):
        if not books.get("product.template", record["product_tmpl_id"]).get("is_storable"):
            continue
        for key, amount in (
            (MAIN, 140 + number * 29 % 160),
            (OUTLET, number * 17 % 90),
            (HUB, 90 + number * 23 % 200),
        ):
            if number % 11 == 6 and key != OUTLET:
                continue
            if product == books.find("product.product", "lamp"):
                amount = {MAIN: 2, OUTLET: 7}.get(key, 0)
            location = books.find("stock.location", f"{key}.Stock")
            stock[product, location] = float(amount)
    return stock
