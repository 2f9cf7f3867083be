"""What differs between the Odoo versions we read, in one table.

Only names and meanings that ``fields_get`` cannot tell are here: a field that exists under another name is chosen
by version, a field that may be missing is asked of the capabilities. Measured on 17.0, 18.0 and 19.0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    major: int
    line_unit: str  # the order line's unit of measure
    reversals: str  # an invoice's credit notes
    factor_is_size: (
        bool  # uom.factor: how many reference units it holds (19), or how many go into one (17, 18)
    )


_17 = Dialect(major=17, line_unit="product_uom", reversals="reversal_move_id", factor_is_size=False)
_18 = Dialect(major=18, line_unit="product_uom", reversals="reversal_move_ids", factor_is_size=False)
_19 = Dialect(major=19, line_unit="product_uom_id", reversals="reversal_move_ids", factor_is_size=True)

OLDEST, NEWEST_PROVEN = 17, 19


def dialect_for(major: int) -> Dialect:
    """The dialect of an Odoo version; newer than proven speaks as the newest, older than 17 as 17."""
    if major <= 17:
        return _17
    return _18 if major == 18 else _19
