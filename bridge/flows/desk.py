"""Looking at the spreadsheet: one read a poll for every tab people can type in, and the journal lines still awaited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, tzinfo

from bridge.clock import Clock, zone_of
from bridge.domain.table import Line
from bridge.domain.tokens import number_of
from bridge.flows.shop import bridge_live, places
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.values import iso
from bridge.sheet import journal
from bridge.sheet.build import new_tab
from bridge.sheet.frame import Wanted
from bridge.sheet.gateway import BatchRefused, Gateway, Piece, Reply, Request
from bridge.sheet.grid import Snapshot, Tab
from bridge.sheet.layout import Columns, first_locations, fold, may_name_place, tab_spec
from bridge.sheet.marks import Marks, read_marks
from bridge.sheet.months import month_at, month_of, month_of_role, role_of, sheet_id_of, to_read
from bridge.sheet.order_lines import OrderLine, read_orders
from bridge.sheet.views import (
    AnswerLine,
    HistoryLine,
    Lines,
    ListingLine,
    MoveLine,
    SettingLine,
    StockTab,
    read_answers,
    read_history,
    read_listings,
    read_moves,
    read_settings,
    read_stock,
)

PEOPLE = ("stock", "listings", "questions", "settings", "moves")
SLOWLY = {"history": 15.0}  # seconds between two looks at a tab that is long and that people seldom touch
TABS = (*PEOPLE, *SLOWLY)  # of the staff
BELOW = 50  # blank rows under the table that a reply of a write carries; a poll carries them all
WAITING = "history ticked"  # whether a tick of 履歴 waits for another look
JUST_CLOSED = timedelta(days=1)  # so long a row of 受注 is still looked at: a tick may be taken back
AWAITED = timedelta(days=1)  # how long a promised journal line is looked for in every read


@dataclass(frozen=True)
class Look:
    """What one reply showed. A part that is None was not in it, or its tab is gone.

    orders: the tabs of 受注 by month · zone: the spreadsheet's time zone · proposals: lines of 出品 that say nothing
    yet, once set aside · fresh: a poll, not the reply of a write (which carries stock and journal lines only)"""

    stock: StockTab | None = None
    listings: Lines[ListingLine] | None = None
    answers: Lines[AnswerLine] | None = None
    settings: Lines[SettingLine] | None = None
    moves: Lines[MoveLine] | None = None
    history: Lines[HistoryLine] | None = None
    orders: Mapping[str, Lines[OrderLine]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    marks: Marks | None = None
    proposals: tuple[ListingLine, ...] = ()
    zone: str = ""
    missing: tuple[str, ...] = ()
    fresh: bool = True


@dataclass(frozen=True)
class Tabs:
    """The sheetId of each tab by its role. A renamed tab keeps its id."""

    ids: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, role: str) -> int:
        return self.ids[role]

    @property
    def months(self) -> list[str]:
        """Those that have a tab of 受注."""
        return sorted(month for role in self.ids if (month := month_of_role(role)))


class Desk:
    """The spreadsheet of one shop, as the sheet thread uses it."""

    def __init__(self, gateway: Gateway, ledger: Ledger, clock: Clock, journal_lines: int) -> None:
        self._gateway, self._ledger, self._clock = gateway, ledger, clock
        self.journal_lines = journal_lines
        self.tabs = Tabs()
        self._missing: tuple[str, ...] = ()
        self._known: dict[str, Tab] = {}
        self._read_at: dict[str, float] = {}  # by the clock of tabs that are read more slowly
        self._months: tuple[str, ...] = ()  # of 受注, whose tabs a poll carries
        self._zone = ""
        self._places: list[str] = []  # in the ledger's order, those for sale first
        self._lasting: list[str] = []  # places of a live bridge, whether 設定 still names them or not

    def attach(self) -> None:
        """Find the tabs: by the ids remembered, else by title in either language. One read."""
        found = {tab.sheet_id: tab for tab in self._gateway.tabs().values()}
        with self._ledger.write() as tx:
            remembered: dict[str, int] = tx.get("tabs", {})
            ids = {role: number for role, number in remembered.items() if number in found}
            for role in (*TABS, "journal", "marks"):
                spec = tab_spec(role)
                titled = [tab.sheet_id for tab in found.values() if tab.title in (spec.ja, spec.en)]
                if role not in ids and titled:
                    ids[role] = titled[0]
            for title, tab in ((tab.title, tab) for tab in found.values()):
                if (month := month_of(title)) and role_of(month) not in ids:
                    ids[role_of(month)] = tab.sheet_id
            tx.put("tabs", remembered | ids)
        self.tabs = Tabs(ids)
        roles = (role for role in (*TABS, "journal", "marks") if not tab_spec(role).optional or role in remembered)
        self._missing = tuple(role for role in roles if role not in ids)

    def read(self, *, whole_journal: bool = False) -> Look:
        """One read; at start and daily with the whole journal. Raises TryAgain, NeedsPerson."""
        with self._ledger.read() as tx:
            promised = tx.sheet.promised_lines(iso(self._clock.now() - AWAITED))
            names = self._known_places(tx)
            self._lasting = names if bridge_live(tx) else []
            slow = self._due(hurried=tx.history.on_its_way() or bool(tx.get(WAITING, False)))
            self._months = self._months_now(tx)
        try:
            look = self._read(promised, names, slow, whole_journal)
        except BatchRefused:  # a tab is gone: go on without it
            self.attach()
            look = self._read(promised, names, slow, whole_journal)
        else:
            if self._missing:
                self.attach()
        return self._explained(look)

    def _due(self, *, hurried: bool) -> list[str]:
        """Those of the slow tabs that this look carries. `hurried`: something waits there."""
        now = self._clock.monotonic()
        due = [role for role, every in SLOWLY.items() if hurried or now - self._read_at.get(role, -every) >= every]
        self._read_at |= dict.fromkeys(due, now)
        return due

    def turn_month(self, look: Look, language: str, otherwise: tzinfo) -> None:
        """A new month gets its tab of 受注, where there ever was one. Raises TryAgain, NeedsPerson, Stop."""
        month = month_at(self._clock.now(), zone_of(look.zone, otherwise))
        if month <= max(self.tabs.months, default=""):
            return
        with self._ledger.read() as tx:
            wanted = bridge_live(tx) and any(map(month_of_role, tx.get("tabs", {})))
        if not wanted:
            return
        with suppress(BatchRefused):  # made by a request that we gave up
            self._gateway.write(new_tab(role_of(month), sheet_id_of(month), Wanted(language, (), 0)))
        self.attach()

    def check_look(self) -> None:
        """Whether what was read last is young enough to be taken for what stands there. Raises TryAgain, Stop."""
        self._gateway.check_look()

    def _read(self, promised: Sequence[int], names: Sequence[str], slow: Sequence[str], whole_journal: bool) -> Look:
        roles = (*PEOPLE, *slow, *map(role_of, self._months), "marks")
        pieces = [Piece(self.tabs[role]) for role in roles if role in self.tabs.ids]
        if "journal" in self.tabs.ids:
            lines = journal.pieces(self.tabs["journal"], promised, self.journal_lines)
            pieces += [Piece(self.tabs["journal"])] if whole_journal else lines
        return self._look(self._gateway.read(pieces), names, fresh=True)

    def _months_now(self, tx: Tx) -> tuple[str, ...]:
        now = self._clock.now()
        held, today = tx.order_rows.months(iso(now - JUST_CLOSED)), now.astimezone(zone_of(self._zone, UTC))
        return tuple(to_read(self.tabs.months, held, today.day))

    def _explained(self, look: Look) -> Look:
        """A row under a number of ours that the ledger doesn't know was written by a request we gave up: its journal
        line explains it, unless that line was read and explained nothing (then a person was asked)."""
        if look.stock is None or look.stock.view is None:
            return look
        numbers = {n for row in look.stock.view.rows if (n := number_of(row.token)) is not None}
        with self._ledger.read() as tx:
            strange = numbers - {number for _, number in tx.sheet.amounts(numbers)}
            strange = {n for n in strange if n <= int(tx.get("number", 0))}
            strange = strange - tx.sheet.settled(strange) if strange else strange
        have = {line.number for line in look.lines}
        if not strange - have or "journal" not in self.tabs.ids:
            return look
        more = self.journal(journal.pieces(self.tabs["journal"], strange, self.journal_lines))
        lines = (*look.lines, *(line for line in more if line.number not in have))
        view = replace(look.stock.view, lines=lines)
        return replace(look, lines=lines, stock=replace(look.stock, view=view))

    def journal(self, pieces: Sequence[Piece] | None = None) -> tuple[Line, ...]:
        """Journal lines: the given rows, or the whole tab. One read."""
        wanted = pieces if pieces is not None else [Piece(self.tabs["journal"])]
        return journal.read_lines(self._gateway.read(wanted), self.tabs["journal"])

    def write(self, requests: Sequence[Request], stock: StockTab, journal_pieces: Iterable[Piece] = ()) -> Look:
        """One batch; what the stock table and those journal lines show after it. Raises as Gateway.write."""
        journal_tab = Tab(self.tabs["journal"], self._journal_title(), 0, 40, ())
        last = min(stock.tab.row_count, stock.tab.last_row + BELOW) if stock.tab.row_count else None
        answer_with = [(stock.tab, Piece(stock.tab.sheet_id, None if last is None else 0, last))]
        answer_with += [(journal_tab, piece) for piece in journal_pieces]
        reply: Reply = self._gateway.write(requests, answer_with)
        with self._ledger.read() as tx:
            names = self._known_places(tx)
        return self._look(reply.snapshot, names, fresh=False)

    def _known_places(self, tx: Tx) -> list[str]:
        sells = places(tx).sells
        self._places = sorted(sells, key=lambda name: not sells[name])
        return list(sells)

    def send(self, requests: Sequence[Request]) -> None:
        """A batch whose outcome the next poll will show anyway: idempotent writes of bridge-owned cells."""
        self._gateway.write(requests)

    def _journal_title(self) -> str:
        return self._known["journal"].title if "journal" in self._known else tab_spec("journal").ja

    def _look(self, snapshot: Snapshot, names: Sequence[str], *, fresh: bool) -> Look:
        found = {role: snapshot.tabs[number] for role, number in self.tabs.ids.items() if number in snapshot.tabs}
        self._known |= found
        lines = journal.read_lines(snapshot, self.tabs["journal"]) if "journal" in self.tabs.ids else ()
        settings = read_settings(found["settings"]) if "settings" in found and fresh else None
        if settings is not None and settings.columns.usable:
            named = [line.name for line in settings.lines if line.kind == "location" and may_name_place(line.name)]
            names = list(dict.fromkeys([*named, *self._lasting])) or names
        stock = read_stock(found["stock"], names, lines, self._places) if "stock" in found else None
        months = [month for month in self.tabs.months if role_of(month) in found] if fresh else []
        self._zone = snapshot.zone or self._zone
        return Look(
            stock=stock,
            listings=read_listings(found["listings"]) if "listings" in found and fresh else None,
            answers=read_answers(found["questions"]) if "questions" in found and fresh else None,
            settings=settings,
            moves=read_moves(found["moves"]) if "moves" in found and fresh else None,
            history=read_history(found["history"]) if "history" in found and fresh else None,
            orders={month: read_orders(found[role_of(month)], month) for month in months},
            lines=lines,
            marks=read_marks(found["marks"]) if "marks" in found and fresh else None,
            zone=snapshot.zone,
            missing=self._missing,
            fresh=fresh,
        )


def inspect_place(sells: Mapping[str, bool], language: str, known: str = "") -> str:
    """The location where returned goods wait: the one the template marks, in either language; else the one `known`,
    though it has lost its line; else the last that doesn't sell. Never one that sells by accident: where there is none,
    it is the template's own, which then asks for its column."""
    marked = [place for place in first_locations() if place.inspect]
    titles = {fold(title) for place in marked for title in (place.ja, place.en)}
    named = [name for name in sells if fold(name) in titles]
    kept = [known] if known and not sells.get(known) else []
    idle = [name for name, on in sells.items() if not on]
    return (named or kept or idle or [marked[-1].title(language)])[-1]


def header_problems(tab: str, columns: Columns, language: str) -> list[dict[str, str]]:
    """What is wrong with a tab's headers, ready for a sentence."""
    spec = tab_spec(tab)
    titles = {column.ja: column.title(language) for column in spec.columns} | {spec.ja: spec.title(language)}
    return [
        {
            "tab": spec.title(language),
            "header": titles.get(problem.header, problem.header),
            "code": problem.code,
        }
        for problem in columns.problems
    ]
