"""Where ticketing tools call to say that something changed: no session, no page, and nothing told to strangers."""

from __future__ import annotations

import time
import zlib

from asgiref.sync import sync_to_async
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from cases.tickets.hooks import LONGEST_BODY, HookRefused, judge_hook, keep_hook, tell_refusal
from console.api.rate_limit import RateLimit

# Apart, so that a stranger's calls do not use up what the tool itself may call.
_taken = RateLimit(per_second=20, burst=400)
_refused = RateLimit(per_second=1, burst=100)


# Exempt because nothing here is done in somebody's name: a call brings no session, its own signature is its proof,
# and all it leads to is that a ticket is read again.
@csrf_exempt
@require_POST
async def ticket_hook(request: HttpRequest, slug: str) -> HttpResponse:
    """202 for what is taken, 401 for everything else, whether the name exists or not."""
    try:
        raw_body = request.body
    except RequestDataTooBig:
        return _plain(413, "Too large.\n")
    if len(raw_body) > LONGEST_BODY:
        return _plain(413, "Too large.\n")
    now, bucket = timezone.now(), zlib.crc32(slug.encode())
    try:
        hook = await judge_hook(slug=slug, raw_body=raw_body, headers=request.headers, now=now)
    except HookRefused as refused:
        wait_s = _refused.wait_s(bucket, now_s=time.monotonic())
        if not wait_s:  # else no entry: nobody may fill the trail by knocking
            await sync_to_async(tell_refusal)(slug, refused.reason)
        return _wait(wait_s) if wait_s else _plain(401, "Refused.\n")
    if wait_s := _taken.wait_s(bucket, now_s=time.monotonic()):
        return _wait(wait_s)
    await sync_to_async(keep_hook)(slug, hook, now)
    return _plain(202, hook.answer)


def _plain(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _wait(wait_s: float) -> HttpResponse:
    response = _plain(429, "Too many calls.\n")
    response.headers["Retry-After"] = str(max(1, round(wait_s)))
    return response
