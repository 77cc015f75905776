"""要対応: every matter says how urgent it is, how old, and whether it is done; its line stays."""

from __future__ import annotations

import pytest

from tests.support.world import World

COLUMNS = ("重要度", "処理", "経過")


def lines(shop: World) -> list[dict[str, str]]:
    return [line for line in shop.table("要対応") if line["番号"]]


def oversell(shop: World) -> None:
    for mall in ("rakuten", "shopify"):
        shop.buy(mall, "A", 5)
    shop.rounds(2)


def test_a_line_says_how_urgent_it_is_and_is_done_once_answered(shop: World) -> None:
    oversell(shop)
    line = lines(shop)[-1]
    assert [line[header] for header in COLUMNS] == ["至急", "未", "10分未満"]
    shop.answer("多く注文を受けました", "確認済み")
    shop.rounds(3)
    line = lines(shop)[-1]
    assert [line[header] for header in COLUMNS] == ["至急", "済", ""]
    assert line["結果"].startswith("✓")


def test_a_line_grows_old_in_steps(shop: World) -> None:
    oversell(shop)
    ages = []
    for _ in range(8):
        shop.clock.sleep(600)
        shop.rounds(1)
        ages.append(lines(shop)[-1]["経過"])
    assert ages == ["10分", "10分", "30分", "30分", "30分", "1時間", "1時間", "1時間"]


def test_a_spreadsheet_without_the_columns_goes_on_until_init_adds_them(shop: World) -> None:
    shop.built_before("要対応", *COLUMNS)
    oversell(shop)
    assert "多く注文を受けました" in lines(shop)[-1]["内容"]
    assert not set(COLUMNS) & set(lines(shop)[-1])
    assert shop.open_questions().count("\n") == 0  # the columns are not missed
    shop.build()
    shop.rounds(2)
    assert [lines(shop)[-1][header] for header in COLUMNS] == ["至急", "未", "10分未満"]
    assert {line["処理"] for line in lines(shop)[:-1]} == {"済"}  # those of the first day


@pytest.mark.parametrize("header", COLUMNS)
def test_what_staff_write_over_heals(shop: World, header: str) -> None:
    oversell(shop)
    row = len(lines(shop))
    shop.put("要対応", row, {header: "あとで"})
    shop.rounds(1)
    assert lines(shop)[-1][header] != "あとで"


# --- the list beside an answer -------------------------------------------------------------------------------------


def offered(shop: World, words: str) -> list[str]:
    """What the list in the answer's cell of the line with these words holds."""
    (row,) = (n for n, line in enumerate(shop.table("要対応"), 1) if words in line["内容"])
    rule = shop.spreadsheet.sheet(shop.tab("要対応")).cell(row, shop.column("要対応", "回答")).validation
    if rule is None:
        return []
    assert (rule["condition"]["type"], rule["strict"]) == ("ONE_OF_LIST", False)
    return [value["userEnteredValue"] for value in rule["condition"]["values"]]


def vanish(shop: World, sku: str) -> None:
    shop.delete_row(shop.rows(sku)[0][0])
    shop.rounds(3)


def test_an_answer_is_chosen_from_a_list(shop: World) -> None:
    vanish(shop, "B")
    assert offered(shop, "在庫表から行が消えました") == ["廃番", "戻す", "改名"]
    shop.answer("在庫表から行が消えました", offered(shop, "在庫表から行が消えました")[1])
    shop.rounds(3)
    assert shop.row("B")["本社倉庫"] == "7"


def test_a_person_may_write_freely_all_the_same(shop: World) -> None:
    vanish(shop, "B")
    shop.put("在庫表", 5, {"SKU": "B-2", "本社倉庫": 7, "渋谷店": 0})
    shop.rounds(2)
    shop.answer("在庫表から行が消えました", "改名 B-2")
    shop.rounds(3)
    assert "改名 B-2" in lines(shop)[-1]["結果"]


def test_the_list_follows_its_line_when_staff_sort(shop: World) -> None:
    vanish(shop, "B")
    oversell(shop)
    tab = shop.tab("要対応")
    area = {"sheetId": tab, "startRowIndex": 1, "endRowIndex": len(lines(shop)) + 1}
    by = [{"dimensionIndex": shop.column("要対応", "番号"), "sortOrder": "DESCENDING"}]
    shop.spreadsheet.apply([{"sortRange": {"range": area, "sortSpecs": by}}])
    shop.rounds(2)
    assert offered(shop, "在庫表から行が消えました") == ["廃番", "戻す", "改名"]
    assert offered(shop, "多く注文を受けました") == ["確認済み"]


def test_a_matter_that_settles_itself_offers_nothing(shop: World) -> None:
    header = shop.column("在庫表", "本社倉庫")
    shop.spreadsheet.type(shop.tab("在庫表"), 0, header, "本社")
    shop.rounds(2)
    assert offered(shop, "見出し「本社倉庫」") == []


def test_other_numbers_make_another_list(shop: World) -> None:
    with shop.service.ledger.write() as tx:
        data = {"sku": "A", "location": "本社倉庫", "after": 9, "low": 7, "high": 9, "edit": 1}
        tx.questions.ask("two readings", "A 本社倉庫", data)
    shop.rounds(1)
    assert offered(shop, "9と入力されました") == ["少ない方 (7)", "多い方 (9)"]
    with shop.service.ledger.write() as tx:
        tx.questions.ask("two readings", "A 本社倉庫", data | {"low": 6, "high": 8})
    shop.rounds(1)
    assert offered(shop, "9と入力されました") == ["少ない方 (6)", "多い方 (8)"]


def test_a_line_of_an_earlier_version_gets_its_list_with_the_columns(shop: World) -> None:
    shop.built_before("要対応", *COLUMNS)
    vanish(shop, "B")
    row, at = len(lines(shop)), shop.column("要対応", "回答")
    area = {"sheetId": shop.tab("要対応"), "startRowIndex": row, "endRowIndex": row + 1}
    area |= {"startColumnIndex": at, "endColumnIndex": at + 1}
    shop.spreadsheet.apply([{"setDataValidation": {"range": area}}])
    shop.rounds(1)
    assert offered(shop, "在庫表から行が消えました") == []
    shop.build()
    shop.rounds(1)
    assert offered(shop, "在庫表から行が消えました") == ["廃番", "戻す", "改名"]
