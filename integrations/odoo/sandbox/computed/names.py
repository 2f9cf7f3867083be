"""Display names, as each model words them."""

from __future__ import annotations

from collections.abc import Mapping

from ..environment import Compute, Environment

PLAIN_NAME = [
    "account.fiscal.position",
    "account.journal",
    "account.payment.term",
    "account.tax",
    "crm.team",
    "delivery.carrier",
    "loyalty.program",
    "mail.message.subtype",
    "payment.method",
    "payment.provider",
    "procurement.group",
    "product.category",
    "product.pricelist",
    "res.company",
    "res.country",
    "res.country.state",
    "res.currency",
    "res.lang",
    "res.users",
    "rma",
    "rma.operation",
    "sale.order",
    "stock.lot",
    "stock.picking",
    "stock.reference",
    "stock.warehouse",
    "uom.category",
    "uom.uom",
    "ir.module.module",
    "account.payment",
    "res.users.apikeys",
]
DRAFT_WORDS = {
    "out_invoice": "Draft Invoice",
    "out_refund": "Draft Credit Note",
    "entry": "Draft Entry",
}


def plain_name(model: str) -> Compute:
    return lambda env, i: env.get(model, i, "name")


def partner_name(env: Environment, i: int) -> str:
    """A contact of a company carries the company's name in front."""
    name = env.get("res.partner", i, "name") or ""
    parent = env.get("res.partner", i, "parent_id")
    if parent and not env.get("res.partner", i, "is_company"):
        return f"{env.get('res.partner', parent, 'name')}, {name}"
    return str(name)


def product_name(env: Environment, i: int) -> str:
    code, name = env.get("product.product", i, "default_code"), env.get("product.product", i, "name")
    shown = code and env.context.get("display_default_code", True)
    return f"[{code}] {name}" if shown else str(name)


def template_name(env: Environment, i: int) -> str:
    code, name = env.get("product.template", i, "default_code"), env.get("product.template", i, "name")
    return f"[{code}] {name}" if code else str(name)


def line_name(env: Environment, i: int) -> str:
    """Order, product, and the customer's reference or name in brackets. 18 leaves out what the line itself says."""
    order = env.get("sale.order.line", i, "order_id")
    product = env.get("sale.order.line", i, "product_id")
    lines = (env.get("sale.order.line", i, "name") or "").split("\n", 2)
    text = (lines[1:2] and lines[1]) or (env.get("product.product", product, "name") if product else lines[0])
    if env.dialect.serie != 18:
        text = lines[0]
    customer = env.walk("sale.order.line", i, "order_partner_id.ref") or env.walk(
        "sale.order.line", i, "order_partner_id.name"
    )
    return f"{env.get('sale.order', order, 'name')} - {text} ({customer})"


def stock_move_name(env: Environment, i: int) -> str:
    origin = env.walk("stock.move", i, "picking_id.origin")
    code = env.walk("stock.move", i, "product_id.default_code")
    source = env.walk("stock.move", i, "location_id.name")
    target = env.walk("stock.move", i, "location_dest_id.name")
    return f"{origin + '/' if origin else ''}{code + ': ' if code else ''}{source}>{target}"


def document_name(env: Environment, i: int) -> str:
    """Drafts say what they are; a document with a reference shows it in brackets."""
    draft = env.get("account.move", i, "state") == "draft"
    words = DRAFT_WORDS[env.get("account.move", i, "move_type")] if draft else ""
    name = env.get("account.move", i, "name")
    if name and name != "/":
        words = f"{words} {name}".strip()
    elif env.dialect.serie == 17:
        words = f"{words} (* {i})"
    reference = env.get("account.move", i, "ref")
    return f"{words} ({reference})" if reference else words


def document_line_name(env: Environment, i: int) -> str:
    document = env.get("account.move.line", i, "move_name") or "Draft"
    return f"{document} {env.get('account.move.line', i, 'name') or ''}".strip()


def picking_type_name(env: Environment, i: int) -> str:
    warehouse = env.walk("stock.picking.type", i, "warehouse_id.name")
    name = env.get("stock.picking.type", i, "name")
    return f"{warehouse}: {name}" if warehouse else str(name)


def payment_line_name(env: Environment, i: int) -> str:
    name = str(env.get("account.payment.method.line", i, "name"))
    journal = env.walk("account.payment.method.line", i, "journal_id.name")
    return f"{name} ({journal})" if env.dialect.serie >= 18 else name


def card_name(env: Environment, i: int) -> str:
    return f"{env.walk('loyalty.card', i, 'program_id.name')}: {env.get('loyalty.card', i, 'code')}"


def pricelist_name(env: Environment, i: int) -> str:
    name = env.get("product.pricelist", i, "name")
    return f"{name} ({env.walk('product.pricelist', i, 'currency_id.name')})"


def quant_name(env: Environment, i: int) -> str:
    return f"{env.walk('stock.quant', i, 'location_id.complete_name')}"


def tax_name(env: Environment, i: int) -> str:
    return str(env.get("account.tax", i, "name"))


COMPUTES: Mapping[tuple[str, str], Compute] = {
    **{(model, "display_name"): plain_name(model) for model in PLAIN_NAME},
    ("res.partner", "display_name"): partner_name,
    ("res.partner", "complete_name"): partner_name,
    ("product.product", "display_name"): product_name,
    ("product.template", "display_name"): template_name,
    ("product.category", "display_name"): lambda env, i: env.get("product.category", i, "complete_name"),
    ("product.pricelist", "display_name"): pricelist_name,
    ("sale.order.line", "display_name"): line_name,
    ("stock.move", "display_name"): stock_move_name,
    ("stock.move.line", "display_name"): lambda env, i: f"stock.move.line,{i}",
    ("stock.location", "display_name"): lambda env, i: env.get("stock.location", i, "complete_name"),
    ("stock.picking.type", "display_name"): picking_type_name,
    ("stock.quant", "display_name"): quant_name,
    ("account.move", "display_name"): document_name,
    ("account.move.line", "display_name"): document_line_name,
    ("account.payment.method.line", "display_name"): payment_line_name,
    ("account.tax", "display_name"): tax_name,
    ("loyalty.card", "display_name"): card_name,
    ("loyalty.history", "display_name"): lambda env, i: f"loyalty.history,{i}",
    ("mail.message", "display_name"): lambda env, i: env.get("mail.message", i, "record_name") or False,
    ("mail.blacklist", "display_name"): lambda env, i: env.get("mail.blacklist", i, "email"),
    ("phone.blacklist", "display_name"): lambda env, i: env.get("phone.blacklist", i, "number"),
    ("mrp.bom", "display_name"): lambda env, i: env.walk("mrp.bom", i, "product_tmpl_id.name"),
    ("mrp.bom.line", "display_name"): lambda env, i: env.walk("mrp.bom.line", i, "product_id.display_name"),
    ("payment.transaction", "display_name"): lambda env, i: env.get("payment.transaction", i, "reference"),
}
