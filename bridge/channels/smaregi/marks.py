"""How a row of the history is known for a write of ours: by its memo (pos.md §1.8, §1.9, T20)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from bridge.channels.marks import NONCE_DIGITS, marked, nonce_in
from bridge.channels.smaregi.ids import Pair


@dataclass(frozen=True)
class Mark:
    """The mark of one write. `nonce`: of the push and the pair."""

    nonce: str
    pair: Pair

    def adding(self, units: int) -> str:
        """The memo of so many units more (below zero: fewer). At most 100 characters (§1.5)."""
        return self._memo(f"{units:+d}")

    def setting(self, units: int) -> str:
        """The memo of a number set."""
        return self._memo(f"={units}")

    def _memo(self, what: str) -> str:
        return marked(self.nonce, "|".join((self.nonce, *self.pair, what)))


def mark(key: str, pair: Pair) -> Mark:
    """Of a push under `key`: always the same."""
    return Mark(sha256("|".join((key, *pair)).encode()).hexdigest()[:NONCE_DIGITS], pair)


def is_ours(memo: object, pair: Pair, units: int, after: int) -> bool:
    """Whether a row with this memo, that moved a pair by `units` to `after`, is a write of ours."""
    nonce = nonce_in(memo)
    made = Mark(nonce, pair)
    return bool(nonce) and memo in (made.adding(units), made.setting(after))
