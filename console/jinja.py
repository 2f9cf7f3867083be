"""The engine that draws our pages: Jinja2 behind Django's own backend, with one environment per language.

What a template may call is in ``template_names`` (the same on every page: ``icon``, ``url``, ``note``) and in ``page``
(drawn for one viewer: ``value``, ``chip``, ``copyable``).
"""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, cast

import jinja2
from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.backends.jinja2 import Jinja2, get_exception_info
from django.template.backends.jinja2 import Template as DjangoTemplate
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.html import escape
from django.utils.safestring import SafeString
from jinja2 import nodes

from console.compiling import DirectCalls, Folding, returns_html
from console.page import DRAWINGS, Page
from console.template_names import CONSTANT, NAMES, TESTS


class Missing(jinja2.StrictUndefined):
    """A name that nobody gave: it may be asked for, since parts of pages are optional, but never be printed or used."""

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]  # the others may stay as strict as they are
        return False


class Environment(jinja2.Environment):
    """Jinja2 for one language; everything that a template prints is escaped."""

    code_generator_class = DirectCalls
    language = settings.LANGUAGE_CODE
    direct = {name: returns_html(function) for name, function in {**NAMES, **DRAWINGS}.items()}

    def make_globals(self, names: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dictionary: each part of a page lists its names, which takes a chain of two five times as long."""
        return {**self.globals, **names} if names else self.globals

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        with translation.override(self.language):
            Folding(CONSTANT, translation.gettext).visit(template)
        return template


def environment(**options: Any) -> Environment:
    """The conventions of all our templates; named by the settings, called once."""
    made = Environment(
        **{
            **options,
            "autoescape": True,
            "auto_reload": settings.DEBUG,
            "cache_size": -1,
            "extensions": ["jinja2.ext.i18n"],
            "trim_blocks": True,
            "lstrip_blocks": True,
            "undefined": Missing,
        }
    )
    made.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(NAMES)
    made.tests.update(TESTS)
    return made


class Pages(Jinja2):
    """Django's Jinja2 backend, which hands out the template of the language that is spoken."""

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.environment_of = lru_cache(maxsize=None)(self._make_environment)

    def from_string(self, template_code: str) -> Template:
        return Template(self.environment_of(spoken_language()).from_string(template_code), self)

    def get_template(self, template_name: str) -> Template:
        try:
            return Template(self.environment_of(spoken_language()).get_template(template_name), self)
        except jinja2.TemplateNotFound as missing:
            raise TemplateDoesNotExist(str(missing.name), backend=self) from missing
        except jinja2.TemplateSyntaxError as broken:
            error = TemplateSyntaxError(broken.args)
            error.template_debug = get_exception_info(broken)  # type: ignore[arg-type,attr-defined]
            raise error from broken

    def _make_environment(self, language: str) -> Environment:
        made = cast(Environment, self.env.overlay())  # shares everything but what is compiled
        made.language = language
        return made


class Template(DjangoTemplate):
    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        """What the view gives wins over what every page is given."""
        around: dict[str, Any] = {"chrome": {}, "messages": ()}
        if request is not None:
            for processor in self.backend.template_context_processors:
                around.update(processor(request))
            around |= csrf_names(request)
        around |= context or {}
        page = Page(explain_url=around.get("explain_url", ""), drawings=around.get("drawings"))
        around |= page.names()
        return SafeString(self.template.render(around))


def csrf_names(request: HttpRequest) -> dict[str, Any]:
    """The token of a page's forms, made when the first of them asks, and the hidden field around it."""
    token = SimpleLazyObject(lambda: get_token(request))
    field = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    return {
        "csrf_token": token,
        "csrf_input": SimpleLazyObject(lambda: SafeString(field.format(escape(token)))),
    }


def spoken_language() -> str:
    language = translation.get_language() or settings.LANGUAGE_CODE
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
