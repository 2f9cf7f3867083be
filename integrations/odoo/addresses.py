"""Where a person opens a document in Odoo's own web client."""

from __future__ import annotations


def document_address(url: str, *, version: str, model: str, number: int) -> str:
    """17 knows only the old form; 18 and later have an address for every record."""
    base = url.rstrip("/")
    if version.partition(".")[0] == "17":
        return f"{base}/web#id={number}&model={model}&view_type=form"
    return f"{base}/odoo/{model}/{number}"
