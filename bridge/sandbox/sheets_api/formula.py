"""Formulas: text → a compiled function of the cells it refers to. Small on purpose; the rest shows #NAME?."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from .a1 import Box, parse_box
from .cells import ERROR_TYPES, CellError, Scalar
from .number_format import general

Value = Scalar | None
Block = list[list[Value]]
"""the values of a range, row by row"""


class Scope(Protocol):
    """What a formula may look at."""

    def block(self, title: str | None, box: Box) -> Block: ...

    def now(self) -> datetime:
        """The wall time in the spreadsheet's zone."""

    @property
    def locale(self) -> str: ...


Node = Callable[[Scope], "Value | Block"]
Function = Callable[[Scope, list[Node]], "Value | Block"]

FUNCTIONS: dict[str, Function] = {}
"""filled by functions.py"""


class FormulaError(Exception):
    def __init__(self, kind: str, message: str = "") -> None:
        super().__init__(message)
        self.error = CellError(kind, message)


_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"]|"")*")
    |(?P<error>\#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|ERROR!))
    |(?P<ref>(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?\$?[A-Za-z]{1,3}\$?[0-9]+(?::\$?[A-Za-z]{1,3}(?:\$?[0-9]+)?)?(?![\w(])
        |(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?:\$?[0-9]+)?(?![\w(])
        |(?:'(?:[^']|'')+'!|[^\W\d][\w.]*!)?\$?[0-9]+:\$?[0-9]+)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[^\W\d][\w.]*)
    |(?P<mark><>|<=|>=|[-+*/^&=<>%(),{};]))""",
    re.VERBOSE,
)
_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": operator.pow,
}
_STRENGTH = {"=": 1, "<>": 1, "<": 1, ">": 1, "<=": 1, ">=": 1, "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 5}


@lru_cache(maxsize=2048)
def compiled(text: str) -> Node:
    """`text` begins with "=". What cannot be parsed is #ERROR!, as Google shows it."""
    try:
        return _Parser(text[1:]).whole()
    except FormulaError as problem:
        error = problem.error
        return lambda _: error


class _Parser:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokenize(text))
        self.at = 0

    def whole(self) -> Node:
        node = self.expression(0)
        if self.at < len(self.tokens):
            raise FormulaError("ERROR", "Formula parse error.")
        return node

    def expression(self, floor: int) -> Node:
        left = self.prefix()
        while True:
            kind, mark = self.peek()
            strength = _STRENGTH.get(mark, 0) if kind == "mark" else 0
            if strength <= floor:
                return left
            self.at += 1
            left = _binary(mark, left, self.expression(strength))

    def prefix(self) -> Node:
        kind, text = self.next()
        if kind == "mark" and text in "+-":
            node = self.expression(4)
            return node if text == "+" else lambda scope: -number(single(node(scope)))
        node = self.atom(kind, text)
        while self.peek() == ("mark", "%"):
            self.at += 1
            node = _percent(node)
        return node

    def atom(self, kind: str, text: str) -> Node:
        if kind == "number":
            return _constant(float(text))
        if kind == "text":
            return _constant(text[1:-1].replace('""', '"'))
        if kind == "error":
            return _constant(CellError(ERROR_TYPES[text]))
        if kind == "ref":
            return _reference(text)
        if kind == "name":
            return self.name(text)
        if text == "(":
            node = self.expression(0)
            self.expect(")")
            return node
        raise FormulaError("ERROR", "Formula parse error.")

    def name(self, text: str) -> Node:
        if self.peek() != ("mark", "("):
            if text.upper() in ("TRUE", "FALSE"):
                return _constant(text.upper() == "TRUE")
            return _unknown(f"Unknown range name: '{text.upper()}'.")
        self.at += 1
        arguments: list[Node] = []
        while self.peek() != ("mark", ")"):
            arguments.append(_constant(None) if self.peek() == ("mark", ",") else self.expression(0))
            if self.peek() == ("mark", ","):
                self.at += 1
            elif self.peek() != ("mark", ")"):
                raise FormulaError("ERROR", "Formula parse error.")
        self.at += 1
        return _call(text.upper(), arguments)

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, mark: str) -> None:
        if self.next() != ("mark", mark):
            raise FormulaError("ERROR", "Formula parse error.")


def _tokenize(text: str) -> list[tuple[str, str]]:
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise FormulaError("ERROR", "Formula parse error.")
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


def _constant(value: Value) -> Node:
    return lambda _: value


def _percent(node: Node) -> Node:
    return lambda scope: number(single(node(scope))) / 100


def _unknown(message: str) -> Node:
    return lambda _: CellError("NAME", message)


def _reference(text: str) -> Node:
    title: str | None = None
    head, mark, rest = text.rpartition("!")
    if mark:
        title = head[1:-1].replace("''", "'") if head.startswith("'") else head
    box = parse_box(rest)
    if box is None:
        return _constant(CellError("REF"))
    if ":" in rest:
        return lambda scope: scope.block(title, box)
    one = Box(box.top, box.left, (box.top or 0) + 1, (box.left or 0) + 1)
    return lambda scope: scope.block(title, one)[0][0]


def _call(name: str, arguments: list[Node]) -> Node:
    function = FUNCTIONS.get(name)
    if function is None:
        return _unknown(f"Unknown function: '{name}'.")
    return lambda scope: function(scope, arguments)


def _binary(mark: str, left: Node, right: Node) -> Node:
    if mark == "&":
        return lambda scope: text_of(single(left(scope))) + text_of(single(right(scope)))
    if mark in _STRENGTH and _STRENGTH[mark] == 1:
        return lambda scope: compare(mark, single(left(scope)), single(right(scope)))
    return lambda scope: _arithmetic(mark, number(single(left(scope))), number(single(right(scope))))


def _arithmetic(mark: str, a: float, b: float) -> float:
    if mark == "/" and b == 0:
        raise FormulaError("DIVIDE_BY_ZERO", "Function DIVIDE parameter 2 cannot be zero.")
    try:
        return float(_OPERATIONS[mark](a, b))
    except (OverflowError, TypeError):
        raise FormulaError("NUM", "Result is not a number.") from None


def single(value: Value | Block) -> Value:
    """A block where one value is wanted gives its first; an error travels on."""
    if isinstance(value, list):
        value = value[0][0]
    if isinstance(value, CellError):
        raise FormulaError(value.kind, value.message)
    return value


def number(value: Value) -> float:
    if value is None:
        return 0.0
    if isinstance(value, float | bool):
        return float(value)
    try:
        return float(str(value).replace(",", ""))
    except ValueError:
        raise FormulaError("VALUE", f"'{value}' is a text and cannot be coerced to a number.") from None


def text_of(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return general(value) if isinstance(value, float) else str(value)


def compare(mark: str, a: Value, b: Value) -> bool:
    """Numbers before texts before truths, texts without regard to case; a blank is the other's zero."""
    x, y = sort_key(_filled(a, b)), sort_key(_filled(b, a))
    return {"=": x == y, "<>": x != y, "<": x < y, ">": x > y, "<=": x <= y, ">=": x >= y}[mark]


def _filled(value: Value, other: Value) -> Value:
    if value is not None:
        return value
    return "" if isinstance(other, str) else False if isinstance(other, bool) else 0.0


def sort_key(value: Value) -> tuple[int, float | str]:
    """Google's order of mixed values: numbers, texts, truths, errors, blanks last."""
    if value is None:
        return (4, "")
    if isinstance(value, bool):
        return (2, float(value))
    if isinstance(value, float):
        return (0, value)
    return (1, value.lower()) if isinstance(value, str) else (3, value.text)
