"""The enumeration sees what it is there to see: with a rule of the protocol taken out of the real bridge, runs end
wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bridge.domain.edits import _Accounting
from bridge.domain.reading import NOTHING
from bridge.flows import apply
from tests.contract.protocol.enumeration import Place, script_of
from tests.contract.protocol.small_world import LAYOUTS, SmallWorld

Break = Callable[[pytest.MonkeyPatch], None]


def _forget_the_journal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_Accounting, "_settle", lambda self, line: self.seen.append(line))


def _never_heal(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(apply, "heal_requests", lambda _stock, _wanted: [])


def _share_tokens(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(_Accounting, "_need", lambda _self, _row, _amount: None)


def _forget_what_was_cleared(patch: pytest.MonkeyPatch) -> None:
    settle = _Accounting._settle
    patch.setattr(_Accounting, "_settle", lambda self, line: settle(self, replace(line, delta=NOTHING)))


@pytest.mark.parametrize(
    ("rule", "story"),
    [
        (_forget_what_was_cleared, [("changes A", 6)]),
        (_forget_the_journal, [("types in A", 6)]),
        (_never_heal, [("inserts a row", 6)]),
        (_share_tokens, [("adds a product", 3)]),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_bridge_without_the_rule_ends_wrong(rule: Break, story: list[Place], monkeypatch: pytest.MonkeyPatch) -> None:
    world = SmallWorld(LAYOUTS["one column"])
    world.run(script_of(story), whole=True)
    rule(monkeypatch)
    with pytest.raises(AssertionError):
        world.run(script_of(story), whole=True)
