"""What our template language promises: one language for all, no misspelt name, words in place, nothing unescaped."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any, cast

import jinja2
import pytest
from django.conf import settings
from django.template import engines
from django.utils import translation
from jinja2 import meta, nodes

from console.jinja import Environment, Pages
from console.page import DRAWINGS
from console.template_names import NAMES

FOLDER = Path(settings.BASE_DIR) / "templates"
FILES = sorted(file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*") if file.is_file())


def pages() -> Pages:
    (engine,) = engines.all()
    return cast(Pages, engine)


def draw(source: str, **names: Any) -> str:
    return pages().from_string(source).render(names)


@cache
def tree(name: str) -> nodes.Template:
    environment: Environment = pages().environment_of("en")
    return environment.parse((FOLDER / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", FILES)
def test_every_template_is_in_the_one_language(name: str) -> None:
    """Another language's tags are unknown to it, so whatever compiles is in it."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            pages().get_template(name)


def test_no_other_engine_draws_anything() -> None:
    assert [type(engine) for engine in engines.all()] == [Pages]


@pytest.mark.parametrize(
    "misspelt",
    ["{{ valeu(1) }}", "{{ titel }}", "{% for one in linse %}{% endfor %}", "{{ chrome.user_nmae }}"],
)
def test_a_misspelt_name_fails(misspelt: str) -> None:
    with pytest.raises(jinja2.UndefinedError):
        draw(misspelt, title="", lines=())


@pytest.mark.parametrize("misspelt", ["{{ 1|lenght }}", "{% if 1 is presnet %}{% endif %}", "{% lod x %}"])
def test_a_misspelt_filter_test_or_tag_fails(misspelt: str) -> None:
    with pytest.raises(jinja2.TemplateError):
        draw(misspelt)


def test_a_part_that_a_page_leaves_out_may_be_asked_for() -> None:
    assert draw('{% if query %}no{% endif %}{{ query or "nothing" }}') == "nothing"


def _names_in_code() -> set[str]:
    """Every word that our code could give a page as a name: strings, and names of arguments."""
    found: set[str] = set()
    for file in Path(settings.BASE_DIR, "console").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
    return found


def _stored(template: nodes.Template) -> set[str]:
    return {name.name for name in template.find_all(nodes.Name) if name.ctx in ("store", "param")}


def test_every_name_that_a_template_asks_for_is_given_by_somebody() -> None:
    """Also where it is only asked for, as optional parts are, and a misspelling would show nothing."""
    # What Django gives a page of its own accord.
    given = {"form", "next", "messages", "request", "csrf_input", "csrf_token", "caller"}
    given |= set(NAMES) | set(DRAWINGS) | _names_in_code()
    given |= {name for file in FILES for name in _stored(tree(file))}
    given |= {macro.name for file in FILES for macro in tree(file).find_all(nodes.Macro)}
    asked = {name: meta.find_undeclared_variables(tree(name)) - given for name in FILES}

    assert {name: unknown for name, unknown in asked.items() if unknown} == {}


@pytest.mark.parametrize("name", FILES)
def test_no_template_calls_a_drawing_by_a_name_it_uses_for_something_else(name: str) -> None:
    """What a drawing returns is not escaped again; what a view hands over must be."""
    called = {call.node.name for call in tree(name).find_all(nodes.Call) if isinstance(call.node, nodes.Name)}

    assert called & _stored(tree(name)) & (set(DRAWINGS) | set(NAMES)) == set()


@pytest.mark.parametrize("name", FILES)
def test_no_template_calls_anything_safe_by_itself(name: str) -> None:
    assert [used.name for used in tree(name).find_all(nodes.Filter) if used.name == "safe"] == []
    assert not list(tree(name).find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier)))


def test_words_are_those_of_the_reader() -> None:
    said = {}
    for language in ("en", "de", "fr"):
        with translation.override(language):
            said[language] = draw(
                '{{ _("Lines") }}: {% trans name=who %}by {{ name }}{% endtrans %}', who="A&B"
            )

    assert said["en"] == "Lines: by A&amp;B"
    assert len(set(said.values())) == 3


def test_a_language_we_do_not_speak_is_answered_in_english() -> None:
    with translation.override("it"):
        assert draw('{{ _("Lines") }}') == "Lines"


def test_words_without_holes_are_text_once_compiled() -> None:
    environment: Environment = pages().environment_of("fr")
    with translation.override("fr"):
        word = translation.gettext("Lines")
    compiled = environment.compile('{{ note(_("Lines"), "warn", "pen") }}', raw=True)

    assert word in compiled
    assert "note" not in compiled
