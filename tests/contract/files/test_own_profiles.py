"""Profiles that a user writes: fixed positions, UTF-8 for Excel, numbers in names, done markers on what comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.file_profiles import Meaning, WrongProfile, load_profile, ready_folder, ready_names
from tests.support.partner import Partner

NUMBERED = """
ja = "自作"
en = "own"
direction = "in"
tells = "stock"
quantity = "available"
file = "inv_{number}_{time}.txt"
time = "%Y%m%d%H%M"
encoding = "utf-8"
delimiter = "\\t"
quoting = "none"
header = false
width = 3
done = "{name}.ok"
listing = { plain = ["code"] }
reads = { code = "1", units = "3" }
"""


@pytest.fixture
def numbered(tmp_path: Path) -> Partner:
    (tmp_path / "own.toml").write_text(NUMBERED, encoding="utf-8")
    return Partner(tmp_path, str(tmp_path / "own.toml"), place="外部倉庫")


def put(partner: Partner, name: str, *rows: str, mark: bool = True) -> None:
    partner.put(name, "".join(f"{row}\n" for row in rows).encode("utf-8-sig"))
    if mark:
        partner.put(f"{name}.ok", b"")


def test_columns_by_their_numbers_and_a_file_only_with_its_mark(numbered: Partner) -> None:
    put(numbered, "inv_7_202611231000.txt", "00123\t箱\t5", '"A"\t袋\t12', mark=False)
    assert numbered.counted() is None
    numbered.put("inv_7_202611231000.txt.ok", b"")
    assert numbered.counted() == {"00123": 5, '"A"': 12}
    assert numbered.there() == {}, "the mark goes with its file"
    count = numbered.channel.last_count()
    assert count is not None
    assert count.net


def test_a_file_whose_mark_never_comes_holds_up_no_other(numbered: Partner) -> None:
    put(numbered, "inv_7_202611231000.txt", "A\t箱\t5", mark=False)
    put(numbered, "inv_8_202611231005.txt", "A\t箱\t4")
    assert numbered.counted() == {"A": 4}


def test_the_number_in_a_name_is_the_order_and_an_older_one_is_refused(numbered: Partner) -> None:
    put(numbered, "inv_8_202611231000.txt", "A\t箱\t5")
    numbered.counted()
    put(numbered, "inv_7_202611231005.txt", "A\t箱\t9")
    assert numbered.counted() == {"A": 5}
    [sentence] = numbered.sentences().values()
    assert "older" in sentence


def test_a_row_of_another_width_is_shifted(numbered: Partner) -> None:
    put(numbered, "inv_8_202611231000.txt", "A\t箱\t5", "B\t5")
    assert numbered.counted() is None
    [sentence] = numbered.sentences().values()
    assert "Row 2 has another number of columns" in sentence


def test_a_profile_whose_numbers_are_available_says_so() -> None:
    assert load_profile("3pl_stock", Path()).meaning is Meaning.ON_HAND


@pytest.mark.parametrize("name", ready_names())
def test_every_ready_profile_is_told_of_in_the_settings(name: str) -> None:
    example = (Path(__file__).parents[3] / "bridge.example.toml").read_text(encoding="utf-8")
    assert name in example
    text = (ready_folder() / f"{name}.toml").read_text(encoding="utf-8")
    assert "own_shops_and_files.md §6." in text.splitlines()[0] + text.splitlines()[1]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('encoding = "utf-8"', 'encoding = "shift"'),
        ('tells = "stock"', 'tells = "prices"'),
        ('quantity = "available"', 'quantity = "delta"'),
        ('reads = { code = "1", units = "3" }', 'reads = { code = "1" }'),
        ('reads = { code = "1", units = "3" }', 'reads = { code = "商品", units = "3" }'),
        ("inv_{number}_{time}.txt", "inv_{number}.txt"),
        ("inv_{number}_{time}.txt", "in/inv_{time}.txt"),
        ('quoting = "none"', 'quoting = "sometimes"'),
        ("width = 3", "widths = 3"),
    ],
)
def test_a_profile_that_can_mean_nothing_is_refused(tmp_path: Path, line: str, wrong: str) -> None:
    assert line in NUMBERED
    (tmp_path / "own.toml").write_text(NUMBERED.replace(line, wrong), encoding="utf-8")
    with pytest.raises(WrongProfile) as caught:
        load_profile("own.toml", tmp_path)
    assert caught.value.hint.ja
    assert "own.toml" in caught.value.hint.en
