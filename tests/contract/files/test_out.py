"""Quantities as files: written whole, one at a time, and shown only once they were taken (own_shops_and_files.md §6.1
rules 3, 6, 9 and 11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.channels.files import facts
from bridge.channels.http import ShadowWrite
from bridge.channels.port import Outcome
from bridge.errors import Hint, TryAgain
from tests.support.partner import Partner, marked

DONE, LATER, REFUSED = {Outcome.DONE}, {Outcome.LATER}, {Outcome.REFUSED}


@pytest.fixture
def yahoo(tmp_path: Path) -> Partner:
    return Partner(tmp_path, "yahoo_stock")


@pytest.fixture
def rakuten(tmp_path: Path) -> Partner:
    return Partner(tmp_path, "rakuten_normal_item")


def test_a_number_is_done_when_its_file_was_taken_and_shown_from_that_answer_on(yahoo: Partner) -> None:
    assert yahoo.outcomes(A=7) == LATER
    assert yahoo.outcomes(A=7) == LATER
    assert len(yahoo.there()) == 1
    assert yahoo.shown("A") == {"A": 999_999_999}, "what it shows before our first file is more than anything we send"
    yahoo.take()
    assert yahoo.shown("A") == {"A": 999_999_999}, "no sale: the bridge has not been told yet"
    assert yahoo.outcomes(A=7) == DONE
    assert yahoo.shown("A") == {"A": 7}
    assert yahoo.there() == {}


def test_a_number_that_changed_before_its_file_was_taken_goes_out_in_its_place(yahoo: Partner) -> None:
    yahoo.push(A=7, B=1)
    yahoo.push(A=3)
    assert yahoo.take() == b"code,sub-code,quantity,mode\r\nA,,3,\r\nB,,1,\r\n"
    assert yahoo.outcomes(A=3, B=1) == DONE


def test_a_number_that_changed_after_its_file_was_taken_goes_out_next(yahoo: Partner) -> None:
    yahoo.push(A=7)
    yahoo.take()
    assert yahoo.outcomes(A=3) == LATER
    assert b"A,,3," in yahoo.take()
    assert yahoo.outcomes(A=3) == DONE
    assert yahoo.shown("A") == {"A": 3}


def test_a_number_that_was_taken_and_that_nobody_wants_any_more_shows_after_a_while(yahoo: Partner) -> None:
    yahoo.push(A=5)
    yahoo.take()
    yahoo.push(A=5)
    yahoo.push(A=10)
    yahoo.take()
    assert yahoo.shown("A") == {"A": 5}
    yahoo.clock.sleep(facts.TOLD_WITHIN.total_seconds() + 1)
    assert yahoo.shown("A") == {"A": 10}, "and the bridge can lower it"


def test_a_file_of_a_fixed_name_is_followed_by_the_next_only_when_it_is_gone(rakuten: Partner) -> None:
    many = {f"item/{n:05}": n for n in range(5_100)}
    rakuten.push_all(many)
    [name] = rakuten.there()
    assert name == "ritem/batch/normal-item.csv"
    first = rakuten.take()
    assert rakuten.there() == {}
    rakuten.push_all(many)
    second = rakuten.take()
    heads = [part.decode("cp932").split("\r\n")[0] for part in (first, second)]
    assert heads == ["商品管理番号（商品URL）,SKU管理番号,在庫数"] * 2
    assert [part.count(b"\r\n") - 1 for part in (first, second)] == [5_000, 100]
    assert {each.outcome for each in rakuten.push_all(many)} == DONE


def test_of_more_numbers_than_a_file_may_have_those_to_zero_go_first(tmp_path: Path) -> None:
    partner = marked(tmp_path)
    partner.push(A=1, B=2, C=0)
    assert partner.answer() == {"A": 1, "C": 0}


def test_where_there_is_a_marker_only_the_marker_says_that_it_was_carried_out(tmp_path: Path) -> None:
    partner = marked(tmp_path)
    partner.push(A=1, B=2, C=3)
    partner.push(D=4)
    assert set(partner.there()) == {"stock_000001.csv"}, "parts in order: the next waits for the result of the first"
    partner.take()
    assert partner.outcomes(A=1, B=2) == LATER, "accepted is not applied"
    partner.put("stock_000001.csv.done", b"")
    assert partner.outcomes(A=1, B=2) == DONE
    assert partner.there()["stock_000002.csv"].decode("cp932") == "商品コード,数\r\nC,3\r\nD,4\r\n"


def test_a_file_that_the_partner_refused_is_told_and_tried_again_after_a_while(tmp_path: Path) -> None:
    partner = marked(tmp_path)
    partner.push(A=1)
    partner.put("stock_000001.csv.err", "A は登録がありません".encode("cp932"))
    [pushed] = partner.push(A=1)
    assert pushed.outcome is Outcome.REFUSED
    assert pushed.hint is not None
    assert "stock_000001.csv" in pushed.hint.ja
    assert partner.outcomes(A=1) == REFUSED
    assert "stock_000002.csv" not in partner.there()
    partner.clock.sleep(facts.RETRY_REFUSED.total_seconds() + 1)
    assert partner.outcomes(A=1) == LATER
    assert "stock_000002.csv" in partner.there()


def test_a_listing_that_the_file_cannot_hold_is_named_and_stops_no_other(yahoo: Partner) -> None:
    wrong, good = yahoo.push_all({"茶器🍵": 1, "A": 2})
    assert wrong.outcome is Outcome.REFUSED
    assert wrong.hint is not None
    assert "茶器🍵" in wrong.hint.ja
    assert good.outcome is Outcome.LATER
    assert b"A,,2," in yahoo.take()


def test_an_id_of_another_form_is_refused(rakuten: Partner) -> None:
    assert rakuten.outcomes(A=1) == REFUSED
    assert rakuten.shown("A") == {}


def test_a_restart_between_write_and_confirmation_loses_nothing_and_writes_nothing_twice(yahoo: Partner) -> None:
    yahoo.push(A=7)
    before = yahoo.there()
    yahoo.connect()
    assert yahoo.outcomes(A=7) == LATER
    assert yahoo.there() == before
    yahoo.take()
    yahoo.connect()
    assert yahoo.outcomes(A=7) == DONE
    yahoo.connect()
    assert yahoo.shown("A") == {"A": 7}


def test_a_bridge_that_was_killed_before_its_file_was_written_writes_it(
    yahoo: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("bridge.channels.files.folders.LocalFolder.write", killed)
        with pytest.raises(KeyboardInterrupt):
            yahoo.push(A=7)
    assert yahoo.there() == {}
    yahoo.connect()
    assert yahoo.outcomes(A=7) == LATER, "nothing there is not taken"
    assert b"A,,7," in yahoo.take()


def test_in_shadow_no_file_can_be_written(yahoo: Partner) -> None:
    yahoo.live = False
    with pytest.raises(ShadowWrite):
        yahoo.push(A=7)
    assert yahoo.there() == {}


def test_a_file_that_nobody_takes_is_told(yahoo: Partner) -> None:
    yahoo.push(A=7)
    assert yahoo.sentences() == {}
    yahoo.clock.sleep(7 * 3600.0)
    [(name, sentence)] = yahoo.sentences().items()
    assert name in yahoo.there()
    assert "was not taken for over 6 hours" in sentence


def test_a_share_that_is_not_there_says_nothing_of_its_files(yahoo: Partner) -> None:
    yahoo.push(A=7)
    away = yahoo.share.rename(yahoo.root / "unmounted")
    assert yahoo.outcomes(A=7) == LATER
    away.rename(yahoo.share)
    assert yahoo.outcomes(A=7) == LATER
    yahoo.take()
    assert yahoo.outcomes(A=7) == DONE


def test_what_is_done_is_told_although_the_next_file_cannot_be_written(
    yahoo: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    yahoo.push(A=7)
    yahoo.take()

    def full(*_: object) -> None:
        raise TryAgain(Hint("いっぱいです。", "The disk is full."))

    with monkeypatch.context() as patched:
        patched.setattr("bridge.channels.files.folders.LocalFolder.write", full)
        assert [each.outcome for each in yahoo.push(A=7, B=1)] == [Outcome.DONE, Outcome.LATER]
        [later] = yahoo.push(B=1)
        assert later.hint is not None
        assert later.hint.en == "The disk is full."
    assert yahoo.outcomes(B=1) == LATER
    assert b"B,,1," in yahoo.take()


def test_a_whole_file_says_every_number_again_as_it_stands_now(tmp_path: Path) -> None:
    partner = marked(tmp_path, rows="all", row_limit=10)
    partner.push(A=1, B=2)
    partner.put("stock_000001.csv.done", b"")
    partner.push(A=1, B=2)
    partner.push(A=3)
    assert partner.there()["stock_000002.csv"].decode("cp932") == "商品コード,数\r\nA,3\r\nB,2\r\n"
    partner.put("stock_000002.csv.done", b"")
    assert partner.outcomes(A=3) == DONE
    assert partner.shown("A", "B") == {"A": 3, "B": 2}


def test_a_whole_file_takes_back_no_number_that_was_taken_and_that_nobody_was_told_of(tmp_path: Path) -> None:
    """A stop of sales pushes B alone, while the partner shows 3 of A."""
    partner = marked(tmp_path, rows="all", row_limit=10)
    partner.push(A=10, B=2)
    partner.put("stock_000001.csv.done", b"")
    partner.push(A=10, B=2)
    partner.push(A=3)
    partner.put("stock_000002.csv.done", b"")
    partner.push(B=0)
    assert partner.there()["stock_000003.csv"].decode("cp932") == "商品コード,数\r\nA,3\r\nB,0\r\n"


def test_a_number_that_was_taken_last_is_shown_though_nobody_was_told_of_the_one_before(tmp_path: Path) -> None:
    partner = marked(tmp_path, rows="all", row_limit=10)
    for number, units in enumerate((10, 3, 10), 1):
        partner.push(A=units)
        partner.put(f"stock_{number:06}.csv.done", b"")
        if number == 1:
            partner.push(A=10)
    assert partner.shown("A") == {"A": 10}
    partner.clock.sleep(facts.TOLD_WITHIN.total_seconds() + 1)
    assert partner.shown("A") == {"A": 10}


def test_a_file_is_as_readable_as_the_folder_that_it_lies_in(yahoo: Partner) -> None:
    yahoo.share.chmod(0o775)
    yahoo.push(A=7)
    [path] = yahoo.share.iterdir()
    assert path.stat().st_mode & 0o777 == 0o664
