"""How the world comes to rest: people finish what they began and answer what they are asked, with the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, cast

from bridge.sandbox.malls.yahoo import Yahoo
from tests.simulation.acts_moves import Page
from tests.simulation.acts_past import undoes
from tests.simulation.acts_staff import Grid, deletes_copy, mends, new_name, shows
from tests.simulation.cast import JOBS, LOCATIONS, PARTNERS, SERVERS, SHELVES, STOCK, WAREHOUSE
from tests.simulation.malls import end_reviews, lying_there, ours, shown_by, takes_everything
from tests.simulation.model import Broken, Row
from tests.simulation.tab import Tab
from tests.simulation.watcher import CHANGED, ENTRY
from tests.simulation.world import Silence, Sim

MOST_TURNS, SOON = 30, 6
DICE = Random(0)


def rest(sim: Sim) -> None:
    """Nothing goes wrong any more. Raises Broken where the world comes to no rest, or to a wrong one."""
    sim.script, sim.moving = Silence(), 0
    DICE.seed(0)  # what happened in other worlds must not matter
    for faults in sim.faults.values():
        faults._script.clear()
    for mall in SERVERS:
        sim.malls[mall].visible_after = 0.0
        sim.troubles[mall].refusing.clear()
        takes_everything(sim.malls[mall])
    end_reviews(cast(Yahoo, sim.malls["yahoo"]))
    why: Broken | None = None
    for turn in range(MOST_TURNS):
        for job in (*JOBS, "sheet"):
            if not sim.job(job):
                raise Broken(f"{job} fails though nothing is wrong")
        sim.clock.elapsed += 20.0 if turn < SOON else 120.0  # what Yahoo may be keeping back is waited for
        if turn < SOON and not sim.model.all_told(sim.eye.books()[0]):
            continue  # who counts a shelf while the bridge has yet to hear what left it answers another question
        if tidy(sim):
            continue
        try:
            if sim.ledger_restored:
                sim.model.accepts_other_shelves(sim.eye.books()[0])
            check(sim)
        except Broken as broken:
            why = broken
        else:
            sim.model.muddy.clear()
            sim.edited.clear()
            sim.cleared.clear()
            sim.ledger_restored = False
            _clear_answered(sim)
            return
    asked = [line for line in sim.world.table("要対応") if not line["結果"].startswith("✓")]
    raise Broken(f"no rest: {why} {asked or ''}")


def check(sim: Sim) -> None:
    books, _ = sim.eye.books()
    for row in sim.rows():
        stocked = [at for at in LOCATIONS if books.balances.get((row.sku, at), (None,))[0] is not None]
        if any(sim.eye.expected(row.sku, at, row.lock) is None for at in stocked):
            raise Broken(f"{row.name}: its token tells nothing yet")
    shown = {name: shown_by(mall) for name, mall in sim.malls.items()}
    counted = sum(books.balances.get(("A", "FBA"), (0, 0))[1:2])
    if counted != lying_there(sim.malls["amazon"]):
        raise Broken(f"{counted} units of A are believed to lie in Amazon's warehouse")
    for sku, more in sim.warehouse.counted.items():
        if sim.eye.counted[sku, SHELVES[WAREHOUSE]] != more:
            raise Broken(f"{more} units of {sku} were found at the warehouse, {dict(sim.eye.counted)} are booked")
    malls = {(mall, wire): shown[mall][wire] for mall, wire in sim.wires}
    sim.model.at_rest(books, sim.rows(), malls, sim.eye.waiting())
    sim.written.at_rest(line for _, line in sim.written_lines())
    sim.picked.at_rest([row for _, row in sim.order_rows()], books, sim.model.sales)


def tidy(sim: Sim) -> bool:
    """Whether there was anything to finish."""
    return any(finish(sim) for finish in FINISHES)


def _arrivals(sim: Sim) -> bool:
    before = {mall: len(sim.malls[mall].history) for mall in SERVERS}
    arrived = sum(faults.deliver_late() for faults in sim.faults.values())
    for mall in SERVERS:
        sim.model.muddy |= {(mall, change.listing) for change in sim.malls[mall].history[before[mall] :]}
    sim.market.leave()
    return bool(arrived)


def _show(sim: Sim) -> bool:
    return shows(sim, DICE)


def _release(sim: Sim) -> bool:
    grid = Grid(sim)
    held = [row for row in grid.positions() if grid.text(row, "編集中") == "TRUE"]
    for row in held:
        grid.put(row, "編集中", "FALSE")
    return bool(held)


def _one_row_each(sim: Sim) -> bool:
    return deletes_copy(sim, DICE)


def _mend(sim: Sim) -> bool:
    """Also cells that an older row left blank although they have been filled since, or below zero."""
    grid = Grid(sim)
    for row in grid.positions():
        mine = sim.model.rows[grid.text(row, "商品名")]
        if sim.eye.finding(mine.sku, ENTRY) and grid.text(row, ENTRY):
            grid.change(row, "")
            return True
        for at in LOCATIONS:
            shown = grid.text(row, at)
            if not shown and mine.cells.get(at) == 0 and not sim.eye.stocked(mine.sku, at):
                grid.put(row, at, "0")  # a zero of a new product, which a write blanked before it counted
                return True
            if not sim.eye.finding(mine.sku, at) or mine.wrong.get(at, (None,))[0] == shown:
                continue
            if not shown or shown.startswith("-"):
                grid.enter(row, at, "0")
                return True
    return mends(sim, DICE)


def _lines(sim: Sim) -> bool:
    """Ticks of 入出庫 beside which something is wrong are taken away."""
    page, done = Page(sim), False
    for row, line in page.lines.values():
        if (line.sent or line.arrived) and "✓" not in line.state:
            for header in ("発送", "到着"):
                page.put(row, header, "FALSE")
            done = True
    return done


def _picks(sim: Sim) -> bool:
    """Rows of 受注 beside which something is wrong: what was said there is taken back; a copied one is deleted."""
    tab, numbers = Tab(sim.sheet, sim.orders_tab), set[int]()
    for at, row in sim.order_rows():
        if row.number in numbers and not row.by_hand:
            sim.sheet.delete_rows(sim.orders_tab, at, at + 1)
            return True
        numbers |= {row.number} - {0}
        if row.number and not row.done and (row.tick or row.picked or row.at) and row.state and not row.in_force:
            for header, text in (("棚出し済", "FALSE"), ("棚出し数", "0"), ("場所", "")):
                tab.put(at, header, text)
            return True
    return False


def _safety(sim: Sim) -> bool:
    """A safety stock that was blanked with an older row is typed again."""
    grid, done = Grid(sim), False
    for row in grid.positions():
        if sim.eye.finding(grid.text(row, "SKU"), "安全在庫"):
            grid.put(row, "安全在庫", "0")
            done = True
    return done


def _name(sim: Sim) -> bool:
    """A row that the bridge wrote again has no product name yet."""
    at, sheet, done = sim.columns(), sim.sheet.sheet(sim.stock), False
    for i in range(1, len(sheet.rows)):
        sku = sheet.cell(i, at["SKU"]).entered
        if sku and not sheet.cell(i, at["商品名"]).entered:
            mine = [index for index, (_, row, _) in enumerate(sim.gone) if row.sku == sku]
            if not mine:
                raise Broken(f"a row of {sku} appeared that nobody asked for")
            name, row, _ = sim.gone.pop(mine[-1])
            sim.sheet.type(sim.stock, i, at["商品名"], name)
            sim.model.rows[name] = row
            done = True
    return done


def _count(sim: Sim) -> bool:
    """Rows that an older ledger asked about, where neither its numbers nor the table's were right: once they show what
    it knows, what lies on the shelf is typed."""
    grid, books, done = Grid(sim), sim.eye.books()[0], False
    if sim.eye.asked_together("restored ledger"):
        return False
    for row in grid.positions():
        name = grid.text(row, "商品名")
        if name not in sim.uncounted:
            continue
        mine = sim.model.rows[name]
        known = {at: books.balances.get((mine.sku, at), (None, 0, 0)) for at in mine.cells}
        shown = {at: "" if typed is None else str(typed + booked) for at, (typed, booked, _) in known.items()}
        if all(grid.text(row, at) == shown[at] for at in mine.cells):
            sim.uncounted.remove(name)
            for at in mine.cells:
                grid.counts(row, at, str(sim.model.counts(mine, at, books)))
            done = True
    return done


# --- 要対応 ----------------------------------------------------------------------------------------------------------


def _partners(sim: Sim) -> bool:
    """Files are finished, taken, and what was refused is looked at and deleted."""
    if not PARTNERS:
        return False
    refused = list((sim.world.root / f"{WAREHOUSE} quarantine").iterdir())
    for path in refused:
        path.unlink()
    done = sim.warehouse.finish() or bool(sim.warehouse.pending()) or bool(refused)
    if sim.file_mall.waiting():
        sim.market.file_taken(sim.file_mall.take())
        done = True
    return done


def _answer(sim: Sim) -> bool:
    """Whether something was answered, or done about a question."""
    done = False
    for number, kind, about, data in sim.eye.open_questions():
        line = _line(sim, number)
        if kind not in ANSWERS:
            raise Broken(f"nobody knows an answer to: {kind} {about}")
        if line is None or (_told(sim, line, "回答") and not _told(sim, line, "結果")):
            continue  # the line or the result comes with a cycle to come
        answer = ANSWERS[kind](sim, about, data)
        if answer:
            _write(sim, line, answer)
        done = done or answer is not None
    return done


def _line(sim: Sim, number: int) -> int | None:
    sheet = sim.sheet.sheet(sim.asked)
    return next((i for i in range(1, len(sheet.rows)) if sheet.cell(i, 0).entered == number), None)


def _column(sim: Sim, header: str) -> int:
    return [cell.entered for cell in sim.sheet.sheet(sim.asked).rows[0].cells].index(header)


def _told(sim: Sim, line: int, header: str) -> str:
    return sim.sheet.shown(sim.asked, line, _column(sim, header))


def _write(sim: Sim, line: int, answer: str) -> None:
    sim.sheet.type(sim.asked, line, _column(sim, "回答"), answer)


def _clear_answered(sim: Sim) -> None:
    """Settled lines are deleted, so that the tab stays short."""
    settled = [i for i in range(1, len(sim.sheet.sheet(sim.asked).rows)) if _told(sim, i, "結果").startswith("✓")]
    for line in reversed(settled):
        sim.sheet.delete_rows(sim.asked, line, line + 1)
        sim.sheet.insert_rows(sim.asked, len(sim.sheet.sheet(sim.asked).rows))


Answer = Callable[[Sim, str, Mapping[str, Any]], str | None]
"""What is answered; "" where something else was done about it, None where it is waited for."""


def _seen(_sim: Sim, _about: str, _data: Mapping[str, Any]) -> str:
    return "確認済み"


def _refused(sim: Sim, about: str, _data: Mapping[str, Any]) -> str:
    sim.market.settled.add(about)
    return "確認済み"


def _wait(_sim: Sim, _about: str, _data: Mapping[str, Any]) -> None:
    return None


def _yes(_sim: Sim, _about: str, _data: Mapping[str, Any]) -> str:
    return "はい"


def _gone(sim: Sim, sku: str, _data: Mapping[str, Any]) -> str | None:
    """A row that somebody deleted comes back, by Ctrl+Z where it bore an entry that nobody may have seen; a product
    that was only tried is given up."""
    if any(row.sku == sku for row in sim.model.rows.values()):
        return None  # it stands there again already
    if sku not in STOCK:
        return "廃番"
    if sku in sim.edited and any(row.sku == sku for _, row, _ in sim.gone) and undoes(sim, DICE):
        return ""
    counted = {each for each, _ in sim.eye.asked_together("restored ledger")}
    if sku not in counted and any(sim.eye.in_question(sku, at) for at in LOCATIONS):
        return None  # whether a paste was meant is answered first
    if not any(row.sku == sku for _, row, _ in sim.gone):  # a version was restored in which it had no row
        sim.gone.append((new_name(sim, "product"), Row(sku), None))
    for _, row, _ in sim.gone:  # written again as the ledger has it, whatever was typed just before it went
        if row.sku == sku:
            balances = sim.eye.books()[0].balances
            row.cells = {
                at: typed for (code, at), (typed, _, _) in balances.items() if code == sku and typed is not None
            }
    return "戻す"


def _boxes(sim: Sim) -> bool:
    """Boxes that were stopped go back on the shelf before anybody counts it."""
    open_ones = [(number, data) for number, kind, _, data in sim.eye.open_questions() if kind == "picked and cancelled"]
    for number, data in open_ones:
        line = _line(sim, number)
        if line is not None and not _told(sim, line, "回答"):
            _write(sim, line, _box_out(sim, "", data))
    return bool(open_ones)


def _number(sim: Sim, sku: str, _data: Mapping[str, Any]) -> str | None:
    """What lies on the shelf is counted and typed, once it is told whether a box has arrived there."""
    grid, books = Grid(sim), sim.eye.books()[0]
    rows = [row for row in grid.positions() if grid.text(row, "SKU") == sku]
    boxes = [data for _, kind, _, data in sim.eye.open_questions() if kind == "move gone" and data["sku"] == sku]
    if len(rows) != 1 or boxes:
        return None
    if sku not in sim.cleared:
        raise Broken(f"a person is asked about {sku}, though nobody touched its lock cell")
    mine = sim.model.rows[grid.text(rows[0], "商品名")]
    for at in LOCATIONS:
        if books.balances.get((sku, at), (None,))[0] is not None:
            mine.cells.setdefault(at, 0)  # blank in an older row, and filled since: a number is asked for there too
        grid.counts(rows[0], at, str(sim.model.counts(mine, at, books)) if at in mine.cells else "")
    sim.gone = [each for each in sim.gone if each[1].sku != sku]  # nobody brings back a row of what was counted since
    sim.older_ledgers.clear()  # which sales this count had seen, no table tells a ledger that never heard the answer
    return "はい"


def _two_readings(sim: Sim, about: str, data: Mapping[str, Any]) -> str | None:
    """The person counts: is it the lower number, or as many more as the question says?"""
    sku, at = data["sku"], data["location"]
    books = sim.eye.books()[0]
    mine = [row for row in sim.model.rows.values() if row.sku == sku]
    if len(mine) != 1:
        return None
    counted = any(
        of == sku and kind in ("unknown number", "overwritten") for _, kind, of, _ in sim.eye.open_questions()
    )
    if counted or sim.eye.in_question(sku, at):
        return None  # what stands there since is asked about too, and takes this question's place
    typed, booked, _ = books.balances[sku, at]
    missing = sim.model.on_hand(mine[0], at, books) - (typed or 0) - booked
    if missing == 0:
        return "少ない方"
    if missing == data["high"] - data["low"]:
        return "多い方"
    raise Broken(f"{about}: neither {data['low']} nor {data['high']} is right, {missing} are missing")


def _restored_ledger(sim: Sim, _about: str, _data: Mapping[str, Any]) -> str | None:
    """Rows are counted: the table's numbers are taken, or the ledger's where only those are right; where neither are,
    the count is typed afterwards. Which of its shelves an order left nobody knows."""
    books, asked = sim.eye.books()[0], sim.eye.asked_together("restored ledger")
    if {sku for sku, _ in asked} - {row.sku for row in sim.model.rows.values()}:
        return None  # its row has gone, and comes back or is given up first
    wrong: dict[str, set[str]] = {"表の数": set(), "台帳の数": set()}
    for name, row in sim.model.rows.items():
        cells = [at for at in row.cells if books.balances.get((row.sku, at), (None,))[0] is not None]
        if not any((row.sku, at) in asked for at in cells):
            continue
        table = ledger = 0
        for at in cells:
            typed, booked, _ = books.balances[row.sku, at]
            by_table, lowered = asked.get((row.sku, at), (typed, 0))
            table += (by_table or 0) + booked + lowered
            ledger += (typed or 0) + booked + lowered
        truth = sum(sim.model.on_hand(row, at, books) for at in cells)
        wrong["表の数"] |= {name} if table != truth else set()
        wrong["台帳の数"] |= {name} if ledger != truth else set()
    answer = "台帳の数" if wrong["表の数"] and not wrong["台帳の数"] else "表の数"
    sim.uncounted |= wrong[answer]
    return answer


def _restored_version(sim: Sim, _about: str, _data: Mapping[str, Any]) -> str:
    """What the older version shows was meant; under an older ledger, too, the rows are counted afterwards."""
    if sim.ledger_restored:
        asked = {sku for sku, _ in sim.eye.asked_together("restored version")}
        sim.uncounted |= {name for name, row in sim.model.rows.items() if row.sku in asked}
    return "戻した数"


def _overwritten(sim: Sim, sku: str, data: Mapping[str, Any]) -> str | None:
    """The cell is counted anew. One that never counted shows what another row's write left in it until it does: what
    is typed over that is a change of it, as everywhere. Where that write hit no number, the last number stands."""
    grid, books = Grid(sim), sim.eye.books()[0]
    at = CHANGED if data["location"] == ENTRY else data["location"]
    if any((kind, of) == ("vanished", sku) for _, kind, of, _ in sim.eye.open_questions()):
        return None  # its row comes back or is given up first
    typed, booked, _ = books.balances.get((sku, at), (None, 0, 0))
    for row in grid.positions():
        mine, shown = sim.model.rows[grid.text(row, "商品名")], grid.text(row, at)
        if grid.text(row, "SKU") == sku and at in mine.cells:
            if typed is not None and shown.removeprefix("-").isdigit() and int(shown) != typed + booked:
                return None  # what was sold since is not taken off the number yet
            if typed is None and at in mine.wrong and shown.isdigit():
                mine.wrong.pop(at)
                mine.cells[at] = int(shown) - (sim.eye.contained(sku, at, grid.text(row, "ロック")) or 0)
            (grid.enter if typed is None else grid.counts)(row, at, str(sim.model.counts(mine, at, books)))
    return "確認済み"


def _sold_unknown(sim: Sim, _about: str, data: Mapping[str, Any]) -> str | None:
    """The till sold what the books didn't have: its shelf is counted."""
    grid, books, at = Grid(sim), sim.eye.books()[0], SHELVES[data["channel"]]
    for row in grid.positions():
        mine, shown = sim.model.rows[grid.text(row, "商品名")], grid.text(row, at)
        if grid.text(row, "SKU") == data["sku"] and at in mine.cells and sim.model.on_hand(mine, at, books) < 0:
            if shown != str(books.lies(mine.sku, at)) or grid.asked_about(row, at):
                return None  # what was sold since is not taken off the number yet, or another question comes first
            grid.counts(row, at, str(sim.model.counts(mine, at, books)))
    return "確認済み"


