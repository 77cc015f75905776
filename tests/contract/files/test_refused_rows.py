"""A partner who refuses a whole file for one bad code: the row is found by halves, the others get through, and it never
drags them with it again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bridge.channels.files import facts
from bridge.channels.files.folders import LocalFolder
from bridge.channels.port import Outcome, Pushed
from tests.support.partner import Partner, marked

CODES = [f"P{n:02}" for n in range(16)]
WANTED = {code: n + 1 for n, code in enumerate(CODES)}
HALVINGS = 4  # of 16 rows, down to one
EACH = 2 * HALVINGS  # files that it takes to find one bad row: two of each size


@pytest.fixture
def partner(tmp_path: Path) -> Partner:
    return marked(tmp_path, row_limit=100)


def push(partner: Partner, wanted: Mapping[str, int]) -> dict[str, Pushed]:
    """One round of the bridge. A number that must wait is on its way, whatever file it waits for."""
    answers = {each.listing.id: each for each in partner.push_all(dict(wanted))}
    on_its_way = {key.id: numbers for key, numbers in partner.channel.on_its_way().items()}
    for listing, each in answers.items():
        if each.outcome is not Outcome.DONE:
            assert (each.outcome is Outcome.LATER) == (wanted[listing] in on_its_way.get(listing, ())), listing
    return answers


def settle(partner: Partner, wanted: Mapping[str, int]) -> dict[str, Pushed]:
    """Until every number is told, the partner answering each file as it comes."""
    for _ in range(200):
        answers = push(partner, wanted)
        if not partner.answer() and all(each.outcome is not Outcome.LATER for each in answers.values()):
            return answers
    raise AssertionError("it never comes to rest")


def refused(answers: Mapping[str, Pushed]) -> set[str]:
    return {listing for listing, each in answers.items() if each.outcome is Outcome.REFUSED}


def good(partner: Partner, wanted: Mapping[str, int] = WANTED) -> dict[str, int]:
    return {listing: units for listing, units in wanted.items() if listing not in partner.refuses}


def after_an_hour(partner: Partner) -> None:
    partner.clock.sleep(facts.RETRY_REFUSED.total_seconds() + 1)


@pytest.mark.parametrize("bad", ["P00", "P06", "P15"])
def test_one_bad_code_is_found_and_all_others_get_through(partner: Partner, bad: str) -> None:
    partner.refuses = {bad}
    answers = settle(partner, WANTED)
    assert partner.shows == good(partner)
    assert refused(answers) == {bad}
    assert len(partner.answered) <= 1 + EACH
    hint = answers[bad].hint
    assert hint is not None
    alone = partner.answered.index({bad: WANTED[bad]}) + 1
    assert f"stock_{alone:06}.csv" in hint.ja
    assert f"stock_{alone:06}.csv" in hint.en
    assert partner.channel.on_its_way() == {}


@pytest.mark.parametrize("bad", [{"P00", "P15"}, {"P06", "P07"}, {"P03", "P04"}])
def test_two_bad_codes_are_found(partner: Partner, bad: set[str]) -> None:
    partner.refuses = bad
    assert refused(settle(partner, WANTED)) == bad
    assert partner.shows == good(partner)
    assert len(partner.answered) <= 1 + 2 * EACH


def test_a_partner_who_refuses_everything_gets_no_flood_of_files_and_all_rows_once_it_is_mended(
    partner: Partner,
) -> None:
    """It is no row, then: a wrong profile, an importer that is down."""
    wanted = {f"P{n:03}": n + 1 for n in range(100)}
    partner.refuses = set(wanted)
    assert refused(settle(partner, wanted)) == set(wanted), "people are told"
    assert max(map(len, partner.answered[1:])) == 50
    assert len(partner.answered) < 2 * facts.MOST_HALVED
    found = [rows for rows in partner.answered if len(rows) == 1]
    assert found, "people are told of the first row long before"
    before = len(partner.answered)
    partner.refuses = set()
    after_an_hour(partner)
    assert refused(settle(partner, wanted)) == set()
    assert partner.shows == wanted
    assert len(partner.answered) - before <= 1 + len(found)


@pytest.mark.parametrize("bad", [range(40, 70), range(0, 100, 3)])
def test_many_bad_codes_are_found(partner: Partner, bad: range) -> None:
    wanted = {f"P{n:03}": n + 1 for n in range(100)}
    partner.refuses = {f"P{n:03}" for n in bad}
    assert refused(settle(partner, wanted)) == partner.refuses
    assert partner.shows == good(partner, wanted)


def test_half_of_the_good_rows_are_taken_by_the_third_file(partner: Partner) -> None:
    partner.refuses = {"P00"}
    for _ in range(3):
        push(partner, WANTED)
        partner.answer()
    assert len(partner.shows) == 8


def test_the_bad_row_is_tried_again_after_a_while_alone(partner: Partner) -> None:
    partner.refuses = {"P06"}
    settle(partner, WANTED)
    before = len(partner.answered)
    assert refused(settle(partner, WANTED)) == {"P06"}
    assert len(partner.answered) == before
    after_an_hour(partner)
    wanted = {**WANTED, "P00": 90, "P01": 91}
    assert refused(settle(partner, wanted)) == {"P06"}
    assert sorted(map(len, partner.answered[before:])) == [1, 2]
    assert partner.shows == good(partner, wanted)
    partner.refuses = set()
    after_an_hour(partner)
    assert refused(settle(partner, wanted)) == set()
    assert partner.shows == wanted


def test_another_number_of_a_bad_code_goes_at_once_and_alone(partner: Partner) -> None:
    """It may be the number that was wrong."""
    partner.refuses = {"P06"}
    settle(partner, WANTED)
    before, wanted = len(partner.answered), {**WANTED, "P00": 90, "P06": 0}
    settle(partner, wanted)
    assert {"P06": 0} in partner.answered[before:]
    assert {"P00": 90} in partner.answered[before:]
    partner.refuses = set()
    settle(partner, {**wanted, "P06": 3})
    settle(partner, {**wanted, "P06": 4, "P00": 91})
    assert partner.answered[-1] == {"P00": 91, "P06": 4}, "once it was taken it goes with the others again"


def test_a_number_given_up_while_its_row_was_refused_does_not_go_out(partner: Partner) -> None:
    partner.refuses = {"P06"}
    push(partner, {"P06": 5})
    push(partner, {"P06": 6})
    partner.answer()
    assert refused(push(partner, {"P06": 5})) == {"P06"}
    assert partner.channel.on_its_way() == {}


def test_two_bad_codes_are_tried_again_each_alone(partner: Partner) -> None:
    partner.refuses = {"P06", "P09"}
    settle(partner, WANTED)
    before = len(partner.answered)
    partner.refuses = {"P06"}
    after_an_hour(partner)
    assert refused(settle(partner, WANTED)) == {"P06"}
    assert partner.answered[before:] == [{"P06": WANTED["P06"]}, {"P09": WANTED["P09"]}]


@pytest.mark.parametrize("so_far", range(1, 1 + EACH))
def test_a_number_to_zero_that_comes_meanwhile_goes_out_within_the_next_two_files(
    partner: Partner, so_far: int
) -> None:
    partner.refuses = {"P15"}
    for _ in range(so_far):
        push(partner, WANTED)
        partner.answer()
    wanted = {**WANTED, "new": 0}
    for _ in range(2):
        push(partner, wanted)
        partner.answer()
    assert partner.shows.get("new") == 0
    settle(partner, wanted)
    assert partner.shows == good(partner, wanted)


def test_a_row_of_a_half_that_falls_to_zero_takes_its_half_to_the_front(partner: Partner) -> None:
    partner.refuses = {"P15"}
    push(partner, WANTED)
    partner.answer()
    wanted = {**WANTED, "P12": 0}
    push(partner, wanted)
    assert partner.answer().keys() == set(CODES[8:])
    push(partner, wanted)
    assert partner.answer().keys() == {"P12", "P08", "P09", "P10"}, "in the first half of these in turn"
    assert partner.shows["P12"] == 0
    settle(partner, wanted)
    assert partner.shows == good(partner, wanted)


def test_a_bad_code_at_zero_does_not_hold_up_the_halves(partner: Partner) -> None:
    """It is tried again when nothing else is to be found."""
    partner.refuses = {"P06"}
    settle(partner, {**WANTED, "P06": 0})
    partner.refuses.add("P09")
    wanted = {code: units + 20 for code, units in WANTED.items()} | {"P06": 0}
    push(partner, wanted)
    before = len(partner.answered)
    partner.answer()
    after_an_hour(partner)
    assert refused(settle(partner, wanted)) == {"P06", "P09"}
    assert partner.answered[-1] == {"P06": 0}
    assert len(partner.answered) - before <= 2 + EACH


def test_halves_and_a_steady_stream_of_new_numbers_both_go_on(partner: Partner) -> None:
    partner.refuses = {"P06"}
    wanted = dict(WANTED)
    for n in range(2 * EACH + 1):
        push(partner, wanted)
        partner.answer()
        wanted[f"new{n:02}"] = n
    shown = [number for number in partner.shows if number in WANTED]
    assert set(shown) == set(CODES) - {"P06"}
    assert sum(number.startswith("new") for number in partner.shows) >= 2 * EACH - 2
    assert refused(settle(partner, wanted)) == {"P06"}
    assert partner.shows == good(partner, wanted)


def test_a_row_whose_number_changes_while_its_half_waits_goes_out_with_the_newest(partner: Partner) -> None:
    partner.refuses = {"P06"}
    wanted = dict(WANTED)
    for n in range(1 + EACH):
        push(partner, wanted)
        partner.answer()
        wanted = {code: units + 1 for code, units in wanted.items()} if n % 2 else wanted
    assert refused(settle(partner, wanted)) == {"P06"}
    assert partner.shows == good(partner, wanted)


@pytest.mark.parametrize("others", [{}, {"P01": 2, "P02": 3}])
def test_the_newest_number_of_a_refused_row_is_on_its_way_before_it_is_pushed_again(
    partner: Partner, others: dict[str, int]
) -> None:
    partner.refuses = {"P00"}
    push(partner, {"P00": 5, **others})
    push(partner, {"P00": 0})
    partner.answer()
    partner.shown("P00")
    assert partner.channel.on_its_way()[partner.key("P00")] == [0]
    push(partner, {"P00": 0})
    assert partner.answer()["P00"] == 0
    if not others:
        partner.shown("P00")
        assert partner.channel.on_its_way() == {}, "it is told as refused"


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("nth", range(1, 2 + EACH))
def test_a_bridge_that_was_killed_in_between_goes_on_halving(
    partner: Partner, monkeypatch: pytest.MonkeyPatch, nth: int, written: bool
) -> None:
    partner.refuses = {"P06"}
    write, writes = LocalFolder.write, []

    def killed(self: LocalFolder, path: str, data: bytes) -> None:
        writes.append(path)
        if len(writes) != nth or written:
            write(self, path, data)
        if len(writes) == nth:
            raise KeyboardInterrupt

    monkeypatch.setattr(LocalFolder, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        settle(partner, WANTED)
    partner.connect()
    assert refused(settle(partner, WANTED)) == {"P06"}
    assert partner.shows == good(partner)
    assert len(partner.answered) <= 1 + EACH


def test_what_an_earlier_version_remembered_is_gone_on_with(partner: Partner) -> None:
    at = partner.clock.now().isoformat()
    failed = {code: [WANTED[code], "stock_000003.csv", at] for code in CODES}
    queue = {"new": 7}
    partner.memory.put(out={"number": 3, "file": None, "queue": queue, "untold": {}, "failed": failed})
    partner.refuses = {"P06"}
    assert refused(settle(partner, {**WANTED, **queue})) == set(CODES), "for its hour"
    assert partner.shows == queue
    after_an_hour(partner)
    before = len(partner.answered)
    assert refused(settle(partner, WANTED)) == {"P06"}
    assert partner.shows == good(partner) | queue
    assert len(partner.answered) - before <= 1 + EACH


def test_a_file_that_an_earlier_version_wrote_is_halved_too(partner: Partner) -> None:
    partner.refuses = {"P06"}
    push(partner, WANTED)
    out: dict[str, Any] = partner.memory.get("out")
    before = {"number": 1, "file": {**out["file"]}, "queue": {}, "untold": {}, "failed": {}}
    del before["file"]["half"]  # type: ignore[attr-defined]
    partner.memory = type(partner.memory)()
    partner.memory.put(out=before)
    partner.connect()
    assert refused(settle(partner, WANTED)) == {"P06"}
    assert partner.shows == good(partner)


def test_a_whole_file_is_never_halved(tmp_path: Path) -> None:
    """What it lacks might be gone, or at zero."""
    partner = marked(tmp_path, rows="all", row_limit=100)
    partner.refuses = {"P06"}
    assert refused(settle(partner, WANTED)) == set(CODES)
    assert partner.answered == [WANTED]
    partner.refuses = set()
    after_an_hour(partner)
    assert refused(settle(partner, WANTED)) == set()
    assert partner.answered == [WANTED, WANTED]


def test_only_newer_numbers_of_its_own_rows_join_a_half_that_nobody_has_taken_yet(tmp_path: Path) -> None:
    partner = marked(tmp_path, row_limit=100, done=False)
    partner.refuses = {"P15"}
    push(partner, WANTED)
    partner.answer()
    push(partner, WANTED)
    wanted = {**WANTED, "P00": 0, "P15": 99, "new": 0}
    push(partner, wanted)
    assert partner.answer() == {code: wanted[code] for code in CODES[:8]}
    push(partner, wanted)
    assert partner.answer() == {"new": 0}
    assert refused(settle(partner, wanted)) == {"P15"}
    assert partner.shows == good(partner, wanted)
    after_an_hour(partner)
    push(partner, wanted)
    push(partner, {"P15": 0})
    assert partner.answer() == {"P15": 0}, "it gives way to a newer number of its own"


STEPS = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(CODES), st.integers(0, 5), max_size=6),
        st.sampled_from(["answer", "answer", "kill", "wait"]),
    ),
    max_size=12,
)


@given(bad=st.sets(st.sampled_from(CODES), max_size=5), steps=STEPS, row_limit=st.integers(3, 20), done=st.booleans())
@example(bad={"P06"}, steps=[(WANTED, "answer"), ({"P07": 0}, "answer")], row_limit=20, done=True)
@hypothesis_settings(max_examples=60)
def test_whatever_is_bad_and_whatever_comes_meanwhile(
    bad: set[str], steps: list[tuple[dict[str, int], str]], row_limit: int, done: bool
) -> None:
    """At the end all that is good shows what was wanted last, exactly what is bad is refused, and no row that was once
    refused alone ever stood beside another again."""
    with TemporaryDirectory() as folder:
        partner = marked(Path(folder), row_limit=row_limit, done=done)
        partner.refuses = bad
        wanted: dict[str, int] = {}
        for new, then in steps:
            wanted |= new
            push(partner, wanted)
            if then == "answer":
                partner.answer()
            elif then == "kill":
                partner.connect()
        assert refused(settle(partner, wanted)) == bad & wanted.keys()
        assert partner.shows == good(partner, wanted)
        assert partner.channel.on_its_way() == {}
        alone: set[str] = set()
        for rows in partner.answered:
            assert len(rows) == 1 or not alone & rows.keys()
            alone |= rows.keys() & bad if len(rows) == 1 else set()
