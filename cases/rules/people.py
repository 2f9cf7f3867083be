"""The roles that ask and approve, by their codes, and the most money a rule may name.

Pure: no Django.
"""

from __future__ import annotations

from decimal import Decimal

WORKING = ("agent", "senior_agent", "supervisor", "finance")
MOST_MONEY = Decimal(10_000_000)
