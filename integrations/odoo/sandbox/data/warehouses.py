"""Warehouses with their locations and operation types."""

from __future__ import annotations

from .books import Books
from .places import EU, HUB, MAIN, OUTLET, US


def add_warehouses(books: Books) -> None:
    for key, name, usage in (
        ("customers", "Customers", "customer"),
        ("vendors", "Vendors", "supplier"),
        ("scrap", "Scrap", "inventory"),
    ):
        parent = "Partners" if usage != "inventory" else "Virtual Locations"
        books.add(
            "stock.location",
            key=key,
            name=name,
            complete_name=name if books.serie >= 19 else f"{parent}/{name}",
            usage=usage,
            active=True,
            company_id=False,
            location_id=False,
            warehouse_id=False,
            scrap_location=usage == "inventory",
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
            "stock.picking.type",
            key=f"dropship{company}",
            name="Dropship",
            code="dropship",
            company_id=company,
            warehouse_id=False,
            sequence_code="DS",
            active=True,
            sequence=20,
            default_location_src_id=vendors,
            default_location_dest_id=customers,
        )


def add_warehouse(books: Books, key: str, name: str, code: str, company: int, steps: str) -> None:
    warehouse = books.add(
        "stock.warehouse",
        key=key,
        name=name,
        code=code,
        company_id=company,
        active=True,
        delivery_steps=steps,
        reception_steps="one_step",
        sequence=10,
        partner_id=books.find("res.partner", f"company{company}"),
    )
    view = books.add(
        "stock.location",
        key=f"{key}.view",
        name=code,
        complete_name=code,
        usage="view",
        active=True,
        company_id=company,
        location_id=False,
        warehouse_id=warehouse,
    )
    rooms = ["Stock"] + (["Packing Zone", "Output"] if steps != "ship_only" else []) + ["Returns Bench"]
    for room in rooms:
        books.add(
            "stock.location",
            key=f"{key}.{room}",
            name=room,
            complete_name=f"{code}/{room}",
            usage="internal",
            active=True,
            company_id=company,
            location_id=view,
            warehouse_id=warehouse,
        )
    stock, customers = books.find("stock.location", f"{key}.Stock"), books.find("stock.location", "customers")
    books.touch(
        "stock.warehouse",
        warehouse,
        books.born_at.replace(year=2020),
        lot_stock_id=stock,
        view_location_id=view,
    )
    incoming = books.add(
        "stock.picking.type",
        key=f"{key}.in",
        name="Receipts",
        code="incoming",
        sequence_code="IN",
        sequence=1,
        warehouse_id=warehouse,
        company_id=company,
        active=True,
        default_location_dest_id=stock,
        default_location_src_id=books.find("stock.location", "vendors"),
    )
    books.add(
        "stock.picking.type",
        key=f"{key}.out",
        name="Delivery Orders",
        code="outgoing",
        sequence_code="OUT",
        sequence=2,
        warehouse_id=warehouse,
        company_id=company,
        active=True,
        return_picking_type_id=incoming,
        default_location_src_id=stock,
        default_location_dest_id=customers,
    )
    for step in ("Pick", "Pack") if steps != "ship_only" else ():
        books.add(
            "stock.picking.type",
            key=f"{key}.{step.lower()}",
            name=step,
            code="internal",
            sequence_code=step.upper(),
            sequence=3,
            warehouse_id=warehouse,
            company_id=company,
            active=True,
            default_location_src_id=stock,
            default_location_dest_id=stock,
        )
