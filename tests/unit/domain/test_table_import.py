"""A seller's own table: where its header stands, and which column is which."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.import_header import Role, find_header
from bridge.domain.import_rows import Brought, bring
from bridge.domain.table_import import Proposal, Target, columns_of, propose
from bridge.sheet.import_words import vocabulary
from tests.support.tables import cells

WORDS = vocabulary()
LOCATIONS = ("本社倉庫", "渋谷店", "検品待ち")
SKU, JAN, PRODUCT = Target(Role.SKU), Target(Role.JAN), Target(Role.PRODUCT)
MAIN, SHOP, INSPECT = (Target(Role.STOCK, name) for name in LOCATIONS)


def proposed(rows: list[list[str]], decided: dict[int, Target | None] | None = None) -> Proposal:
    table = cells(*rows)
    header = find_header(table, WORDS, LOCATIONS)
    assert header is not None
    return propose(columns_of(table, header), WORDS, LOCATIONS, decided or {}, with_jan=True)


def brought(rows: list[list[str]], known: frozenset[str] = frozenset()) -> Brought:
    table = cells(*rows)
    header = find_header(table, WORDS, LOCATIONS)
    assert header is not None
    return bring(table, header, proposed(rows), WORDS, LOCATIONS, known)


# --- the header ----------------------------------------------------------------------------------------------------

HEADERS = {
    "sku": ["商品コード", "品番", "ＳＫＵ", "管理番号", "Item code", "【必須】商品番号"],
    "product": ["商品名", "品名", "商品名称（全角）", "Product name"],
    "jan": ["JAN", "JANコード", "ＪＡＮコード(13桁)", "Barcode"],
    "number": ["在庫数", "在庫\n数", "現在庫（個）", "渋谷店", "Qty", "数量"],
}
TITLES = st.sampled_from(["在庫管理表", "2026年11月29日現在", "株式会社サンプル", "※社外秘", "棚卸結果（最終）"])
NAMES = st.sampled_from(["りんご", "みかん 1L", "ぶどう（巨峰）", "Blue cup", "皿"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[int, list[list[str]]]:
    """(where the header stands, a table): titles above, each in one cell as a merged row has it, products below."""
    shuffled = draw(st.permutations(["sku", "number", *draw(st.sets(st.sampled_from(["product", "jan"])))]))
    header = [draw(st.sampled_from(HEADERS[kind])) for kind in shuffled]
    above = [
        [draw(TITLES)] if draw(st.booleans()) else [""] * draw(st.integers(0, 4))
        for _ in range(draw(st.integers(0, 9)))
    ]
    make = {
        "sku": lambda n: f"{n:05d}",
        "number": lambda _: str(draw(st.integers(0, 2000))),
        "product": lambda _: draw(NAMES),
        "jan": lambda _: "4901234567894",
    }
    below = [[make[kind](n) for kind in shuffled] for n in range(draw(st.integers(0, 30)))]
    return len(above), [*above, header, *below]


@given(tables())
def test_the_header_is_found_under_any_titles(case: tuple[int, list[list[str]]]) -> None:
    at, rows = case
    header = find_header(cells(*rows), WORDS, LOCATIONS)
    assert header is not None
    assert header.row == at
    assert [each.text for each in header.headings] == [" ".join(text.split()) for text in rows[at]]


@given(tables())
def test_the_code_is_found_whatever_stands_beside_it(case: tuple[int, list[list[str]]]) -> None:
    at, rows = case
    if len(rows) > at + 1:
        found = proposed(rows).column(SKU)
        assert found is not None
        assert rows[at][found] in HEADERS["sku"]


@given(st.lists(st.lists(st.text(max_size=6), max_size=5), max_size=8))
def test_no_table_breaks_it(rows: list[list[str]]) -> None:
    table = cells(*rows)
    header = find_header(table, WORDS, LOCATIONS)
    if header is not None:
        found = propose(columns_of(table, header), WORDS, LOCATIONS, {}, with_jan=True)
        assert len(set(found.taken.values())) == len(found.taken)
        bring(table, header, found, WORDS, LOCATIONS, ())


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [[""]],
        [["00012", "5"], ["00345", "8"]],
        [["4901234567894", "12"], ["4901085190005", "3"]],
    ],
)
def test_where_there_is_no_header_none_is_made_up(rows: list[list[str]]) -> None:
    assert find_header(cells(*rows), WORDS, LOCATIONS) is None


def test_unknown_words_are_a_header_where_they_stand_above_all_else() -> None:
    header = find_header(cells(["一覧"], ["あれ", "それ", "これ"], ["a", "1", "2"]), WORDS, LOCATIONS)
    assert header is not None
    assert header.row == 1


def test_a_header_of_two_lines_is_one() -> None:
    rows = [
        ["品番", "品名", "在庫", "", "", "備考"],
        ["", "", "本社", "渋谷店", "計", ""],
        ["A", "皿", "1", "2", "3", ""],
    ]
    header = find_header(cells(*rows), WORDS, LOCATIONS)
    assert header is not None
    assert (header.row, [str(each) for each in header.headings]) == (
        1,
        ["品番", "品名", "在庫 本社", "在庫 渋谷店", "在庫 計", "備考"],
    )


@pytest.mark.parametrize(
    "rows",
    [
        [["商品コード", "在庫"], ["A", "多い", "近日入荷"], ["B", "5", ""]],
        [["商品コード", "在庫"], ["A", "5", "要確認"], ["B", "", "要確認"]],
    ],
)
def test_words_under_a_heading_are_no_second_line_of_it(rows: list[list[str]]) -> None:
    header = find_header(cells(*rows), WORDS, LOCATIONS)
    assert header is not None
    assert header.row == 0


# --- the mapping ---------------------------------------------------------------------------------------------------


def test_headers_that_name_the_location_leave_no_doubt() -> None:
    found = proposed([["品番", "品名", "在庫（渋谷店）", "本社倉庫在庫数", "単価"], ["A", "皿", "1", "2", "300"]])
    assert found.taken == {0: SKU, 1: PRODUCT, 2: SHOP, 3: MAIN}
    assert found.doubts == ()
    assert [column.heading.text for column in found.left] == ["単価"]


def test_a_number_of_nowhere_is_a_doubt() -> None:
    found = proposed([["品番", "在庫数"], ["A", "1"]])
    assert [doubt.choices for doubt in found.doubts] == [(MAIN, SHOP, INSPECT)]


def test_each_answer_leaves_less_to_ask() -> None:
    rows = [["品番", "倉庫1", "倉庫2"], ["A", "1", "2"]]
    first, second = proposed(rows).doubts
    assert first.choices == second.choices == (MAIN, SHOP, INSPECT)
    [left] = proposed(rows, {1: SHOP}).doubts
    assert left.choices == (MAIN, INSPECT)
    assert proposed(rows, {1: SHOP, 2: None}).doubts == ()


def test_a_total_counts_only_where_nothing_else_does() -> None:
    assert proposed([["品番", "本社倉庫", "合計"], ["A", "1", "1"]]).doubts == ()
    assert [doubt.column.index for doubt in proposed([["品番", "合計"], ["A", "1"]]).doubts] == [1]


def test_jan_codes_are_known_by_their_check_digits() -> None:
    rows = [["品番", "番号2", "本社倉庫"], ["A", "4901234567894", "1"], ["B", "4901085190005", "2"]]
    assert proposed(rows).taken == {0: SKU, 1: JAN, 2: MAIN}
    rows[1][1] = "4901234567895"
    assert JAN not in proposed(rows).taken.values()


def test_a_header_that_its_cells_belie_is_a_doubt() -> None:
    same = [["商品コード", "本社倉庫"], *(["A", str(n)] for n in range(5))]
    assert [doubt.choices for doubt in proposed(same).doubts] == [(SKU,)]
    no_jan = [["SKU", "バーコード"], ["A", "赤"], ["B", "青"]]
    assert [doubt.choices for doubt in proposed(no_jan).doubts] == [(JAN,)]


def test_a_jan_may_be_the_only_code_there_is() -> None:
    rows = [["JAN", "本社倉庫"], ["4901234567894", "1"], ["4901085190005", "2"]]
    [doubt] = proposed(rows).doubts
    assert doubt.choices == (SKU, JAN)
    assert proposed(rows, {0: SKU}).taken == {0: SKU, 1: MAIN}


def test_our_own_header_wins() -> None:
    assert proposed([["商品番号", "SKU", "商品名", "タイトル"], ["1", "A", "皿", "お皿"]]).taken == {1: SKU, 2: PRODUCT}


def test_our_own_table_comes_back_as_it_was() -> None:
    header = [
        "商品名",
        "SKU",
        "JANコード",
        "ロック",
        *LOCATIONS,
        "引当",
        "販売可能",
        "状態",
        "安全在庫",
        "編集中",
        "確認",
    ]
    rows = [header, ["皿", "A", "", "✓ 17", "1", "2", "3", "0", "3", "", "1", "FALSE", "FALSE"]]
    found = proposed(rows)
    assert found.taken == {0: PRODUCT, 1: SKU, 2: JAN, 4: MAIN, 5: SHOP, 6: INSPECT}
    assert found.doubts == ()


# --- the rows ------------------------------------------------------------------------------------------------------


def test_totals_repeated_headers_and_blank_rows_are_no_products() -> None:
    rows = [
        ["品番", "品名", "本社倉庫"],
        ["A", "皿", "1"],
        [],
        ["品番", "品名", "本社倉庫"],
        ["", "合計", "1"],
        ["計", "", "1"],
    ]
    found = brought(rows)
    assert [row.sku for row in found.rows] == ["A"]
    assert found.refused == ()


def test_columns_beyond_the_header_have_a_number_for_a_name() -> None:
    table = cells(["品番", "品名"], ["A", "皿", "1"], ["B", "碗", "たくさん"])
    header = find_header(table, WORDS, LOCATIONS)
    assert header is not None
    decided: dict[int, Target | None] = {2: MAIN}
    proposal = propose(columns_of(table, header), WORDS, LOCATIONS, decided, with_jan=True)
    found = bring(table, header, proposal, WORDS, LOCATIONS, ())
    assert [row.units for row in found.rows] == [{"本社倉庫": 1}, {}]
    assert [(problem.row, problem.header) for problem in found.cells] == [(3, "#3")]


def test_a_remark_under_the_table_is_no_product() -> None:
    found = brought([["品番", "品名", "本社倉庫"], ["A", "皿", "1"], ["赤", "碗", "1"], ["※前日の数です", "", ""]])
    assert [row.sku for row in found.rows] == ["A", "赤"]
    assert [(problem.row, problem.code) for problem in found.refused] == [(4, "remark")]


def test_what_is_there_already_is_skipped() -> None:
    found = brought([["品番", "本社倉庫"], ["Ａ", "1"], ["B", "2"]], frozenset({"A"}))
    assert ([row.sku for row in found.rows], found.skipped) == (["B"], ("A",))


@given(st.lists(st.sampled_from("ABC"), max_size=6))
def test_every_row_is_brought_skipped_or_refused(skus: list[str]) -> None:
    """One SKU, one row: those that stand twice are refused."""
    found = brought([["SKU", "本社倉庫"], *([sku, "1"] for sku in skus)], frozenset("C"))
    assert {row.sku for row in found.rows} == {sku for sku in "AB" if skus.count(sku) == 1}
    assert {problem.sku for problem in found.refused} == {sku for sku in "AB" if skus.count(sku) > 1}
    assert set(found.skipped) == {"C"} & set(skus)
