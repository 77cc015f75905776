"""`bridge init`: the spreadsheet as the templates have it. First adds the tabs and columns that are missing, then looks
again and mends what is the bridge's own; where nothing is amiss it writes nothing. Can be run at any time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bridge.sheet import overlays
from bridge.sheet.banner import banner_requests, banner_rule, formula
from bridge.sheet.dress import Mend, dressed, hidden
from bridge.sheet.frame import WIDTHS, Wanted, added, as_added, columns_of, frame, headed
from bridge.sheet.gateway import Gateway
from bridge.sheet.guide import guide
from bridge.sheet.layout import ACCOUNT_TABS, TABS, tab_spec
from bridge.sheet.months import CLOSING
from bridge.sheet.outline import Outline, Standing, read_outline
from bridge.sheet.people import People, closed_prices, closed_settings, people_in
from bridge.sheet.phone import phone
from bridge.sheet.requests import Request
from bridge.sheet.summary_tab import summary
from bridge.sheet.texts import say


@dataclass(frozen=True)
class Built:
    """What came of it. `added`: titles of tabs · `columns`: (tab, header) · `lines`: (tab, name) · `mended`: (tab, kind
    of thing) -> how many, in tabs that stood there · `reads`, `writes`: calls · `requests`: in all batches together
    · `people`: who may do what in it."""

    added: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    mended: Mapping[tuple[str, str], int] = field(default_factory=dict)
    reads: int = 0
    writes: int = 0
    requests: int = 0
    people: People | None = None


def build(
    gateway: Gateway,
    language: str,
    channels: Sequence[str],
    journal_lines: int,
    now: datetime | None = None,
    roles: Sequence[str] = TABS,
    people: People | None = None,
) -> Built:
    """`roles`: the tabs of this spreadsheet · `people`: who may do what, None where its own 設定 says so.

    Raises TryAgain, NeedsPerson, BatchRefused; run again, it goes on where it ended."""
    wanted = Wanted(language, channels, journal_lines, now, roles)
    calls = dict(gateway.calls)
    outline = read_outline(gateway, roles)
    missing = frame(outline, wanted)
    if missing.requests:
        gateway.write(missing.requests)
        outline = read_outline(gateway, roles)
    people = people or people_in(outline, gateway.account)
    mends = list(_mends(outline, language, people))
    requests = [request for mend in mends for request in mend.requests]
    if requests:
        gateway.write(requests)
    return Built(
        missing.tabs,
        missing.columns,
        missing.lines,
        Counter((mend.tab, mend.kind) for mend in mends if mend.tab not in missing.tabs),
        gateway.calls["reads"] - calls["reads"],
        gateway.calls["writes"] - calls["writes"],
        len(missing.requests) + len(requests),
        people,
    )


def new_tab(role: str, sheet_id: int, wanted: Wanted) -> list[Request]:
    """One more tab of the bridge's, complete, for one that is made while it runs."""
    spec = tab_spec(role)
    outline = Outline({role: as_added(spec, sheet_id, wanted)})
    mends = _tab(outline.standing[role], outline, wanted.language, People(""))
    return [*added(spec, sheet_id, wanted), *(request for mend in mends for request in mend.requests)]


def _mends(outline: Outline, language: str, people: People) -> Iterator[Mend]:
    """Everything that is amiss."""
    if outline.recalc == "ON_CHANGE":  # every minute, or every hour by a person's own choice
        change = {"properties": {"autoRecalc": "MINUTE"}, "fields": "autoRecalc"}
        yield Mend("clock", "", ({"updateSpreadsheetProperties": change},))
    for standing in outline.standing.values():
        if standing.spec.hidden:
            yield from _hidden_tab(standing, language, people)
        elif standing.spec.columns:
            yield from _tab(standing, outline, language, people)
        elif standing.role == "guide":
            yield from guide(standing, language)
        elif standing.role == "summary":
            own = "stock" not in outline.standing  # the managers move their charts as they like
            yield from summary(standing, language, None if own else people.only())
        elif standing.role.startswith(CLOSING):
            yield from overlays.protected(standing, "closing", {"sheetId": standing.sheet_id}, language, people.only())
        elif standing.role == "phone" and (stock := outline.standing.get("stock")):
            columns = columns_of(stock, outline)
            if columns.at.get("sku", -1) >= 0:
                yield from phone(standing, stock.tab.title, columns, _banner(outline, language), language)


def _tab(standing: Standing, outline: Outline, language: str, people: People) -> Iterator[Mend]:
    """A tab whose headers can't be found is left alone: the bridge asks about it."""
    columns = columns_of(standing, outline)
    if not headed(columns, standing.spec):
        return
    alive = standing.role not in ACCOUNT_TABS  # there is no heartbeat in their spreadsheet
    banner = banner_requests(standing.tab, columns.header_row, _banner(outline, language), standing.properties)
    if banner and alive:
        yield Mend("banner", standing.tab.title, tuple(banner))
    yield from dressed(standing, columns, language)
    yield from overlays.rules(standing, columns, banner_rule(standing.sheet_id, columns.header_row))
    yield from overlays.views(standing, columns, language)
    yield from overlays.protections(standing, columns, language)
    if standing.role == "settings":
        yield from closed_settings(standing, columns, people, language)
    elif standing.role == "purchases":
        yield from closed_prices(standing, columns, people, language)


def _banner(outline: Outline, language: str) -> str:
    marks = outline.standing.get("marks")
    return formula(language, marks.tab.title if marks else tab_spec("marks").title(language))


def _hidden_tab(standing: Standing, language: str, people: People) -> Iterator[Mend]:
    yield from hidden(standing)
    yield from overlays.protected(standing, "hidden", {"sheetId": standing.sheet_id}, language, people.only())
    lacking = WIDTHS[standing.role] - standing.tab.column_count
    if lacking > 0:  # one of an earlier version
        more = {"sheetId": standing.sheet_id, "dimension": "COLUMNS", "length": lacking}
        yield Mend("room", standing.tab.title, ({"appendDimension": more},))


def told(built: Built, language: str) -> list[str]:
    """What was done, in plain words."""

    def line(code: str, **values: object) -> str:
        return say("init", code, language, **values)

    lines = [line("tab", tab=tab) for tab in built.added]
    lines += [line("column", tab=tab, header=header) for tab, header in built.columns]
    lines += [line("line", tab=tab, name=name) for tab, name in built.lines]
    for (tab, kind), count in built.mended.items():
        what = f"{tab} {say('mended', kind, language)}".strip()
        lines.append(line("mended", what=what, count=count))
    if not built.writes:
        lines.append(line("nothing"))
    return [*lines, line("calls", reads=built.reads, writes=built.writes, requests=built.requests)]
