"""What a partner's files have told so far, as it is remembered, and what the bridge is told of it.

Of an order file only what moves stock is kept: no name, no address (rule 10).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bridge.channels.files import damage, facts
from bridge.channels.files.content import Change, Changes, Content, Count, Ids, Line, Lines
from bridge.channels.stamps import stamp
from bridge.channels.warehouses import CountTaken
from bridge.clock import Clock
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot
from bridge.domain.till import RowKind, TillRow
from bridge.file_profiles import Meaning, Profile, Tells
from bridge.remembered import Remembers

KEPT_BEYOND = timedelta(days=30)  # orders and changes are kept for so long after nobody may ask for them any more


class Told:
    """Of one channel. `sells`: whether the channel's partner lowers numbers of its own at an order."""

    def __init__(
        self, channel: str, shop: str, memory: Remembers, clock: Clock, ids: Ids, look_back: timedelta, *, sells: bool
    ) -> None:
        self._channel, self._shop, self._memory, self._clock, self._ids = channel, shop, memory, clock, ids
        self._look_back, self._sells = look_back, sells

    # --- a file is taken ---------------------------------------------------------------------------------------------

    def beyond(self, content: Content, versions: Sequence[str]) -> Content:
        """Of changes only those that were added since the file was taken under its name before: each counts once.
        `versions`: the digests of that. Raises Damaged where the file says other changes than it did."""
        if not isinstance(content, Changes) or not versions:
            return content
        short = {digest[:8] for digest in versions}
        before = [each["rows"] for each in self._memory.get("changes", []) if each["id"].rpartition("-")[2] in short]
        said = [row for rows in before for row in rows]
        if not before or [_row(change) for change in content.rows[: len(said)]] != said:
            raise damage.rewritten()
        return replace(content, rows=content.rows[len(said) :])

    def with_(self, profile: Profile, content: Content, digest: str, versions: Sequence[str] = ()) -> dict[str, Any]:
        """What is to be remembered once a file is taken. `versions`: as in `beyond`."""
        if isinstance(content, Changes):
            return {"changes": [*self._young("changes"), self._noted_changes(content, digest)]}
        if isinstance(content, Lines):
            return {"orders": self._with_lines(profile, content, digest, versions)}
        snapshots = {**self._memory.get("snapshots", {}), profile.name: dict(content.units)}
        if profile.tells is Tells.SHOWN:
            return {"snapshots": snapshots, "shown": self._with_shown(content)}
        count = {"profile": profile.name, "at": content.at.isoformat(), "net": profile.meaning is Meaning.AVAILABLE}
        return {"snapshots": snapshots, "count": count}

    def _noted_changes(self, content: Changes, digest: str) -> dict[str, Any]:
        rows = [_row(change) for change in content.rows]
        name = f"{content.at:%Y%m%dT%H%M%SZ}-{digest[:8]}"
        return {"id": name, "at": content.at.isoformat(), "seen": self._clock.now().isoformat(), "rows": rows}

    def _with_shown(self, content: Count) -> dict[str, Any]:
        shown, units_of = self.shown(), {self._ids.called(listing): units for listing, units in content.units.items()}
        return shown | {
            listing: [units, content.at.isoformat()]
            for listing, units in units_of.items()
            if listing not in shown or datetime.fromisoformat(shown[listing][1]) < content.at
        }

    def _with_lines(self, profile: Profile, content: Lines, digest: str, versions: Sequence[str]) -> dict[str, Any]:
        """A line that its order no longer has in a file stays as it was, open at worst: no file need say everything."""
        orders = {
            order: each for order, each in self._orders().items() if self._is_young(each["seen"])
        }  # fmt: skip
        sent: defaultdict[tuple[str, str], int] = defaultdict(int)  # by this file: two of its rows may be of one line
        for line in content.rows:
            known = orders.get(line.order)
            at = content.at.isoformat()
            known = known or {"placed": line.at.isoformat(), "at": at, "lines": {}, "told": False}
            lines = {number: {"at": known["at"], **each} for number, each in known["lines"].items()}
            if profile.tells is Tells.ORDERS:
                if known["told"] and datetime.fromisoformat(known["at"]) > content.at:
                    continue  # an older file
                known = {**known, "placed": line.at.isoformat(), "told": True}
                lines[line.line] = _ordered(lines.get(line.line), line, at)
            else:
                number = _same_line(lines, line)
                sent[line.order, number] += line.units
                whole = replace(line, units=sent[line.order, number])
                lines[number] = _sent(lines.get(number), whole, digest, versions, at)
            newest = max(datetime.fromisoformat(known["at"]), content.at).isoformat()
            orders[line.order] = {**known, "lines": lines, "at": newest, "seen": self._clock.now().isoformat()}
        return orders

    # --- what is told of it ------------------------------------------------------------------------------------------

    def orders(self, since: datetime) -> tuple[OrderSnapshot, ...]:
        """Those of which a file has told since then. Shipments of orders that a mall tells of are left to its word: an
        order number stands for one order, whoever names it. The mall may do so later than the file; what was booked by
        then is taken back, after MALL_TELLS_WITHIN when orders of long ago are read again, as they are every day."""
        orders, lately = self._orders(), min(since, self._clock.now() - facts.MALL_TELLS_WITHIN)
        seen = {order: datetime.fromisoformat(each["seen"]) for order, each in orders.items()}
        mine = {order: each for order, each in orders.items() if seen[order] >= lately}
        theirs = self._memory.elsewhere([order for order, each in mine.items() if not each["told"]])
        snapshots = (
            self._snapshot(order, each) for order, each in mine.items() if order in theirs or seen[order] >= since
        )
        return tuple(replace(each, lines=(), elsewhere=True) if each.order in theirs else each for each in snapshots)

    def rows(self) -> tuple[TillRow, ...]:
        """Every change of which a file has told; each has an id, under which it is booked once."""
        return tuple(
            TillRow(
                f"{each['id']}/{n}", self.key(listing), units, RowKind(kind), datetime.fromisoformat(each["at"])
            )
            for each in self._memory.get("changes", [])
            for n, (listing, units, kind) in enumerate(each["rows"], 1)
            if units
        )  # fmt: skip

    def units(self, profile: Profile) -> Mapping[str, int]:
        """The last snapshot of a profile."""
        found: dict[str, int] = self._memory.get("snapshots", {}).get(profile.name, {})
        return found

    def count(self) -> CountTaken | None:
        """What lies in the partner's warehouse, as it told last."""
        known = self._memory.get("count")
        if known is None:
            return None
        at, orders = datetime.fromisoformat(known["at"]), self._orders()
        changes = {each["id"]: each["at"] for each in self._memory.get("changes", [])}
        units = self._memory.get("snapshots", {})[known["profile"]]
        return CountTaken(
            at,
            {self.key(listing): number for listing, number in units.items()},
            known["net"],
            lambda ref: self._within(ref, at, orders, changes),
        )

    def shown(self) -> dict[str, list[Any]]:
        """What the channel shows: units, and as of when, by listing."""
        found: dict[str, list[Any]] = self._memory.get("shown", {})
        return {self._ids.called(listing): known for listing, known in found.items()}

    def sales(self) -> Mapping[str, Sequence[tuple[datetime, int]]]:
        """When each listing was ordered, and how many units."""
        found: defaultdict[str, list[tuple[datetime, int]]] = defaultdict(list)
        for each in self._orders().values():
            if each["told"]:
                placed = datetime.fromisoformat(each["placed"])
                for line in each["lines"].values():
                    found[self._ids.called(line["listing"])].append((placed, line["ordered"]))
        return found

    def listings(self) -> Iterator[str]:
        """Every listing that a file has told of."""
        for units in self._memory.get("snapshots", {}).values():
            yield from units
        yield from self.shown()

    def key(self, listing: str) -> ListingKey:
        return ListingKey(self._channel, self._ids.called(listing))

    def _snapshot(self, order: str, each: Mapping[str, Any]) -> OrderSnapshot:
        lines = tuple(self._line(order, number, line) for number, line in each["lines"].items())
        version = " ".join(stamp(datetime.fromisoformat(each[name])) for name in ("at", "seen"))
        placed = datetime.fromisoformat(each["placed"])
        return OrderSnapshot(self._channel, self._shop, order, version, placed, lines)

    def _line(self, order: str, number: str, line: Mapping[str, Any]) -> LineSnapshot:
        shipped = max(line["shipped"], sum(line["sent"].values()))
        ordered = max(line["ordered"], shipped)
        return LineSnapshot(
            key=LineKey(self._channel, self._shop, order, number),
            listing=self.key(line["listing"]),
            ordered=ordered,
            open=0 if line["cancelled"] else ordered - shipped,
            shipped=shipped,
            returned=0,  # told by changes, not by orders
            taken=ordered if self._sells else 0,  # nobody tells of a restock; the next file writes what is there anyway
        )

    def _within(self, ref: str, at: datetime, orders: Mapping[str, Any], changes: Mapping[str, str]) -> bool:
        """Whether what was booked under `ref` was told by a file of this partner that is no later than `at`. A line
        that was sent in parts is in the count when its last part is: until then the count is taken for less."""
        channel, _, rest = ref.partition("/")
        if channel != self._channel:
            return False
        name = rest.rpartition("/")[0]
        if name in changes:
            return datetime.fromisoformat(changes[name]) <= at
        pieces = rest.removeprefix(f"{self._shop}/").split("/")
        cuts = (("/".join(pieces[:n]), "/".join(pieces[n:])) for n in range(1, len(pieces)))
        known = [(orders[order], line) for order, line in cuts if order in orders and line in orders[order]["lines"]]
        return any(datetime.fromisoformat(each["lines"][line].get("at", each["at"])) <= at for each, line in known)

    def _orders(self) -> dict[str, Any]:
        found: dict[str, Any] = self._memory.get("orders", {})
        return found

    def _young(self, key: str) -> list[dict[str, Any]]:
        return [each for each in self._memory.get(key, []) if self._is_young(each["seen"])]

    def _is_young(self, seen: str) -> bool:
        return self._clock.now() - datetime.fromisoformat(seen) < self._look_back + KEPT_BEYOND


