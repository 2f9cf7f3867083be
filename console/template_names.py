"""What templates call that is the same for every viewer of a language: icons, chips of words, addresses, questions.

``CONSTANT`` is what depends on nothing but its arguments and the language: with constant arguments it is drawn when a
template is compiled (see ``folding``). ``TESTS`` are written ``{% if cell is present %}``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi, get_language_info, gettext
from django_htmx.jinja import htmx_script
from heroicons.jinja import heroicon_micro, heroicon_mini

from cases.casework.history import STEPS
from cases.masking import Cell
from console.cells import escape
from console.columns import draw_heads
from console.formatting import AGE_SENTENCES
from console.glyphs import GLYPHS
from console.panels import tally_lines
from console.views.case_context import case_url
from console.views.order_context import panel_url
from console.vocabulary import find_word


def note(label: str, tone: str = "neutral", glyph: str = "dot") -> SafeString:
    """A chip with words of the page's own."""
    return SafeString(f'<span class="chip chip-{escape(tone)}">{GLYPHS[glyph]}{_escape_once(label)}</span>')


def glyph(name: str) -> SafeString:
    return GLYPHS[name]


@lru_cache(maxsize=128)
def icon(name: str, size: int = 16) -> SafeString:
    """A heroicon for decoration; the words stand beside it."""
    draw = heroicon_micro if size <= 16 else heroicon_mini
    return SafeString(draw(name, size=size, aria_hidden="true", **{"class": "icon"}))


def heads(*names: str) -> SafeString:
    """The heads of columns of figures: ``heads("ordered", "shipped")``."""
    return draw_heads(names, get_language() or "en")


def age_sentences() -> SafeString:
    """Attributes that tell the browser how to write an age."""
    return SafeString(" ".join(f'data-ago-{unit}="{escape(text)}"' for unit, _size, text in AGE_SENTENCES))


def url(name: str, *args: Any) -> str:
    """The address of a page of ours, by the name it has in ``urls``."""
    return _url(name, args, get_script_prefix(), settings.ROOT_URLCONF)


@lru_cache(maxsize=512)
def _url(name: str, args: tuple[Any, ...], _prefix: str, _addresses: str) -> str:
    """Every page has the same ten in its menus."""
    return reverse(name, args=args)


def link_to_case(case: Any, queue: Any = None) -> str:
    return case_url(case.id.value, queue.query if queue else None)


def step_words(step: Any) -> str:
    return str(STEPS[step.value.value])


def sensitivity_label(sensitivity: Any) -> str:
    """What a class of values is called."""
    return str(find_word(sensitivity, kind="Sensitivity").label)


def contact_preference(opted_out: Any, channel: str) -> SafeString:
    """Whether the customer may be written to or called; a person's refusal stands out."""
    raw = opted_out.value if isinstance(opted_out, Cell) else opted_out
    if raw is None:
        return note(gettext("%(channel)s: not said") % {"channel": channel}, "neutral", "question")
    if raw:
        return note(gettext("%(channel)s: opted out") % {"channel": channel}, "danger", "stop")
    return note(gettext("%(channel)s: yes") % {"channel": channel}, "ok", "check")


def safe_link(found: Any) -> str:
    """The address, where it is a web address; other schemes are no links."""
    raw: Any = found if isinstance(found, str) else ""
    if isinstance(found, Cell) and not found.masked:
        raw = found.value
    return str(raw) if raw and urlsplit(str(raw)).scheme in {"http", "https"} else ""


def is_present(found: Any) -> bool:
    """Is there something to show, be it masked? A hidden value counts: its absence must not tell."""
    return not found.empty if isinstance(found, Cell) else bool(found)


def text_direction() -> str:
    return "rtl" if get_language_bidi() else "ltr"


def languages() -> list[tuple[str, str]]:
    """Codes of the languages Deskglass speaks, each with its own name for itself."""
    names = [(code, str(get_language_info(code)["name_local"])) for code, _name in settings.LANGUAGES]
    return [(code, name[:1].upper() + name[1:]) for code, name in names]


def _escape_once(text: Any) -> str:
    """Words of the catalogue come marked as safe from a template; everything else is escaped."""
    return str(text) if hasattr(text, "__html__") else escape(text)


CONSTANT: dict[str, Callable[..., Any]] = {
    "age_sentences": age_sentences,
    "get_language": get_language,
    "glyph": glyph,
    "heads": heads,
    "htmx_script": htmx_script,
    "icon": icon,
    "languages": languages,
    "note": note,
    "static": static,
    "text_direction": text_direction,
}
NAMES: dict[str, Callable[..., Any]] = {
    **CONSTANT,
    "contact_preference": contact_preference,
    "link_to_case": link_to_case,
    "panel_url": panel_url,
    "safe_link": safe_link,
    "sensitivity_label": sensitivity_label,
    "step_words": step_words,
    "tally": tally_lines,
    "url": url,
}
TESTS: dict[str, Callable[[Any], bool]] = {"present": is_present}
