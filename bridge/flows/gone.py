"""Lines of 出品 and 設定 that are gone: what they said stays in force, and people are told."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.domain.orders import ListingKey
from bridge.flows.desk import Look
from bridge.flows.replan import replan
from bridge.flows.shop import DECIDED, Shop, decided_of_gone, listing_name, places
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.sheet.texts import both
from bridge.sheet.views import ListingLine, SettingLine

MANY_LINES = 5  # of one channel: one question for all of them


def report_gone(tx: Tx, shop: Shop, look: Look) -> None:
    """Lines that the look before this one missed too. Harmless to repeat."""
    if look.listings is not None and look.listings.columns.usable:
        _report_listings(tx, shop, look.listings.lines)
    if look.settings is not None and look.settings.columns.usable:
        _report_settings(tx, shop, look.settings.lines)


def decide(tx: Tx, shop: Shop, listing: str, choice: str) -> None:
    """What a person said of a line that is gone: stop sends 0 and keeps it there, keep goes on as before."""
    tx.put(DECIDED, {**decided_of_gone(tx), listing: choice})
    _replan(tx, shop, [record for key, record in tx.listings.all().items() if listing_name(key) == listing])


def decide_all(tx: Tx, shop: Shop, channel: str) -> None:
    """Keep every listing of the channel whose line is gone."""
    for record in tx.listings.all(channel).values():
        if record.removed:
            decide(tx, shop, listing_name(record.key), "keep")


def _report_listings(tx: Tx, shop: Shop, lines: Iterable[ListingLine]) -> None:
    here = {ListingKey(line.channel, line.listing) for line in lines}
    known = tx.listings.all()
    gone = {
        listing_name(key): key
        for key, record in known.items()
        if record.removed and key not in here and record.state.shown is not None  # else it was a slip of the pen
    }
    decided = decided_of_gone(tx)
    back = decided.keys() - gone.keys()
    if back:
        tx.put(DECIDED, {name: choice for name, choice in decided.items() if name not in back})
        _replan(tx, shop, [record for key, record in known.items() if listing_name(key) in back])
    for channel in shop.channels:
        mine = {name for name, key in gone.items() if key.channel == channel and name not in decided}
        many = len(mine) > MANY_LINES
        _ask(tx, "listings gone", {channel: {"count": len(mine)}} if many else {}, {channel})
        _ask(tx, "listing gone", {} if many else {name: {} for name in mine}, None, f"{channel}/")


def _report_settings(tx: Tx, shop: Shop, lines: Iterable[SettingLine]) -> None:
    here = {(line.kind, line.name) for line in lines}
    wanted = [("channel", name) for name in shop.channels] + [("location", name) for name in places(tx).sells]
    gone: dict[str, dict[str, object]] = {name: {"name": name} for kind, name in wanted if (kind, name) not in here}
    if not any(kind == "bridge" for kind, _ in here):
        gone["bridge"] = {"name": "bridge"}
    _ask(tx, "setting gone", gone, None)


def _ask(tx: Tx, kind: str, now: dict[str, dict[str, object]], subjects: set[str] | None, starting: str = "") -> None:
    """Ask about these; those of `subjects` (None: all) that are open and no longer so have settled themselves."""
    for question in tx.questions.open():
        mine = subjects is None or question.subject in subjects
        if question.kind == kind and mine and question.subject.startswith(starting) and question.subject not in now:
            tx.questions.close(question.id, both("results", "settled itself"))
    for subject, data in now.items():
        tx.questions.ask(kind, subject, data)


def _replan(tx: Tx, shop: Shop, records: Iterable[ListingRecord]) -> None:
    replan(tx, shop, {component.sku for record in records for component in record.components})
