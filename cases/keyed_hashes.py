"""Names for typed texts that tell nothing about them without our key, yet are equal for equal texts."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings


def keyed_hash(kind: str, text: str) -> str:
    """The HMAC of a text of some kind (a search, a user name); case and outer spaces do not matter."""
    message = f"{kind}\0{text.strip().casefold()}".encode(errors="surrogatepass")
    return hmac.new(settings.DESKGLASS_SEARCH_KEY.encode(), message, hashlib.sha256).hexdigest()
