"""The fields Odoo computes, computed here from the same facts."""

from __future__ import annotations

from collections.abc import Mapping

from ..environment import Compute
from . import invoices, names, orders, partners, pickings, products

COMPUTES: Mapping[tuple[str, str], Compute] = {
    **names.COMPUTES,
    **orders.COMPUTES,
    **pickings.COMPUTES,
    **invoices.COMPUTES,
    **partners.COMPUTES,
    **products.COMPUTES,
}
