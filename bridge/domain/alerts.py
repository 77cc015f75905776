"""What is worth telling people away from the sheet, and when: pure rules over what is so now and what was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

PAUSE = timedelta(hours=1)  # the same matter isn't told twice within it, whatever becomes of it meanwhile


@dataclass(frozen=True)
class Matter:
    """One thing that is so now. `kind` and `about` together name it.

    wakes: told at night too · ends: its end is told too · again: told once more when it has lasted so long since; None:
    once is enough"""

    kind: str
    about: str
    wakes: bool = False
    ends: bool = False
    again: timedelta | None = None

    @property
    def name(self) -> tuple[str, str]:
        return self.kind, self.about


@dataclass(frozen=True)
class Told:
    """What one address was told of a matter. All times aware.

    matter: as it was when it was told · open: it was told that it is so, and not that it is over · began, ended: when
    each was told last · tried_at: a telling whose outcome is not known: the bridge was killed meanwhile"""

    matter: Matter
    open: bool
    began: datetime | None = None
    ended: datetime | None = None
    tried_at: datetime | None = None


@dataclass(frozen=True)
class Due:
    """What one address is told now. `over`: has ended · `forgotten`: has ended too, and nobody needs to hear of it."""

    begun: tuple[Matter, ...] = ()
    over: tuple[Matter, ...] = ()
    forgotten: tuple[Matter, ...] = ()


def due(matters: Iterable[Matter], told: Mapping[tuple[str, str], Told], now: datetime, *, quiet: bool) -> Due:
    """What to tell one address, in the order of `matters`. `quiet`: people sleep; only what wakes them is told."""
    open_now = {matter.name: matter for matter in matters}
    begun = tuple(each for each in open_now.values() if _begins(each, told.get(each.name), now, quiet=quiet))
    gone = [each for each in told.values() if each.open and each.matter.name not in open_now]
    return Due(
        begun,
        tuple(each.matter for each in gone if each.matter.ends and _may_end(each, now, quiet=quiet)),
        tuple(each.matter for each in gone if not each.matter.ends),
    )


def is_quiet(at: time, begins: time, ends: time) -> bool:
    """Whether a time of day lies in the quiet hours, which may go past midnight. From and until alike: none."""
    if begins <= ends:
        return begins <= at < ends
    return at >= begins or at < ends


def _begins(matter: Matter, told: Told | None, now: datetime, *, quiet: bool) -> bool:
    if quiet and not matter.wakes:
        return False
    if told is None:
        return True
    if _within(told.tried_at, now) or _within(told.began, now):
        return False
    if not told.open or told.began is None:
        return True
    # A reminder wakes nobody.
    return matter.again is not None and not quiet and abs(now - told.began) >= matter.again


def _may_end(told: Told, now: datetime, *, quiet: bool) -> bool:
    if quiet and not told.matter.wakes:
        return False
    return not _within(told.tried_at, now) and not _within(told.ended, now)


def _within(at: datetime | None, now: datetime) -> bool:
    """Less than a pause ago. By a clock that was put back since, the future is as good as the past."""
    return at is not None and abs(now - at) < PAUSE
