"""The tags that only pages about cases need."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cases.casework.history import STEPS
from cases.masking import BULLETS, Cell, Mode
from console.aging import age_of_case
from console.cells import draw_chip, escape, show
from console.formatting import current_writer
from console.views.case_context import case_url

register = template.Library()


@register.simple_tag
def case_age(case: Any) -> SafeString:
    """How long the customer waits or the case exists, as a chip whose colour says whether that is too long."""
    since = case.waiting_since.value or case.opened_at.value
    word = age_of_case(
        state=str(case.state.value.value),
        priority=int(case.priority.value),
        opened_at=case.opened_at.value,
        waiting_since=case.waiting_since.value,
        at=timezone.now(),
    )
    return draw_chip(word, title=current_writer().exact(since))


@register.simple_tag
def said(cell: Any) -> SafeString:
    """What somebody wrote: of a text that is shown in part, only what was cut looks masked."""
    if not isinstance(cell, Cell) or cell.mode is not Mode.PARTIAL or not isinstance(cell.value, str):
        return show(cell, current_writer())
    cut = format_html('<span class="masked" title="{}">{}</span>', gettext("Masked for your role"), BULLETS)
    return SafeString(escape(cell.value).replace(BULLETS, cut))


@register.simple_tag
def link_to_case(case: Any, queue: Any = None) -> str:
    return case_url(case.id.value, queue.query if queue else None)


@register.simple_tag
def step_words(step: Any) -> str:
    return str(STEPS[step.value.value])
