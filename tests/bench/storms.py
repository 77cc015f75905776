"""What the bridge does in bad weather, measured: `make storms` prints the figures (text, then JSON).

Every run is the real bridge over the sandbox on a virtual clock, so a run of hours takes minutes and comes out the same
on every machine. Oversold units are counted from the malls' own orders, never from what the bridge believes.

    python -m tests.bench.storms [--only NAME] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.bench import blind, flash_sale, sheet_away, too_many

RUNS: dict[str, Callable[[], list[object]]] = {
    "429 storm": lambda: [too_many.run()],
    "sheet away": lambda: [sheet_away.run()],
    "blind channel": lambda: list(blind.table()),
    "flash sale": lambda: list(flash_sale.table()),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="storms")
    parser.add_argument("--only", choices=sorted(RUNS))
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args(arguments)
    figures: dict[str, list[dict[str, object]]] = {}
    for name, run in RUNS.items():
        if options.only in (None, name):
            began = time.monotonic()
            found = run()
            print(f"== {name} ({time.monotonic() - began:.0f} s)", flush=True)
            for each in found:
                print(f"   {each}", flush=True)
            figures[name] = [asdict(each) for each in found]  # type: ignore[call-overload]
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
