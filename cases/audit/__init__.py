"""The append-only trail: what is written into it, how its entries are bound, anchored, checked and taken away."""

from cases.audit.entries import (
    NOBODY,
    Action,
    Decision,
    case_not_visible,
    case_read,
    channel,
    identity_chosen,
    order_not_visible,
    order_opened,
    record,
    record_alone,
    recorded_alone,
    search_fishing,
    searched,
)

__all__ = [
    "NOBODY",
    "Action",
    "Decision",
    "case_not_visible",
    "case_read",
    "channel",
    "identity_chosen",
    "order_not_visible",
    "order_opened",
    "record",
    "record_alone",
    "recorded_alone",
    "search_fishing",
    "searched",
]
