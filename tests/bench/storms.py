"""What the bridge does in bad weather, measured: `make storms` prints the figures (text, then JSON).

Every run is the real bridge over the sandbox on a virtual clock, so a run of hours takes minutes and comes out the same
on every machine. Oversold units are counted from the malls' own orders, never from what the bridge believes.

    python -m tests.bench.storms [--only NAME] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.bench import blind, flash_sale, sheet_away, too_many

RUNS: dict[str, Callable[[], Iterable[Any]]] = {
    "429 storm": lambda: [too_many.run()],
    "sheet away": lambda: [sheet_away.run()],
    "blind channel": blind.table,
    "flash sale": flash_sale.table,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="storms")
    parser.add_argument("--only", choices=sorted(RUNS))
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args(arguments)
    figures: dict[str, list[dict[str, Any]]] = {}
    for name, run in RUNS.items():
        if options.only in (None, name):
            print(f"== {name}", flush=True)
            figures[name] = []
            for each in run():
                print(f"   {each}", flush=True)
                figures[name].append(asdict(each))
    text = json.dumps(figures, ensure_ascii=False, indent=2)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
