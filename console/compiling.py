"""What makes our templates quick: two things are settled when a template is compiled instead of whenever it is drawn.

A page says some three hundred words of the catalogue and draws fifty icons, the same ones for everybody who reads the
language. Environments are per language (see ``jinja``), so ``Folding`` can make both text before the first visitor
comes. And a page calls some three hundred of our own drawings, which ``DirectCalls`` calls without asking each what it
is and without escaping again what they return.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, get_type_hints

from django.utils.safestring import SafeString
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

Function = Callable[..., Any]
AnyExpr = TypeVar("AnyExpr", bound=nodes.Expr)


class Folding(NodeTransformer):
    """Replaces calls of known functions by their result, where every argument is a constant.

    A sentence with a hole, ``_("by %(name)s", name=...)``, keeps the hole and is looked up here.
    """

    def __init__(self, constant: Mapping[str, Function], translate: Function) -> None:
        self.constant = constant
        self.translate = translate

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        self.generic_visit(node)
        name = _called(node)
        if name not in self.constant and name not in ("_", "gettext"):
            return node
        try:
            args = [argument.as_const() for argument in node.args]
            if name not in self.constant:
                return self._fold_sentence(args[0], node)
            options = {option.key: option.value.as_const() for option in node.kwargs}
        except nodes.Impossible:
            return node
        return _constant(self.constant[name](*args, **options), node)

    def _fold_sentence(self, msgid: str, node: nodes.Call) -> nodes.Node:
        # The catalogue is ours, and what fills the holes is escaped.
        words = Markup(self.translate(msgid))  # noqa: S704  # nosec B704
        if not node.kwargs:
            return _constant(words % {}, node)  # a doubled percent sign becomes one
        holes = [nodes.Pair(nodes.Const(hole.key), hole.value) for hole in node.kwargs]
        return _placed(nodes.Mod(_constant(words, node), nodes.Dict(holes)), node)


def _called(call: nodes.Call) -> str:
    """The name of the function that is called; empty where it is no plain name or has arguments to unpack."""
    plain = isinstance(call.node, nodes.Name) and call.dyn_args is None and call.dyn_kwargs is None
    return call.node.name if plain else ""  # type: ignore[attr-defined]


def _constant(value: Any, node: nodes.Node) -> nodes.Expr:
    if hasattr(value, "__html__"):
        return _placed(nodes.MarkSafe(nodes.Const(str(value))), node)
    return _placed(nodes.Const(value), node)


def _placed(made: AnyExpr, instead_of: nodes.Node) -> AnyExpr:
    made.set_environment(instead_of.environment)  # type: ignore[arg-type]  # set by the parser
    made.set_lineno(instead_of.lineno)
    return made


class DirectCalls(CodeGenerator):
    """Calls what the environment lists as ``direct`` as Python does, and does not escape what returns HTML."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if forward_caller or _called(node) not in self.environment.direct:  # type: ignore[attr-defined]
            return super().visit_Call(node, frame, forward_caller=forward_caller)
        self.visit(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        for option in node.kwargs:
            self.visit(option, frame)
            self.write(", ")
        self.write(")")

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if isinstance(node, nodes.Call) and self.environment.direct.get(_called(node)):  # type: ignore[attr-defined]
            self.write("(")
        else:
            super()._output_child_pre(node, frame, finalize)


def returns_html(function: Function) -> bool:
    """As its type says, which the type checker holds it to."""
    return get_type_hints(function).get("return") is SafeString
