"""Searches records by Odoo's domain language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from .conditions import COMPARISONS, TEXT_OPERATORS, plain_test
from .errors import BadIndex, BadValue, NotInSandbox
from .ordering import sort_ids
from .schema import Field

if TYPE_CHECKING:
    from .environment import Environment

Domain = Sequence[Any]
NEGATIONS = {"!=": "=", "<>": "=", "not in": "in", "not like": "like", "not ilike": "ilike", "not any": "any"}
OPERATORS = {"=", "in", "any", "child_of", "parent_of", "=?", *TEXT_OPERATORS, *COMPARISONS, *NEGATIONS}
ALWAYS_TRUE = [1, "=", 1]
ALWAYS_FALSE = [0, "=", 1]


def search(
    env: Environment,
    model: str,
    domain: Domain,
    offset: int = 0,
    limit: int | None = None,
    order: str | None = None,
) -> list[int]:
    """Ids the caller may see that match, in order."""
    found = sort_ids(env, model, matching(env, model, domain), order)
    return found[offset : offset + limit] if limit else found[offset:]


def matching(env: Environment, model: str, domain: Domain) -> list[int]:
    env.check_model(model)
    rows = env.store.rows(model)
    candidates = list(rows)
    if hides_archived(env, model, domain):
        candidates = [i for i in candidates if rows[i].get("active", True)]
    found = keep(env, model, parse(domain, env.dialect.serie), candidates)
    # The rules come last because most domains leave few records to judge.
    return [i for i in found if env.is_visible(model, rows[i])]


def hides_archived(env: Environment, model: str, domain: Domain) -> bool:
    if "active" not in env.model(model).fields or not env.context.get("active_test", True):
        return False
    return not any(is_leaf(term) and term[0] == "active" for term in domain)


# -- structure -----------------------------------------------------------------------------------


def is_leaf(term: Any) -> bool:
    return isinstance(term, list | tuple) and len(term) == 3


def parse(domain: Domain, serie: int) -> Any:
    """A nested ('&' | '|' | '!', parts) tree from Odoo's prefix notation; terms side by side are and-ed."""
    if not isinstance(domain, list | tuple):
        raise BadValue(f"Domain() invalid item in domain: {domain!r}")
    waiting = list(domain)
    parts = []
    while waiting:
        parts.append(parse_term(waiting, domain, serie))
    return ("&", parts)


def parse_term(waiting: list[Any], domain: Domain, serie: int) -> Any:
    if not waiting:
        if serie >= 19:
            raise BadValue(f"Domain() malformed domain {domain!r}")
        raise BadValue(f"Domain {domain!r} is syntactically not correct.")
    term = waiting.pop(0)
    if term in ("&", "|"):
        return (term, [parse_term(waiting, domain, serie), parse_term(waiting, domain, serie)])
    if term == "!":
        return ("!", [parse_term(waiting, domain, serie)])
    if is_leaf(term):
        return list(term)
    if serie >= 19:
        raise BadValue(f"Domain() invalid item in domain: {term!r}")
    if isinstance(term, list | tuple) and len(term) == 2:
        raise BadValue("not enough values to unpack (expected 3, got 2)")
    raise BadIndex("tuple index out of range")


def keep(env: Environment, model: str, node: Any, candidates: list[int]) -> list[int]:
    if isinstance(node, list):
        return keep_leaf(env, model, node, candidates)
    symbol, parts = node
    if symbol == "&":
        for part in parts:
            candidates = keep(env, model, part, candidates)
        return candidates
    found = set(keep(env, model, parts[0], candidates))
    if symbol == "!":
        return [i for i in candidates if i not in found]
    found.update(keep(env, model, parts[1], candidates))
    return [i for i in candidates if i in found]


# -- leaves --------------------------------------------------------------------------------------


def keep_leaf(env: Environment, model: str, leaf: list[Any], candidates: list[int]) -> list[int]:
    if leaf == ALWAYS_TRUE:
        return candidates
    if leaf == ALWAYS_FALSE:
        return []
    path, operator, value = leaf
    field = find_field(env, model, leaf)
    if operator not in OPERATORS:
        words = "Invalid operator in condition" if env.dialect.serie >= 19 else "Invalid leaf"
        raise BadValue(f"{words} {tuple(leaf)!r}")
    if not env.su:
        env.check_fields(env.model(model), [field.name])
    if not field.searchable:
        return keep_unsearchable(env, model, field, candidates)
    name, _, rest = path.partition(".")
    if rest:
        inner = relative_for_path(env, field)
        return holding(
            env, model, name, set(matching(inner, field.relation, [[rest, operator, value]])), candidates
        )
    if name == "id" and operator in ("child_of", "parent_of"):
        found = family(env, model, operator, value)
        return [i for i in candidates if i in found]
    if field.relation:
        return keep_relation(env, model, field, operator, value, candidates)
    if operator in NEGATIONS:
        found = set(keep_leaf(env, model, [path, NEGATIONS[operator], value], candidates))
        return [i for i in candidates if i not in found]
    test = plain_test(env, field, operator, value)
    if field.stored and (model, name) not in env.computes and name != "id":
        rows, empty = env.store.rows(model), field.empty
        return [i for i in candidates if test(rows[i].get(name, empty))]
    return [i for i in candidates if test(env.get(model, i, name))]


