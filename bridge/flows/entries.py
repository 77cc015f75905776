"""Lines of 入出庫 that one tick books: goods in, damaged, returned, sold over the counter, samples, sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bridge.domain.entries import RULES, Act, Booking, Entry, Kind, Verdict, act_on, judge, still_early
from bridge.domain.reading import Finding, Quantity, read_components
from bridge.domain.stock import Component
from bridge.flows.ground import Ground
from bridge.flows.line_numbers import Still
from bridge.flows.replan import replan
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.sheet.views import MoveLine


def entry_of(ground: Ground, line: MoveLine) -> Entry | None:
    """What a line says; None where it can't be read."""
    rule = RULES.get(line.what) if line.what is not None else None
    if rule is None or line.what is None or line.blank or not isinstance(line.units, Quantity) or line.units.units < 1:
        return None
    parts = _parts(ground, line)
    if parts is None:
        return None
    source = ground.place(line.source) if rule.source else ""
    target = ground.place(line.target or source or ground.inspect) if rule.target else ""
    return Entry(line.what, ground.sku(line.sku), line.units.units, source, target, parts)


def _parts(ground: Ground, line: MoveLine) -> tuple[Component, ...] | None:
    if "components" not in RULES[line.what or Kind.RECEIPT].needs:
        return ()
    read = read_components(line.components or "")
    if isinstance(read, Finding):
        return None
    units: dict[str, int] = {}
    for part in read:
        units[ground.sku(part.sku)] = units.get(ground.sku(part.sku), 0) + part.units
    return tuple(Component(sku, count) for sku, count in units.items())


def tick_of(line: MoveLine, kind: Kind) -> bool | None:
    """The tick that books a line of this kind."""
    return line.sent if RULES[kind].tick == "sent" else line.arrived


def problem_of(ground: Ground, line: MoveLine, booking: Booking | None) -> str:
    """Why nothing may move, as the code of a sentence; "" where it may."""
    if booking is not None and booking.booked and booking.entry is not None:
        gone = [place for place in (booking.entry.source, booking.entry.target) if place not in (*ground.places, "")]
        return "place gone" if gone else ""
    if line.components is None and "components" in RULES[line.what or Kind.RECEIPT].needs:
        return "no components column"
    if line.blank:
        return "blank" if line.sent or line.arrived else "unwritten"
    entry = entry_of(ground, line)
    if entry is None:
        return "components" if isinstance(line.units, Quantity) and line.units.units else "units"
    return ground.strange(entry.skus)[1] or _misplaced(ground, line, entry) or _impossible(ground, entry)


def _misplaced(ground: Ground, line: MoveLine, entry: Entry) -> str:
    """A supplier or a customer may stand in the column that names no place here; a place means something else."""
    if (not entry.source and ground.is_place(line.source)) or (not entry.target and ground.is_place(line.target)):
        return "two places"
    for place, code in ((entry.source, "no such source"), (entry.target, "no such target")):
        if place in ground.counted:
            return "counted place"
        if place and place not in ground.places:
            return code
    return "" if entry.source or entry.target else "where to"


def _impossible(ground: Ground, entry: Entry) -> str:
    if entry.sku in (part.sku for part in entry.parts):
        return "set in itself"
    return "too many" if lacking(ground, entry) else ""


def lacking(ground: Ground, entry: Entry) -> str:
    """The first SKU of which too few lie where it is taken from; "" where there is none."""
    short = (sku for sku, units in entry.taken.items() if units > ground.lying(sku, entry.source))
    return next(short, "")


def verdict_of(ground: Ground, line: MoveLine, booking: Booking) -> Verdict:
    kind = booking.entry.kind if booking.booked and booking.entry is not None else line.what
    assert kind is not None
    return judge(booking, entry_of(ground, line), tick_of(line, kind), problem=problem_of(ground, line, booking))


def take_entry(
    tx: Tx, shop: Shop, ground: Ground, line: MoveLine, booking: Booking, still: Still, *, may_act: bool
) -> bool:
    """Keep what the line says under its number, and book it or take it back. Whether anything moved."""
    entry, before = entry_of(ground, line), booking
    kind = booking.entry.kind if booking.booked and booking.entry is not None else line.what
    assert kind is not None
    tick = tick_of(line, kind)
    if not booking.booked and entry is not None:
        booking = replace(booking, entry=entry)
    booking = replace(booking, early=still_early(booking, tick, may_act=may_act))
    if booking != before:
        tx.entries.put([booking])
    stands = still(f"move {booking.number}", (line.kind, entry, tick))
    act = verdict_of(ground, line, booking).act
    if act is None or not stands or not may_act:
        return False
    _carry_out(tx, shop, booking, act)
    return True


def _carry_out(tx: Tx, shop: Shop, booking: Booking, act: Act) -> None:
    """What moves goes into the ledger with the line's own state. A cell that was never filled holds what comes there
    from now on."""
    booking, movements = act_on(booking, act, tx.at)
    tx.stock.begin(((movement.sku, movement.location) for movement in movements), booking.ref)
    tx.stock.book(movements)
    tx.entries.put([booking])
    replan(tx, shop, {movement.sku for movement in movements})


def titled(entry: Entry) -> Mapping[str, object]:
    """What sentences about it may name."""
    parts = "+".join(f"{part.sku}×{part.units}" for part in entry.parts)
    return {**vars(entry), "parts": parts}
