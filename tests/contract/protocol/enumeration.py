"""Every letter at every moment, and every pair of letters at every two moments. Enumerated, not sampled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.contract.protocol.alphabet import LETTERS
from tests.contract.protocol.small_world import Cut, Impossible, Script, SmallWorld

Place = tuple[str, int]  # a letter and the moment right before which it happens


@dataclass
class Tally:
    """How many runs there were, and the stories of those that ended wrong."""

    runs: int = 0
    wrong: list[str] = field(default_factory=list)


def script_of(story: Iterable[Place]) -> Script:
    script: dict[int, list[str]] = {}
    for letter, moment in story:
        script.setdefault(moment, []).append(letter)
    return {moment: [LETTERS[letter].act for letter in letters] for moment, letters in script.items()}


def every_run(world: SmallWorld, first: str, *, pairs: bool) -> Tally:
    """`first` alone at every moment of the run without it; with `pairs` also followed by every letter at every moment
    from then on."""
    tally = Tally()
    undisturbed = world.run({}, whole=True)
    world.gone_on_from.update(cut.state for cut in undisturbed[1:])  # every letter is a first one there
    for moment in _moments(world, first):
        alone = ((first, moment),)
        cuts = _run(world, alone, tally, whole=pairs)
        if pairs and cuts is not None:
            _seconds(world, alone, cuts, tally)
    return tally


def _seconds(world: SmallWorld, alone: Sequence[Place], cuts: Sequence[Cut], tally: Tally) -> None:
    """Every second letter from the first one's moment on, up to a cut whose state was gone on from before: what may
    follow it was all seen then."""
    moment, end = alone[0][1], len(world.kinds)
    for cut in cuts:
        if len(cut.kinds) > moment and cut.state in world.gone_on_from:
            end = len(cut.kinds)
            break
    places = [(letter, later) for letter in LETTERS for later in _moments(world, letter) if moment <= later < end]
    for second, later in places:
        start = max((cut for cut in cuts if len(cut.kinds) <= later), key=lambda cut: len(cut.kinds))
        _run(world, (*alone, (second, later)), tally, start)
    world.gone_on_from.update(cut.state for cut in cuts if moment < len(cut.kinds) < end)


def _moments(world: SmallWorld, letter: str) -> list[int]:
    """The moments of the run just made at which a letter may happen."""
    return [moment for moment, kind in enumerate(world.kinds) if kind in LETTERS[letter].when]


def _run(
    world: SmallWorld, story: Sequence[Place], tally: Tally, start: Cut | None = None, *, whole: bool = False
) -> list[Cut] | None:
    """The cuts of one run; None where it isn't possible."""
    try:
        cuts = world.run(script_of(story), start, whole=whole)
    except Impossible:
        return None
    except AssertionError as error:
        told = ", ".join(f"{letter} @ {moment}" for letter, moment in story)
        tally.wrong.append(f"{told}: {error}")
        cuts = None
    tally.runs += 1
    return cuts
