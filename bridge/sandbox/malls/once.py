"""Codes of a consent, and tokens, that are good once and until a time."""

from __future__ import annotations

from datetime import datetime, timedelta

CODE_LIFE = timedelta(minutes=10)


def spend(known: dict[str, datetime], word: str, now: datetime) -> bool:
    """Whether it was good; from now on it isn't. `known`: until when each is."""
    until = known.pop(word, None)
    return until is not None and until > now
