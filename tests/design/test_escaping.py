"""Nothing that comes from outside reaches a page as markup, whichever way a template prints it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines

from cases.masking import BULLETS, Cell, Mode
from console import page, template_names
from console.compiling import returns_html
from integrations.canonical import Sensitivity

HOSTILE = "<script>x</script>\"'&"
AT = datetime(2026, 9, 9, tzinfo=UTC)


def cell(value: Any = HOSTILE, mode: Mode = Mode.SHOW) -> Cell:
    return Cell(
        path="order.name", mode=mode, value=value, sensitivity=Sensitivity.PERSONAL, place="order.name"
    )


def draw(source: str, **names: Any) -> str:
    return engines.all()[0].from_string(source).render(names)


def assert_inert(html: str) -> None:
    assert "script" in html  # it is shown, and shown as text
    assert "<script" not in html
    # Inside an attribute a quote would end it.
    assert not re.search(r"""script(>|&gt;)["']""", html)


@pytest.mark.parametrize(
    "source",
    [
        "{{ x }}",
        '<p title="{{ x }}">',
        "{{ x.y }}",
        "{{ x|upper|lower }}",
        '{{ "a" ~ x }}',
        '{{ [x, x]|join(", ") }}',
        "{{ x or 1 }}",
        "{{ x if x else 1 }}",
        "{% trans name=x %}by {{ name }}{% endtrans %}",
        '{{ _("by %(name)s", name=x) }}',
        "{% trans n=2, name=x %}{{ name }} one{% pluralize %}{{ name }} many{% endtrans %}",
        "{% set y = x %}{{ y }}",
        "{% set y %}{{ x }}{% endset %}{{ y }}",
        "{% set y %}{{ x }}{% endset %}{{ note(y) }}",
        "{% macro m(y) %}{{ y }}{% endmacro %}{{ m(x) }}",
        "{% for y in [x] %}{{ y }}{% endfor %}",
        '{{ url("x") if false else x }}',
    ],
)
def test_what_a_template_prints_is_escaped(source: str) -> None:
    class Text(str):
        y = HOSTILE

    assert_inert(draw(source, x=Text(HOSTILE)))


DRAWN: dict[str, str] = {
    "value": "value(cell)",
    "plain_value": "plain_value(cell)",
    "chip": 'chip(text, "ConnectionState")',
    "figures": 'figures({"ordered": cell}, "ordered")',
    "copyable": "copyable(cell, text)",
    "said": "said(cell)",
    "language_name": "language_name(text)",
    "note": "note(text, text)",
    "contact_preference": "contact_preference(none, text)",
    "kind_glyph": "kind_glyph(text)",
}
# These write moments, packaged drawings and words of ours; what a view hands them is no text.
WITHOUT_TEXT = {
    "age",
    "ago",
    "clock",
    "event_clock",
    "case_age",
    "icon",
    "glyph",
    "heads",
    "age_sentences",
    "htmx_script",
}


# What is hidden shows nothing of its value.
TRIED = [
    (source, mode)
    for source in DRAWN.values()
    for mode in Mode
    if not (mode is Mode.HIDE and "cell" in source)
]


@pytest.mark.parametrize(("source", "mode"), TRIED)
@pytest.mark.parametrize("explain_url", ["", '/why/?ref="><script>&field='])
def test_what_a_drawing_is_given_is_escaped(source: str, mode: Mode, explain_url: str) -> None:
    html = draw(f"{{{{ {source} }}}}", cell=cell(mode=mode), text=HOSTILE, explain_url=explain_url)

    assert "<script" not in html.lower()
    assert "script" in html.lower()


def test_every_drawing_that_returns_html_is_tried_with_hostile_text() -> None:
    known = {**template_names.NAMES, **page.DRAWINGS}
    drawings = {name for name, function in known.items() if returns_html(function)}

    # Lines: see the hostile order; the way to a whole text has a test of its own; what is kept was drawn by the others.
    assert drawings == set(DRAWN) | WITHOUT_TEXT | {"order_lines", "whole_of", "kept"}


@pytest.mark.parametrize("mode", [Mode.PARTIAL, Mode.REVEAL, Mode.HIDE])
def test_the_way_to_a_whole_text_stays_inside_its_attribute(mode: Mode) -> None:
    cut = cell(value=f"{HOSTILE} {BULLETS}", mode=mode)._replace(place='entries[1].body"><script>')
    html = draw("{{ whole_of(cell) }}", cell=cut, explain_url='/why/?ref="><script>&field=')

    assert "<script" not in html
    assert html.count('"') % 2 == 0
    assert html.startswith('<a class="masked" href="/why/?ref=&quot;&gt;&lt;script&gt;&amp;field=entries')


def test_what_is_copied_stays_inside_its_attribute() -> None:
    html = draw("{{ copyable(cell, text) }}", cell=cell(), text=HOSTILE)

    assert html.count('"') % 2 == 0
    assert re.findall(r'data-copy="([^"]*)"', html) == ["&lt;script&gt;x&lt;/script&gt;&quot;&#x27;&amp;"]


def test_moments_and_cases_hold_no_text_of_others() -> None:
    state = SimpleNamespace(fetched_at=AT, age_s=3)

    assert "<script" not in draw("{{ age(state) }}{{ ago(at) }}", state=state, at=AT)
