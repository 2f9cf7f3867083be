"""What a template calls to draw something for the viewer of its page: in their language, time zone and rights.

Each method is a name of its own in every template: ``{{ value(record.order.total) }}``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from babel import Locale, UnknownLocaleError
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from cases.masking import BULLETS, Cell, Mode
from console.aging import age_of_case
from console.cells import chip as draw_state
from console.cells import draw_chip, draw_time, escape, show
from console.columns import draw_figures
from console.formatting import Writer, current_writer, find_locale
from console.glyphs import GLYPHS
from console.lines import draw_lines
from console.panels import PANELS, PanelWords
from console.template_names import icon
from console.vocabulary import Word, find_word

_FRESH_S, _AGING_S = 60, 300
_FORM_FIELD = "csrfmiddlewaretoken"
# Odoo dates documents by day: they have no time of day, and the same date in every zone.
_DATED = {"invoice", "credit_note"}


class Page:
    """One page's writer and the drawings made with it; lives for one rendering."""

    def __init__(self, *, explain_url: str = "", drawings: dict[tuple[str, ...], str] | None = None) -> None:
        plain = current_writer()
        self.writer: Writer = plain.explaining(explain_url) if explain_url else plain
        self._plain = plain
        self._drawings = drawings

    def names(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in DRAWINGS}

    def kept(self, name: str, caller: Callable[[], str]) -> SafeString:
        """``{% call kept("lines") %}…{% endcall %}``: drawn once for all viewers who see the same of the same facts.

        For parts that hold nothing else: what is around them (ages, forms, messages) is drawn for each page.
        """
        if self._drawings is None:
            return SafeString(caller())
        drawn = self._drawings.get((name, self.writer.explain_url))
        if drawn is None:
            drawn = SafeString(caller())
            if _FORM_FIELD in drawn:
                raise ValueError(f"{name} holds a form, which is one person's")
            self._drawings[name, self.writer.explain_url] = drawn
        return SafeString(drawn)

    def time_zone(self) -> str:
        return str(self.writer.zone)

    def value(self, cell: Any) -> SafeString:
        """As the viewer reads it, masked where it is masked."""
        return show(cell, self.writer)

    def plain_value(self, cell: Any) -> SafeString:
        """The same without a link to why it is masked, for what is not of the page's own order."""
        return show(cell, self._plain)

    def chip(self, state: Any, kind: str | None = None) -> SafeString:
        """A state as glyph and word; for a plain string ``chip(connection.state, "ConnectionState")``."""
        return draw_state(state, self.writer, kind=kind)

    def figures(self, row: Any, *names: str) -> SafeString:
        """One ``<td>`` per field of a row, named after its column for narrow screens."""
        return draw_figures(row, names, self.writer)

    def order_lines(self, lines: Any, verdicts: Any) -> SafeString:
        """Every row of the lines table, with what our rules say about returning them."""
        return draw_lines(lines, verdicts or {}, self.writer)

    def copyable(self, found: Any, what: str = "") -> SafeString:
        """A value with a button that copies it; no button where the value is masked or missing."""
        shown = show(found, self.writer)
        raw = _raw(found)
        if not raw or (isinstance(found, Cell) and found.masked):
            return shown
        label, tip, drawing = _copy_words(what, self.writer.language)
        text = escape(raw)
        return SafeString(
            f'<span class="copyable">{shown}<button type="button" class="copy" data-copy="{text}"'
            f' aria-label="{label.replace(_HOLE, text)}" title="{tip}">{drawing}</button></span>'
        )

    def said(self, cell: Any) -> SafeString:
        """What somebody wrote: of a text that is shown in part, only what was cut looks masked."""
        if not isinstance(cell, Cell) or cell.mode is not Mode.PARTIAL or not isinstance(cell.value, str):
            return show(cell, self._plain)
        tip = escape(gettext("Masked for your role"))
        cut = f'<span class="masked" title="{tip}">{BULLETS}</span>'
        return SafeString(escape(cell.value).replace(BULLETS, cut))

    def whole_of(self, cell: Any) -> SafeString:
        """Where a text is shown in part, the way to all of it; it takes this link's place. Else nothing."""
        if not isinstance(cell, Cell) or not cell.masked or not self.writer.explain_url or not cell.place:
            return SafeString("")
        if cell.mode is Mode.PARTIAL and BULLETS not in str(cell.value or ""):
            return SafeString("")  # nothing was cut
        tip = escape(gettext("Masked for your role"))
        may_reveal = " data-revealable" if cell.revealable else ""
        address = f"{escape(self.writer.explain_url)}{quote(cell.place)}"
        words = escape(gettext("Show all of it") if cell.revealable else gettext("Why not all of it"))
        return SafeString(f'<a class="masked" href="{address}" title="{tip}"{may_reveal}>{words}</a>')

    def age(self, state: Any) -> SafeString:
        """ "Odoo · 14 s ago" of anything with ``fetched_at`` and ``age_s``; static/js/ages.js keeps it ticking."""
        at = getattr(state, "fetched_at", None)
        if at is None:
            return SafeString("")
        seconds = max(0, int(getattr(state, "age_s", 0)))
        word = "fresh" if seconds < _FRESH_S else "aging" if seconds < _AGING_S else "stale"
        stale = _stale(self.writer.language)
        return SafeString(
            f'<span class="age" data-state="{word}" title="{escape(self.writer.exact(at))}">'
            f'<span class="age-source">Odoo</span> <time datetime="{at.isoformat()}" data-age="{seconds}">'
            f'{escape(self.writer.age(seconds))}</time><span class="age-stale"> · {stale}</span></span>'
        )

    def ago(self, at: Any) -> SafeString:
        """How long ago something of our own happened; what Odoo told carries an ``age`` instead."""
        seconds = int((timezone.now() - at).total_seconds())
        return draw_time(at, self.writer.age(seconds), self.writer)

    def day(self, found: Any) -> str:
        """The date of a moment in the viewer's time zone; empty where there is none."""
        raw = _raw(found)
        return self.writer.day(raw) if raw else ""

    def clock(self, found: Any) -> SafeString:
        """The time of day of a moment, for lists grouped by day."""
        raw = _raw(found)
        return draw_time(raw, self.writer.clock(raw), self.writer) if raw else show(found, self._plain)

    def event_day(self, event: Any) -> str:
        at = event.at.value
        if at is None:
            return ""
        return self.writer.day(at.date() if str(event.kind.value) in _DATED else at)

    def event_clock(self, event: Any) -> SafeString:
        return SafeString("") if str(event.kind.value) in _DATED else self.clock(event.at)

    def case_age(self, case: Any) -> SafeString:
        """How long the customer waits or the case exists, as a chip whose colour says whether that is too long."""
        word = age_of_case(
            state=str(case.state.value.value),
            priority=int(case.priority.value),
            opened_at=case.opened_at.value,
            waiting_since=case.waiting_since.value,
            at=timezone.now(),
        )
        return draw_chip(word, title=self.writer.exact(case.waiting_since.value or case.opened_at.value))

    def kind_glyph(self, kind: Any) -> SafeString:
        """The drawing of a timeline entry, with its word for screen readers."""
        return _kind_glyph(str(_raw(kind)), self.writer.language)

    def panel_words(self, name: str) -> PanelWords:
        """What a panel is called, its icon, and what it says when it is empty."""
        return _panel_words(name, self.writer.language)

    def problem_word(self, state: str) -> Word:
        """What it is called that a panel or a connection did not answer."""
        return find_word(state, kind="BranchProblem")

    def language_name(self, found: Any) -> SafeString:
        """A language by its name in the viewer's own; a code that nobody knows stays as it is."""
        if (isinstance(found, Cell) and found.mode is not Mode.SHOW) or not found:
            return show(found, self.writer)
        return escape(_language_name(str(found), self.writer.language))


