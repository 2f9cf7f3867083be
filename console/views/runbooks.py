"""What to do about a cause for which an action is parked."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from console.runbooks import TOPIC_OF, cause_sentence
from console.security import ViewerRequest, viewer_required
from console.views.frame import frame


@require_safe
@viewer_required
def runbook(request: ViewerRequest, cause: str) -> HttpResponse:
    topic = TOPIC_OF.get(cause)
    if topic is None:
        raise Http404
    context = {**frame(request.viewer), "cause": cause, "sentence": cause_sentence(cause)}
    return render(request, f"help/runbooks/{topic}.html", context)
