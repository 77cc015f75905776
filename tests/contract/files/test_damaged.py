"""Two thousand damaged files: nothing is taken that was not meant, and each has its sentence in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.contract.files.files_in import changes, orders, shipments, shown, stock
from tests.support.partner import Partner

FILES, AT_ONCE = 2_000, 100
PROFILES = {
    "stock": ("out/zaiko_{time}.csv", "3pl_stock"),
    "changes": ("out/chosei_{time}.csv", "3pl_changes"),
    "shipments": ("out/shukka_{time}.csv", "3pl_shipments"),
    "shown": ("stock_{time}.csv", "yahoo_shown"),
    "orders": ("order_{time}.csv", "rakuten_orders"),
}
CODE = r"[A-Z]{2}-[0-9]{4}|0[0-9]{4}"
CODE_COLUMN = {"stock": 0, "changes": 1, "shipments": 2, "shown": 0, "orders": 5}
UNITS_COLUMN = {"stock": 3, "changes": 2, "shipments": 3, "shown": 3, "orders": 6}
EXCEL = ("1E+13", "4.90123E+12", "1月2日", "2-Jan", "Jan-02", "2001/2/3", "#N/A", "####", "123")
NO_NUMBERS = ("1.5", "abc", "12個", "12 3", "1,23", "１２３４５６７８９０", "--1", "+1-", "1E+03", "○")


class Kind:
    """One kind of file of one partner, and what the bridge knows by it."""

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.file, profile = PROFILES[name]
        place = {"place": "外部倉庫"} if name in ("stock", "changes") else {}
        mine = ("3pl_stock", profile) if name == "changes" else (profile,)
        self.partner = Partner(root, *mine, code_shape=CODE, name=name, **place)

    def good(self, random: Random) -> bytes:
        codes = sorted(
            {f"{random.choice(('AB', 'XY'))}-{random.randrange(40):04}" for _ in range(random.randint(8, 20))}
        )
        codes[0] = "00123"
        units = {code: random.randint(1, 60) for code in codes}
        if self.name == "stock":
            return stock(units, f"{self.partner.now():%Y/%m/%d %H:%M:%S}")
        if self.name == "changes":
            return changes(units)
        if self.name == "shown":
            return shown({f"{code}:s{n}" if n % 3 else code: n for code, n in units.items()})
        number = f"N-{random.randrange(10**9)}"
        if self.name == "shipments":
            return shipments(*((number, str(n), code, units[code]) for n, code in enumerate(codes)))
        return orders(*((number, 300, n, units[code], f"{code}/v") for n, code in enumerate(codes)))

    def put(self, data: bytes, minutes: float = 0) -> str:
        name = self.file.format(time=self.partner.stamp(minutes))
        self.partner.put(name, data)
        return name.rpartition("/")[2]

    def told(self) -> Mapping[str, Any]:
        """Everything that would move a number."""
        channel = self.partner.channel
        read, count = self.partner.look(), channel.last_count()
        return {
            "orders": {order.order: order.lines for order in read.orders},
            "rows": read.rows,
            "count": dict(count.units) if count else {},
            "shown": {listing: units for listing, (units, _) in self.partner.memory.get("shown", {}).items()},
        }


def _cells(data: bytes) -> list[list[str]]:
    return [line.split(",") for line in data.decode("cp932").splitlines()]


def _joined(lines: list[list[str]], end: str = "\r\n") -> bytes:
    return "".join(",".join(line) + end for line in lines).encode("cp932")


def encoding(random: Random, _: Kind, good: bytes) -> bytes:
    return good.decode("cp932").encode(
        random.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "euc_jp", "iso2022_jp"))
    )


def shifted(random: Random, _: Kind, good: bytes) -> bytes:
    lines = _cells(good)
    row, where = random.randrange(1, len(lines)), random.randrange(len(lines[0]) - 1)
    how = random.randrange(4)
    if how == 0:
        lines[row].insert(where, "x")
        lines[row][-1] = lines[row][-1] or "x"
    elif how == 1:
        del lines[row][where]
    elif how == 2:
        del lines[0][where]
        lines[1][-1] = lines[1][-1] or "x"
    else:
        for line in lines[1:]:
            line.insert(0, "x")
            line[-1] = line[-1] or "x"
    return _joined(lines)


def excel(random: Random, kind: Kind, good: bytes) -> bytes:
    lines = _cells(good)
    lines[random.randrange(1, len(lines))][CODE_COLUMN[kind.name]] = random.choice(EXCEL)
    return _joined(lines)


def number(random: Random, kind: Kind, good: bytes) -> bytes:
    lines = _cells(good)
    lines[random.randrange(1, len(lines))][UNITS_COLUMN[kind.name]] = random.choice(NO_NUMBERS)
    return _joined(lines)


def written_twice(random: Random, _: Kind, good: bytes) -> bytes:
    _, rows = good.split(b"\r\n", 1)
    return good + random.choice((good, rows, rows[: rows.index(b"\r\n") + 2]))


def no_header(random: Random, kind: Kind, good: bytes) -> bytes:
    """Nothing but the heading is no stock, while an hour without an order is no damage."""
    head, rows = good.split(b"\r\n", 1)
    return random.choice(
        (rows, b"", b"\r\n", b"<html>", *([head + b"\r\n"] if kind.name in ("stock", "shown") else []))
    )


def renamed(random: Random, kind: Kind, good: bytes) -> bytes:
    lines = _cells(good)
    lines[0][random.choice((CODE_COLUMN[kind.name], UNITS_COLUMN[kind.name]))] += "2"
    return _joined(lines)


DAMAGES: tuple[Callable[[Random, Kind, bytes], bytes], ...] = (
    encoding, shifted, excel, number, written_twice, no_header, renamed,
)  # fmt: skip


@pytest.mark.parametrize("first", range(0, FILES, AT_ONCE))
def test_nothing_is_taken_of_a_damaged_file(tmp_path: Path, first: int) -> None:
    kinds = {}
    for name in PROFILES:
        kinds[name] = kind = Kind(name, tmp_path / name)
        kind.put(kind.good(Random(name)))
        kind.told()
    before = {name: kind.told() for name, kind in kinds.items()}
    for seed in range(first, first + AT_ONCE):
        random = Random(seed)
        kind = kinds[random.choice(list(kinds))]
        kind.partner.clock.sleep(60)
        good, damage = kind.good(random), DAMAGES[seed % len(DAMAGES)]
        bad = damage(random, kind, good)
        name = kind.put(bad)
        why = f"seed {seed}: {kind.name}, {damage.__name__}"
        assert kind.told() == before[kind.name], why
        assert name in kind.partner.sentences(), why
        assert {f"{name}.reason.txt", name} <= kind.partner.quarantined()
        kind.partner.channel._quarantine.remove(name)


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_a_file_that_was_cut_off_says_nothing_that_the_whole_one_did_not(tmp_path: Path, first: int) -> None:
    """Where the cut can be told, the file stops; where nobody could tell it (after a whole row, or in a column that
    isn't read), the rows before it count, and those after it are unknown, not gone."""
    stopped = 0
    for seed in range(first, first + 100):
        random = Random(seed)
        kind = Kind(random.choice(list(PROFILES)), tmp_path / str(seed))
        good = kind.good(random)
        name = kind.put(good[: random.randrange(1, len(good) - 2)])
        sentence = name in kind.partner.alarms()
        with_cut = {} if sentence and kind.name == "orders" else kind.told()
        stopped += sentence
        whole = Kind(kind.name, tmp_path / f"{seed} whole")
        whole.partner.clock.elapsed = 0.0
        whole.put(good)
        meant = whole.told()
        if sentence:
            assert not any(with_cut.values()), f"seed {seed}"
        else:
            assert _within(with_cut, meant), f"seed {seed}"
    assert stopped > 70


@pytest.mark.parametrize("seed", range(60))
def test_doubled_and_older_files(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    kind = Kind(list(PROFILES)[seed % len(PROFILES)], tmp_path)
    good = kind.good(random)
    kind.put(good)
    before = kind.told()
    kind.partner.clock.sleep(600)
    again = kind.put(good)
    assert kind.told() == before
    assert (again in kind.partner.sentences()) == (kind.name == "changes"), "a snapshot again moves nothing"
    if kind.name in ("stock", "shown"):
        kind.partner.clock.elapsed -= 700
        older = kind.good(random)
        kind.partner.clock.elapsed += 700
        name = kind.put(older, minutes=-700 / 60)
        assert kind.told() == before
        assert "older" in kind.partner.sentences()[name]


def _within(part: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    lines = {line for order in whole["orders"].values() for line in order}
    return (
        all(line in lines for order in part["orders"].values() for line in order)
        and {(row.listing, row.units) for row in part["rows"]} <= {(row.listing, row.units) for row in whole["rows"]}
        and part["count"].items() <= whole["count"].items()
        and part["shown"].items() <= whole["shown"].items()
    )
