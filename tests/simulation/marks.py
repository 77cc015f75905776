"""Rare states that runs must have reached to have shown anything, and the report of what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from bridge.sheet.gateway import BatchRefused, Reply, Request
from tests.simulation.calls import SECOND
from tests.simulation.cast import ALL
from tests.simulation.watcher import ENTRY

if TYPE_CHECKING:
    from tests.simulation.world import Sim

BEYOND_MALLS = (
    "offline till sale arrived late",
    "old receipt voided",
    "counted at the till during an online sale",
    "till sold what the books had not",
    "asked: sold unknown",
    "asked: counted meanwhile",
    "Woo refund with restock",
    "Woo refund without restock",
    "Woo order paid later",
    "EC-CUBE order hidden in status 7",
    "Color Me shows what stood there before",
    "file of ours taken",
    "half-written file",
    "doubled delta file",
    "shipment told by mall and warehouse",
    "counted by the warehouse",
)

MARKS = (
    "lock lost",
    "row moved between the calls",
    "due row written again",
    "asked: five times",
    "late request arrived",
    "token given to a copied row",
    "blank token given a new one",
    "asked: unknown number",
    "asked: two readings",
    "copied row locked",
    "coalesced push",
    "late cancel",
    "stale compare-and-set",
    "gap used",
    "asked: gap expired",
    "version restored",
    "asked: restored version",
    "ledger restored",
    "asked: ledger older",
    "older row pasted",
    "second bridge found",
    "filter set between the calls",
    "refused for a hidden row",
    "refused for a moved column",
    "row held between the calls",
    "landed in an empty row",
    "killed between lock and write",
    "killed with a push under way",
    "killed with two jobs under way",
    "two jobs at once",
    "old messages again",
    "item refused",
    "asked: refused",
    "asked: oversold",
    "asked: vanished",
    "asked: renamed",
    "asked: new product",
    "asked: overwritten",
    "asked: raised there",
    "asked: big change",
    "asked: held long",
    "entry cleared",
    "entry typed between the calls",
    "entry typed over between the calls",
    "asked: entry overwritten",
    "line half written",
    "lines pasted",
    "number copied",
    "line booked",
    "line taken back",
    "goods on their way",
    "goods arrived",
    "asked: move gone",
    "asked: typed transfer",
    "undone in 履歴",
    "synced at a touch",
    "picked in 受注",
    "own line half written",
    "own line allocated",
    "own line picked",
    "own line cancelled",
    "order row copied",
    "asked: picked and cancelled",
    "asked: picked, not reported",
    "below zero shown",
    "stale read",
    "stale read of a mall",
    "goods returned",
    "empty read",
    "clock jumped hours",
    "bundle across lines",
    "partial cancel",
    "Rakuten cancel with restock",
    "Rakuten cancel without restock",
    "FBA flip refused",
    "Yahoo token renewed in mid-sync",
    "Yahoo gap rule used",
    "feed partial failure",
    *(BEYOND_MALLS if ALL else ()),
)


Write = Callable[..., Reply]


def marking(sim: Sim, write: Write) -> Write:
    """The gateway's write, with a look at what each batch met."""

    def marked(requests: Sequence[Request], answer_with: Any = ()) -> Reply:
        try:
            reply = write(requests, answer_with)
        except BatchRefused:
            hidden = any(row.hidden_by_filter for row in sim.sheet.sheet(sim.stock).rows)
            sim.marks["refused for a hidden row" if hidden else "refused for a moved column"] += 1
            raise
        for request, answer in zip(requests, reply.replies, strict=False):
            if "findReplace" in request:
                found = int(answer.get("findReplace", {}).get("occurrencesChanged", 0))
                _mark_replaced(sim, request["findReplace"], found)
        return reply

    return marked


def _mark_replaced(sim: Sim, request: Request, found: int) -> None:
    if request["range"]["sheetId"] != sim.stock:
        return  # the heartbeat's count
    one = request["range"].get("endRowIndex") is not None
    if request["replacement"].startswith("🔒"):
        if found == 0:
            sim.marks["lock lost"] += 1
        elif found > 1:
            sim.marks["copied row locked"] += 1
    elif one and found and not request["replacement"]:
        sim.marks["landed in an empty row"] += 1
    elif one and found:
        sim.marks["blank token given a new one" if request["find"] == "^$" else "token given to a copied row"] += 1


def entries_of(sim: Sim) -> dict[str, str]:
    """What stands in 増減, by product."""
    return {row.name: row.entry for row in sim.rows() if row.entry}


def mark_cleared(sim: Sim) -> None:
    """What a write of ours cleared."""
    if sim.entries and sim.call.what == SECOND:
        sim.marks["entry cleared"] += len(sim.entries.keys() - entries_of(sim).keys())


def mark_moves(sim: Sim) -> None:
    """What happened between the reply before and the second call that is about to be made."""
    if sim.call.what != SECOND:
        return
    now = sim.places()
    for name, entry in entries_of(sim).items():
        before = sim.entries.get(name)
        if entry != before:
            sim.marks["entry typed over between the calls" if before else "entry typed between the calls"] += 1
    if now == sim.layout:
        return
    if [name for name, _ in now] != [name for name, _ in sim.layout]:
        sim.marks["row moved between the calls"] += 1
    elif any(held and not before for (_, held), (_, before) in zip(now, sim.layout, strict=False)):
        sim.marks["row held between the calls"] += 1


def mark_ledger(sim: Sim) -> None:
    """What shows in the ledger after a commit."""
    for number, kind, _, data in sim.eye.open_questions():
        if number not in sim.asked_once:
            sim.asked_once.add(number)
            sim.marks[f"asked: {kind}"] += 1
            sim.marks["asked: entry overwritten"] += kind == "overwritten" and data["location"] == ENTRY
    tries = sim.eye.one("SELECT coalesce(max(writes), 0) FROM sku")
    if tries > max(1, sim.most_tries):
        sim.marks["due row written again"] += 1
    sim.most_tries = tries
    synced = sim.eye.synced()
    if synced > sim.synced_at:
        sim.synced_at = synced
        sim.marks["synced at a touch"] += 1
    for name, count in (*sim.written.marks.items(), *sim.picked.marks.items()):
        sim.marks[name] = count
    sim.marks["picked in 受注"] = sim.eye.one("SELECT count(*) FROM order_row WHERE picked > 0 AND channel <> 'hand'")
    for mall, count in sim.eye.gaps.items():
        sim.marks["gap used"] += count
        sim.marks["Yahoo gap rule used"] += count * (mall == "yahoo")
    sim.eye.gaps.clear()
    for trouble in sim.troubles.values():
        sim.marks["stale compare-and-set"], trouble.stale = sim.marks["stale compare-and-set"] + trouble.stale, 0
        sim.marks["FBA flip refused"], trouble.stranding = sim.marks["FBA flip refused"] + trouble.stranding, 0


def mark_kill(sim: Sim) -> None:
    sim.marks["killed"] += 1
    if sim.eye.one("SELECT count(*) FROM row_intent WHERE write_number IS NULL"):
        sim.marks["killed between lock and write"] += 1
    if sim.eye.one("SELECT count(*) FROM push_intent"):
        sim.marks["killed with a push under way"] += 1


def report(counts: Counter[str], marks: Counter[str]) -> str:
    acts = "\n".join(f"{count:>9,}  {name}" for name, count in counts.most_common())
    rare = "\n".join(f"{count:>9,}  {name}" for name, count in marks.most_common())
    return f"Steps by kind:\n{acts}\nMarks:\n{rare}"
