"""How a table of a TOML file becomes a frozen dataclass, and every mistake in it a plain sentence.

A field's type says what is expected, `Annotated[…, Rule(…)]` what more; a field without a default must be given.
"""

from __future__ import annotations

import json
import re
import tomllib
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from bridge.errors import BridgeError, Hint
from bridge.keys import Keys, Unreadable

T = TypeVar("T")
NOT_EMPTY = Hint("空でない文字列を書いてください。", "Write a text that is not empty.")


@dataclass(frozen=True)
class Secret:
    """A text that no print, log or traceback shows."""

    _value: str

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__


def secrets_in(value: object) -> Iterator[str]:
    """Every secret of the settings."""
    if isinstance(value, Secret):
        yield value.reveal()
    elif is_dataclass(value):
        for each in fields(value):
            yield from secrets_in(getattr(value, each.name))
    elif isinstance(value, Mapping | tuple):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from secrets_in(each)


SECRETS = tuple[Secret, ...]


@dataclass(frozen=True)
class Problem:
    """One mistake: the setting's full name ("" for the whole file) and a sentence that says what to do."""

    setting: str
    hint: Hint

    def __str__(self) -> str:
        return f"{self.setting}: {self.hint}" if self.setting else str(self.hint)


class ConfigError(BridgeError):
    """Every mistake of a settings file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            Hint(
                "\n".join(f"{each.setting or '—'}: {each.hint.ja}" for each in self.problems),
                "\n".join(f"{each.setting or '—'}: {each.hint.en}" for each in self.problems),
            )
        )


@dataclass(frozen=True)
class Rule:
    """What a value must be besides its type.

    low, high: the range of a number; low: the fewest entries of a list or table · shape: a regular expression for the
    whole of a text, or of a name in a table, `say` when it, or a list, doesn't fit · judge: looks at the finished value
    and says what is wrong, or None
    """

    low: float = -inf
    high: float = inf
    shape: str = r".+"
    say: Hint = NOT_EMPTY
    judge: Callable[[Any], Hint | None] | None = None


def as_toml(value: Any) -> str:
    """A value as the file has it. TOML's basic strings, numbers and booleans are written as JSON's."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{as_toml(name)} = {as_toml(part)}' for name, part in value.items())} }}"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(as_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def parse(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        hint = Hint(
            f"設定ファイル {path.name} が読めません。bridge.example.toml を写して作ってください。",
            f"The settings file {path.name} can't be read. Make it by copying bridge.example.toml.",
        )
        raise ConfigError([Problem("", hint)]) from None
    except UnicodeDecodeError:
        hint = Hint(
            f"{path.name} を UTF-8 で保存し直してください。", f"{path.name} is not UTF-8 text: save it as UTF-8."
        )
        raise ConfigError([Problem("", hint)]) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([Problem("", _not_toml(path.name, str(error)))]) from None


def _not_toml(name: str, reason: str) -> Hint:
    where = re.search(r"at line (\d+)", reason)
    line_ja, line_en = (f" {where[1]} 行目", f", line {where[1]}") if where else ("", "")
    if "Cannot declare" in reason or "Cannot overwrite" in reason:
        return Hint(
            f"{name}{line_ja}: 同じ見出しか設定が 2 回あります。1 つだけ残してください。",
            f"{name}{line_en}: a section or setting stands twice. Keep only one.",
        )
    return Hint(
        f"{name}{line_ja}: 書き方の誤りです (引用符や「=」を確かめてください)。",
        f"{name}{line_en}: this is not TOML; look at the quotes and the equals sign.",
    )


Judge = Callable[[Mapping[str, Any]], Problem | None]


class Reader:
    """Turns tables into dataclasses and collects what is wrong with them."""

    def __init__(self, folder: Path, keys: Keys) -> None:
        self.folder = folder
        self.keys = keys
        self.problems: list[Problem] = []

    def wrong(self, name: str, ja: str, en: str) -> None:
        self.problems.append(Problem(name, Hint(ja, en)))

    def table(self, name: str, table: Any) -> Mapping[str, Any]:
        """`table` if it is one, else a problem and an empty one."""
        if isinstance(table, dict):
            return table
        self.wrong(name, f"見出し [{name}] で書いてください。", f"Write it as a section, [{name}].")
        return {}

    def unknown(self, prefix: str, table: Mapping[str, Any], known: list[str]) -> None:
        for key in table:
            if key in known:
                continue
            close = get_close_matches(key, known, n=1)
            ja, en = (f"「{close[0]}」のことですか?", f'Did you mean "{close[0]}"?') if close else ("", "")
            self.wrong(prefix + key, f"この設定はありません。{ja}", f"There is no such setting. {en}".rstrip())

    def section(self, kind: type[T], name: str, table: Any, judge: Judge | None = None) -> T | None:
        """The dataclass of one section, or None when anything in it is wrong. `judge` looks at all its values."""
        before = len(self.problems)
        table = self.table(name, table)
        if len(self.problems) > before:
            return None
        hints = get_type_hints(kind, include_extras=True)
        declared = fields(kind)  # type: ignore[arg-type]
        self.unknown(f"{name}.", table, [each.name for each in declared])
        values = dict(self._values(name, table, declared, hints))
        if problem := judge and judge(values):
            self.problems.append(problem)
        return kind(**values) if len(self.problems) == before else None

    def _values(
        self, section: str, table: Mapping[str, Any], declared: tuple[Field[Any], ...], hints: Mapping[str, Any]
    ) -> Iterator[tuple[str, Any]]:
        for each in declared:
            name, (kind, rule) = f"{section}.{each.name}", _kind_and_rule(hints[each.name])
            variable = f"BRIDGE_{section.rpartition('.')[2]}_{each.name}".upper()
            raw: Any = self._found(name, variable) if kind in (Secret, SECRETS) else None
            raw = raw.split() if raw is not None and kind == SECRETS else raw
            raw = table.get(each.name) if raw is None else raw
            if raw is not None:
                yield each.name, self._judged(name, kind, raw, rule)
            elif each.default is MISSING:
                ja, en = (
                    (f" (環境変数 {variable} でも可)", f" (or as {variable})")
                    if kind in (Secret, SECRETS)
                    else ("", "")
                )
                self.wrong(name, f"この設定が必要です{ja}。", f"This setting is needed{en}.")
            else:
                yield each.name, self.folder / each.default if isinstance(each.default, Path) else each.default

    def _found(self, name: str, variable: str) -> str | None:
        try:
            return self.keys.find(variable)
        except Unreadable as error:
            self.problems.append(Problem(name, error.hint))
            return None

    def _judged(self, name: str, kind: Any, raw: Any, rule: Rule) -> Any:
        before = len(self.problems)
        value = self._value(name, kind, raw, rule)
        if len(self.problems) == before and rule.judge and (wrong := rule.judge(value)):
            self.problems.append(Problem(name, wrong))
        return value

    def _value(self, name: str, kind: Any, raw: Any, rule: Rule) -> Any:
        if get_origin(kind) is Literal:
            return self._choice(name, raw, get_args(kind))
        if kind is Path and isinstance(raw, str) and raw:
            return self.folder / raw
        if kind is Secret and isinstance(raw, str) and raw.strip():
            return Secret(raw.strip())  # blanks around a pasted key are never part of it (rakuten.md §1)
        if kind is str and isinstance(raw, str):
            return self._text(name, raw, rule)
        if kind is int and type(raw) is int:
            return self._number(name, raw, rule)
        if kind is float and type(raw) in (int, float):
            return self._number(name, float(raw), rule)
        if get_origin(kind) is tuple and isinstance(raw, list):
            texts = self._texts(name, raw, rule)
            return tuple(Secret(each.strip()) for each in texts) if kind == SECRETS else texts
        if get_origin(kind) is Mapping and isinstance(raw, dict):
            return self._lists(name, raw, rule)
        ja, en = _KINDS.get(get_origin(kind) if get_origin(kind) is Mapping else kind, _KINDS[str])
        self.wrong(name, f"{ja}で書いてください。", f"Write {en}.")
        return None

    def _choice(self, name: str, raw: Any, choices: tuple[str, ...]) -> Any:
        if raw not in choices:
            listed = " | ".join(f'"{choice}"' for choice in choices)
            self.wrong(name, f"{listed} のどれかを書いてください。", f"Write one of {listed}.")
        return raw

    def _text(self, name: str, raw: str, rule: Rule) -> str:
        if not re.fullmatch(rule.shape, raw):
            self.problems.append(Problem(name, rule.say))
        return raw

    def _number(self, name: str, raw: float, rule: Rule) -> float:
        if not rule.low <= raw <= rule.high:
            self.wrong(name, f"{rule.low}～{rule.high} で書いてください。", f"Write {rule.low} to {rule.high}.")
        return raw

    def _texts(self, name: str, raw: list[Any], rule: Rule) -> tuple[str, ...]:
        good = all(isinstance(each, str) and each.strip() for each in raw)
        if len(raw) < rule.low or not good or len(set(raw)) < len(raw):
            self.problems.append(Problem(name, rule.say))
            return ()
        return tuple(raw)

    def _lists(self, name: str, raw: Mapping[str, Any], rule: Rule) -> Mapping[str, tuple[str, ...]]:
        """A table of lists, none of them empty, under names of the rule's shape."""
        found: dict[str, tuple[str, ...]] = {}
        if len(raw) < rule.low:
            self.problems.append(Problem(name, rule.say))
        for key, texts in raw.items():
            if not re.fullmatch(rule.shape, key) or not isinstance(texts, list):
                self.problems.append(Problem(f"{name}.{key}", rule.say))
            else:
                found[key] = self._texts(f"{name}.{key}", texts, Rule(low=1, say=rule.say))
        return found


_KINDS: dict[Any, tuple[str, str]] = {
    int: ("整数 (引用符なし)", "a whole number, without quotes"),
    float: ("数 (引用符なし)", "a number, without quotes"),
    str: ("引用符で囲んだ空でない文字列", 'text in quotes "…" that is not empty'),
    Path: ("引用符で囲んだファイル名", "a file's name in quotes"),
    Mapping: ('{ "…" = ["…"] } の形の表', 'a table, { "…" = ["…"] }'),
    tuple[str, ...]: ('["…"] の形の一覧', 'a list, ["…"]'),
}


def _kind_and_rule(hint: Any) -> tuple[Any, Rule]:
    """`Annotated[str, Rule(…)] | None` → (str, its rule)."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(each for each in get_args(hint) if each is not types.NoneType)
    if get_origin(hint) is Annotated:
        kind, *notes = get_args(hint)
        return kind, notes[-1]
    return hint, Rule()
