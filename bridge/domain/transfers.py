"""A transfer between two places: what its line asks for, and what that moves.

Units on their way lie in a location of their own that sells nowhere, so they are never shown twice, and the sum over
all locations is the same before and after. Where the other side counts its goods itself (FBA), its count takes them in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, StrEnum

from bridge.domain.stock import Cause, Movement

IN_TRANSIT = "輸送中"
"""The location of what is on its way. No stock column may be called so."""


class Stage(StrEnum):
    """What has become of a line."""

    OFFERED = "offered"  # its number was sent to the sheet and not read back yet
    WRITTEN = "written"  # nothing has moved
    ON_THE_WAY = "on the way"
    ARRIVED = "arrived"
    LOST = "lost"  # a person gave up the rest that never arrived
    NEVER_LEFT = "never left"  # its line was deleted on the way, and a person said so

    @property
    def closed(self) -> bool:
        return self in (Stage.ARRIVED, Stage.LOST, Stage.NEVER_LEFT)


@dataclass(frozen=True)
class Move:
    """What a line says: `units` (≥ 1) of `sku` from one place to another."""

    sku: str
    units: int
    source: str
    target: str


@dataclass(frozen=True)
class Transfer:
    """One line under its number. `move`: None until the line was read under it; from the departure on it is what was
    booked · `on_way`: units still in transit · `early`: a tick stood there before it could count (the line was copied,
    or the bridge was not live): it must be taken away first · `left_at`, `closed_at`: when it was booked."""

    number: int
    stage: Stage = Stage.OFFERED
    move: Move | None = None
    on_way: int = 0
    early: bool = False
    left_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def ref(self) -> str:
        return f"move {self.number}"


@dataclass(frozen=True)
class Ticks:
    """`None`: the cell holds no tick box, and says nothing."""

    sent: bool | None
    arrived: bool | None


class Act(Enum):
    """What a line asks for."""

    LEAVE = "leave"
    ARRIVE = "arrive"
    WRITE_OFF = "write off"  # the rest never arrives where the other side counts
    TAKE_BACK = "take back"


@dataclass(frozen=True)
class Verdict:
    """`acts`: to be done in this order · `code`: what is said beside the line as long as they are not done."""

    code: str
    acts: tuple[Act, ...] = ()


def judge(transfer: Transfer, move: Move | None, ticks: Ticks, *, counted: bool, problem: str = "") -> Verdict:
    """What a line that now says `move` (None: it can't be read) and has these ticks comes to. `counted`: its target
    counts its goods itself · `problem`: why nothing may move, as the code of a sentence."""
    if transfer.stage.closed:
        return Verdict(_closed(transfer, move, ticks, counted=counted))
    if transfer.stage is Stage.ON_THE_WAY:
        return _on_the_way(transfer, move, ticks, counted=counted, problem=problem)
    if transfer.early and (ticks.sent or ticks.arrived):
        return Verdict("early")
    if problem:
        return Verdict(problem)
    if not ticks.sent:
        return Verdict("sent first" if ticks.arrived else "ready")
    return Verdict("ready", (Act.LEAVE, end(counted=counted)) if ticks.arrived else (Act.LEAVE,))


def _closed(transfer: Transfer, move: Move | None, ticks: Ticks, *, counted: bool) -> str:
    by_tick = transfer.stage is Stage.LOST or (transfer.stage is Stage.ARRIVED and not counted)
    if move != transfer.move or ticks.sent is False or (by_tick and ticks.arrived is False):
        return "closed changed"
    return "counted" if transfer.stage is Stage.ARRIVED and counted else str(transfer.stage)


def _on_the_way(transfer: Transfer, move: Move | None, ticks: Ticks, *, counted: bool, problem: str) -> Verdict:
    assert transfer.move is not None
    if ticks.sent is False:
        if ticks.arrived or transfer.on_way < transfer.move.units:
            return Verdict("sent again" if ticks.arrived else "begun")
        return Verdict(problem) if problem else Verdict("on the way", (Act.TAKE_BACK,))
    if move != transfer.move:
        return Verdict("changed")
    said = "on the way counted" if counted else "on the way"
    if not ticks.arrived:
        return Verdict(said)
    if transfer.early or problem:
        return Verdict("early" if transfer.early else problem)
    return Verdict(said, (end(counted=counted),))


def end(*, counted: bool) -> Act:
    """What ends a transfer that is on its way."""
    return Act.WRITE_OFF if counted else Act.ARRIVE


def still_early(transfer: Transfer, ticks: Ticks, *, may_act: bool) -> bool:
    """Whether the tick that would move something next stood there before it could count."""
    pending = ticks.arrived if transfer.stage is Stage.ON_THE_WAY else ticks.sent or ticks.arrived
    return bool(pending) and (transfer.early or not may_act)


def act_on(transfer: Transfer, act: Act, at: datetime) -> tuple[Transfer, tuple[Movement, ...]]:
    """The line afterwards, and what it moves."""
    move, units = transfer.move, transfer.on_way
    assert move is not None
    if act is Act.LEAVE:
        left = replace(transfer, stage=Stage.ON_THE_WAY, on_way=move.units, left_at=at)
        return left, tuple(_between(transfer, move.source, IN_TRANSIT, move.units, Cause.SENT))
    if act is Act.TAKE_BACK:
        back = replace(transfer, stage=Stage.WRITTEN, on_way=0, left_at=None)
        return back, tuple(_between(transfer, IN_TRANSIT, move.source, units, Cause.NOT_SENT))
    if act is Act.ARRIVE:
        arrived = replace(transfer, stage=Stage.ARRIVED, on_way=0, closed_at=at)
        return arrived, tuple(_between(transfer, IN_TRANSIT, move.target, units, Cause.ARRIVED))
    given_up = replace(transfer, stage=Stage.LOST, on_way=0, closed_at=at)
    return given_up, (Movement(move.sku, IN_TRANSIT, -units, 0, Cause.LOST, transfer.ref),)


def _between(transfer: Transfer, source: str, target: str, units: int, cause: Cause) -> Iterator[Movement]:
    assert transfer.move is not None
    yield Movement(transfer.move.sku, source, -units, 0, cause, transfer.ref)
    yield Movement(transfer.move.sku, target, units, 0, cause, transfer.ref)


def taken_in(
    transfers: Iterable[Transfer], target: str, risen: Mapping[str, int], at: datetime
) -> tuple[tuple[Transfer, ...], tuple[Movement, ...]]:
    """A place that counts its goods itself has `risen`, by SKU: as many leave the transit, the oldest line first, at
    most what is on its way there. The units themselves are in its count already."""
    rest = Counter(risen)
    changed: list[Transfer] = []
    movements: list[Movement] = []
    for transfer in sorted(transfers, key=lambda each: (each.left_at or at, each.number)):
        move = transfer.move
        if transfer.stage is not Stage.ON_THE_WAY or move is None or move.target != target:
            continue
        units = min(transfer.on_way, rest[move.sku])
        if units <= 0:
            continue
        rest[move.sku] -= units
        movements.append(Movement(move.sku, IN_TRANSIT, -units, 0, Cause.ARRIVED, transfer.ref))
        left = replace(transfer, on_way=transfer.on_way - units)
        changed.append(left if left.on_way else replace(left, stage=Stage.ARRIVED, closed_at=at))
    return tuple(changed), tuple(movements)


def on_their_way(transfers: Iterable[Transfer]) -> Counter[str]:
    """Units in transit by SKU, as the lines have it."""
    found: Counter[str] = Counter()
    for transfer in transfers:
        if transfer.move is not None:
            found[transfer.move.sku] += transfer.on_way
    return found