def _line_gone(sim: Sim, about: str, data: Mapping[str, Any]) -> str:
    """A line that was deleted on the way: it has arrived, or never left."""
    target = data["target"] if int(about) % 2 else ""
    sim.written.answered(int(about), (data["sku"], data["source"]), data["units"], target)
    return "届いた" if target else "送っていない"


def _unreported(sim: Sim, mall: str, _data: Mapping[str, Any]) -> str | None:
    """The mall is told of what was picked; where it takes no shipment now, the pick is taken back."""
    tab, shop = Tab(sim.sheet, sim.orders_tab), cast(Any, sim.malls[mall])
    for at, row in sim.order_rows():
        if row.mall != mall or row.done or not (row.tick or row.picked):
            continue
        orders = [
            each for each in shop.orders() if {sim.line_id(mall, each, line)[1] for line in each.lines} == {row.order}
        ]
        if not (orders and orders[0].open and ours(orders[0]) and shop.ship(orders[0].id)):
            tab.put(at, "棚出し済", "FALSE")
            tab.put(at, "棚出し数", "0")
        elif orders:
            sim.tell(mall, orders[0].id)
        return ""
    return None


def _box_out(_sim: Sim, _about: str, data: Mapping[str, Any]) -> str:
    return "戻した" if data["units"] % 2 else "発送済み"


