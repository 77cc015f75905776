"""The sentences of 要対応: every kind of question says how soon it matters, in both languages."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from bridge.sheet.layout import templates
from bridge.sheet.texts import say, severity

QUESTIONS: dict[str, Any] = tomllib.loads((templates() / "sentences.toml").read_text(encoding="utf-8"))["questions"]


@pytest.mark.parametrize("kind", QUESTIONS)
def test_every_kind_says_how_soon_it_matters(kind: str) -> None:
    assert severity(kind) in ("urgent", "soon", "note")
    assert {"ja", "en", "severity", "choices"} == QUESTIONS[kind].keys()
    assert all(say("desk", severity(kind), language) for language in ("ja", "en"))
