"""`make abuse LAYOUTS=5000`: that many random broken layouts on every core; figures into var/reliability/abuse.json."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.abuse.layouts import fails, layout, shrunk, story
from tests.abuse.mishaps import MISHAPS
from tests.abuse.shop import AbusedShop
from tests.support.figures import keep

CHUNK = 50  # layouts a worker is given at a time
STORIES = 10  # failures that are shrunk and printed


def main() -> int:
    options = _options()
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of a seed's story
        os.execve(sys.executable, [sys.executable, "-m", "tests.abuse", *sys.argv[1:]],
                  {**os.environ, "PYTHONHASHSEED": "0"})  # fmt: skip
    first, count = options.first, options.layouts
    started = time.monotonic()
    failures: list[int] = []
    with ProcessPoolExecutor(options.workers) as pool:
        chunks = [range(at, min(at + CHUNK, first + count)) for at in range(first, first + count, CHUNK)]
        for done in as_completed([pool.submit(_chunk, chunk) for chunk in chunks]):
            failures += done.result()
            print(f" {done.result()} " if done.result() else ".", end="", flush=True)
    seconds = time.monotonic() - started
    print()
    for seed in sorted(failures)[:STORIES]:
        print(story(*shrunk(_shop(), layout(seed))), end="\n\n")
    cases = [layout(seed) for seed in range(first, first + count)]
    kinds = Counter(step.name for case in cases for step in case.steps)
    figures = {
        "layouts": count,
        "first seed": first,
        "failed": len(failures),
        "failed seeds": sorted(failures)[:100],
        "mishaps": sum(kinds[name] for name in MISHAPS),
        "kinds of mishaps": len([name for name in MISHAPS if kinds[name]]),
        "orders": kinds["buy"],
        "seconds": round(seconds, 1),
        "workers": options.workers,
    }
    keep("abuse", figures)
    print(
        f"{count:,} layouts ({figures['mishaps']:,} mishaps of {figures['kinds of mishaps']} kinds, "
        f"{figures['orders']:,} orders) in {seconds:,.0f} s: {len(failures)} failed"
    )
    return 1 if failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.abuse", description=__doc__)
    parser.add_argument("--layouts", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


_SHOPS: list[AbusedShop] = []


def _shop() -> AbusedShop:
    """One per process."""
    if not _SHOPS:
        logging.disable(logging.WARNING)
        _SHOPS.append(AbusedShop())
    return _SHOPS[0]


def _chunk(seeds: range) -> list[int]:
    return [seed for seed in seeds if fails(_shop(), layout(seed)) is not None]


if __name__ == "__main__":
    sys.exit(main())