FINISHES = (
    _partners,
    _arrivals,
    _boxes,
    _show,
    _release,
    _one_row_each,
    _mend,
    _lines,
    _picks,
    _safety,
    _name,
    _count,
    _answer,
)
ANSWERS: Mapping[str, Answer] = {
    "vanished": _gone,
    "renamed": _gone,
    "unknown number": _number,
    "two readings": _two_readings,
    "overwritten": _overwritten,
    "new product": _yes,
    "table emptied": _wait,
    "cancelled after shipment": lambda *_: "戻らない",
    "opening shipment withdrawn": _seen,
    "order unreadable": _wait,
    "cancel asked": _seen,
    "oversold": _seen,
    "raised there": _seen,
    "refused": _refused,
    "big change": lambda *_: "確認",
    "restored version": _restored_version,
    "restored ledger": _restored_ledger,
    "ledger older": _wait,
    "sorted apart": _wait,
    "write refused": _seen,
    "channel blind": _wait,
    "numbers stuck": _wait,
    "key expires": _wait,
    "gap expired": _seen,
    "five times": _seen,
    "drift": _seen,
    "held long": _wait,
    "move gone": _line_gone,
    "picked and cancelled": _box_out,
    "typed transfer": lambda _sim, _about, data: "移動" if data["units"] % 2 else "別々",
    "picked, not reported": _unreported,
    "sold unknown": _sold_unknown,
    "counted meanwhile": _seen,
    "hold over": lambda *_: "延長",
    "key refused": _wait,
    "channel trouble": _wait,
}
