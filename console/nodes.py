"""What the tags of the pages become when a template is compiled: cells, runs of figures, the frame of a panel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.template.base import FilterExpression, Node, NodeList
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from console.columns import draw_figures
from console.formatting import Writer, current_writer
from console.lines import draw_lines
from console.panels import PANELS
from console.vocabulary import Word, find_word

_WRITER = "console.writer"


def writer_of(context: Context) -> Writer:
    """The page's writer, asked for once per template: asking what the language is costs as much as a cell."""
    writer = context.render_context.get(_WRITER)
    if writer is None:
        writer = current_writer()
        explain_url = context.get("explain_url")
        if explain_url:
            writer = writer.explaining(explain_url)
        context.render_context[_WRITER] = writer
    return writer


class CellNode(Node):
    """One cell, drawn: a node of its own, because a page holds hundreds and simple_tag costs twice as much."""

    def __init__(self, expression: FilterExpression, draw: Callable[[Any, Writer], SafeString]) -> None:
        self.expression = expression
        self.draw = draw

    def render(self, context: Context) -> SafeString:
        return self.draw(self.expression.resolve(context, ignore_failures=True), writer_of(context))


class FiguresNode(Node):
    """A row's run of cells in one go; a table of sixty lines has six hundred."""

    def __init__(self, row: FilterExpression, names: list[str]) -> None:
        self.row = row
        self.names = names

    def render(self, context: Context) -> str:
        return draw_figures(self.row.resolve(context), self.names, writer_of(context))


class LinesNode(Node):
    """The rows of the lines table, with what our rules say about returning them from ``eligibility``."""

    def __init__(self, lines: FilterExpression) -> None:
        self.lines = lines

    def render(self, context: Context) -> SafeString:
        verdicts = context.get("eligibility") or {}
        return draw_lines(self.lines.resolve(context), verdicts, writer_of(context))


class PanelNode(Node):
    """``{% panel "shipments" count=... %}body{% endpanel %}``: the frame every panel shares.

    The body is rendered only when there is something to show: a panel with a problem, or one that is still to load,
    never touches the record. The panel itself is looked up in ``panels``.
    """

    def __init__(
        self, name: FilterExpression, options: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.name = name
        self.options = options
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        name = str(self.name.resolve(context))
        options = {key: option.resolve(context, ignore_failures=True) for key, option in self.options.items()}
        panel = (context.get("panels") or {}).get(name)
        problem = getattr(panel, "problem", None)
        count = options.get("count")
        vacant = options.get("vacant", count == 0)
        body = "" if problem or panel is None or vacant else self.nodelist.render(context)
        values = {
            "panel_name": name,
            "panel": panel,
            "words": PANELS[name],
            "problem": find_word(problem, kind="BranchProblem") if problem else None,
            "incomplete": _find_lack(panel),
            "count": count,
            "vacant": vacant,
            "also": _troubled(context, str(options.get("also", ""))),
            "body": mark_safe(body),  # noqa: S308 - the output of our own template
        }
        frame = context.template.engine.get_template("partials/_panel.html")  # type: ignore[union-attr]
        with context.push(**values):
            return str(frame.render(context))


def _find_lack(panel: Any) -> Word | None:
    """Why a panel that shows something may not show all there is."""
    lack = getattr(panel, "incomplete", None)
    return find_word(lack, kind="BranchProblem") if lack and not panel.problem else None


def _troubled(context: Context, name: str) -> dict[str, Any] | None:
    """A panel that is drawn inside another one, where it has something to complain about."""
    other = (context.get("panels") or {}).get(name)
    problem = getattr(other, "problem", None)
    if not problem:
        return None
    return {"panel": other, "words": PANELS[name], "problem": find_word(problem, kind="BranchProblem")}
