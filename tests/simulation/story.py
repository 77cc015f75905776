"""A run as data: drawn from a seed, told again from what was noted, and shrunk to what is needed for its end."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from tests.simulation.acts import ACTS, AIMED
from tests.simulation.cast import CHANNELS, JOBS
from tests.simulation.model import Broken
from tests.simulation.people import rest
from tests.simulation.world import IDLE, Settings, Sim

T = TypeVar("T")
SHARE: Mapping[str, float] = {"sheet": 4.0, **dict.fromkeys(CHANNELS, 1.0)}
"""How often each job runs, compared with the others."""
EPOCH = 250  # steps between two rests of a liveness run


@dataclass(frozen=True)
class Act:
    """`moment`: which step of the bridge's own in this turn it happens before · `pick`: the seed of its choices."""

    moment: int
    name: str
    pick: int


@dataclass(frozen=True)
class Turn:
    """One job of the service, or a rest, and what happens during it."""

    job: str
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True)
class Story:
    settings: Settings
    turns: tuple[Turn, ...]

    def told(self) -> str:
        lines = [str(self.settings)]
        for turn in self.turns:
            acts = ", ".join(f"{act.name} @{act.moment} ({act.pick})" for act in turn.acts)
            lines.append(f"  {turn.job}" + (f": {acts}" if acts else ""))
        return "\n".join(lines)


@dataclass
class Result:
    """What came of one run. `wrong`: "" where everything held."""

    story: Story
    steps: int
    wrong: str = ""
    marks: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    rests: int = 0


