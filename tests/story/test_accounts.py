"""仕入価格 and 月末在庫 in the accounts' own spreadsheet, costs in the managers', and who may write what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import gspread
import pytest

from bridge.channel_facts import channel_names
from bridge.config import Report
from bridge.domain.stock import Cause, Movement
from bridge.ledger.values import iso
from bridge.sandbox.sheets_api import Spreadsheet
from bridge.service import apart
from bridge.sheet.build import build
from bridge.sheet.gateway import Gateway
from bridge.sheet.layout import tab_number
from bridge.sheet.months import closing_id
from tests.support.discovery import Strict
from tests.support.sheets_client import service_account, signed_in_as
from tests.support.tills import WithSmaregi
from tests.support.world import Moment, World

TOKYO = ZoneInfo("Asia/Tokyo")
PRICES = 7000 + tab_number("purchases")
SUMMARY = 7000 + tab_number("summary")
ROLES = ("staff", "accounts", "managers", "owner")
BRIDGE = service_account().client_email


class Office(World):
    """The small shop with spreadsheets for managers and accounts."""

    managers: Spreadsheet
    accounts: Spreadsheet

    def open_office(self, costing: str = "last") -> None:
        self.managers, self.accounts = (self._shared(title) for title in ("管理者", "経理"))
        report = Report(managers=self.managers.id, accounts=self.accounts.id, costing=costing)  # type: ignore[arg-type]
        self.config = replace(self.config, report=report)
        self.service.close()
        self.start()
        self.init()
        self.rounds(1)

    def _shared(self, title: str) -> Spreadsheet:
        store = self.sandbox.sheets.store
        made = store.create(title, owner=self.sandbox.people.owner.email, locale="ja_JP", zone="Asia/Tokyo")
        store.share(made, BRIDGE, "writer")
        return made

    def init(self, *, this_month: bool = False) -> int:
        """`bridge init`; how many calls wrote. `this_month`: with the tab of the month's orders."""
        gateway, lines = self.service.gateway, self.config.sheet.journal_lines
        now = self.clock.now() if this_month else None
        built = build(gateway, self.language, channel_names(self.config), lines, now)
        others = [
            build(Gateway(gateway.http, spreadsheet_id), self.language, (), 0, roles=roles, people=built.people)
            for spreadsheet_id, roles in apart(self.config)
        ]
        return built.writes + sum(each.writes for each in others)

    def report(self, times: int = 1) -> None:
        for _ in range(times):
            self.service.reports.run()
            self.clock.sleep(60)

    def prices(self) -> dict[tuple[str, str], list[str]]:
        """Lines of 仕入価格 by number and SKU."""
        return {(row[0], row[2]): row for row in self._lines() if row[0]}

    def _lines(self) -> list[list[str]]:
        return [[*row, *[""] * 7][:7] for row in self.accounts.table(PRICES)[1:]]

    def price(self, number: str, sku: str, text: str) -> None:
        at = next(at for at, row in enumerate(self._lines(), 1) if (row[0], row[2]) == (number, sku))
        self.accounts.type(PRICES, at, 4, text)

    def receive(self, sku: str, units: int) -> str:
        """A line of 入荷, written and ticked; its number."""
        at = 1 + sum(bool(row["種類"]) for row in self.table("入出庫"))
        self.put("入出庫", at, {"種類": "入荷", "SKU": sku, "数量": units, "へ": "本社倉庫"})
        self.rounds(4)
        self.put("入出庫", at, {"到着": True})
        self.rounds(4)
        return self.table("入出庫")[at - 1]["番号"]

    def until(self, day: int, hour: int, minute: int = 0) -> None:
        """Let it become that time of the present month, or of the next if that has passed, in Tokyo."""
        now = self.clock.now().astimezone(TOKYO)
        then = now.replace(day=day, hour=hour, minute=minute, second=0, microsecond=0)
        if then <= now:
            then = then.replace(month=now.month % 12 + 1, year=now.year + now.month // 12)
        self.clock.sleep((then - now).total_seconds())

    def closing(self, month: str) -> list[list[str]]:
        return [[*row, *[""] * 16][:16] for row in self.accounts.table(closing_id(month))]


class TillOffice(WithSmaregi, Office):
    """With a till in its shop."""


@pytest.fixture
def office(tmp_path: Path, live_shop: Moment) -> Office:
    return Office(tmp_path / "ledger.sqlite", since=live_shop)


def cost(office: Office, sku: str) -> Decimal:
    """Of one unit, as managers read it."""
    _, *rows = office.managers.table(SUMMARY)
    return next(Decimal(row[9]) for row in rows if len(row) > 10 and row[0] == sku)


def yen(units: int, price: str) -> int:
    return int((units * Decimal(price)).quantize(Decimal(1), ROUND_HALF_UP))


def on_hand_before(shop: World, until: datetime) -> Counter[tuple[str, str]]:
    """From the ledger's own lines, one after another."""
    found: Counter[tuple[str, str]] = Counter()
    with shop.service.ledger.read() as tx:
        for row in tx.conn.exec_driver_sql("SELECT * FROM movement"):
            if datetime.fromisoformat(row.at) < until:
                found[row.sku, row.location] += row.on_hand
    return found


def test_a_month_from_prices_to_its_end_and_what_came_later(office: Office) -> None:
    office.open_office("average")
    number = office.receive("A", 4)
    office.report(2)
    assert set(office.prices()) == {("期首", "A"), ("期首", "B"), (number, "A")}
    assert office.prices()[number, "A"][3] == "4"
    office.price("期首", "A", "100")
    office.price(number, "A", "￥98.5")
    office.report()
    assert "98.5" not in office.prices()[number, "A"][6]  # not before it stood unchanged
    office.report()
    assert office.prices()[number, "A"][6] == "✓ 98.5円で計算しています。"
    average = (Decimal(100) * 7 + Decimal("98.5") * 4) / 11
    cost = str(average.quantize(Decimal("0.0001"), ROUND_HALF_UP))

    office.until(30, 23, 50)
    office.rounds(2)
    office.report()
    assert closing_id("2026-11") not in {sheet.id for sheet in office.accounts.book.sheets}
    office.buy("rakuten", "A", 2)
    office.rounds(2)
    office.clock.sleep(15 * 60)  # midnight in Tokyo, the afternoon in UTC
    office.rounds(1)
    office.report()
    end = datetime(2026, 12, 1, tzinfo=TOKYO)
    head, *rows = office.closing("2026-11")
    lines = {(row[0], row[1]): row for row in rows if row[0]}
    expected = {key: units for key, units in on_hand_before(office, end).items() if units}
    assert {key: int(row[3]) for key, row in lines.items()} == expected
    assert [row[4] for key, row in lines.items() if key == ("A", "本社倉庫")] == ["2"]  # promised, and still there
    for (sku, _), row in lines.items():
        units = int(row[3])
        assert row[5:7] == (["", ""] if sku == "B" else [f"{Decimal(cost):f}", str(yen(units, cost))])
        assert row[8:12] == [row[3], row[5], row[6], "0"]
    beside = {row[13]: row[14:16] for row in [head, *rows] if row[13]}
    total = sum(yen(units, cost) for (sku, _), units in expected.items() if sku == "A")
    assert beside["合計（確定）"] == [str(sum(expected.values())), str(total)]
    assert beside["入荷"] == ["4", str(yen(4, cost))]

    office.price("期首", "B", "30")  # what is told later stands beside it
    with office.service.ledger.write() as tx:
        begun = tx.conn.exec_driver_sql  # a stock-take that began before the month's end and is counted after it
        begun("INSERT INTO stocktake VALUES (900, '本社倉庫', 0, '2026-11-30T10:00:00.000000+00:00', 1)")
        begun("INSERT INTO counted VALUES (901, 900, 'B', '本社倉庫', 5, 7, 0, ?, 1, NULL)", (iso(tx.at),))
        tx.stock.book([Movement("B", "本社倉庫", -2, 0, Cause.STOCK_TAKEN, "move 901")])
        tx.stock.book([Movement("B", "本社倉庫", -1, 0, Cause.DAMAGED, "move 902")])  # December's own
    office.report(3)
    office.clock.sleep(600)
    office.report()
    after = {(row[0], row[1]): row for row in office.closing("2026-11")[1:] if row[0]}
    assert {key: row[:7] for key, row in after.items()} == {key: row[:7] for key, row in lines.items()}
    assert after["B", "本社倉庫"][8:12] == ["5", "30", "150", "150"]

    head, *rows = office.managers.table(SUMMARY)
    shown = {row[0]: row for row in rows if len(row) > 10 and row[0] in ("A", "B")}
    assert Decimal(shown["A"][9]) == Decimal(cost)
    assert shown["A"][10] == str(yen(int(shown["A"][2]), cost))
    assert not any("円" in cell for row in office.spreadsheet.table(SUMMARY) for cell in row)


def test_a_server_that_was_down_on_the_first_freezes_when_it_comes_back(office: Office) -> None:
    office.open_office()
    before = {key: units for key, units in on_hand_before(office, office.clock.now()).items() if units}
    office.until(3, 10)
    office.type("A", "本社倉庫", 50)
    office.rounds(3)
    office.report()
    frozen = {(row[0], row[1]): int(row[3]) for row in office.closing("2026-11")[1:] if row[0]}
    assert frozen == before


@pytest.mark.parametrize("what", ["sale", "count", "receipt", "loss"])
def test_what_a_till_did_on_the_last_evening_belongs_to_its_month(tmp_path: Path, what: str) -> None:
    """The shop's bridge is off over the night."""
    office = TillOffice(tmp_path / "ledger.sqlite")
    office.go_live()
    office.open_office()
    office.until(30, 18)
    office.rounds(2)
    office.until(30, 20)
    till, tea = office.sandbox.smaregi, office.wire("smaregi", "A")
    acts: dict[str, Callable[[], object]] = {
        "sale": lambda: till.place([(tea, 1)]),
        "count": lambda: till.recount(tea, 1),
        "receipt": lambda: till.receive(tea, 3),
        "loss": lambda: till.lose(tea, 1),
    }
    acts[what]()
    office.until(1, 9)
    office.rounds(3)
    office.report(2)
    office.clock.sleep(600)
    office.report(2)
    known = {(row[0], row[1]): row[8] for row in office.closing("2026-11")[1:]}
    assert known["A", "渋谷店"] == str(till.stock()[tea])


def test_a_price_that_cannot_be_read_leaves_the_last_one(office: Office) -> None:
    office.open_office()
    office.report(2)
    for text in ("120", "abc", "", "-3", "1.00001"):
        office.price("期首", "A", text)
        office.report(3)
        with office.service.ledger.read() as tx:
            assert tx.purchases.all()["opening A"].price == Decimal(120)
    assert "120円のまま" in office.prices()["期首", "A"][6]


@pytest.mark.parametrize(("costing", "expected"), [("average", "225"), ("last", "300")])
def test_lines_that_are_ticked_at_once_come_in_one_after_the_other(office: Office, costing: str, expected: str) -> None:
    """7 lay there at 100 yen; 7 at 200 and 14 at 300 are booked in one look. The lower line is the newer one, also the
    tenth under the ninth."""
    office.open_office(costing)
    units = {**dict.fromkeys(range(1, 9), 1), 9: 7, 10: 14}
    for at, count in units.items():
        office.put("入出庫", at, {"種類": "入荷", "SKU": "A" if at > 8 else "B", "数量": count, "へ": "本社倉庫"})
    office.rounds(4)
    for at in (9, 10):
        office.put("入出庫", at, {"到着": True})
    office.rounds(4)
    office.report(2)
    for number, price in (("期首", "100"), ("9", "200"), ("10", "300")):
        office.price(number, "A", price)
    office.report(3)
    assert cost(office, "A") == Decimal(expected)


def test_a_code_that_another_product_takes_over_brings_no_price_with_it(office: Office) -> None:
    office.open_office()
    number = office.receive("A", 4)
    office.report(2)
    office.price("期首", "A", "100")
    office.price(number, "A", "110")
    office.report(3)
    office.rename("A", "Z")
    office.report(2)
    office.stock = {"Z": office.stock["A"], "B": office.stock["B"], "A": (3, None, None)}
    office.put("在庫表", 1 + sum(bool(row["SKU"]) for row in office.table("在庫表")), {"SKU": "A", "本社倉庫": 3})
    office.rounds(6)
    office.report(3)
    office.price("期首", "A", "900")
    office.report(3)
    office.clock.sleep(600)
    office.report(2)
    lines = Counter((row[0], row[2]) for row in office._lines() if row[0])
    assert lines == Counter([("期首", "A"), ("期首", "B"), ("期首", "Z"), (number, "Z")])
    assert (cost(office, "A"), cost(office, "Z")) == (900, 110)


@pytest.mark.parametrize(("costing", "expected"), [("average", "150"), ("last", "200")])
def test_what_is_typed_first_after_a_purchase_is_mixed_with_it(office: Office, costing: str, expected: str) -> None:
    """A new product comes in by 入荷 into a row without a number; a day later what lies elsewhere is typed."""
    office.open_office(costing)
    office.stock = {**office.stock, "C": (None, None, None)}
    office.put("在庫表", 1 + sum(bool(row["SKU"]) for row in office.table("在庫表")), {"SKU": "C"})
    office.rounds(6)
    number = office.receive("C", 10)
    office.clock.sleep(86_400)
    office.rounds(2)
    office.type("C", "渋谷店", 10)
    office.rounds(4)
    office.report(3)
    office.price(number, "C", "100")
    office.price("期首", "C", "200")
    office.report(3)
    assert cost(office, "C") == Decimal(expected)
    office.type("C", "検品待ち", 10)  # later still: the line of before says nothing of it
    office.rounds(4)
    office.report(3)
    assert cost(office, "C") == Decimal(expected)


@pytest.mark.parametrize(("costing", "expected"), [("average", "118.1818"), ("last", "150")])
def test_opening_anew_changes_no_price_and_no_month(office: Office, costing: str, expected: str) -> None:
    """7 lay there at 100 yen and 4 came in at 150. In December the bridge is switched off, staff go on typing, and it
    is switched on again: everything is opened anew."""
    office.open_office(costing)
    number = office.receive("A", 4)
    office.report(2)
    office.price("期首", "A", "100")
    office.price(number, "A", "150")
    office.report(3)
    office.until(1, 9)
    office.rounds(2)

    def told() -> tuple[object, ...]:
        office.clock.sleep(600)
        office.report(2)
        return cost(office, "A"), office.prices(), office.closing("2026-11")

    before = told()
    assert before[0] == Decimal(expected)
    office.set("bridge", False)
    office.rounds(3)
    office.type("A", "本社倉庫", 1)
    office.rounds(2)
    assert told() == before
    office.go_live_at_all()
    office.service.close()
    office.start()
    assert told() == before


# --- who may write what -----------------------------------------------------------------------------------------------


def may(office: Office, who: str, book: Spreadsheet, tab: int, row: int, column: int) -> str:
    """What comes of typing into a cell with that person's own token: yes, no, or unseen where the file isn't theirs."""
    client = signed_in_as(Strict(office.sandbox, once=True), f"ya29.{who}")
    before = book.book
    try:
        sheet = client.open_by_key(book.id).get_worksheet_by_id(tab)
        sheet.update_cell(row + 1, column + 1, "7")
    except (gspread.exceptions.APIError, PermissionError, gspread.exceptions.SpreadsheetNotFound) as error:
        code = error.code if isinstance(error, gspread.exceptions.APIError) else 403
        return "no" if code == 400 else "unseen"
    finally:
        book.book = before
    return "yes"


OPEN, SHUT = ("yes", "yes", "yes", "yes"), ("no", "no", "no", "yes")
THEIRS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "在庫表": {"": OPEN},  # its columns of the bridge too: rows must be sorted and pasted; what is bent is healed
    "出品": {"": OPEN},
    "要対応": {"": OPEN},
    "入出庫": {"": OPEN},
    "受注": {"": OPEN},
    "履歴": {"": OPEN},
    "使い方": {"": OPEN},
    "スマホ・店舗": {"": OPEN},
    "設定": {"種類": SHUT, "名前": SHUT, "": ("no", "no", "yes", "yes")},
    "集計": {"": SHUT},
    "_bridge_marks": {"": SHUT},
    "_bridge_journal": {"": SHUT},
    "管理者 集計": {"": ("unseen", "unseen", "yes", "yes")},
    "経理 仕入価格": {
        "単価（円）": ("unseen", "yes", "no", "yes"),
        "メモ": ("unseen", "yes", "no", "yes"),
        "": ("unseen", "no", "no", "yes"),
    },
    "経理 月末在庫": {"": ("unseen", "no", "no", "yes")},
}
"""What staff, accounts, managers and the owner may write, by tab and header ("": every other column), as both READMEs
say it under Roles."""


