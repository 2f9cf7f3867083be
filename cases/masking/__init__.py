"""The one door from a canonical record to something a person may look at. Pure: no Django."""

from cases.masking.door import (
    BULLETS,
    Cell,
    MaskedRecord,
    Matrix,
    Mode,
    cell_at,
    cut_payment_numbers,
    is_wider,
    leaves_of,
    mask,
    mask_items,
    narrowest,
    partial_form,
    widest,
)

__all__ = [
    "BULLETS",
    "Cell",
    "MaskedRecord",
    "Matrix",
    "Mode",
    "cell_at",
    "cut_payment_numbers",
    "is_wider",
    "leaves_of",
    "mask",
    "mask_items",
    "narrowest",
    "partial_form",
    "widest",
]
