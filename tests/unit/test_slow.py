"""Which tests `make test` leaves out: the slowest, as many as must for the others to fit."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.slow import beyond, slow_tests

ROOT = Path(__file__).parent.parent.parent


@given(st.dictionaries(st.text("abc", min_size=1), st.floats(0.01, 50), max_size=12), st.floats(0, 100))
def test_the_others_fit_and_none_of_them_is_slower_than_one_left_out(took: dict[str, float], budget: float) -> None:
    out = set(beyond(took, budget))
    kept = took.keys() - out
    assert sum(took[name] for name in kept) <= budget + 1e-6
    assert not out or sum(took[name] for name in kept) + min(took[name] for name in out) > budget - 1e-6
    assert all(took[name] <= took[other] for name in kept for other in out)


def test_the_list_names_tests_that_there_are() -> None:
    for name in slow_tests():
        path, name, *of_class = name.split("::")
        text = (ROOT / path).read_text(encoding="utf-8")
        assert (f"{name} = " if of_class else f"def {name}(") in text, name
