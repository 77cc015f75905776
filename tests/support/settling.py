"""A question of 要対応 from its line to 済, as people see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bridge.errors import BridgeError
from tests.support import words
from tests.support.world import World


def opened(world: World, kind: str) -> str:
    """What the open lines of that kind say; there is at least one."""
    lines = [line for line in world.asked(kind) if line["処理"] == _word("open", world)]
    assert lines, f"no line about {kind}:\n{world.open_questions()}"
    return "\n".join(line["内容"] for line in lines)


def settled(world: World, kind: str) -> None:
    """Every line of that kind is done, and says by what."""
    lines = world.asked(kind)
    assert lines
    for line in lines:
        assert (line["処理"], line["経過"]) == (_word("done", world), ""), line["内容"]
        assert line["結果"].startswith("✓")


def answered(world: World, kind: str, choice: str, beside: str = "") -> None:
    """A person answers from the list; the matter is done."""
    opened(world, kind)
    world.choose(kind, choice, beside)
    world.rounds(3)
    settled(world, kind)


def channel(world: World, name: str) -> Any:
    return next(each for each in world.service.channels if each.name == name)


def failing(error: BridgeError) -> Callable[..., Any]:
    def fails(*_: Any) -> Any:
        raise error

    return fails


def rounds_of_each(world: World, count: int = 2, seconds: float = 3.0) -> None:
    """As the service does it: each job guarded, in turn."""
    for _ in range(count):
        world.service.cycle.run()
        for each in world.service.channels:
            world.service.guarded_round(each)
        world.clock.sleep(seconds)


def _word(code: str, world: World) -> str:
    return words.said("processed", code, world.language)
