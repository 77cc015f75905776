"""The two READMEs promise what is there, and the same."""

from __future__ import annotations

import argparse
import re
import tomllib
from pathlib import Path

import pytest

from bridge.cli import _parser
from bridge.sheet.layout import tab_spec

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.ja.md")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _prose(name: str) -> str:
    return FENCE.sub("", _text(name))


def _commands(name: str) -> set[str]:
    """Each make or bridge in code, with the word after it."""
    code = [text for _, text in FENCE.findall(_text(name))] + re.findall(r"`([^`\n]+)`", _prose(name))
    return {
        found for text in code for found in re.findall(r"(?:^|/)((?:make|bridge) [a-z][a-z-]*)", text, re.MULTILINE)
    }


def _subcommands() -> dict[str, argparse.ArgumentParser]:
    for action in _parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("no commands")


@pytest.mark.parametrize("name", READMES)
def test_the_two_commands_stand_on_the_first_screen(name: str) -> None:
    top = "\n".join(_text(name).splitlines()[:20])
    assert "make demo SECONDS=60" in top
    assert "make test" in top


@pytest.mark.parametrize("name", READMES)
def test_every_command_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):(?!=)", _text("Makefile"), re.MULTILINE))
    for command in _commands(name):
        program, word = command.split()
        assert word in (targets if program == "make" else _subcommands()), command


@pytest.mark.parametrize("name", READMES)
def test_every_command_is_told(name: str) -> None:
    assert {f"bridge {command}" for command in _subcommands()} <= _commands(name)


@pytest.mark.parametrize("name", READMES)
def test_every_option_exists(name: str) -> None:
    options = {option for parser in _subcommands().values() for option in parser._option_string_actions}
    assert set(re.findall(r"`(--[a-z-]+)", _prose(name))) <= options


@pytest.mark.parametrize("name", READMES)
def test_every_link_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)]+)\)", _text(name))
    assert links
    assert [link for link in links if not link.startswith("https://") and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_every_column_of_the_stock_table_is_told(name: str) -> None:
    for column in tab_spec("stock").columns:
        if column.role == "sku":
            assert "| SKU |" in _text(name)
        elif column.ja:
            assert f"| {column.ja} / {column.en} |" in _text(name)


def test_both_languages_say_the_same() -> None:
    english, japanese = _text("README.md"), _text("README.ja.md")
    assert [len(level) for level in re.findall(r"^(#+) ", english, re.MULTILINE)] == [
        len(level) for level in re.findall(r"^(#+) ", japanese, re.MULTILINE)
    ]
    assert _commands("README.md") == _commands("README.ja.md")
    assert sorted(re.findall(r"\]\((?!README)([^)]+)\)", english)) == sorted(
        re.findall(r"\]\((?!README)([^)]+)\)", japanese.replace(".ja.md)", ".md)"))
    )
    rows = re.compile(r"^\|.*\|$", re.MULTILINE)
    assert len(rows.findall(english)) == len(rows.findall(japanese))
    assert [kind for kind, _ in FENCE.findall(english)] == [kind for kind, _ in FENCE.findall(japanese)]
    same = [
        (a, b)
        for (kind, a), (_, b) in zip(FENCE.findall(english), FENCE.findall(japanese), strict=True)
        if kind not in ("", "mermaid")
    ]
    for a, b in same:
        assert re.sub(r" +#.*", "", a) == re.sub(r" +#.*", "", b)


def test_ci_runs_the_readmes_commands() -> None:
    run = _text(".ci/run")
    assert "make lint" in run
    assert "make test" in run


def test_the_lock_holds_every_direct_dependency_and_no_address() -> None:
    lock = _text("requirements.lock")
    project = tomllib.loads(_text("pyproject.toml"))
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    names = {re.split(r"[<>=\[ ;]", line)[0].lower() for line in wanted}
    assert names <= set(re.findall(r"^([a-z0-9_.-]+)==", lock, re.MULTILINE))
    assert "://" not in lock
    assert "--" not in lock
