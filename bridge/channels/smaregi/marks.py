"""How a row of the history is known for a write of ours: by its memo (pos.md §1.8, §1.9).

Staff and other apps may write the same division, and memos that look like ours (T20): so a memo has a short sum over
what was written where. It need not be secret; it tells a copy in another place, or with another number, from the row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

_SHAPE = re.compile(r"bridge:([0-9a-f]{16}):([0-9a-f]{8})")


@dataclass(frozen=True)
class Mark:
    """The mark of one write. `nonce`: of the push and the pair."""

    nonce: str
    pair: tuple[str, str]

    def adding(self, units: int) -> str:
        """The memo of so many units more (below zero: fewer). At most 100 characters (§1.5)."""
        return self._memo(f"{units:+d}")

    def setting(self, units: int) -> str:
        """The memo of a number set."""
        return self._memo(f"={units}")

    def _memo(self, what: str) -> str:
        return f"bridge:{self.nonce}:{_sum(self.nonce, *self.pair, what)[:8]}"


def mark(key: str, pair: tuple[str, str]) -> Mark:
    """Of a push under `key`: always the same."""
    return Mark(_sum(key, *pair)[:16], pair)


def nonce_in(memo: object) -> str:
    """The nonce of a memo that looks like ours, else ""."""
    found = _SHAPE.fullmatch(memo) if isinstance(memo, str) else None
    return found[1] if found else ""


def is_ours(memo: object, pair: tuple[str, str], units: int, after: int) -> bool:
    """Whether a row with this memo, that moved a pair by `units` to `after`, is a write of ours."""
    nonce = nonce_in(memo)
    made = Mark(nonce, pair)
    return bool(nonce) and memo in (made.adding(units), made.setting(after))


def _sum(*parts: str) -> str:
    return sha256("|".join(parts).encode()).hexdigest()
