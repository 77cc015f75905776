"""The ledger can't be written (disk full, I/O error, read-only): nothing outside is touched from that write on, the
process ends with a sentence, and once there is room again everything is as it was meant."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bridge.errors import Stop
from bridge.fault_points import Point, arm
from tests.crash.shop import Begun, Shop, opened
from tests.support.world import Moment, World

FULL, BROKEN = "database or disk is full", "disk I/O error"
WRITING = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Disk:
    """Lets the nth writing statement of a ledger (or its commit) fail. `lasting`: every later one too; `rolls_back`: as
    SQLite does when a disk is full, the transaction is gone already when the program hears of it."""

    shop: World
    nth: int
    error: str
    lasting: bool
    rolls_back: bool
    statements: int = 0
    written_outside: int | None = field(default=None)  # at the first failure

    def __post_init__(self) -> None:
        engine = self.shop.service.ledger._engine
        event.listen(engine, "do_execute", self._statement)
        event.listen(engine, "do_executemany", self._statement)
        self._commit, engine.dialect.do_commit = engine.dialect.do_commit, self._commits  # type: ignore[method-assign]

    def _statement(self, cursor: Any, statement: str, _parameters: Any, _context: Any) -> None:
        if statement.startswith(WRITING):
            self.statements += 1
            self._maybe_fail(cursor.connection)

    def _commits(self, connection: Any) -> None:
        if connection.in_transaction:
            self.statements += 1
            self._maybe_fail(connection)
        self._commit(connection)

    def _maybe_fail(self, connection: Any) -> None:
        if self.statements == self.nth or (self.lasting and self.statements > self.nth):
            if self.written_outside is None:
                self.written_outside = outside(self.shop)
            if self.rolls_back:
                connection.rollback()
            raise sqlite3.OperationalError(self.error)


def outside(shop: World) -> int:
    """Every write that was sent to the spreadsheet or a mall."""
    return sum(call.writes for call in [*shop.sheet_calls, *shop.mall_calls])


def story(shop: World) -> None:
    shop.buy("rakuten", "A", 2)
    shop.type("B", "本社倉庫", 9)
    shop.rounds(2)
    shop.buy("shopify", "B", 1)
    shop.rounds(2)


def as_meant(shop: World) -> None:
    shop.settle()
    assert shop.balance("A") == {"本社倉庫": 5, "渋谷店": 2}
    assert shop.balance("B") == {"本社倉庫": 9, "渋谷店": 0}
    assert [shop.shown(mall, sku) for sku in "AB" for mall in ("rakuten", "shopify")] == [5, 5, 8, 8]
    assert (shop.row("A")["販売可能"], shop.row("B")["販売可能"]) == ("5", "8")
    assert shop.service.reconcile() == []


def fails(shop: World, disk: Disk) -> None:
    """Every part of the bridge gives up, one after the other; nobody writes anything outside any more."""
    with pytest.raises(Stop, match="台帳に書き込めません"):
        story(shop)
    for part in (shop.service.cycle.run, *(pusher.run for pusher in shop.service.pushers.values())):
        with pytest.raises(Stop, match="台帳に書き込めません"):
            part()
    assert outside(shop) == disk.written_outside


def statements_in_all(folder: Path, live_shop: Moment) -> int:
    shop = World(folder / "count.sqlite", since=live_shop)
    disk = Disk(shop, 10**9, FULL, lasting=True, rolls_back=True)
    story(shop)
    return disk.statements


@pytest.mark.parametrize(("error", "nth"), [(FULL, 40), (BROKEN, 90)])
def test_a_write_of_the_ledger_fails(tmp_path: Path, live_world: Moment, error: str, nth: int) -> None:
    _fails_at(tmp_path, live_world, error, nth)


@pytest.mark.long
@pytest.mark.parametrize("error", [FULL, BROKEN])
def test_every_fifth_write_of_the_ledger_fails(
    tmp_path: Path, live_world: Moment, error: str, record_property: Callable[[str, object], None]
) -> None:
    count = statements_in_all(tmp_path, live_world)
    some = range(1, count + 1, 5)
    for nth in some:
        _fails_at(tmp_path / str(nth), live_world, error, nth)
    record_property("counted failed ledger writes", len(some))


def _fails_at(folder: Path, live_world: Moment, error: str, nth: int) -> None:
    folder.mkdir(exist_ok=True)
    shop = World(folder / "ledger.sqlite", since=live_world)
    disk = Disk(shop, nth, error, lasting=error == FULL, rolls_back=error == FULL)
    fails(shop, disk)
    shop.service.close()
    shop.start()
    story_goes_on(shop)
    as_meant(shop)


def story_goes_on(shop: World) -> None:
    """What of the story people had not done yet when the disk failed."""
    taken = {mall: sum(line.units for order in m.orders() for line in order.lines) for mall, m in malls(shop).items()}
    if not taken["rakuten"]:
        shop.buy("rakuten", "A", 2)
    if shop.row("B")["本社倉庫"] == "7":
        shop.type("B", "本社倉庫", 9)
    if not taken["shopify"]:
        shop.buy("shopify", "B", 1)


def malls(shop: World) -> dict[str, Any]:
    return {"rakuten": shop.sandbox.rakuten, "shopify": shop.sandbox.shopify}


# --- real processes --------------------------------------------------------------------------------------------------


def no_file_may_grow() -> None:
    """From the fifth commit on the kernel itself answers every write with an error (EFBIG)."""
    commits = 0

    def count(point: Point) -> None:
        nonlocal commits
        commits += point is Point.COMMITTING
        if commits == 5:
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))

    arm(count)


def disk_full() -> None:
    """SQLite's own "full": the file may not have one page more than it has."""

    @event.listens_for(Engine, "connect")
    def _full(connection: Any, _record: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")


def read_only() -> None:
    @event.listens_for(Engine, "connect")
    def _query_only(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only=ON")


def ends_with_a_sentence(shop: Shop, work: Callable[[], None]) -> None:
    bridge = shop.start(work=work)
    assert shop.live_on(lambda: not bridge.alive()), "it goes on without a ledger"
    assert bridge.end() == 1
    last = bridge.words().strip().splitlines()[-1]
    assert last.startswith("✗ 台帳に書き込めません"), bridge.words()
    assert shop.integrity() == "ok"


@pytest.mark.long
@pytest.mark.parametrize("work", [no_file_may_grow, disk_full, read_only])
def test_a_process_whose_ledger_fails_ends(tmp_path: Path, live_shop: Begun, work: Callable[[], None]) -> None:
    with opened(tmp_path, live_shop, seed=1) as shop:
        ends_with_a_sentence(shop, work)
        bridge = shop.start()
        assert shop.settled(bridge) == []
        assert shop.lost_and_doubled() == (0, 0)
        assert bridge.terminate() == 0


@pytest.mark.parametrize("ruined", ["a text", "a folder in its place", "no folder may be made", "of a newer bridge"])
def test_a_ledger_that_cannot_be_opened_is_a_sentence(tmp_path: Path, live_world: Moment, ruined: str) -> None:
    path = tmp_path / "ledger.sqlite"
    shop = World(path, since=live_world)
    shop.service.close()
    before = outside(shop)
    if ruined == "a text":
        path.write_text("not a database at all, but long enough to be looked at\n" * 100)
    elif ruined == "a folder in its place":
        path.unlink()
        path.mkdir()
    elif ruined == "no folder may be made":
        (tmp_path / "file").touch()
        shop.config = shop._config()
        object.__setattr__(shop.config.bridge, "ledger", tmp_path / "file" / "ledger.sqlite")
    else:
        with sqlite3.connect(path) as file:
            file.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Stop, match="台帳"):
        shop.start()
    assert outside(shop) == before
