"""The pages tell what was counted, in both languages, and say so where nothing was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reliability import CLAIMS, page
from tests.support.figures import keep


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.figures.FOLDER", tmp_path)


@pytest.mark.parametrize(("language", "missing"), [("en", "Not run yet."), ("ja", "まだ走らせていません。")])
def test_a_run_that_was_not_made_is_said_to_be_missing(language: str, missing: str) -> None:
    assert page(language).count(missing) == len(CLAIMS)
    keep("abuse", {"layouts": 5000, "failed seeds": []})
    told = page(language)
    assert told.count(missing) == len(CLAIMS) - 1
    assert "| layouts | 5,000 |" in told
    assert "| failed seeds | — |" in told


def test_like_things_share_a_table() -> None:
    keep("storms", {"flash sale": [{"under": "the bridge", "oversold": 1}, {"under": "5 minutes", "oversold": 90}]})
    assert "| under | oversold |\n|---|---|\n| the bridge | 1 |\n| 5 minutes | 90 |" in page("en")


def test_every_trial_of_the_probe_is_an_honest_limit() -> None:
    assert "Read two tabs at once" in page("en")
    assert "2つのタブを同時に書き換えている" in page("ja")
