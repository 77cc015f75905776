from __future__ import annotations

import pytest

from bridge.domain.mapping import doubled, few, match, written
from bridge.domain.orders import ListingKey
from bridge.domain.reading import read_components
from bridge.domain.stock import Component

ONE, TWO = ListingKey("rakuten", "one/v"), ListingKey("rakuten", "two/v")


@pytest.mark.parametrize(
    ("codes", "sku"),
    [
        (("TEA-1",), "TEA-1"),
        (("tea-1",), "TEA-1"),  # nothing else differs only in case
        (("ＴＥＡ-1",), "TEA-1"),
        (("cup",), "cup"),
        (("CUP",), "CUP"),
        (("Cup",), None),  # two do
        (("0012",), "0012"),
        (("12",), None),
        (("TEA",), None),
        (("tea-1", "cup"), "cup"),  # as it stands before what differs
        (("cup", "TEA-1"), "cup"),
        ((), None),
        (("",), None),
    ],
)
def test_the_sku_that_a_code_names(codes: tuple[str, ...], sku: str | None) -> None:
    assert match({ONE: codes}, {"TEA-1", "cup", "CUP", "0012"}).get(ONE) == sku


def test_a_sku_of_several_listings() -> None:
    assert doubled({ONE: "A", TWO: "A"}) == {"A": [ONE, TWO]}
    assert doubled({ONE: "A", TWO: "B"}) == {}


@pytest.mark.parametrize("sku", ["A", "T+S", "A×2", "0012", '5"+1'])
def test_a_proposed_code_is_read_back_as_itself(sku: str) -> None:
    assert read_components(written(sku)) == (Component(sku, 1),)


def test_a_few_of_many() -> None:
    assert few(["a", "b"]) == "a, b"
    assert few("abcdef", 3) == "a, b, c …"