def find_field(env: Environment, model: str, leaf: list[Any]) -> Field:
    name = str(leaf[0]).partition(".")[0]
    definition = env.model(model)
    field = definition.fields.get(name)
    if field is None and name in definition.other_fields:
        raise NotInSandbox(f"the field {model}.{name}")
    if field is None:
        word = "condition" if env.dialect.serie >= 19 else "leaf"
        raise BadValue(f"Invalid field {model}.{leaf[0]} in {word} {tuple(leaf)!r}")
    return field


def keep_unsearchable(env: Environment, model: str, field: Field, candidates: list[int]) -> list[int]:
    """Odoo 17 and 18 log an error and ignore the condition: every record matches."""
    if env.dialect.serie >= 19:
        raise BadValue(f"Cannot convert {model}.{field.name} to SQL because it is not stored")
    return candidates


def relative_for_path(env: Environment, field: Field) -> Environment:
    """Paths look behind archived records of a many2one, not of an x2many."""
    return env.with_context(active_test=False) if field.type == "many2one" else env


def holding(
    env: Environment, model: str, name: str, targets: set[int], candidates: Iterable[int]
) -> list[int]:
    """Candidates whose relation `name` points at one of `targets`."""
    field = env.field(model, name)
    if is_plain_one2many(env, model, field):
        rows = env.store.rows(field.relation)
        owners = {rows[target].get(field.inverse) for target in targets}
        return [i for i in candidates if i in owners]
    found = []
    for record_id in candidates:
        value = env.get(model, record_id, name)
        if isinstance(value, list):
            if not targets.isdisjoint(value):
                found.append(record_id)
        elif value and value in targets:
            found.append(record_id)
    return found


def is_plain_one2many(env: Environment, model: str, field: Field) -> bool:
    """Whether the field is nothing but the other side of a many2one."""
    if field.type != "one2many" or not field.inverse or (model, field.name) in env.computes:
        return False
    return env.field(field.relation, field.inverse).type == "many2one"


def keep_relation(
    env: Environment, model: str, field: Field, operator: str, value: Any, candidates: list[int]
) -> list[int]:
    if operator in NEGATIONS:
        found = set(keep_relation(env, model, field, NEGATIONS[operator], value, candidates))
        return [i for i in candidates if i not in found]
    if operator == "=?" and not value:
        return candidates
    if operator in ("=", "in", "=?"):
        wanted = value if isinstance(value, list | tuple) else [value]
        ids = {i for v in wanted for i in ids_of(env, field, v)}
        found = set(holding(env, model, field.name, ids, candidates))
        if any(v is False or v is None for v in wanted):
            found.update(i for i in candidates if not env.get(model, i, field.name))
        return [i for i in candidates if i in found]
    if operator == "any":
        targets = set(matching(relative_for_path(env, field), field.relation, value))
    elif operator in ("child_of", "parent_of"):
        targets = family(env, field.relation, operator, value)
    elif operator in TEXT_OPERATORS:
        targets = set(by_display_name(env, field.relation, operator, value))
    elif operator in COMPARISONS:
        compare = COMPARISONS[operator]
        return [i for i in candidates if compare(env.get(model, i, field.name) or 0, value)]
    else:
        raise BadValue(f"Invalid operator {operator!r} on relation {field.name}")
    return holding(env, model, field.name, targets, candidates)


def ids_of(env: Environment, field: Field, value: Any) -> list[int]:
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int):
        return [value]
    return by_display_name(env, field.relation, "=", value)


def by_display_name(env: Environment, model: str, operator: str, value: Any) -> list[int]:
    inner = env.with_context(active_test=False)
    return matching(inner, model, [["display_name", operator, value]])


def family(env: Environment, model: str, operator: str, value: Any) -> set[int]:
    """Records below (child_of) or above (parent_of) the given ones, themselves included."""
    parent = "location_id" if model == "stock.location" else "parent_id"
    found: set[int] = set()
    waiting = list(value) if isinstance(value, list | tuple) else [value]
    while waiting:
        record_id = waiting.pop()
        if not record_id or record_id in found:
            continue
        found.add(record_id)
        if operator == "child_of":
            waiting.extend(env.store.inverse(model, parent, record_id))
        elif env.exists(model, record_id):
            waiting.append(env.get(model, record_id, parent))
    return found