class Drawing:
    """What a seed says. Each seed has a liking of its own: some acts are turned up in it, some never happen."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)
        self._weights = {name: actor.weight * self._dice.choice((0, 0.3, 1, 1, 3)) for name, actor in ACTS.items()}
        busy = self._dice.choice(("", "acts_moves", "acts_orders"))  # where staff are busy in this seed
        for name, actor in ACTS.items():
            self._weights[name] *= 4 if busy and actor.act.__module__.endswith(busy) else 1
        self._by_kind: dict[str, tuple[list[str], list[float]]] = {}
        dice = self._dice
        self.settings = Settings(
            two_readings=dice.choice((0.0, 0.0, 10.0)),
            many=dice.choice((5, 5, 5, 3)),
            feed_from=dice.choice((250, 2)),
            amazon_late=dice.choice((0.0, 8.0)),
        )
        self._share = self._dice.choice((0.05, 0.15, 0.3))
        self._aim = self._dice.choice((0.0, 0.1, 0.5))
        self._busy = 0.0
        self.acts_made: list[Act] = []
        self._moment = 0

    def job(self, touched: Mapping[str, bool]) -> str:
        """The next one; seldom one that nobody has given anything to do since it ran last."""
        self.acts_made, self._moment = [], 0
        self._busy = self._dice.choice((0.0, self._share, self._share))
        often = [share if touched[job] else share * IDLE for job, share in SHARE.items()]
        job: str = self._dice.choices(JOBS, often)[0]
        return job

    def acts(self, kind: str) -> Iterable[tuple[str, int]]:
        moment, self._moment = self._moment, self._moment + 1
        share = max(self._busy, self._aim) if kind in AIMED else self._busy
        count = self._dice.choice((0, 1, 1, 2)) if kind == "idle" else int(self._dice.random() < share)
        if kind == "commit" and self._dice.random() < 0.5:
            return
        for _ in range(count):
            names, weights = self._choices(kind)
            if names and any(weights):
                act = Act(moment, self._dice.choices(names, weights)[0], self._dice.getrandbits(31))
                self.acts_made.append(act)
                yield act.name, act.pick

    def _choices(self, kind: str) -> tuple[list[str], list[float]]:
        if kind not in self._by_kind:
            names = [name for name, actor in ACTS.items() if kind in actor.when]
            self._by_kind[kind] = names, [self._weights[name] for name in names]
        return self._by_kind[kind]


class Telling:
    """What was noted of one turn."""

    def __init__(self, turn: Turn) -> None:
        self._acts: dict[int, list[tuple[str, int]]] = {}
        for act in turn.acts:
            self._acts.setdefault(act.moment, []).append((act.name, act.pick))
        self._moment = 0

    def acts(self, kind: str) -> Iterable[tuple[str, int]]:
        moment, self._moment = self._moment, self._moment + 1
        return [(name, pick) for name, pick in self._acts.get(moment, ()) if kind in ACTS[name].when]


def draw(sim: Sim, seed: int, steps: int, *, rests: bool, epoch: int = EPOCH) -> Result:
    """Run a seed. With `rests` faults stop every now and then and the world must come to rest; without, anything goes
    until the end."""
    drawing = Drawing(seed)
    sim.reset(drawing.settings)
    turns: list[Turn] = []
    result = Result(Story(drawing.settings, ()), 0)
    due = min(epoch, steps) if rests else steps
    job = ""
    try:
        while True:
            if sim.steps >= due:
                drawing.acts_made, job = [], "rest"
                rest(sim)
                turns.append(Turn("rest"))
                result.rests += 1
                if sim.steps >= steps:
                    break
                due = min(sim.steps + epoch, steps)
            job = drawing.job(sim.touched)
            sim.turn(job, drawing)
            turns.append(Turn(job, tuple(drawing.acts_made)))
    except Exception as error:
        turns.append(Turn(job, tuple(drawing.acts_made)))
        result.wrong = _words(error)
    result.story = Story(drawing.settings, tuple(turns))
    result.steps, result.marks, result.counts = sim.steps, sim.marks, sim.counts
    return result


def tell(sim: Sim, story: Story) -> str:
    """Tell a story again; what went wrong, or ""."""
    sim.reset(story.settings)
    try:
        for turn in story.turns:
            if turn.job == "rest":
                rest(sim)
            else:
                sim.turn(turn.job, Telling(turn))
    except Exception as error:
        return _words(error)
    return ""


def _words(error: Exception) -> str:
    if isinstance(error, Broken):
        return str(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})"


# --- shrinking -------------------------------------------------------------------------------------------------------


def shrink(sim: Sim, story: Story, wrong: str, tries: int = 600) -> tuple[Story, str]:
    """The shortest story that a few hundred tries find which still ends wrong in the same way."""
    left = [tries]
    kind = _kind(wrong)

    def fails(turns: Sequence[Turn]) -> str:
        if left[0] <= 0:
            return ""
        left[0] -= 1
        found = tell(sim, Story(story.settings, tuple(turns)))
        return found if _kind(found) == kind else ""

    turns = list(story.turns)
    earlier = [i for i, turn in enumerate(turns[:-1]) if turn.job == "rest"]
    for start in reversed(earlier):  # what happened before the last rests is rarely needed
        if fails(turns[start + 1 :]):
            turns = turns[start + 1 :]
            break
    turns = without_parts(turns, fails)
    flat = [(i, act) for i, turn in enumerate(turns) for act in turn.acts]
    kept = without_parts(flat, lambda some: fails(_with_acts(turns, some)))
    turns = without_parts(_with_acts(turns, kept), fails)
    found = tell(sim, Story(story.settings, tuple(turns)))
    return Story(story.settings, tuple(turns)), found or wrong


def _kind(wrong: str) -> str:
    """What kind of failure it is: its words without numbers and names."""
    return "".join(c for c in wrong.removeprefix("no rest: ").split(":")[0] if not c.isdigit())[:24]


def _with_acts(turns: Sequence[Turn], acts: Sequence[tuple[int, Act]]) -> list[Turn]:
    return [Turn(turn.job, tuple(act for j, act in acts if i == j)) for i, turn in enumerate(turns)]


def without_parts(items: list[T], fails: Callable[[list[T]], object]) -> list[T]:
    """Leave out ever smaller parts as long as it still fails (ddmin)."""
    size = max(1, len(items) // 2)
    while size >= 1:
        start = 0
        while start < len(items):
            fewer = items[:start] + items[start + size :]
            if fewer and fails(fewer):
                items = fewer
            else:
                start += size
        size //= 2
    return items