DRAWINGS = {
    name: method
    for name, method in vars(Page).items()
    if callable(method) and name[0] != "_" and name != "names"
}
_HOLE = "\0"  # where the copied text goes in a sentence that is kept


def _raw(found: Any) -> Any:
    return found.value if isinstance(found, Cell) else found


@lru_cache(maxsize=128)
def _kind_glyph(kind: str, language: str) -> SafeString:
    word = find_word(kind, kind="EventKind")
    return SafeString(f'{GLYPHS[word.glyph]}<span class="vh">{escape(word.label)}: </span>')


@lru_cache(maxsize=128)
def _panel_words(name: str, language: str) -> PanelWords:
    words = PANELS[name]
    return replace(words, title=str(words.title), empty=str(words.empty), updated=str(words.updated))


@lru_cache(maxsize=16)
def _stale(language: str) -> SafeString:
    return escape(gettext("stale"))


@lru_cache(maxsize=128)
def _copy_words(what: str, language: str) -> tuple[str, str, str]:
    spoken = gettext("Copy %(what)s") % {"what": f"{what} {_HOLE}".strip()}
    return escape(spoken), escape(gettext("Copy")), icon("square-2-stack")


@lru_cache(maxsize=512)
def _language_name(code: str, language: str) -> str:
    try:
        # Odoo writes a script behind an at sign: sr@latin.
        name = Locale.parse(code.partition("@")[0]).get_display_name(find_locale(language))
    except (UnknownLocaleError, ValueError):
        return code
    return (name[:1].upper() + name[1:]) if name else code
