"""What the bridge writes into cells, held against the language of its people: every name filled in, nothing of the
other language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_UNFILLED = re.compile(r"\{[a-z_]+\}")
_NONE = re.compile(r"(?<![A-Za-z])None(?![A-Za-z])")
_QUOTED = re.compile(r"（[^（）]*）|\([^()]*\)|\b[A-Z]+_[A-Z_]+ .*")  # words of Google or a mall, also after a code
_JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
_ENGLISH = re.compile(r"(?:[A-Za-z]+[,.;:]? ){4}[A-Za-z]+")  # five words in a row: no name is so long


def written(requests: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The texts that a batch writes into cells."""
    for request in requests:
        for body in request.values():
            for row in body.get("rows", ()) if isinstance(body, Mapping) else ():
                for cell in row.get("values", ()):
                    text = cell.get("userEnteredValue", {}).get("stringValue")
                    if text:
                        yield text


def wrong(texts: Iterable[str], language: str) -> Sequence[str]:
    """Those that no person of that language should be shown."""
    strange = _JAPANESE if language == "en" else _ENGLISH
    return sorted(
        text
        for text in set(texts)
        if _UNFILLED.search(text) or _NONE.search(text) or strange.search(_QUOTED.sub("", text))
    )
