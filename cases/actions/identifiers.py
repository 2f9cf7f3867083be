"""Names for actions: one for machines that sorts by time, one for people that can be said on the phone.

Pure: no Django.
"""

from __future__ import annotations

import os
import secrets
import time
import uuid

# Without what is mistaken for something else in writing or on the phone, and without vowels, which make words.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 5


def uuid7() -> uuid.UUID:
    """A UUID of version 7: milliseconds first, so that rows made together lie together."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def speakable(prefix: str) -> str:
    """A short random reference, such as R-7K3D9; that it is free is the table's business."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"
