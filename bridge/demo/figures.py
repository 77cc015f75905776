"""How fast and how cheap: figures, counted at the simulators."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bridge.demo.evidence import Call, Evidence, SoldLine, StockChange

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Spread:
    """Of `count` values: the middle one and the one that 5 % exceed."""

    count: int
    p50: float
    p95: float


def spread(values: Sequence[float]) -> Spread:
    ranked = sorted(values)
    if not ranked:
        return Spread(0, 0.0, 0.0)
    return Spread(len(ranked), ranked[len(ranked) // 2], ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))])


@dataclass(frozen=True)
class Latency:
    """Seconds from a sale in one mall to another mall's lower number; `own` leaves the feed's delay out."""

    whole: Spread
    own: Spread


Pair = tuple[str, str]
"""Where it was sold, and where the number fell."""


@dataclass(frozen=True)
class Latencies:
    """Of all pairs of malls together, of each, and by where it was sold and where the number fell."""

    all: Latency
    by_pair: Mapping[Pair, Latency]
    sold_in: Mapping[str, Latency]
    lowered_in: Mapping[str, Latency]


def latencies(evidence: Evidence) -> Latencies:
    """Of every sale of a SKU, by itself or in a set, that another mall had a number to lower for. While the bridge was
    down nothing is measured; nor at a till, whose number falls only when goods leave its shelf."""
    changes: defaultdict[tuple[str, str], list[StockChange]] = defaultdict(list)
    for change in evidence.stock_changes:
        changes[change.mall, change.code].append(change)
    whole: defaultdict[Pair, list[float]] = defaultdict(list)
    own: defaultdict[Pair, list[float]] = defaultdict(list)
    showing = [mall for mall in evidence.malls if mall not in evidence.shelves]
    for line in (each for each in evidence.sold if each.units):
        for mall in showing:
            for sku in line.parts:
                lowered = None if mall == line.mall else _lowered(changes[mall, sku], line)
                if lowered is not None and not _during_outage(evidence, line, lowered):
                    whole[line.mall, mall].append((lowered.at - line.placed_at).total_seconds())
                    own[line.mall, mall].append((lowered.at - line.visible_at).total_seconds())

    def of(pairs: Iterable[Pair]) -> Latency:
        chosen = list(pairs)
        return Latency(*(spread([value for pair in chosen for value in some[pair]]) for some in (whole, own)))

    sources, targets = (dict.fromkeys(pair[end] for pair in whole) for end in (0, 1))
    return Latencies(
        of(whole),
        {pair: of([pair]) for pair in whole},
        {mall: of(pair for pair in whole if pair[0] == mall) for mall in sources},
        {mall: of(pair for pair in whole if pair[1] == mall) for mall in targets},
    )


def _lowered(changes: Sequence[StockChange], line: SoldLine) -> StockChange | None:
    """The push that took the sale off here: the first that lowers after the sale could be read. None where this mall
    had nothing left to lower."""
    before = [change for change in changes if change.at < line.visible_at]
    if not before or before[-1].new == 0:
        return None
    after = (change for change in changes if change.at >= line.visible_at)
    return next((change for change in after if change.cause == "push" and change.new < change.old), None)


def _during_outage(evidence: Evidence, line: SoldLine, lowered: StockChange) -> bool:
    return any(line.visible_at <= up and lowered.at >= down for down, up in evidence.times.outages)


@dataclass(frozen=True)
class Calls:
    """Calls that reached Google. A cycle is a read and the writes up to the next read."""

    cycles: int
    most_per_cycle: int
    per_cycle: float
    reads_per_minute: int
    writes_per_minute: int
    refused: int
    with_journal: int
    without_journal: int
    seconds: Spread


def count_calls(evidence: Evidence) -> Calls:
    calls = [call for call in evidence.calls if call.at >= evidence.times.began and call.kind in ("read", "write")]
    cycles = _cycles(calls)
    return Calls(
        cycles=len(cycles),
        most_per_cycle=max(cycles, default=0),
        per_cycle=sum(cycles) / len(cycles) if cycles else 0.0,
        reads_per_minute=_most_in_a_minute([call for call in calls if call.kind == "read"]),
        writes_per_minute=_most_in_a_minute([call for call in calls if call.kind == "write"]),
        refused=sum(call.status == 429 for call in calls),
        with_journal=sum(call.journal for call in calls),
        without_journal=sum(call.owned for call in calls),
        seconds=spread([call.seconds for call in calls]),
    )


def _cycles(calls: Sequence[Call]) -> list[int]:
    counts: list[int] = []
    for call in calls:
        if call.kind == "read":
            counts.append(1)
        elif counts:
            counts[-1] += 1
    return counts


def _most_in_a_minute(calls: Sequence[Call]) -> int:
    most, first = 0, 0
    for last, call in enumerate(calls):
        while calls[first].at <= call.at - MINUTE:
            first += 1
        most = max(most, last - first + 1)
    return most