def _row(change: Change) -> list[Any]:
    """A change as it is remembered."""
    return [change.listing, change.units, change.kind.value]


def _ordered(known: Mapping[str, Any] | None, line: Line, at: str) -> dict[str, Any]:
    """A line as an order file has it. Of a cancelled one it stays known how many units it was. What a file only says
    again keeps the time of the file before."""
    units = line.units or (known["ordered"] if known and line.state == "cancelled" else 0)
    said = {
        "listing": line.listing,
        "ordered": units,
        "shipped": units if line.state == "shipped" else known["shipped"] if known else 0,
        "cancelled": line.state == "cancelled",
        "sent": known["sent"] if known else {},
    }
    return {"at": at, **said} if known is None or {**known, **said} != known else dict(known)


def _sent(known: Mapping[str, Any] | None, line: Line, digest: str, versions: Sequence[str], at: str) -> dict[str, Any]:
    """A line of which a shipment file tells: several files may tell of parts of it, each file by its last version."""
    known = known or {"listing": line.listing, "ordered": 0, "shipped": 0, "cancelled": False, "sent": {}, "at": at}
    others = {file: units for file, units in known["sent"].items() if file not in [each[:16] for each in versions]}
    newest = max(known["at"], at, key=datetime.fromisoformat)
    return {**known, "sent": {**others, digest[:16]: line.units}, "at": newest}


def _same_line(lines: Mapping[str, Mapping[str, Any]], line: Line) -> str:
    """A warehouse may number lines in its own way: then the one line of that listing is meant."""
    if line.line in lines:
        return line.line
    alike = [number for number, each in lines.items() if each["listing"] == line.listing]
    return alike[0] if len(alike) == 1 else line.line
