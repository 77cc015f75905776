"""Rules and stops as people write them into 出品, 設定 and 在庫表: they count like any line, unchanged for one poll.

A stop is a lowering, so neither 編集中 nor a row or line that stands twice withholds it. 再開 raises: it waits for one
line, its preview, and every question about time running backwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from bridge.domain.orders import ListingKey
from bridge.domain.rules import STOPS, Halt, StopWord, judged
from bridge.flows.dark import contact_with
from bridge.flows.desk import Look
from bridge.flows.preview import begin_as_previewed, preview_stands
from bridge.flows.replan import replan
from bridge.flows.retire import stand
from bridge.flows.rule_cells import cannot_stop, scope_of, where_to_stop
from bridge.flows.shop import Shop, bridge_live
from bridge.flows.stopped import WAITING, halt_of, halted, skus_of, spoken_of
from bridge.flows.timeback import unsettled
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.rules import ALL, Entry, Scope
from bridge.sheet.texts import both
from bridge.sheet.views import Said

NAMED = 3  # listings told by name in one question


def take_rules(tx: Tx, shop: Shop, look: Look, still: Callable[[str, object], bool]) -> None:
    """One poll's rules. Harmless to repeat. `still`: whether the last poll said the same of that name."""
    known = tx.rules.all()
    changed: dict[Scope, Entry] = {}
    waiting: list[str] = []
    for scope, said in _lines(shop, look):
        if (said.nothing and scope not in known) or not still(f"rule {scope.kind} {scope.name}", said):
            continue
        before = tx.rules.get(scope)
        after = Entry(judged(said.rules, before.rule).rule, STOPS.get(said.stop, before.stop))
        if said.stop is StopWord.RESUME and before.stop is not Halt.NONE:
            if _may_resume(tx, spoken_of(tx, scope)):
                after = replace(after, stop=Halt.NONE)
            else:
                waiting.append(f"{scope.kind} {scope.name}")
        if after != before:
            changed[scope] = after
        if scope.kind == "sku":
            stand(tx, scope.name, said.stop, after.stop)
    if tx.get(WAITING, []) != waiting:
        tx.put(WAITING, waiting)
    _put(tx, shop, changed)
    _report(tx, shop)


def _put(tx: Tx, shop: Shop, changed: dict[Scope, Entry]) -> None:
    """Let it hold, and begin anew with what goes on being sent."""
    about = {record.key: record for scope in changed for record in spoken_of(tx, scope)}
    stopped = {key for key, record in about.items() if halt_of(tx, record) is not Halt.NONE}
    for scope, entry in changed.items():
        tx.rules.put(scope, entry)
    replan(tx, shop, {sku for record in about.values() for sku in skus_of(record)})
    resumed = [record for record in tx.listings.get(stopped).values() if halt_of(tx, record) is Halt.NONE]
    tx.listings.put(begin_as_previewed(record) for record in resumed if tx.channels.get(record.key.channel).live)


def _may_resume(tx: Tx, records: Iterable[ListingRecord]) -> bool:
    """Whether a person could see what will be shown again. In shadow nothing will."""
    if unsettled(tx):
        return False
    by_channel: defaultdict[str, list[ListingRecord]] = defaultdict(list)
    for record in records:
        by_channel[record.key.channel].append(record)
    return all(
        preview_stands(tx, name, mine)
        for name, mine in by_channel.items()
        if bridge_live(tx) and tx.channels.get(name).live
    )


def _report(tx: Tx, shop: Shop) -> None:
    """Tell people, once, what they have to stop in the mall itself."""
    left = [key for key, each in halted(tx).items() if each.halt is Halt.SALES and not each.at_zero]
    known = tx.listings.get(left)
    contacts = {name: contact_with(tx, shop, name) for name in {key.channel for key in left}}
    for name in shop.channels:
        channel, live = tx.channels.get(name), bridge_live(tx)
        why = {
            key.id: {each: cannot_stop(each, known[key], channel, live, contacts) for each in ("ja", "en")}
            for key in left
            if key.channel == name
        }
        stuck = sorted(number for number, reason in why.items() if reason["ja"])
        told = tx.get(f"cannot stop {name}", [])
        if not stuck:
            tx.questions.settle("cannot stop", name, both("results", "settled itself"))
        elif not set(stuck) <= set(told):
            reason = why[stuck[0]]
            where = {f"where_{each}": where_to_stop(each, name) for each in ("ja", "en")}
            said = {"count": len(stuck), "listings": "、".join(stuck[:NAMED]) + ("…" if stuck[NAMED:] else "")}
            tx.questions.ask("cannot stop", name, {**said, **where, "why_ja": reason["ja"], "why_en": reason["en"]})
        if told != stuck:
            tx.put(f"cannot stop {name}", stuck)


def _lines(shop: Shop, look: Look) -> Iterator[tuple[Scope, Said]]:
    """What is said of each scope."""
    said: defaultdict[Scope, list[Said]] = defaultdict(list)
    if look.listings is not None and look.listings.columns.usable:
        for line in look.listings.lines:
            if line.channel in shop.channels and line.listing:
                said[Scope.listing(ListingKey(line.channel, line.listing))].append(line.said)
    if look.settings is not None and look.settings.columns.usable:
        for setting in look.settings.lines:
            scope = scope_of(shop, setting)
            if scope is not None:
                said[scope].append(Said({}, setting.said.stop) if scope == ALL else setting.said)
    if look.stock is not None and look.stock.view is not None:
        for row in look.stock.view.rows:
            if row.sku:
                said[Scope.sku(row.sku)].append(Said({}, look.stock.stop(row.position, held=row.hold)))
    for scope, lines in said.items():
        yield scope, _one(lines)


def _one(lines: Sequence[Said]) -> Said:
    """Of several lines about the same only a stop counts: which of their rules is meant? 廃番 of two rows is one too: a
    product ends by its one row."""
    if len(lines) == 1:
        return lines[0]
    words = {StopWord.SALES if line.stop is StopWord.RETIRED else line.stop for line in lines}
    return Said({}, next((word for word in STOPS if word in words), StopWord.BLANK))
