"""Units sold that nobody has, and for each the reason that no program could have known better.

An order lowers its own mall's number at once, the other mall's only after it was readable and pushed. A buyer who comes
in between buys the same unit again: that is the feed's delay, and no bridge can prevent it. So every oversold unit is
held against what was sold or typed before it, and could not be known yet; a unit with no such reason is our mistake.

For an order B the bridge would have shown the mall at most (what was left before B) + (what it could not know yet).
B bought, so with a faultless bridge: what could not be known yet ≥ what B left below zero.

A till, and a warehouse with customers of its own, asks no number of ours: it sells what lies on its shelf, though every
unit there may be promised to a mall's order. What B takes so is explained by that alone; that the shelf's number was
right is judged for itself (verdict: each till's number is its column).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bridge.demo.evidence import Evidence, SoldLine, StockChange

SHELF_HOLDS_ALL = 1_000_000  # units: whatever was missing before, these were there


@dataclass(frozen=True)
class Allowance:
    """Seconds the bridge may take. `order`: from an order's appearance in its feed to the other mall's new number (one
    poll of orders, one push) · `sheet`: from an entry to the malls' numbers (one poll of the sheet besides; an entry
    that takes back the one before counts at the second look) · `slow`: so much longer where a mall allows few calls, to
    read its orders or to write its numbers · `unread`: between reading a number and writing it, where a mall has no
    compare-and-set."""

    order: float = 5.0
    sheet: float = 14.0
    unread: float = 2.0
    slow: Mapping[str, float] = field(default_factory=dict)
    no_compare_and_set: frozenset[str] = frozenset({"rakuten", "amazon", "yahoo", "woocommerce", "colorme", "eccube"})

    def between(self, sold_in: str, shown_in: str) -> float:
        """For an order of one mall to be shown by another, or by another listing of its own."""
        return self.order + self.slow.get(sold_in, 0.0) + self.slow.get(shown_in, 0.0)

    def from_the_sheet(self, shown_in: str) -> float:
        return self.sheet + self.slow.get(shown_in, 0.0)


@dataclass(frozen=True)
class Oversold:
    """`units` of `sku` that line `sold` took and nobody has. `reasons`: what could not be known yet, in words; `known`:
    units for which there is no reason."""

    sold: SoldLine
    sku: str
    units: int
    reasons: Sequence[str]
    known: int


def find_oversold(evidence: Evidence, allowance: Allowance) -> list[Oversold]:
    by_sku: defaultdict[str, list[SoldLine]] = defaultdict(list)
    for line in evidence.sold:
        for sku in line.parts if line.kept else ():
            by_sku[sku].append(line)
    found: list[Oversold] = []
    for sku, lines in by_sku.items():
        found += _of_sku(evidence, allowance, sku, sorted(lines, key=lambda line: line.placed_at))
    return sorted(found, key=lambda each: each.sold.placed_at)


def _of_sku(evidence: Evidence, allowance: Allowance, sku: str, lines: Sequence[SoldLine]) -> list[Oversold]:
    left = sum(
        units for (code, column), units in evidence.opening.items() if code == sku and column in evidence.selling
    )
    entries = [(change.counts_at, change.meaning) for change in evidence.typed if change.sku == sku]
    entries += [(goods.at, goods.units) for goods in evidence.received if goods.sku == sku]
    entries.sort()
    found: list[Oversold] = []
    for number, line in enumerate(lines):
        while entries and entries[0][0] <= line.placed_at:
            left += entries.pop(0)[1]
        kept = line.kept * line.parts[sku]
        left -= kept
        if left < 0:
            hidden = _hidden(evidence, allowance, sku, line, lines[:number])
            units = min(kept, -left)
            known = min(units, max(0, -left - sum(count for count, _ in hidden)))
            found.append(Oversold(line, sku, units, [reason for _, reason in hidden], known))
    return found


def _hidden(
    evidence: Evidence, allowance: Allowance, sku: str, line: SoldLine, before: Iterable[SoldLine]
) -> list[tuple[int, str]]:
    """(units of `sku`, reason) for everything before `line` that its listing's number could not contain yet."""
    if line.mall in evidence.shelves:
        units = line.kept * line.parts[sku]
        return [(SHELF_HOLDS_ALL, f"{line.mall} {line.order}: {units} lay on its shelf, promised or not")]
    mine = [change for change in evidence.stock_changes if (change.mall, change.code) == (line.mall, line.code)]
    found: list[tuple[int, str]] = []
    for other in before:
        within = allowance.between(other.mall, line.mall)
        if line.placed_at >= _knowable(evidence, other.visible_at, within):
            continue
        units, delay = other.kept * other.parts[sku], (other.visible_at - other.placed_at).total_seconds()
        if (other.mall, other.code) != (line.mall, line.code):
            found.append((units, f"{_pair(other, line)}: feed {delay:.0f}s + {within:.0f}s"))
        elif line.mall in allowance.no_compare_and_set and _written_over(mine, other, line, allowance.unread):
            found.append((units, f"{_pair(other, line)}: written over unread"))
    within = allowance.from_the_sheet(line.mall)
    for change in evidence.typed:
        late = line.placed_at < _knowable(evidence, change.counts_at, within)
        if change.sku == sku and change.meaning < 0 and change.counts_at <= line.placed_at and late:
            found.append((-change.meaning, f"entry {change.number} ({change.meaning}): sheet {within:.0f}s"))
    for put_back in mine:
        if put_back.cause in ("restock", "edit") and put_back.new > put_back.old:
            late = line.placed_at < _knowable(evidence, put_back.at, allowance.between(line.mall, line.mall))
            if put_back.at <= line.placed_at and late:
                units = (put_back.new - put_back.old) * line.parts[sku]
                found.append((units, f"{line.mall} put {units} back"))
    return found


def _pair(one: SoldLine, two: SoldLine) -> str:
    gap = (two.placed_at - one.placed_at).total_seconds()
    return f"{one.mall} {one.order} → {two.mall} {two.order} ({gap:.1f}s)"


def _written_over(changes: Sequence[StockChange], one: SoldLine, two: SoldLine, unread: float) -> bool:
    """Whether a push fell between the two, so soon after the first that it can't have been read before."""
    late = one.placed_at + timedelta(seconds=unread)
    return any(c.cause == "push" and one.placed_at <= c.at <= min(two.placed_at, late) for c in changes)


def _knowable(evidence: Evidence, at: datetime, allowance: float) -> datetime:
    """When a faultless bridge had acted on what showed at `at`; while it was down it could not."""
    done = at + timedelta(seconds=allowance)
    for down, up in evidence.times.outages:
        if at <= up and done >= down:
            done = max(done, up + timedelta(seconds=allowance))
    return done
