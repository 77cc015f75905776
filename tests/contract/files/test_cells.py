"""Bytes into what they say: encodings, line ends, headings, blanks (own_shops_and_files.md §6.1 rules 2, 4 and 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.channels.files.cells import bytes_of, rows_of, text_of
from bridge.channels.files.content import Count, Ids, content_of, untwinned
from bridge.channels.files.damage import Damaged
from bridge.channels.files.names import name_of, named
from bridge.clock import JST
from bridge.file_profiles import Form, load_profile

CP932 = Form("cp932", ",", "minimal", "\r\n", header=True)
UTF_8 = Form("utf-8", ",", "minimal", "\r\n", header=True)
AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
STOCK, SHOWN = load_profile("3pl_stock", Path()), load_profile("yahoo_shown", Path())
CELLS = st.text(
    st.characters(codec="cp932", exclude_categories=["Cc", "Cs"], exclude_characters="\u3000 ¢£¬‖−〜"), min_size=1
)


def rows(data: bytes, form: Form = CP932) -> list[dict[str, str]]:
    return [dict(row.cells) for row in rows_of(data, form, ["コード", "数"])]


def shown(data: bytes) -> dict[str, int]:
    name = named(SHOWN, "stock_20261123100000.csv")
    assert name is not None
    content = content_of(SHOWN, name, data, AT)
    assert isinstance(content, Count)
    return dict(content.units)


@pytest.mark.parametrize("text", ["良品", "カラー", "数量"])
def test_euc_jp_is_never_read_as_half_width_kana(text: str) -> None:
    data = f"code,name\r\nA,{text}\r\n".encode("euc_jp")
    data.decode("cp932")  # no error: this is the trap
    with pytest.raises(Damaged, match="encoding"):
        text_of(data, CP932)


def test_utf_8_is_itself_with_or_without_its_mark_and_never_something_else() -> None:
    text = "コード,数\r\nＡ,1\r\n"
    assert rows(text.encode("utf-8-sig"), UTF_8) == rows(text.encode(), UTF_8) == rows(text.encode("cp932"))
    for form, encoding in ((CP932, "utf-8"), (CP932, "utf-8-sig"), (UTF_8, "cp932"), (UTF_8, "utf-16")):
        with pytest.raises(Damaged, match="encoding"):
            rows(text.encode(encoding), form)


def test_signs_that_only_windows_knows_are_read() -> None:
    assert rows("コード,数\r\n①髙﨑Ⅱ㈱,1\r\n".encode("cp932")) == [{"コード": "①髙﨑Ⅱ㈱", "数": "1"}]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("last", ["", "end", "\x1a"])
def test_every_way_to_end_a_line_says_the_same(end: str, last: str) -> None:
    text = f'数,コード,メモ{end}1,A,"2{end}行"{end}2,B,{last.replace("end", end)}'
    assert [(row["コード"], row["数"]) for row in rows(text.encode("cp932"))] == [("A", "1"), ("B", "2")]


def test_a_last_number_without_a_line_end_may_be_cut_and_stops_the_file() -> None:
    with pytest.raises(Damaged, match="cut off"):
        rows_of("コード,数\r\nA,1".encode("cp932"), CP932, ["コード"], ["数"])


@pytest.mark.parametrize("head", ["コード,数", "数,コード", "余分,ｺｰﾄﾞ,数", " コード ,数,余分", "コード,数,,"])
def test_columns_are_found_by_their_headings_wherever_they_stand(head: str) -> None:
    names = [each.strip() for each in head.split(",")]
    line = ",".join({"数": "5", "コード": "A", "ｺｰﾄﾞ": "A"}.get(name, "") for name in names)
    [row] = rows(f"{head}\r\n{line}\r\n".encode("cp932"))
    assert (row["コード"], row["数"]) == ("A", "5")


@pytest.mark.parametrize("head", ["コード", "コード,数,数", "code,数", "コード2,数"])
def test_a_required_heading_that_is_missing_or_doubled_stops_the_file(head: str) -> None:
    with pytest.raises(Damaged, match="heading"):
        rows(f"{head}\r\nA,1,1\r\n".encode("cp932"))


def test_a_blank_quantity_is_not_zero() -> None:
    assert shown(b"code,sub-code,quantity\r\nA,,\r\nB,,0\r\n") == {"B": 0}
    name = named(STOCK, "zaiko_20261123100000.csv")
    assert name is not None
    data = "商品コード,在庫区分,実在庫,基準日時\r\nA,良品,,20261123100000\r\n".encode("cp932")
    with pytest.raises(Damaged, match="blank, which is not 0"):
        content_of(STOCK, name, data, AT)


@given(st.lists(st.tuples(CELLS, st.integers(0, 10**9 - 1)), min_size=1, max_size=8))
def test_what_is_written_is_read_back(lines: list[tuple[str, int]]) -> None:
    data = bytes_of([["コード", "数"], *([code, str(units)] for code, units in lines)], CP932)
    found = [(row["コード"], int(row["数"])) for row in rows(data)]
    assert found == lines


@given(st.text(st.sampled_from("～〜－−∥‖￠¢￡£￢¬A1"), min_size=1))
def test_an_id_comes_back_as_it_is_written_in_the_table(listing: str) -> None:
    ids, back = Ids(), listing.encode("cp932").decode("cp932")
    ids.learn(listing)
    assert ids.called(back) == listing
    assert untwinned(back) == untwinned(listing)


def test_a_name_says_what_was_put_into_it() -> None:
    own = load_profile("yahoo_stock", Path())
    name = name_of(own, AT, 7)
    found = named(own, name)
    assert found is not None
    assert found.time == AT.astimezone(JST)
    assert named(own, "quantity_20261399000000.csv") is None
    assert named(own, "other.csv") is None
