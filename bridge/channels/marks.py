"""The mark that a write of ours leaves in a till's own history, by which its row is known for ours (pos.md §0.5).

`bridge:NONCE:SUM`: staff and other apps may write texts that look like one, or copy one to another row (T20), so a mark
ends in a short sum over what was written where. It need not be secret; it tells a copy elsewhere, or beside another
number, from the row.
"""

from __future__ import annotations

import re
from hashlib import sha256

NONCE_DIGITS = 16  # hexadecimal

_SHAPE = re.compile(rf"bridge:([0-9a-f]{{{NONCE_DIGITS}}}):([0-9a-f]{{8}})")


def marked(nonce: str, said: str) -> str:
    """`nonce`: of the one write, NONCE_DIGITS long · `said`: the nonce and what was written where, in the till's own
    way."""
    return f"bridge:{nonce}:{sha256(said.encode()).hexdigest()[:8]}"


def nonce_in(text: object) -> str:
    """The nonce of a text that looks like a mark, else ""."""
    found = _SHAPE.fullmatch(text) if isinstance(text, str) else None
    return found[1] if found else ""