def tried(office: Office) -> dict[str, dict[str, tuple[str, ...]]]:
    """Each role's own token at the first row under each column of each tab of the three spreadsheets."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for book in (office.spreadsheet, office.managers, office.accounts):
        whose = "" if book is office.spreadsheet else f"{book.book.properties['title']} "
        for sheet in book.book.sheets:
            heads = (book.table(sheet.id) or [[]])[0]
            title = whose + sheet.title.partition(" 20")[0]
            found[title] = {
                head or str(column): tuple(may(office, who, book, sheet.id, 1, column) for who in ROLES)
                for column, head in enumerate(heads or [""])
                if head or not column
            }
    return found


def test_a_spoilt_header_of_the_settings_opens_nothing_to_anybody(office: Office) -> None:
    office.open_office()
    office.sandbox.sheets.welcome("staff@shop.example", "ya29.staff")
    office.sandbox.sheets.store.share(office.spreadsheet, "staff@shop.example", "writer")
    free = len([row for row in office.table("設定") if row["種類"]]) + 1
    office.put("設定", free, {"種類": "スタッフ", "名前": "staff@shop.example"})
    office.init()
    name = office.spreadsheet, office.tab("設定"), 2, office.column("設定", "名前")
    office.put("設定", 0, {"名前": "なまえ"})
    office.init()
    assert may(office, "staff", *name) == "no"
    office.spreadsheet.type(office.tab("設定"), 0, name[3], "名前")
    office.init()
    assert office.init() == 0
    assert may(office, "staff", *name) == "no"


def test_every_role_may_write_just_what_is_its_own(office: Office) -> None:
    """Each role's own token at every column of every tab, against what Google's protections enforce."""
    office.open_office()
    people = {"staff": ["staff"], "accounts": ["accounts"], "managers": ["managers"]}
    store = office.sandbox.sheets.store
    words = {"staff": "スタッフ", "accounts": "経理", "managers": "管理者"}
    free = len([row for row in office.table("設定") if row["種類"]]) + 1
    for at, who in enumerate(people, free):
        office.sandbox.sheets.welcome(f"{who}@shop.example", f"ya29.{who}")
        store.share(office.spreadsheet, f"{who}@shop.example", "writer")
        office.put("設定", at, {"種類": words[who], "名前": f"{who}@shop.example"})
    office.sandbox.sheets.welcome(office.sandbox.people.owner.email, "ya29.owner")
    store.share(office.accounts, "accounts@shop.example", "writer")
    store.share(office.accounts, "managers@shop.example", "writer")
    store.share(office.managers, "managers@shop.example", "writer")
    office.until(1, 10)
    office.rounds(2)
    office.report(2)
    office.init(this_month=True)

    found = tried(office)
    assert {title for title in found if not title.endswith("シート1")} == set(THEIRS)
    for title, rules in THEIRS.items():
        columns = found[title]
        assert columns == {head: rules.get(head, rules[""]) for head in columns}, title
        assert set(rules) <= {"", *columns}
    sync = next(n for n, row in enumerate(office.table("設定"), 1) if row["名前"] == "今すぐ同期")
    tick = office.spreadsheet, office.tab("設定"), sync, office.column("設定", "オン")
    assert tuple(may(office, who, *tick) for who in ROLES) == OPEN
    office.until(1, 10)
    office.report(2)  # a tab that is made now is closed from the start
    assert may(office, "accounts", office.accounts, closing_id("2026-12"), 1, 3) == "no"
    assert office.init() == 0
    office.rounds(2)  # and the bridge itself is shut out nowhere
    office.report(1)
