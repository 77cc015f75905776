"""What the demo shows while it runs: one table that stays in place; a line now and then where there is no terminal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from zoneinfo import ZoneInfo

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel as Frame
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from bridge.demo.changes import judge_changes
from bridge.demo.evidence import Evidence
from bridge.demo.figures import Calls, Latencies, Latency, count_calls, latencies
from bridge.demo.stalls import STALLS
from bridge.demo.verdict import QUOTA, Line, holds

ZONE = ZoneInfo("Asia/Tokyo")
PLAIN_EVERY = 5.0  # seconds between two plain lines
PLAIN_WIDTH = 150
EVENTS = 9
NAMES = {name: stall.title for name, stall in STALLS.items()}
MOST_PAIRS = 4  # malls of which each pair has room in one table
ACTS = {
    "sort": "並べ替え sort",
    "insert": "行を挿入 insert a row",
    "delete": "空行を削除 delete it",
    "copy": "行をコピー copy a row",
    "discard": "コピーを削除 delete the copy",
    "rename": "新商品に made a new product",
    "hold": "編集中 ☑ hold",
    "release": "編集中 ☐ release",
}


@dataclass(frozen=True)
class Happening:
    at: datetime
    who: str
    text: str
    colour: str


@dataclass(frozen=True)
class Glance:
    """The figures of one moment."""

    evidence: Evidence
    calls: Calls
    latency: Latencies
    reads: int  # of the last minute
    writes: int
    happenings: Sequence[Happening]


def glance(evidence: Evidence, acts: Sequence[tuple[datetime, str, str]], now: datetime) -> Glance:
    """`acts`: (at, what, SKU) of the staff."""
    recent = [call for call in evidence.calls if call.at > now - timedelta(minutes=1)]
    return Glance(
        evidence,
        count_calls(evidence),
        latencies(evidence),
        sum(call.kind == "read" for call in recent),
        sum(call.kind == "write" for call in recent),
        happenings(evidence, acts),
    )


def happenings(e: Evidence, acts: Sequence[tuple[datetime, str, str]]) -> list[Happening]:
    """The last few things that people and the bridge did."""
    found = [
        Happening(line.placed_at, NAMES[line.mall], f"注文 order  {line.code} ×{line.units}", "cyan")
        for line in e.sold[-400:]
    ]
    found += [
        Happening(change.at, "職員 staff", f"{change.column} {change.sku}  {change.shown} → {change.typed}", "yellow")
        for change in e.typed[-40:]
    ]
    found += [Happening(at, "職員 staff", f"{ACTS.get(what, what)} {sku}", "yellow") for at, what, sku in acts[-40:]]
    found += [
        Happening(change.at, "bridge", f"→ {NAMES[change.mall]} {change.code}  {change.old} → {change.new}", "green")
        for change in e.stock_changes[-400:]
        if change.cause == "push" and change.at >= e.times.began
    ]
    return sorted(found, key=lambda each: each.at)[-EVENTS:]


@dataclass
class Screen:
    """Shows phases and glances, in place on a terminal, as lines elsewhere."""

    console: Console = field(default_factory=lambda: _console())
    terms: str = ""  # what the sandbox does faster than the real malls, as long as the screen stands
    page: str = ""  # where the same day is to be seen in the browser

    def __post_init__(self) -> None:
        self._phase, self._detail = "準備 / getting ready", ""
        self._glance: Glance | None = None
        self._began, self._seconds = time.monotonic(), 0.0
        self._said_at = 0.0
        self._live: Live | None = None

    def __enter__(self) -> Screen:
        if self.console.is_terminal:
            self._live = Live(self, console=self.console, refresh_per_second=4, transient=True)
            self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.__exit__(kind, error, trace)
            self._live = None

    def phase(self, text: str, seconds: float = 0.0) -> None:
        """A new part begins; `seconds` it will take, if that is known."""
        self._phase, self._detail = text, ""
        self._began, self._seconds = time.monotonic(), seconds
        if self._live is None:
            self.console.print(f"── {text}", highlight=False)

    def say(self, text: str) -> None:
        """A detail of the present part."""
        self._detail = text
        if self._live is None:
            self.console.print(f"   {text}", highlight=False)

    def tell_page(self, where: str) -> None:
        """Where the page is; it stands there as long as the screen does."""
        self.page = where
        if self._live is None:
            self.console.print(f"   ページ / page: {where}", highlight=False)

    def show(self, glance: Glance) -> None:
        self._glance = glance
        now = time.monotonic()
        if self._live is None and now - self._said_at >= PLAIN_EVERY:
            self._said_at = now
            self.console.print(self._plain(glance), highlight=False, no_wrap=True, overflow="ignore", crop=False)

    def _plain(self, g: Glance) -> str:
        numbers = "  ".join(f"{figure.ja} {figure.value}" for figure in _figures(g))
        return f"{self._elapsed():>6}  {numbers}"

    def _elapsed(self) -> str:
        passed = int(time.monotonic() - self._began)
        return f"{passed // 60}:{passed % 60:02d}"

    # --- on a terminal -----------------------------------------------------------------------------------------------

    def __rich__(self) -> RenderableType:
        parts: list[RenderableType] = [self._head()]
        if self.page:
            parts.append(Text(f"ページ / page: {self.page}", style="cyan"))
        if self._glance is not None:
            parts += [Text(), _board(self._glance), Text(), latency_table(self._glance.evidence, self._glance.latency)]
            parts += [Text(), _happenings(self._glance)]
        return Frame(
            Group(*parts),
            title="[bold]bridge[/]  在庫表ひとつで、すべてのモールを同じ数に  [dim]one sheet, every mall in step[/]",
            subtitle=f"[dim]{self.terms}[/]" if self.terms else None,
            border_style="blue",
            padding=(1, 2),
        )

    def _head(self) -> RenderableType:
        line = Table.grid(expand=True, padding=(0, 2))
        line.add_column(ratio=3)
        line.add_column(ratio=2)
        line.add_column(justify="right", width=13)
        words = Text(self._phase, style="bold")
        if self._detail:
            words.append(f"   {self._detail}", style="dim")
        passed = time.monotonic() - self._began
        if self._seconds:
            bar: RenderableType = ProgressBar(total=self._seconds, completed=min(passed, self._seconds))
            clock = f"{self._elapsed()} / {int(self._seconds) // 60}:{int(self._seconds) % 60:02d}"
        else:
            bar, clock = ProgressBar(total=1, pulse=True, animation_time=passed), self._elapsed()
        line.add_row(words, bar, clock)
        return line


@dataclass(frozen=True)
class Figure:
    ja: str
    en: str
    value: str
    more: str


def _figures(g: Glance) -> list[Figure]:
    e, c = g.evidence, g.calls
    orders = len({(line.mall, line.order) for line in e.sold})
    fates = judge_changes(e).counts
    pushes = sum(change.cause == "push" and change.at >= e.times.began for change in e.stock_changes)
    applied = fates["applied"] + fates["superseded"]
    entries = f"反映 applied {applied}  差し戻し refused {fates['refused']}  確認待ち waiting {fates['waiting']}"
    rows = c.with_journal + c.without_journal
    p50, p95 = g.latency.all.whole.p50, g.latency.all.whole.p95
    return [
        Figure("注文", "orders", f"{orders}", f"{len(e.sold)} 行 lines → 計上 booked {len(e.books.lines)}"),
        Figure("出荷", "shipped", f"{sum(line.shipped for line in e.sold)}", "個 units"),
        Figure("入力", "typed by staff", f"{len(e.typed)}", entries),
        Figure("行の更新", "row updates", f"{rows}", f"うち在庫数も with stock {c.with_journal}"),
        Figure("モールへ", "sent to the malls", f"{pushes}", ""),
        Figure("他モールまで", "until elsewhere", f"{p50:.1f} s", f"p95 {p95:.1f} s"),
        Figure("Google 割当", "quota, a minute", f"{g.reads}+{g.writes}", f"読 reads + 書 writes, / {QUOTA}"),
        Figure("要対応", "to settle", f"{len(e.books.open_questions)}", ""),
    ]


def _board(g: Glance) -> Table:
    board = Table.grid(padding=(0, 2))
    board.add_column(style="bold", no_wrap=True)
    board.add_column(style="dim", no_wrap=True)
    board.add_column(style="bold cyan", justify="right", no_wrap=True, min_width=6)
    board.add_column(no_wrap=True)
    for figure in _figures(g):
        board.add_row(figure.ja, figure.en, figure.value, figure.more)
    return board


def latency_table(evidence: Evidence, latency: Latencies) -> Table:
    """Seconds until another channel showed less, p50 / p95."""
    few = len(evidence.malls) <= MOST_PAIRS
    return _pair_table(evidence.malls, latency) if few else _channel_table(evidence, latency)


def _pair_table(malls: Sequence[str], latency: Latencies) -> Table:
    """Where it was sold from above, where it fell to the right."""
    table = _grid(1 + len(malls))
    names = [NAMES[mall] for mall in malls]
    table.add_row(Text("売れた所 sold in ↓ → 減った所 lowered in", style="dim"), *names, style="bold")
    for sold in malls:
        cells = [_pair(latency.by_pair.get((sold, lowered))) if sold != lowered else "" for lowered in malls]
        table.add_row(Text(NAMES[sold], style="bold"), *cells)
    return table


def _channel_table(evidence: Evidence, latency: Latencies) -> Table:
    """Each channel as the place of the sale, and as the place where the number fell. At a till it falls only when goods
    leave its shelf, and to a warehouse none is sent."""
    table = _grid(4)
    heads = ("行 lines", "ここで売れ→他で減る sold here → lowered elsewhere", "他で売れ→ここで減る → lowered here")
    table.add_row("", *heads, style="dim")
    for mall in evidence.malls:
        lines = sum(line.mall == mall for line in evidence.sold)
        cells = [_pair(ends.get(mall)) for ends in (latency.sold_in, latency.lowered_in)]
        table.add_row(Text(NAMES[mall], style="bold"), f"{lines}", *cells)
    return table


def _grid(columns: int) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(columns):
        table.add_column(no_wrap=True, justify="right")
    return table


def _pair(each: Latency | None) -> str:
    return f"{each.whole.p50:.1f} / {each.whole.p95:.1f} s" if each else "—"


def _happenings(g: Glance) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(no_wrap=True, width=11)
    table.add_column(no_wrap=True)
    for each in g.happenings:
        table.add_row(f"{each.at.astimezone(ZONE):%H:%M:%S}", Text(each.who, style=each.colour), each.text)
    for _ in range(EVENTS - len(g.happenings)):
        table.add_row("", "", "")
    return table


def print_verdict(console: Console, lines: Sequence[Line], evidence: Evidence, terms: str) -> None:
    """The table at the end, how fast the malls were on which terms, and what is wrong, if anything is."""
    table = Table(title="判定 / Verdict", title_style="bold", show_lines=False, expand=False)
    table.add_column("", justify="center", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("", style="dim", no_wrap=True)
    table.add_column("モールと職員の記録から / counted by malls and staff")
    for line in lines:
        mark = {True: "[green]✓[/]", False: "[bold red]✗[/]", None: "·"}[line.ok]
        table.add_row(mark, line.ja, line.en, line.found)
    console.print(table)
    console.print(latency_table(evidence, latencies(evidence)))
    console.print(terms, style="dim", highlight=False)
    for line in lines:
        if line.en == "oversold":
            for note in line.notes[:12]:
                console.print(f"    {line.ja}: {note}", style="dim", highlight=False)
        for why in line.why[:12]:
            console.print(f"  ✗ {line.ja}: {why}", style="red", highlight=False)
        if len(line.why) > 12:
            console.print(f"  ✗ {line.ja}: … {len(line.why) - 12} more", style="red", highlight=False)
    if holds(lines):
        console.print("[bold green]✓ すべて合っています / everything holds[/]")
    else:
        console.print("[bold red]✗ 合わないものがあります / something does not hold[/]")


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)
