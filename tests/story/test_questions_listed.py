"""Every kind of question has a story in which it is asked and settled through the sheet (questions.toml)."""

from __future__ import annotations

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

from tests.support import words

HERE = Path(__file__).parent
PARTS = tomllib.loads((HERE / "questions.toml").read_text(encoding="utf-8"))
STORIES = [(kind, part["file"], name) for part in PARTS.values() for kind, name in part.items() if kind != "file"]


@cache
def stories(file: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_kind_of_question_is_listed_once() -> None:
    assert sorted(kind for kind, *_ in STORIES) == sorted(words.questions())


@pytest.mark.parametrize(("kind", "file", "name"), STORIES)
def test_its_story_exists_and_is_about_it(kind: str, file: str, name: str) -> None:
    story = stories(file)[name]
    assert kind in {node.value for node in ast.walk(story) if isinstance(node, ast.Constant)}


@pytest.mark.parametrize(("kind", "file", "name"), STORIES)
def test_its_story_settles_it_in_both_languages(kind: str, file: str, name: str) -> None:
    story = stories(file)[name]
    called = {
        node.func.id for node in ast.walk(story) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called & {"answered", "settled"}, kind
    assert {argument.arg for argument in story.args.args} & {"desk", "store", "language"}, kind
