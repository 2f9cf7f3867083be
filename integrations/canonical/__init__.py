"""Business facts in our own words, each field stating how sensitive it is.

Pure: no Django, no HTTP. Every record is frozen and keyword-only. A leaf field says its sensitivity in its
annotation; one that does not is treated as unknown and masked (see ``cases.masking``). A field may also name the
partial form in which a person may see it when the whole value is not for them.

Units: money is ``Money`` (Decimal and ISO 4217 code), quantities are Decimal in the line's unit of measure,
times are aware datetimes in UTC.
"""

from integrations.canonical.billing import (
    CreditNote,
    DocumentLine,
    DocumentState,
    Invoice,
    Payment,
    PaymentProgress,
    PaymentSource,
    PaymentState,
)
from integrations.canonical.customers import (
    Address,
    ContactPreferences,
    Customer,
    LoyaltyBalance,
)
from integrations.canonical.matches import (
    PERSONAL_REASONS,
    FoundOrders,
    MatchReason,
    OrderMatch,
    OrderQuery,
)
from integrations.canonical.messages import (
    Message,
    MessageKind,
)
from integrations.canonical.orders import (
    Company,
    DeliveryProgress,
    InvoiceProgress,
    LineKind,
    Order,
    OrderLine,
    OrderState,
    StockLevel,
)
from integrations.canonical.origins import OrderOrigin, OriginCondition
from integrations.canonical.phone_numbers import PhoneNumber, parse_phone
from integrations.canonical.readings import (
    Branch,
    BranchProblem,
    OrderReading,
    OrderRecord,
)
from integrations.canonical.returns import (
    Return,
    ReturnDecision,
    ReturnHeadline,
    ReturnLine,
    ReturnLogistics,
    ReturnMoney,
    ReturnSource,
)
from integrations.canonical.sensitivity import (
    FINANCIAL,
    INTERNAL,
    PAYMENT,
    PERSONAL,
    PUBLIC,
    Money,
    Partial,
    Sensitivity,
)
from integrations.canonical.shipping import (
    Shipment,
    ShipmentKind,
    ShipmentLine,
    ShipmentState,
)

__all__ = [
    "FINANCIAL",
    "INTERNAL",
    "PAYMENT",
    "PERSONAL",
    "PERSONAL_REASONS",
    "PUBLIC",
    "Address",
    "Branch",
    "BranchProblem",
    "Company",
    "ContactPreferences",
    "CreditNote",
    "Customer",
    "DeliveryProgress",
    "DocumentLine",
    "DocumentState",
    "FoundOrders",
    "Invoice",
    "InvoiceProgress",
    "LineKind",
    "LoyaltyBalance",
    "MatchReason",
    "Message",
    "MessageKind",
    "Money",
    "Order",
    "OrderLine",
    "OrderMatch",
    "OrderOrigin",
    "OrderQuery",
    "OrderReading",
    "OrderRecord",
    "OrderState",
    "OriginCondition",
    "Partial",
    "Payment",
    "PaymentProgress",
    "PaymentSource",
    "PaymentState",
    "PhoneNumber",
    "Return",
    "ReturnDecision",
    "ReturnHeadline",
    "ReturnLine",
    "ReturnLogistics",
    "ReturnMoney",
    "ReturnSource",
    "Sensitivity",
    "Shipment",
    "ShipmentKind",
    "ShipmentLine",
    "ShipmentState",
    "StockLevel",
    "parse_phone",
]
