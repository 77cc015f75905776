"""The spreadsheet functions the evaluator knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .cells import CellError
from .formula import FUNCTIONS, FormulaError, Function, Node, Scope, Value, compare, number, single, text_of
from .number_format import EPOCH, format_number, format_text


def named(*names: str) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return register


def _values(scope: Scope, nodes: list[Node]) -> Iterator[Value]:
    """Every value of the arguments, ranges laid out."""
    for node in nodes:
        value = node(scope)
        for item in [v for row in value for v in row] if isinstance(value, list) else [value]:
            if isinstance(item, CellError):
                raise FormulaError(item.kind, item.message)
            yield item


def _numbers(scope: Scope, nodes: list[Node]) -> list[float]:
    """The numbers among the arguments; texts and truths inside a range do not count."""
    return [v for v in _values(scope, nodes) if isinstance(v, float) and not isinstance(v, bool)]


def _argument(scope: Scope, nodes: list[Node], index: int, default: Value = None) -> Value:
    if index < len(nodes):
        return single(nodes[index](scope))
    if default is None:
        raise FormulaError("N_A", "Wrong number of arguments.")
    return default


@named("SUM")
def _sum(scope: Scope, nodes: list[Node]) -> Value:
    return float(sum(_numbers(scope, nodes)))


@named("MIN")
def _min(scope: Scope, nodes: list[Node]) -> Value:
    return min(_numbers(scope, nodes), default=0.0)


@named("MAX")
def _max(scope: Scope, nodes: list[Node]) -> Value:
    return max(_numbers(scope, nodes), default=0.0)


@named("AVERAGE")
def _average(scope: Scope, nodes: list[Node]) -> Value:
    numbers = _numbers(scope, nodes)
    if not numbers:
        raise FormulaError("DIVIDE_BY_ZERO", "Evaluation of function AVERAGE caused a divide by zero error.")
    return sum(numbers) / len(numbers)


@named("COUNT")
def _count(scope: Scope, nodes: list[Node]) -> Value:
    return float(len(_numbers(scope, nodes)))


@named("COUNTA")
def _counta(scope: Scope, nodes: list[Node]) -> Value:
    return float(sum(value is not None for value in _values(scope, nodes)))


@named("ABS")
def _abs(scope: Scope, nodes: list[Node]) -> Value:
    return abs(number(_argument(scope, nodes, 0)))


@named("INT")
def _int(scope: Scope, nodes: list[Node]) -> Value:
    return float(number(_argument(scope, nodes, 0)) // 1)


@named("ROUND")
def _round(scope: Scope, nodes: list[Node]) -> Value:
    value, places = number(_argument(scope, nodes, 0)), int(number(_argument(scope, nodes, 1, 0.0)))
    factor = 10.0**places
    return float(int(abs(value) * factor + 0.5)) / factor * (1 if value >= 0 else -1)


@named("IF")
def _if(scope: Scope, nodes: list[Node]) -> Value:
    test = _argument(scope, nodes, 0)
    branch = 1 if (test if isinstance(test, bool) else number(test) != 0) else 2
    return single(nodes[branch](scope)) if branch < len(nodes) else False


@named("IFERROR")
def _iferror(scope: Scope, nodes: list[Node]) -> Value:
    try:
        return _argument(scope, nodes, 0)
    except FormulaError:
        return single(nodes[1](scope)) if len(nodes) > 1 else None


@named("ISBLANK")
def _isblank(scope: Scope, nodes: list[Node]) -> Value:
    return _argument(scope, nodes, 0, "") is None


@named("ISNUMBER")
def _isnumber(scope: Scope, nodes: list[Node]) -> Value:
    value = nodes[0](scope) if nodes else None
    return isinstance(value, float) and not isinstance(value, bool)


@named("AND")
def _and(scope: Scope, nodes: list[Node]) -> Value:
    return all(number(value) != 0 for value in _values(scope, nodes))


@named("OR")
def _or(scope: Scope, nodes: list[Node]) -> Value:
    return any(number(value) != 0 for value in _values(scope, nodes))


@named("NOT")
def _not(scope: Scope, nodes: list[Node]) -> Value:
    return number(_argument(scope, nodes, 0)) == 0


@named("NOW")
def _now(scope: Scope, nodes: list[Node]) -> Value:  # noqa: ARG001
    return (scope.now() - EPOCH).total_seconds() / 86400


@named("TODAY")
def _today(scope: Scope, nodes: list[Node]) -> Value:  # noqa: ARG001
    return float((scope.now() - EPOCH).days)


@named("TEXT")
def _text(scope: Scope, nodes: list[Node]) -> Value:
    value, pattern = _argument(scope, nodes, 0), text_of(_argument(scope, nodes, 1))
    return (
        format_number(value, pattern, scope.locale)
        if isinstance(value, float)
        else format_text(text_of(value), pattern)
    )


@named("LEN")
def _len(scope: Scope, nodes: list[Node]) -> Value:
    return float(len(text_of(_argument(scope, nodes, 0))))


@named("CONCATENATE", "CONCAT")
def _concatenate(scope: Scope, nodes: list[Node]) -> Value:
    return "".join(text_of(value) for value in _values(scope, nodes))


@named("VALUE")
def _value(scope: Scope, nodes: list[Node]) -> Value:
    return number(_argument(scope, nodes, 0))


@named("N")
def _n(scope: Scope, nodes: list[Node]) -> Value:
    """A text is 0, which makes a comment of it."""
    value = single(nodes[0](scope)) if nodes else None
    return 0.0 if isinstance(value, str) else number(value)


@named("LEFT")
def _left(scope: Scope, nodes: list[Node]) -> Value:
    count = int(number(_argument(scope, nodes, 1, 1.0)))
    if count < 0:
        raise FormulaError("NUM", "Function LEFT parameter 2 must not be negative.")
    return text_of(single(nodes[0](scope)))[:count]


@named("CHAR")
def _char(scope: Scope, nodes: list[Node]) -> Value:
    return chr(int(number(_argument(scope, nodes, 0))))


@named("COUNTIF")
def _countif(scope: Scope, nodes: list[Node]) -> Value:
    matches = criterion(_argument(scope, nodes, 1))
    return float(sum(matches(value) for value in _values(scope, nodes[:1])))


@named("SUMIF")
def _sumif(scope: Scope, nodes: list[Node]) -> Value:
    matches = criterion(_argument(scope, nodes, 1))
    tested = list(_values(scope, nodes[:1]))
    summed = list(_values(scope, nodes[2:3])) if len(nodes) > 2 else tested
    pairs = zip(tested, summed, strict=False)
    return float(sum(v for t, v in pairs if matches(t) and isinstance(v, float) and not isinstance(v, bool)))


def criterion(wanted: Value) -> Callable[[Value], bool]:
    """`">=3"`, `"a*"`, `5`: the little language of COUNTIF."""
    if not isinstance(wanted, str):
        return lambda value: value is not None and compare("=", value, wanted)
    match = re.match(r"(<>|<=|>=|<|>|=)?(.*)$", wanted, re.DOTALL)
    mark, rest = (match[1] or "=", match[2]) if match else ("=", wanted)
    try:
        operand: Value = float(rest)
    except ValueError:
        operand = rest
    if isinstance(operand, str) and mark in ("=", "<>"):
        pattern = re.compile(re.escape(operand).replace(r"\*", ".*").replace(r"\?", "."), re.IGNORECASE | re.DOTALL)
        return lambda value: bool(pattern.fullmatch(text_of(value))) == (mark == "=")
    return lambda value: isinstance(value, type(operand)) and compare(mark, value, operand)
