"""Refresh tokens that a shop renews are kept over a restart, for nobody else to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.refreshed import Refreshed


def test_the_newest_is_found_again_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "var" / "ledger.sqlite"  # at the very first there is no folder either
    assert Refreshed(path).newest("eccube", "first") == "first"
    Refreshed(path).keep("eccube", "first", "second")
    Refreshed(path).keep("another", "given", "renewed")
    Refreshed(path).keep("eccube", "first", "third")
    assert Refreshed(path).newest("eccube", "first") == "third"
    assert Refreshed(path).newest("another", "given") == "renewed"


def test_a_token_that_the_operator_wrote_anew_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Refreshed(path).keep("eccube", "first", "second")
    assert Refreshed(path).newest("eccube", "authorised again") == "authorised again"


def test_the_file_is_for_its_owner_alone_and_has_no_token_of_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    Refreshed(path).keep("eccube", "first", "second")
    kept = tmp_path / "ledger.tokens"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "first" not in kept.read_text()
    assert [each.name for each in tmp_path.iterdir()] == ["ledger.tokens"]


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_a_damaged_file_is_as_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "ledger.sqlite"
    path.with_suffix(".tokens").write_text(content)
    assert Refreshed(path).newest("eccube", "first") == "first"
    Refreshed(path).keep("eccube", "first", "second")
    assert Refreshed(path).newest("eccube", "first") == "second"
