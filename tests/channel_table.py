"""`make channels`: the table of channels in README.md and README.ja.md, from bridge/channels/table.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DATA = ROOT / "bridge" / "channels" / "table.toml"
READMES = ("README.md", "README.ja.md")  # in the order of the languages in the data
PLACE = re.compile(r"(<!-- channels: made by `make channels` -->\n).*?(<!-- end -->)", re.DOTALL)
WORDS: Mapping[bool, tuple[str, str]] = {True: ("yes", "○"), False: ("no", "×")}
NEVER = ("**no**", "**いいえ**")


def channels() -> dict[str, dict[str, Any]]:
    """Each channel's section, by name."""
    return {name: section for name, section in _data().items() if name != "rows"}


def rows() -> dict[str, tuple[str, str]]:
    """The title of each row in both languages, by the name of its data."""
    return dict(_data()["rows"])


def table(language: int) -> str:
    """The whole table. `language`: 0 English, 1 Japanese."""
    columns = channels().values()
    lines = [["", *(column["name"][language] for column in columns)], ["---"] * (1 + len(columns))]
    for name, title in rows().items():
        lines.append([title[language], *(_cell(name, column[name], language) for column in columns)])
    head, rule, *body = (f"| {' | '.join(line)} |".replace("|  |", "| |") for line in lines)
    return "\n".join([head, rule.replace(" ", ""), *body, ""])


def written(readme: str, language: int) -> str:
    """The text of a README with the table in its place."""
    return PLACE.sub(lambda found: found[1] + table(language) + found[2], readme)


def _data() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def _cell(name: str, value: bool | list[str], language: int) -> str:
    if name == "tried_live" and value is False:
        return NEVER[language]
    return WORDS[value][language] if isinstance(value, bool) else value[language]


def main() -> None:
    for language, name in enumerate(READMES):
        path = ROOT / name
        path.write_text(written(path.read_text(encoding="utf-8"), language), encoding="utf-8")


if __name__ == "__main__":
    main()
