"""The check that every story is held against finds what it is there for."""

from __future__ import annotations

import pytest

from tests.support.sentences import written, wrong


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("{units}個", "ja"),
        ("合計Noneになります", "ja"),
        ("Undo its deletion or run bridge init again.", "ja"),
        ("The tab 在庫表 is missing.", "en"),
    ],
)
def test_what_nobody_should_be_shown_is_found(text: str, language: str) -> None:
    assert wrong([text], language) == [text]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("「在庫表」タブがありません。bridge init をもう一度実行してください。", "ja"),
        ("セラーセントラルの在庫管理（Seller Central, Manage Inventory）", "ja"),
        ("Googleが断りました（You are trying to edit a protected cell）。", "ja"),
        ("Shopifyが受け付けません: INVALID_ITEM The specified item could not be found.", "ja"),
        ("✓10:31 12 → 4/4", "en"),
        ("Nonesuch", "en"),
    ],
)
def test_what_is_as_it_should_be_is_not(text: str, language: str) -> None:
    assert wrong([text], language) == []


def test_every_text_of_a_batch_is_looked_at() -> None:
    cells = [{"userEnteredValue": {"stringValue": "one"}}, {"userEnteredValue": {"numberValue": 2}}, {}]
    batch = [{"updateCells": {"rows": [{"values": cells}]}}, {"findReplace": {"find": "x"}}]
    batch += [{"appendCells": {"rows": [{"values": [{"userEnteredValue": {"stringValue": "two"}}]}]}}]
    assert list(written(batch)) == ["one", "two"]
