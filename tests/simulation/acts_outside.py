"""What the network and the process do, and which jobs run at the same time."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bridge.errors import Stop
from bridge.sandbox.faults import Delay, Fault, Late, Lost, Refuse, ReplyLost
from bridge.sandbox.sheets_api.cells import EMPTY
from bridge.sandbox.sheets_api.sheet import Row
from bridge.service import Service
from tests.simulation.cast import LOCATIONS, SERVERS
from tests.simulation.model import Broken
from tests.simulation.world import IDLE, JOURNAL_LINES, Act, Killed, Sim


def _meets(fault: Callable[[Random], Fault]) -> Act:
    """The call that is about to be made meets this."""

    def act(sim: Sim, dice: Random) -> bool:
        faults = sim.faults[sim.kind.split(" ")[0]]
        if faults.pending or sim.call.renews:
            return False
        faults.next(fault(dice))
        return True

    return act


slow = _meets(lambda dice: Delay(dice.choice((1.0, 5.0, 20.0))))
too_many = _meets(lambda dice: Refuse(429, dice.choice((None, 1, 10))))
unwell = _meets(lambda dice: Refuse(dice.choice((500, 503))))
lost = _meets(lambda dice: Lost(dice.random() < 0.5))
reply_lost = _meets(lambda dice: ReplyLost(dice.random() < 0.5))
late = _meets(lambda _: Late())


def arrive(sim: Sim, dice: Random) -> bool:
    """Requests that somebody gave up long ago arrive after all."""
    name = dice.choice(list(sim.faults))
    before = {mall: len(sim.malls[mall].history) for mall in SERVERS}
    if not sim.faults[name].deliver_late():
        return False
    for mall in SERVERS:  # nothing can tell such a write from somebody's hand
        sim.model.muddy |= {(mall, change.listing) for change in sim.malls[mall].history[before[mall] :]}
    sim.marks["late request arrived"] += 1
    return True


def stale(sim: Sim, dice: Random) -> bool:
    """The read that is about to be made shows the spreadsheet as it was a moment ago."""
    older = [book for book in sim.versions if book is not sim.sheet.book]
    if not older:
        return False
    sim.swap = dice.choice(older)
    sim.marks["stale read"] += 1
    return True


def stale_numbers(sim: Sim, dice: Random) -> bool:
    """The numbers that a mall is asked for in this job are those of a moment ago: an answer from a cache."""
    mall = sim.kind.split(" ")[0]
    trouble = sim.troubles[mall]
    if not trouble.shown or trouble.old is not None:
        return False
    trouble.old = dice.choice(trouble.shown)
    return True


def empty(sim: Sim, dice: Random) -> bool:
    """The read that is about to be made shows the table without its rows, or without its numbers."""
    book = sim.sheet.book.copy()
    sheet = book.sheet(sim.stock)
    if dice.random() < 0.5:
        sheet.rows[1:] = [Row()] * (len(sheet.rows) - 1)
    else:
        for row in range(1, len(sheet.rows)):
            for at in LOCATIONS:
                sheet.put(row, sim.columns()[at], EMPTY)
    sim.swap = book
    sim.marks["empty read"] += 1
    return True


def kill(sim: Sim, _dice: Random) -> bool:
    if not sim.running:
        sim.restart()
        return True
    if len(sim.running) > 1:
        sim.marks["killed with two jobs under way"] += 1
    sim.made += 1
    sim.steps += 1
    sim.counts["kill"] += 1
    raise Killed


def jump(sim: Sim, dice: Random) -> bool:
    sim.clock.elapsed += 3600.0 * dice.choice((1, 3, 9))
    sim.marks["clock jumped hours"] += 1
    return True


def seconds(sim: Sim, dice: Random) -> bool:
    """Time passes; no step of its own."""
    sim.clock.elapsed += dice.choice((1.0, 5.0, 12.0, 30.0))
    return False


def runs(job: str) -> Act:
    """Another thread's whole job between two steps of this one."""

    def act(sim: Sim, dice: Random) -> bool:
        if not sim.running or job in sim.running or (not sim.touched[job] and dice.random() > IDLE):
            return False
        sim.job(job)
        sim.marks["two jobs at once"] += 1
        return False

    return act


def backs_up(sim: Sim, _dice: Random) -> bool:
    """The ledger file is copied away."""
    sim.older_ledgers.append((sim.sheet_writes(), sim.serialized()))
    return False


def restores_ledger(sim: Sim, _dice: Random) -> bool:
    """The bridge is stopped, an older copy of its ledger put in place, and started again. Where two readings are told
    apart, answers given since would be lost with it, which no table can bring back."""
    writes = sim.sheet_writes()
    fitting = [ledger for at, ledger in sim.older_ledgers if 0 < writes - at < JOURNAL_LINES // 5]
    if not fitting or sim.world.config.sheet.two_readings_seconds:
        return False
    sim.go_back_to(fitting[0])
    sim.marks["ledger restored"] += 1
    return True


def second_bridge(sim: Sim, _dice: Random) -> bool:
    """Somebody starts a bridge with a ledger of its own on the same spreadsheet."""
    book = sim.sheet.book
    other = Service(sim.world.config, sim.world.outside())
    try:
        other.cycle.run()
    except Stop:
        sim.marks["second bridge found"] += 1
    else:
        raise Broken("a second bridge took the spreadsheet")
    finally:
        other.close()
    if sim.sheet.book is not book:
        raise Broken("a second bridge wrote before it was found")
    return True
