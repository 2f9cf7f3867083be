"""Reads reason codes from a CSV or YAML file: each problem by its line, and nothing is taken while there is one.

Pure: no Django. Codes of the file are added, or replace those of the same set and code; the others stay.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import yaml

from cases.rules.fields import Wrong
from cases.rules.parts import Unclear, parse_part
from cases.rules.reasons import CodeSet, ReasonCode, Reasons

LARGEST = 200_000  # bytes
MOST = 400
COLUMNS = ("set", "code", "words", "counts_as", "odoo", "channels", "in_use")
_FIELD = {"counts_as": "nature", "in_use": "active"}
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@")
_TRUE, _FALSE = {"", "1", "yes", "true"}, {"0", "no", "false"}


@dataclass(frozen=True, slots=True)
class LineProblem:
    line: int
    column: str
    wrong: Wrong


class ImportRefused(Exception):
    """Nothing was taken; ``problems`` in the order of the file."""

    def __init__(self, problems: Iterable[LineProblem]) -> None:
        super().__init__("the file has problems")
        self.problems = tuple(sorted(problems, key=lambda found: found.line))


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]


def import_codes(content: bytes, file_name: str, current: Reasons) -> Reasons:
    """The codes with those of the file. Raises ``ImportRefused``."""
    if len(content) > LARGEST:
        raise _refused("file_too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused("not_utf8") from None
    name = file_name.lower()
    if name.endswith(".csv"):
        rows = list(_rows_of_csv(text))
    elif name.endswith((".yaml", ".yml")):
        rows = list(_rows_of_yaml(text))
    else:
        raise _refused("unknown_format")
    if not rows:
        raise _refused("file_empty")
    if len(rows) > MOST:
        raise _refused("too_many", most=str(MOST))
    return _merged(rows, current)


def _refused(code: str, line: int = 1, **words: str) -> ImportRefused:
    return ImportRefused([LineProblem(line, "", Wrong(code, **words))])


def _merged(rows: Iterable[_Row], current: Reasons) -> Reasons:
    problems: list[LineProblem] = []
    seen: set[tuple[str, str]] = set()
    found: dict[CodeSet, dict[str, ReasonCode]] = {
        name: {code.code: code for code in current.of(name)} for name in CodeSet
    }
    for row in rows:
        name, code = row.cells.get("set", ""), row.cells.get("code", "")
        if name not in set(CodeSet):
            problems.append(LineProblem(row.line, "set", Wrong("unknown_set")))
            continue
        try:
            made = _code_of(row.cells)
        except Unclear as unclear:
            problems += [LineProblem(row.line, column, wrong) for column, wrong in unclear.problems.items()]
            continue
        if (name, code) in seen:
            problems.append(LineProblem(row.line, "code", Wrong("twice")))
        seen.add((name, code))
        found[CodeSet(name)][made.code] = made
    if problems:
        raise ImportRefused(problems)
    merged = replace(current, **{name.value: tuple(codes.values()) for name, codes in found.items()})
    objections = merged.objections()
    if objections:
        raise ImportRefused(LineProblem(1, column, wrong) for column, wrong in objections.items())
    return merged


def _code_of(cells: Mapping[str, str]) -> ReasonCode:
    in_use = cells.get("in_use", "").strip().lower()
    if in_use not in _TRUE | _FALSE:
        raise Unclear({"in_use": Wrong("not_yes_or_no")})
    typed = {_FIELD.get(name, name): cell for name, cell in cells.items() if name in COLUMNS}
    typed["nature"] = typed.get("nature", "").strip() or "other"
    typed["active"] = "1" if in_use in _TRUE else ""
    return parse_part(ReasonCode, typed)


def _rows_of_csv(text: str) -> Iterator[_Row]:
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        head = [cell.strip().lower() for cell in next(reader, [])]
        _check_columns(head)
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(head):
                raise _refused("too_many_cells", line)
            yield _Row(line, {name: _bare(cell.strip()) for name, cell in zip(head, cells, strict=False)})
    except csv.Error:
        raise _refused("not_csv", reader.line_num) from None


def _check_columns(head: list[str]) -> None:
    for name in ("set", "code", "words"):
        if name not in head:
            raise _refused("no_column", name=name)
    unknown = next((name for name in head if name not in COLUMNS), None)
    if unknown is not None:
        raise _refused("unknown_column", name=unknown[:40])
    if len(set(head)) < len(head):
        raise _refused("column_twice")


def _rows_of_yaml(text: str) -> Iterator[_Row]:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise _refused("no_aliases")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _refused("not_yaml", mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise _refused("not_yaml") from None
    if root is None:
        return
    if not isinstance(root, yaml.MappingNode):
        raise _refused("yaml_shape", root.start_mark.line + 1)
    for key, codes in root.value:
        if not isinstance(codes, yaml.SequenceNode):
            raise _refused("yaml_shape", key.start_mark.line + 1)
        for node in codes.value:
            yield _Row(node.start_mark.line + 1, {"set": str(key.value), **_cells_of(node)})


def _cells_of(node: yaml.Node) -> dict[str, str]:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        raise _refused("yaml_shape", line)
    cells = {}
    for key, value in node.value:
        name = str(key.value).strip().lower()
        if name not in COLUMNS or name == "set":
            raise _refused("unknown_column", key.start_mark.line + 1, name=name[:40])
        if name in cells:
            raise _refused("column_twice", key.start_mark.line + 1)
        cells[name] = _text_of(value)
    return cells


def _text_of(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
        return ", ".join(str(item.value) for item in node.value)
    raise _refused("yaml_shape", node.start_mark.line + 1)


def export_codes(reasons: Reasons) -> str:
    """All sets as CSV, as they would be imported: what somebody begins with."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name in CodeSet:
        for code in reasons.of(name):
            writer.writerow(
                [
                    name.value,
                    code.code,
                    _quoted(code.words),
                    code.nature.value,
                    _quoted(code.odoo),
                    _quoted(", ".join(code.channels)),
                    "yes" if code.active else "no",
                ]
            )
    return out.getvalue()


def _quoted(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
