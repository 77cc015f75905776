"""The search language of files.list: `mimeType = "…" and (name contains 'x' or not trashed = true)`."""

from __future__ import annotations

import re
from collections.abc import Callable

from .errors import DriveError, Json, unimplemented

Test = Callable[[Json], bool]
"""A file in Drive's JSON → is it meant?"""

_TOKEN = re.compile(r"""\s*(?:([()]|[<>]=?|!=|=)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([A-Za-z]+))""")
_TEXTS = ("name", "mimeType")
_TIMES = ("createdTime", "modifiedTime")
_LISTS = ("parents", "owners", "writers", "readers")
_UNSERVED = ("fullText", "viewedByMeTime", "starred", "properties", "appProperties", "visibility", "sharedWithMe")
_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "=": str.__eq__,
    "!=": str.__ne__,
    "<": str.__lt__,
    "<=": str.__le__,
    ">": str.__gt__,
    ">=": str.__ge__,
}


def query(text: str) -> Test:
    """Raises 400 for what is no query, and 501 for what Drive could also be asked."""
    reader = _Reader(text)
    if not reader.tokens:
        return lambda _: True
    test = reader.either()
    if reader.tokens:
        raise _bad()
    return test


def _bad() -> DriveError:
    return DriveError(400, "invalid", "Invalid Value", "q")


class _Reader:
    """`tokens`: (kind, text); kinds are sign, text and word."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str]] = []
        at, end = 0, len(text.rstrip())
        while at < end:
            match = _TOKEN.match(text, at)
            if match is None:
                raise _bad()
            sign, double, single, word = match.groups()
            quoted = double if double is not None else single
            if quoted is not None:
                self.tokens.append(("text", re.sub(r"\\(.)", r"\1", quoted)))
            else:
                self.tokens.append(("sign", sign) if sign else ("word", word))
            at = match.end()

    def either(self) -> Test:
        tests = [self._both()]
        while self._took("or"):
            tests.append(self._both())
        return lambda file: any(test(file) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._took("and"):
            tests.append(self._one())
        return lambda file: all(test(file) for test in tests)

    def _one(self) -> Test:
        if self._took("not"):
            denied = self._one()
            return lambda file: not denied(file)
        if self._took("("):
            inner = self.either()
            if not self._took(")"):
                raise _bad()
            return inner
        return self._clause(self._next(), self._next(), self._next())

    def _took(self, text: str) -> bool:
        if self.tokens and self.tokens[0][0] != "text" and self.tokens[0][1] == text:
            del self.tokens[0]
            return True
        return False

    def _next(self) -> tuple[str, str]:
        if not self.tokens:
            raise _bad()
        return self.tokens.pop(0)

    def _clause(self, left: tuple[str, str], sign: tuple[str, str], right: tuple[str, str]) -> Test:
        for kind, name in (left, right):
            if kind == "word" and name in _UNSERVED:
                raise unimplemented(f"a search for {name}")
        if sign[1] == "in":
            one, many = (left[1], right[1]) if left[0] == "text" else (right[1], left[1])  # Drive takes both orders
            if many not in _LISTS:
                raise _bad()
            return lambda file: one in file[many]
        name, wanted, compared = left[1], right[1], _COMPARED.get(sign[1])
        if name == "trashed" and sign[1] in ("=", "!="):
            return lambda _: (wanted == "true") != (sign[1] == "=")  # nothing is in the bin
        if right[0] == "text" and name in _TEXTS and sign[1] == "contains":
            return lambda file: wanted.lower() in file[name].lower()
        if right[0] == "text" and name in _TEXTS and sign[1] in ("=", "!=") and compared:
            return lambda file: compared(file[name], wanted)
        if right[0] == "text" and name in _TIMES and compared:
            return lambda file: compared(file[name][:19], wanted[:19])
        raise _bad()
