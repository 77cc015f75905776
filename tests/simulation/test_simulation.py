"""A few seeds in every run of the suite; `make simulate` runs as many as one likes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.cast import JOBS
from tests.simulation.explained import Explained
from tests.simulation.model import Broken, SheetRow
from tests.simulation.mutants import MUTANTS, hunt
from tests.simulation.story import draw, tell, without_parts
from tests.simulation.watcher import CHANGED
from tests.simulation.world import Silence, Sim

LIVENESS, SAFETY = (1, 3), (2,)


@cache
def sim() -> Sim:
    return Sim()


@pytest.mark.parametrize("seed", [*LIVENESS, *SAFETY])
def test_whatever_happens_nothing_is_lost(seed: int, record_property: Callable[[str, Any], None]) -> None:
    result = draw(sim(), seed, 120, rests=seed in LIVENESS)
    record_property("counted steps of the simulation", result.steps)
    assert not result.wrong, f"seed {seed}: {result.wrong}\n{result.story.told()}"
    assert result.rests


@pytest.mark.long
@pytest.mark.parametrize("rule", MUTANTS)
def test_a_broken_rule_is_told_by_some_seed(rule: str, record_property: Callable[[str, Any], None]) -> None:
    _, seed, wrong = hunt(rule)
    record_property("counted broken rules that the simulation told", 1)
    assert seed, rule
    assert wrong


def test_every_kind_of_channel_at_once(tmp_path: Path) -> None:
    """In a process of its own: who is there is settled as it starts. `make simulate CHANNELS=all` runs many."""
    command = [sys.executable, "-m", "tests.simulation", "--seeds", "1-2", "--steps", "60", "--jobs", "1"]
    here = Path(__file__).parents[2]
    environment = {**os.environ, "CHANNELS": "all", "PYTHONHASHSEED": "0", "PYTHONPATH": str(here)}
    told = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert told.returncode == 0, told.stdout[-3000:] + told.stderr[-1000:]
    assert "2 seeds" in told.stdout


def test_idle_polls_the_heartbeat_and_the_clock_are_no_steps() -> None:
    world = sim()
    world.reset()
    for job in JOBS * 2:  # the first look at what is new counts
        world.turn(job, Silence())
    before = world.steps
    for _ in range(3):
        world.do("clock jumps", 1)
        for job in JOBS:
            world.turn(job, Silence())
    assert world.counts["idle: sheet heartbeat"] >= 2
    assert world.steps == before


def test_what_people_do_between_the_two_calls_is_told_from_the_bytes() -> None:
    world = sim()
    world.reset()
    world.do("order", 79474736)
    for job in (*JOBS, "sheet"):
        world.turn(job, Silence())
    assert world.counts["sheet lock"] == world.counts["sheet second call"] == 1


def test_a_story_told_again_ends_the_same_way() -> None:
    result = draw(sim(), 5, 60, rests=False)
    once = (sim().steps, sim().eye.books()[0].balances, sim().rows())
    assert tell(sim(), result.story) == result.wrong
    assert (sim().steps, sim().eye.books()[0].balances, sim().rows()) == once


def test_a_seed_tells_the_same_whatever_was_run_before_it() -> None:
    def run(seed: int) -> tuple[str, int]:
        result = draw(sim(), seed, 300, rests=True, epoch=100)
        return result.story.told(), result.steps

    once = run(1)
    run(2)
    assert run(1) == once


@dataclass(frozen=True)
class Reading:
    """A row whose lock cell tells nothing, and what was there `before`, under its token."""

    read: str
    entry: str = ""
    asked: Sequence[str] = ()
    before: str = "5"
    drafts: Sequence[str] = ()
    in_force: Mapping[str, int] = field(default_factory=lambda: {CHANGED: 6})


def test_a_failing_story_is_shrunk_to_what_it_needs() -> None:
    tried: list[list[int]] = []

    def fails(story: list[int]) -> bool:
        tried.append(story)
        return {17, 60} <= set(story)

    assert without_parts(list(range(100)), fails) == [17, 60]
    assert len(tried) < 100


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (Reading("5"), False),
        (Reading("7"), True),
        (Reading("7", asked=("A",)), False),
        (Reading("3", entry="2"), False),  # together they are what it showed
        (Reading("7", entry="2"), True),
        (Reading("abc"), False),  # no number, the last one stays
        (Reading("6"), False),  # what the ledger says it should show
        (Reading("7", in_force={}), False),  # the first that counts may be any
        (Reading("8", before="8", drafts=("tea",)), True),  # in 編集中 it was shown, and counted for nothing
    ],
    ids=str,
)
def test_a_token_over_a_number_that_nobody_vouched_for_is_told(case: Reading, told: bool) -> None:
    def row(lock: str, units: str, entry: str = "") -> SheetRow:
        return SheetRow("tea", "A", lock, "0", {CHANGED: units}, entry)

    eye = Explained(lambda _: case.in_force)
    eye.look([row("✓ 3", "5")], (), lambda: (), ours=False)
    eye.look([row("✓ 3", case.before)], case.drafts, lambda: (), ours=False)
    eye.look([row("", case.read, case.entry)], (), lambda: case.asked, ours=False)
    with pytest.raises(Broken) if told else nullcontext():
        eye.look([row("✓ 4", "9")], (), lambda: (), ours=True)
