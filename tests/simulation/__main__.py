"""`python -m tests.simulation --seeds 1-200 --steps 2000`: run seeds on all cores, say what was counted and what broke.

Odd seeds are liveness runs (faults stop now and then, and the world must come to rest), even ones safety runs (anything
goes, every promise holds after each step). Exit code 1 where a promise broke; such a seed is told as a shrunk story.
CHANNELS=all in the environment: with every kind of channel at once, else with the four malls.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from threading import Semaphore

from tests.simulation.cast import ALL
from tests.simulation.marks import MARKS, report
from tests.simulation.story import Result, draw, shrink
from tests.simulation.world import Sim
from tests.support.figures import keep

_sims: list[Sim] = []


def sim() -> Sim:
    """One world per process. What it is made of stays, so that nobody need look through it for garbage again."""
    if not _sims:
        _sims.append(Sim())
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
    return _sims[0]


def run(job: tuple[int, int, int]) -> tuple[int, Result]:
    """One seed; a failing story comes back shrunk."""
    seed, steps, tries = job
    result = draw(sim(), seed, steps, rests=seed % 2 == 1)
    if result.wrong and tries:
        result.story, result.wrong = shrink(sim(), result.story, result.wrong, tries)
    return seed, result


def seeds_of(text: str) -> list[int]:
    """`1-200`, `7`, `1-3,9`."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def main(given: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=seeds_of, default=seeds_of("1-50"))
    parser.add_argument("--steps", type=int, default=2000, help="per seed")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--tries", type=int, default=200, help="stories told again to shrink a failing one")
    parser.add_argument("--minutes", type=float, default=0.0, help="go on with further seeds for so long")
    options = parser.parse_args(given)
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of a seed's story
        os.execve(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]],
                  {**os.environ, "PYTHONHASHSEED": "0"})  # fmt: skip
    began, wrong = time.monotonic(), 0
    counts: Counter[str] = Counter()
    marks: Counter[str] = Counter()
    steps = rests = count = 0
    ahead = Semaphore(2 * options.jobs)  # a pool takes every seed that it can get, hours before it comes to run it
    seeds = (seed for seed in _seeds(options.seeds, options.minutes, began) if ahead.acquire())
    with Pool(options.jobs) as pool:
        for seed, result in pool.imap_unordered(run, ((seed, options.steps, options.tries) for seed in seeds)):
            ahead.release()
            count, steps, rests = count + 1, steps + result.steps, rests + result.rests
            counts.update(result.counts)
            marks.update(result.marks)
            if result.wrong:
                wrong += 1
                print(f"seed {seed}: {result.wrong}\n{result.story.told()}", flush=True)
    seconds = time.monotonic() - began
    print(report(counts, marks))
    print(f"{count} seeds, {steps:,} steps, {rests} times at rest, {wrong} wrong, {steps / seconds:.0f} steps/s")
    missed = [name for name in MARKS if not marks[name]]
    keep(
        "simulation-all" if ALL else "simulation",
        {
            "seeds": count,
            "steps": steps,
            "times at rest": rests,
            "broken promises": wrong,
            "steps per second": round(steps / seconds),
            "marks reached": f"{len(MARKS) - len(missed)}/{len(MARKS)}",
            "marks": [{"mark": name, "times": marks[name]} for name in MARKS],
        },
    )
    print("all marks reached" if not missed else f"never reached: {', '.join(missed)}")
    return 1 if wrong else 0


def _seeds(given: list[int], minutes: float, began: float) -> Iterator[int]:
    yield from given
    seed = max(given)
    while time.monotonic() - began < minutes * 60:
        seed += 1
        yield seed


if __name__ == "__main__":
    sys.exit(main())
