"""Whose spreadsheet it is. The hidden tab bears one line: the ledger's id, a generation, and the ledger's home.

It is read with every poll, before anything is written, and only ever changed by content (a findReplace that must meet
what was read), so of two bridges that saw the same line one wins. Another id is another ledger's. A higher generation
is our own ledger's copy on another server: whoever is at home elsewhere than the line says (a ledger that was moved)
takes the next generation and waits until the one before must have noticed; the old server, running or started again
some day, finds a generation above its own. Either stops before it writes, and says how to take over on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum

from bridge.clock import Clock
from bridge.errors import Hint, NeedsPerson, Stop, TryAgain
from bridge.fault_points import Point, reached
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.values import iso, time_of
from bridge.sheet.gateway import Gateway, Piece
from bridge.sheet.marks import ROWS, VALUE_COLUMN, Marks, read_marks
from bridge.sheet.requests import replace_one, write_cells

TRIES = 3  # to change the line where somebody else just did

NOT_PREPARED = Hint(
    "スプレッドシートの準備がまだです。bridge init を実行してください。",
    "The spreadsheet isn't prepared yet. Run bridge init.",
)
FOREIGN = Hint(
    "このスプレッドシートは別のbridge（別の台帳）が使っているため、何も書かずに止まりました。そちらを止めてください。"
    "このサーバーに引き継ぐなら bridge init --take-over を実行してください。",
    "Another bridge (another ledger) keeps this spreadsheet: stopped without writing. Stop that one; to let this server"
    " take over, run bridge init --take-over.",
)
MOVED_ON = Hint(
    "このスプレッドシートは、台帳を移した先の別のサーバーが使っているため、何も書かずに止まりました（ここの台帳は古い写しです）。"
    "こちらに戻すなら、そちらを止めて bridge init --take-over を実行してください。",
    "Another server, to which the ledger was moved, keeps this spreadsheet: stopped without writing (the ledger here is"
    " an older copy). To come back here, stop that one and run bridge init --take-over.",
)


@dataclass(frozen=True)
class Line:
    """What the tab says, and what the ledger remembers of it."""

    ledger: str
    generation: int = 0
    home: str = ""

    def __str__(self) -> str:
        return f"{self.ledger} {self.generation} {self.home}".strip()


def parse(text: str) -> Line | None:
    """None: nobody's. A line that people changed counts as a stranger's."""
    words = text.split()
    if not words:
        return None
    generation = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
    return Line(words[0], generation, words[2] if len(words) > 2 else "")


class Verdict(Enum):
    OURS = "ours"
    TAKE = "take"  # write our line over what stands there
    MOVE = "move"  # the same as the next generation
    FOREIGN = "foreign"
    MOVED_ON = "moved on"


def judge(found: Line | None, mine: Line, here: str) -> Verdict:
    """`mine`: as the ledger remembers · `here`: where it lies now."""
    if found is None:
        return Verdict.TAKE if mine.home == here else Verdict.MOVE
    if found.ledger != mine.ledger:
        return Verdict.FOREIGN
    if found.generation > mine.generation:
        return Verdict.MOVED_ON
    if found.generation < mine.generation:  # an older version of the spreadsheet, or we died before we wrote it
        return Verdict.TAKE if mine.home == here else Verdict.MOVE
    if found.home == here:
        return Verdict.OURS
    return Verdict.MOVE if found.home == mine.home else Verdict.MOVED_ON


class Claim:
    """One bridge's hold on its spreadsheet. `here`: where its ledger lies · `lease`: how long another bridge may go on
    writing what it decided when it last looked."""

    def __init__(self, gateway: Gateway, ledger: Ledger, clock: Clock, here: str, lease: timedelta) -> None:
        self._gateway, self._ledger, self._clock = gateway, ledger, clock
        self._here, self._lease = here, lease

    def hold(self, marks: Marks | None, sheet_id: int | None) -> None:
        """Before anything is written upon a look. Raises Stop where it is another's, TryAgain while another may still
        write, NeedsPerson where there is no such tab."""
        if sheet_id is None:
            raise NeedsPerson(NOT_PREPARED)
        for _ in range(TRIES):
            marks = marks or self._look(sheet_id)  # the tab has only just come back
            found = parse(marks.ledger)
            with self._ledger.read() as tx:
                verdict, left = judge(found, _remembered(tx), self._here), _left(tx)
            if verdict is Verdict.FOREIGN:
                raise Stop(FOREIGN)
            if verdict is Verdict.MOVED_ON:
                raise Stop(MOVED_ON)
            if verdict is Verdict.OURS:
                self._wait(left)
                return
            if self._write(sheet_id, marks.ledger, self._next(found, verdict)):
                with self._ledger.read() as tx:
                    left = _left(tx)
                self._wait(left)
                return
            marks = None
        raise TryAgain(_lease_hint(self._lease))

    def take_over(self, sheet_id: int | None) -> None:
        """On purpose, whatever stands there. Raises TryAgain where it changes under our hands, NeedsPerson."""
        if sheet_id is None:
            raise NeedsPerson(NOT_PREPARED)
        for _ in range(TRIES):
            marks = self._look(sheet_id)
            if self._write(sheet_id, marks.ledger, self._next(parse(marks.ledger), Verdict.MOVE)):
                return
        raise TryAgain(_lease_hint(self._lease))

    def _look(self, sheet_id: int) -> Marks:
        return read_marks(self._gateway.read([Piece(sheet_id)]).tabs[sheet_id])

    def _next(self, found: Line | None, verdict: Verdict) -> Line:
        """Our line, kept in the ledger before it is written: dying in between, we know it for our own."""
        with self._ledger.write() as tx:
            mine = _remembered(tx)
            if verdict is Verdict.MOVE:
                generation = 1 + max(mine.generation, found.generation if found else 0)
                mine = replace(mine, generation=generation, home=self._here)
                if found is not None and found.home:
                    tx.put("claimed until", iso(tx.at + self._lease))
                    tx.put("sheet read at", None)  # by another ledger, perhaps: nothing rises upon it
                tx.put("claim", {"generation": mine.generation, "home": mine.home})
        return mine

    def _write(self, sheet_id: int, shown: str, line: Line) -> bool:
        """Whether our line stands there now: the cell must still show what was read."""
        reached(Point.CLAIMING)
        swap = replace_one(sheet_id, VALUE_COLUMN, ROWS["ledger"], shown, str(line))
        reply = self._gateway.write([swap, *write_cells(sheet_id, {(ROWS["ledger"], 0): "ledger"})])
        reached(Point.CLAIMED)
        return bool(reply.replies[0].get("findReplace", {}).get("occurrencesChanged", 0) == 1)

    def _wait(self, left: timedelta) -> None:
        if timedelta(0) < left <= self._lease:
            raise TryAgain(_lease_hint(left), after=left.total_seconds())


def _remembered(tx: Tx) -> Line:
    known = tx.get("claim", {"generation": 0, "home": ""})
    return Line(str(tx.get("ledger_id")), known["generation"], known["home"])


def _left(tx: Tx) -> timedelta:
    """How long the bridge before may still write."""
    until = tx.get("claimed until")
    return time_of(until) - tx.at if until else timedelta(0)


def _lease_hint(left: timedelta) -> Hint:
    seconds = left.total_seconds()
    return Hint(
        f"スプレッドシートを引き継ぎました。前のbridgeが気づいて止まるまで、{seconds:.0f}秒待ちます。",
        f"The spreadsheet was taken over. Waiting {seconds:.0f} s, until the bridge before must have noticed.",
    )
