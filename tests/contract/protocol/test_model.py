"""The row update's protocol, proven on every state of small worlds; and every rule of it is needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.protocol.model import RULES, explore

WORLDS: list[dict[str, int]] = [
    {"edits": 1, "sorts": 1, "shipped": 1, "failures": 1},
    {"edits": 1, "sorts": 1, "shipped": 1, "placed": 1},
    {"edits": 1, "placed": 1, "sorts": 1, "failures": 1},
    {"sorts": 1, "shipped": 1, "placed": 1, "failures": 1},
    {"edits": 1, "shipped": 2, "failures": 1},
    {"shipped": 1, "placed": 1, "failures": 2},
    {"inserts": 1, "edits": 1, "shipped": 1, "failures": 1},
    {"inserts": 1, "sorts": 1, "edits": 1, "shipped": 1},
    {"inserts": 1, "sorts": 1, "shipped": 1, "failures": 1},
    {"inserts": 1, "shipped": 1, "placed": 1, "failures": 1},
    {"copies": 1, "shipped": 1, "failures": 1},
    {"copies": 1, "placed": 1, "failures": 1},
    {"copies": 1, "deletes": 1, "shipped": 1},
    {"deletes": 1, "shipped": 1, "failures": 1},
    {"deletes": 1, "sorts": 1, "placed": 1, "failures": 1},
    {"deletes": 1, "edits": 1, "sorts": 1, "shipped": 1},
    {"holds": 1, "edits": 1, "shipped": 1, "placed": 1},
    {"holds": 1, "sorts": 1, "shipped": 1, "failures": 1},
    {"clears": 1, "edits": 1, "shipped": 1, "placed": 1},
    {"clears": 1, "shipped": 1, "placed": 1, "failures": 1},
    {"restores": 1, "edits": 1, "shipped": 1},
    {"restores": 1, "shipped": 1, "placed": 1, "failures": 1},
    {"filters": 1, "edits": 1, "shipped": 1, "failures": 1},
    {"filters": 1, "shipped": 1, "placed": 1, "failures": 1},
    {"entries": 1, "edits": 1, "shipped": 1, "failures": 1},
    {"entries": 2, "shipped": 1, "failures": 1},
    {"entries": 2, "sorts": 1, "failures": 1},
    {"entries": 1, "sorts": 1, "edits": 1, "shipped": 1},
    {"entries": 1, "sorts": 1, "placed": 1, "failures": 1},
    {"entries": 1, "inserts": 1, "shipped": 1, "failures": 1},
    {"entries": 1, "copies": 1, "failures": 1},
    {"entries": 1, "deletes": 1, "failures": 1},
    {"entries": 1, "holds": 1, "shipped": 1, "failures": 1},
    {"entries": 2, "clears": 1, "shipped": 1},
    {"entries": 1, "restores": 1, "shipped": 1, "failures": 1},
    {"entries": 1, "filters": 1, "shipped": 1, "failures": 1},
]
LARGER: list[dict[str, int]] = [
    {"edits": 1, "sorts": 1, "shipped": 1, "placed": 1, "failures": 1},
    {"copies": 1, "shipped": 1, "placed": 1, "failures": 1},
    {"copies": 1, "edits": 1, "shipped": 1, "failures": 1},
    {"deletes": 1, "shipped": 1, "placed": 1, "failures": 1},
    {"deletes": 1, "edits": 1, "sorts": 1, "shipped": 1, "failures": 1},
    {"entries": 1, "deletes": 1, "shipped": 1, "failures": 1},
    {"entries": 2, "sorts": 1, "shipped": 1, "failures": 1},
    {"entries": 1, "edits": 1, "sorts": 1, "shipped": 1, "failures": 1},
    {"entries": 1, "copies": 1, "shipped": 1, "failures": 1},
    {"entries": 1, "restores": 1, "edits": 1, "shipped": 1},
]
NEEDED: dict[str, dict[str, int]] = {
    "content": {"shipped": 1},
    "journal": {"edits": 1, "sorts": 1, "shipped": 1},
    "own token": {"copies": 1},
    "ask": {"clears": 1, "shipped": 1},
    "look": {"edits": 1, "sorts": 1, "shipped": 1, "failures": 1},
    "by content": {"edits": 1, "sorts": 1, "placed": 1},
    "heal": {"sorts": 1, "placed": 1},
    "orphans": {"shipped": 1, "failures": 1},
    "take away": {"inserts": 1, "sorts": 1, "shipped": 1},
    "hidden": {"filters": 1, "shipped": 1},
    "cleared": {"entries": 1},
}


def name_of(left: dict[str, int]) -> str:
    return " ".join(f"{what}{times if times > 1 else ''}" for what, times in left.items())


def all_ends_equal(left: dict[str, int], record_property: Callable[[str, Any], None]) -> None:
    outcome = explore(**left)
    assert outcome.why is None, "\n".join((outcome.why or "", *outcome.story))
    record_property("counted protocol model: states visited", outcome.states)
    record_property("counted protocol model: states at rest", outcome.rest)


@pytest.mark.parametrize("left", WORLDS, ids=name_of)
def test_wherever_the_bridge_comes_to_rest_sheet_and_ledger_are_what_people_meant(
    left: dict[str, int], record_property: Callable[[str, Any], None]
) -> None:
    all_ends_equal(left, record_property)


@pytest.mark.long
@pytest.mark.parametrize("left", LARGER, ids=name_of)
def test_the_same_in_larger_worlds(left: dict[str, int], record_property: Callable[[str, Any], None]) -> None:
    all_ends_equal(left, record_property)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_needed(rule: str) -> None:
    """Left out, there is a story that ends wrong, asks a person for nothing, or never comes to rest."""
    outcome = explore(rule, **NEEDED[rule])
    assert outcome.why is not None
    assert outcome.story
