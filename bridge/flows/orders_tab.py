"""受注: a row for each component of an order line that is to be picked, appended under a number of its own.

A row is known by its number, never by its position. It is appended below everything that stands there, and looked for
before it is appended again. The bridge never moves, sorts or removes one: when it is done, its cells say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bridge.domain.numbering import floor, number_in
from bridge.domain.orders import LineKey
from bridge.domain.picks import HAND, OrderRow, RowStage
from bridge.flows import handwritten
from bridge.flows.desk import Look
from bridge.flows.order_cells import Still, take_cells
from bridge.flows.order_page import GIVEN_BACK, Page, ToWrite, page_of, said_of
from bridge.flows.order_questions import ask_about
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.sheet.order_lines import OrderLine

TO_WRITE = "order numbers to write"  # of the last look
Strays = defaultdict[tuple[str, str], list[OrderLine]]


def take_orders(tx: Tx, shop: Shop, look: Look, still: Still) -> None:
    """One poll's rows. Harmless to repeat."""
    page = page_of(tx, shop, look)
    if page is None:
        return
    _follow(tx, page, still)
    for row in list(page.rows.values()):
        line = page.line(row.number)
        if row.key.channel != HAND and not row.stage.closed and line is not None:
            take_cells(tx, shop, page, row, line, still)
    numbers = handwritten.take_lines(tx, shop, page, still)
    if page.live:
        numbers += _offer(tx, page, newest(look), still)
    tx.put(TO_WRITE, [[line.month, line.position, line.number, ""] for line in page.wrong] + numbers)
    _give_back(tx, page, numbers)
    ask_about(tx, shop, page)


def _give_back(tx: Tx, page: Page, numbers: Iterable[ToWrite]) -> None:
    """Remember beside which row each number is to stand that was known before."""
    lines = {(line.month, line.position): line for line in page.lines}
    given = {str(number): lines[str(month), int(at)] for month, at, _, number in numbers}
    waiting = {number: said for number, said in tx.get(GIVEN_BACK, {}).items() if int(number) not in page.at}
    known = {number: said_of(line) for number, line in given.items() if int(number) in page.rows or not line.kind}
    tx.put(GIVEN_BACK, waiting | known)


def take_again(tx: Tx, shop: Shop, look: Look) -> None:
    """The ledger is an older copy. What the rows say was acted on by the one that is no more, and stands in the numbers
    of the table: it is booked again before those are judged."""
    page = page_of(tx, shop, look)
    if page is None or not page.live:
        return
    handwritten.adopt(tx, page)
    for _ in ("rows are found", "and what they say"):
        take_orders(tx, shop, look, lambda *_: True)


def newest(look: Look) -> str:
    """The month whose tab new rows go to."""
    return max(look.orders)


def _follow(tx: Tx, page: Page, still: Still) -> None:
    """Rows as the sheet and the malls have them now: read back, deleted, shipped, cancelled, open again."""
    changed = []
    for row in page.rows.values():
        lines = page.at.get(row.number, [])
        now = replace(row, month=lines[-1].month if lines else row.month)
        now = replace(now, stage=_stage(tx, page, row, still))
        if now.stage.closed != row.stage.closed:
            now = replace(now, closed_at=tx.at if now.stage.closed else None)
        if now != row:
            changed.append(now)
    tx.order_rows.put(changed)
    page.rows.update({row.number: row for row in changed})


def _stage(tx: Tx, page: Page, row: OrderRow, still: Still) -> RowStage:
    state, by_hand = page.states.get(row.key), row.key.channel == HAND
    if state is None:
        known = by_hand or row.stage.closed or tx.channels.get(row.key.channel).opened_at is None
        return row.stage if known else RowStage.DONE  # shipped or cancelled while everything was opened anew
    wanted = state.progress(row.sku).stage
    if row.stage.closed or wanted.closed:
        return row.stage if by_hand and row.stage.closed else wanted
    gone = row.number not in page.at
    deleted = still(f"order row {row.number} gone", gone) and gone
    if row.stage is RowStage.OPEN:
        return RowStage.OFFERED if deleted else RowStage.OPEN
    return RowStage.OFFERED if gone else RowStage.OPEN


def _offer(tx: Tx, page: Page, month: str, still: Still) -> list[ToWrite]:
    """Rows for lines that have none. One that stands there without a number that we know is theirs: an older ledger
    wrote it, or its number was cleared."""
    strays = _strays(page)
    numbers: list[ToWrite] = []
    for row in list(page.rows.values()):
        gone = row.stage is RowStage.OFFERED and row.number not in page.at and row.key.channel != HAND
        line = _taken(strays, row.key, row.sku) if gone else None
        if line is None:
            continue
        page.keep(tx, replace(row, sent_at=tx.at))  # it is not appended anew meanwhile
        if _stands(line, still):
            numbers.append([line.month, line.position, line.number, row.number])
    new: list[tuple[OrderRow, OrderLine | None]] = []
    for key, sku in _lacking(page):
        line = _taken(strays, key, sku)
        if line is not None and not _stands(line, still):
            continue
        row = OrderRow(0, key, sku, line.month if line else month, placed_at=tx.orders.placed_at(key))
        if line is not None and number_in(line.number):
            page.keep(tx, replace(row, number=number_in(line.number), stage=RowStage.OPEN))
        else:
            new.append((replace(row, sent_at=tx.at if line else None), line))
    offered = tx.order_rows.offer([row for row, _ in new], floor(page.at, page.rows))
    for row, (_, line) in zip(offered, new, strict=True):
        if line is not None:
            numbers.append([line.month, line.position, line.number, row.number])
    return numbers


def _lacking(page: Page) -> Iterator[tuple[LineKey, str]]:
    """Components of order lines that are to be picked and have no row yet."""
    have = {(row.key, row.sku) for row in page.rows.values()}
    for key, state in page.states.items():
        for part in state.components:
            if key.channel != HAND and (key, part.sku) not in have and state.progress(part.sku).open:
                yield key, part.sku


def _strays(page: Page) -> Strays:
    """Rows of mall orders that bear no number of ours, by order and SKU."""
    found: Strays = defaultdict(list)
    for line in page.lines:
        if line.order and not line.kind and not line.done and number_in(line.number) not in page.rows:
            found[line.order, page.sku(line.sku)].append(line)
    return found


def _taken(strays: Strays, key: LineKey, sku: str) -> OrderLine | None:
    mine = [line for line in strays[key.order, sku] if line.is_of(key.channel, key.order)]
    if not mine:
        return None
    strays[key.order, sku].remove(mine[0])
    return mine[0]


def _stands(line: OrderLine, still: Still) -> bool:
    return still(f"stray order row {line.month} {line.position}", (line.number, line.order, line.sku))
