"""What each ready profile writes, byte by byte (own_shops_and_files.md §6.2 to 6.5): made once, read by eye against the
specification, and never to change without a person's will."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.file_profiles import load_profile, ready_names
from tests.support.partner import Partner

GOLDEN = Path(__file__).parent / "golden"
OUT = [name for name in ready_names() if load_profile(name, Path()).out]
PUSHED = {
    "yahoo_stock": {"tea-01": 12, "tea-01:red": 0, "00123": 999_999_999, "お茶,特選": 3},
    "aupay_stock": {"tea-01": 12, "tea-01/red/L": 0, "00123": 5, "cup/red/-": 7, 'mug"x"': 1},
    "rakuten_normal_item": {"tea-01/v1": 12, "00123/00123": 0, "お茶/①髙": 3},
    "amazon_quantity": {"TEA-01": 12, "00123": 0, '"quoted"': 3, "a, b": 4},
}


def test_every_profile_that_goes_out_is_pushed() -> None:
    assert set(OUT) == set(PUSHED)
    assert {path.stem for path in GOLDEN.glob("*.*") if path.suffix} - {".gitattributes"} == set(OUT)


@pytest.mark.parametrize("profile", OUT)
def test_what_a_profile_writes(tmp_path: Path, profile: str) -> None:
    partner = Partner(tmp_path, profile)
    partner.push_all(PUSHED[profile])
    [(name, data)] = partner.there().items()
    [golden] = GOLDEN.glob(f"{profile}.*")
    assert data == golden.read_bytes()
    assert Path(name).suffix == golden.suffix
