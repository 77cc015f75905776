"""What the bridge-owned cells should show now: 引当, 販売可能, 状態 and the columns of 出品."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bridge.domain.deltas import DELTA
from bridge.domain.edit_book import Standing
from bridge.domain.orders import ListingKey
from bridge.domain.push import raise_allowed
from bridge.domain.reading import FindingCode
from bridge.domain.rules import Halt
from bridge.domain.stock import Balance
from bridge.domain.table import Row, View
from bridge.domain.transfers import IN_TRANSIT
from bridge.domain.unheard import Contact
from bridge.flows.bigchange import KINDS
from bridge.flows.dark import contact_with
from bridge.flows.rule_cells import cannot_stop, strange_stop, where_to_stop
from bridge.flows.safety import SAFETY, STOP, waiting
from bridge.flows.shop import Shop, bridge_live, counted_units, places, ships_itself, sold_unseen, told_units
from bridge.flows.stopped import WAITING, Halted, halted
from bridge.ledger.channels import ChannelRecord
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.rules import Entry, Scope
from bridge.ledger.sheet import SkuRecord
from bridge.ledger.values import time_of
from bridge.sheet.requests import CellValue
from bridge.sheet.texts import say


@dataclass(frozen=True)
class Facts:
    """One consistent look into the ledger for a whole table of answers."""

    records: Mapping[str, SkuRecord]
    balances: Mapping[str, Mapping[str, Balance]]
    listings: Mapping[str, list[ListingRecord]]  # by SKU
    held: Mapping[str, int]
    findings: Mapping[tuple[str, str], str]
    questions: Mapping[tuple[str, str], OpenQuestion]
    pastes: Mapping[str, OpenQuestion]  # by SKU: the one that its edit waits for
    safety: Mapping[str, OpenQuestion]  # … and the one that its safety stock waits for
    channels: Mapping[str, ChannelRecord]
    contacts: Mapping[str, Contact]
    reserved: Mapping[str, Mapping[ListingKey, int]]  # by SKU: units that a listing may have sold unseen
    sells: Mapping[str, bool]
    halted: Mapping[ListingKey, Halted]
    rules: Mapping[Scope, Entry]
    resume_waits: Container[str]
    live: bool  # the whole bridge
    warehouses: Mapping[str, str]  # channel → the location that it counts itself
    counted: Mapping[ListingKey, int]  # what it ships from there itself, and how many it counted
    told: Mapping[ListingKey, int | None]  # what lies in a stock column, as somebody else's warehouse told


def gather(tx: Tx, shop: Shop) -> Facts:
    by_sku: defaultdict[str, list[ListingRecord]] = defaultdict(list)
    reserved: defaultdict[str, dict[ListingKey, int]] = defaultdict(dict)
    records = tx.listings.all().values()
    for record in records:
        for component in record.components:
            by_sku[component.sku].append(record)
            if record.reserve:
                reserved[component.sku][record.key] = record.reserve * component.units
    open_questions = tx.questions.open()
    pastes = {question.id: question for question in open_questions if question.kind in KINDS}
    return Facts(
        records=tx.sheet.skus(),
        balances=tx.stock.by_sku(),
        listings=by_sku,
        held=sold_unseen(records),
        findings=tx.sheet.findings(),
        questions={(question.kind, question.subject): question for question in open_questions},
        pastes={each.sku: pastes[each.question] for each in tx.questioned.all() if each.question in pastes},
        safety=waiting(tx),
        channels=tx.channels.all(),
        contacts={name: contact_with(tx, shop, name) for name in shop.channels},
        reserved=reserved,
        sells=places(tx).sells,
        halted=halted(tx),
        rules=tx.rules.all(),
        resume_waits=tx.get(WAITING, []),
        live=bridge_live(tx),
        warehouses={name: facts.counts_at for name, facts in shop.channels.items() if facts.counts_at},
        counted=_counted(tx, shop),
        told=_told(tx, shop),
    )


def _counted(tx: Tx, shop: Shop) -> dict[ListingKey, int]:
    found: dict[ListingKey, int] = {}
    for name, facts in shop.channels.items():
        if facts.counts_at:
            own, units = ships_itself(tx, name), counted_units(tx, name)
            found |= {key: units[key] for key in own & units.keys()}
    return found


def _told(tx: Tx, shop: Shop) -> dict[ListingKey, int | None]:
    """Listings that stand for what lies in a stock column, as their channel told last; None where it has not yet."""
    found: dict[ListingKey, int | None] = {}
    for name, facts in shop.channels.items():
        if facts.counts_at and facts.counts_at in places(tx).sells:
            units = told_units(tx, name)
            found |= {key: units.get(key) for key in ships_itself(tx, name)}
    return found


class Answers:
    """Sentences and numbers for rows, in the people's language and time zone."""

    def __init__(self, shop: Shop, zone: ZoneInfo, facts: Facts) -> None:
        self._shop, self._zone, self._facts = shop, zone, facts
        self._language = shop.language

    def row(self, sku: str) -> dict[str, CellValue]:
        """The bridge-owned cells of the one row of a SKU we know."""
        balances = self._facts.balances.get(sku, {})
        allocated = sum(balance.allocated for balance in balances.values())
        selling = [b for location, b in balances.items() if self._facts.sells.get(location)]
        record = self._facts.records.get(sku)
        safety = record.safety if record else 0
        stocked = any(balance.stocked for balance in selling)
        free = sum(balance.free for balance in selling) - safety - self._facts.held.get(sku, 0)
        return {
            "fba": self._at_warehouses(sku),
            "in_transit": balances.get(IN_TRANSIT, Balance()).on_hand or None,
            "allocated": allocated,
            "sellable": free if stocked else None,
            "state": self._state(sku) or None,
        }

    def _at_warehouses(self, sku: str) -> int | None:
        """Units that channels count in their own warehouses; None where nothing is sold from there."""
        mine = {record.key.channel for record in self._facts.listings.get(sku, []) if record.key in self._facts.counted}
        balances = self._facts.balances.get(sku, {})
        lying = [balances.get(self._facts.warehouses[channel], Balance()).on_hand for channel in mine]
        return sum(lying) if mine else None

    def state_of(self, row: Row, view: View) -> str:
        """The sentence of a row that isn't the one row of a known SKU; "" where nothing is to be said."""
        if not row.sku:
            return self._say("no sku")
        if sum(each.sku == row.sku for each in view.rows) > 1:
            return self._say("doubled")
        for (kind, subject), question in self._facts.questions.items():
            if kind == "renamed" and question.data.get("other") == row.sku:
                return self._say("renamed", old=subject)
        return ""

    def _state(self, sku: str) -> str:
        record = self._facts.records.get(sku)
        if record is None:
            return ""
        if ("sorted apart", "") in self._facts.questions:
            return self._say("sorted apart")
        if record.standing is Standing.ASKED:
            return self._say("unknown number")
        if record.standing is Standing.NEW:
            return self._say("new product")
        stop = self.stop(Scope.sku(sku))
        parts = [
            self._finding(sku, location, code)
            for (s, location), code in sorted(self._facts.findings.items())
            if s == sku
        ]
        pastes = [self._facts.pastes.get(sku), self._facts.safety.get(sku)]
        parts += [self._say(paste.kind, **paste.data) for paste in pastes if paste is not None]
        if record.blocked == "invariant":
            parts.append(self._say("quarantine"))
        if record.held_since is not None:
            parts.append(self._say("held"))
        for (kind, _), question in self._facts.questions.items():
            if kind == "two readings" and question.data["sku"] == sku:
                parts.append(self._say("two readings", balance=question.data["low"], other=question.data["high"]))
        return " ".join(filter(None, [stop, *parts] if parts else [stop, self._accepted(sku, record)]))

    def _finding(self, sku: str, location: str, code: str) -> str:
        if location == SAFETY:
            return say("findings", "safety", self._language, value=self._facts.records[sku].safety)
        if location == STOP:
            return strange_stop(self._language, life=True)
        if location == DELTA:
            return self._say("takes too many" if code == FindingCode.NEGATIVE.value else "strange delta")
        balance = self._facts.balances.get(sku, {}).get(location)
        value = balance.on_hand if balance and balance.stocked else "—"
        return say("findings", code, self._language, location=location, value=value)

    def _accepted(self, sku: str, record: SkuRecord) -> str:
        if record.accepted_at is None or not record.accepted:
            return ""
        live = [each for each in self._facts.listings.get(sku, []) if self._live(each) and not self._left_alone(each)]
        malls = {each.key.channel for each in live}
        behind = {each.key.channel for each in live if each.state.confirmed != each.state.wanted}
        stocked = [b for b in self._facts.balances.get(sku, {}).values() if b.stocked]
        if len(stocked) == 1:
            numbers = "、".join(self._say("number", units=units) for units in record.accepted.values())
        else:
            numbers = "、".join(
                self._say("number at", location=location, units=units) for location, units in record.accepted.items()
            )
        return self._say(
            "accepted",
            time=self.clock(time_of(record.accepted_at)),
            numbers=numbers,
            done=len(malls - behind),
            all=len(malls),
        )

    def _live(self, record: ListingRecord) -> bool:
        channel = self._facts.channels.get(record.key.channel)
        return bool(channel and channel.live)

    def clock(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%H:%M")

    def stamp(self, at: datetime) -> str:
        return at.astimezone(self._zone).strftime("%m/%d %H:%M")

    def day(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def listing(self, record: ListingRecord) -> dict[str, CellValue]:
        """wanted, sent, confirmed and the state of one line of 出品."""
        state = record.state
        return {
            "wanted": state.wanted,
            "sent": state.sent,
            "confirmed": self._facts.counted.get(record.key, self._facts.told.get(record.key, state.shown)),
            "state": self._listing_state(record),
        }

    # --- stops -------------------------------------------------------------------------------------------------------

    def _left_alone(self, record: ListingRecord) -> bool:
        return record.key in self._facts.halted and self._facts.halted[record.key].halt is Halt.SYNC

    def stop(self, scope: Scope) -> str:
        """What has become of a stop of one SKU, one channel or all; "" where there is none."""
        entry = self._facts.rules.get(scope)
        if entry is None or entry.stop is Halt.NONE:
            return ""
        if scope.kind == "sku":
            about = {record.key for record in self._facts.listings.get(scope.name, [])}
        else:
            about = {key for key in self._facts.halted if scope.name in ("", key.channel)}
        mine = [each for key, each in self._facts.halted.items() if key in about and each.halt is Halt.SALES]
        done = sum(each.at_zero for each in mine)
        if scope.kind == "sku" and self._retired(scope.name):
            text = say("life", "retired", self._language, done=done, all=len(mine))
        else:
            text = self._stop("sales" if entry.stop is Halt.SALES else "sync", done=done, all=len(mine))
        return f"{text} {self.resume_waits(scope)}".rstrip()

    def _retired(self, sku: str) -> bool:
        record = self._facts.records.get(sku)
        return record is not None and record.standing is Standing.RETIRED

    def resume_waits(self, scope: Scope) -> str:
        """Why 再開 has not been acted on; "" where it has, or isn't written."""
        return self._stop("resume waits") if f"{scope.kind} {scope.name}" in self._facts.resume_waits else ""

    def halted(self, record: ListingRecord) -> str:
        """What a stop means for a listing; "" where there is none."""
        each = self._facts.halted.get(record.key)
        if each is None:
            return ""
        again = {
            "by": self._by(each.by),
            "planned": "—" if record.planned is None else record.planned,
        }
        waits = self.resume_waits(Scope.listing(record.key))
        if each.halt is Halt.SYNC:
            text = self._stop("left alone", **again)
        elif each.at_zero:
            text = self._stop("at zero", **again)
        elif why := self._cannot_stop(record):
            text = self._stop("cannot stop", why=why, where=where_to_stop(self._language, record.key.channel), **again)
        else:
            text = self._stop("sending zero", **again)
        return f"{text} {waits}".rstrip()

    def _by(self, scope: Scope) -> str:
        """Where the word stands."""
        if scope.kind == "sku" and self._retired(scope.name):
            return say("life", "by retired", self._language, name=scope.name)
        return self._stop(f"by {scope.kind}", name=scope.name)

    def _cannot_stop(self, record: ListingRecord) -> str:
        """Why 0 can't be sent; "" where it can."""
        channel = self._facts.channels.get(record.key.channel)
        return cannot_stop(self._language, record, channel, self._facts.live, self._facts.contacts)

    def _stop(self, code: str, **values: object) -> str:
        return say("stops", code, self._language, **values)

    def _listing_state(self, record: ListingRecord) -> str:
        state = record.state
        if halted := self.halted(record):
            return halted
        for component in record.components:
            if component.sku not in self._facts.records:
                return self._say("listing unknown", sku=component.sku)
        if record.key in self._facts.counted:
            return self._say("listing counted", channel=record.key.channel)
        if record.key in self._facts.told:
            return self._say("listing told", channel=record.key.channel)
        if state.wanted is None:
            return self._say("listing no number")
        if not self._live(record):
            return self._say("listing shadow", wanted=state.wanted)
        if record.refused and record.refused_quantity == state.wanted:
            return self._say("listing refused", why=record.refused)
        parts = [self._in_step(record), *self._held_back(record)]
        return " ".join(parts)

    def _held_back(self, record: ListingRecord) -> Iterator[str]:
        """Why fewer are for sale than there are."""
        others: Counter[str] = Counter()
        for component in record.components:
            for key, units in self._facts.reserved.get(component.sku, {}).items():
                if key != record.key:
                    others[key.channel] += units
        for channel, units in sorted(others.items()):
            yield self._say("listing holds back", channel=channel, units=units)
        if record.shrunk:
            yield self._say("listing shrunk", units=record.shrunk)

    def _in_step(self, record: ListingRecord) -> str:
        state = record.state
        contact = self._facts.contacts.get(record.key.channel)
        if contact in (Contact.BLIND, Contact.CLOSED):
            return self._say(f"listing {contact}")
        if state.confirmed == state.wanted:
            return self._say("listing ok")
        if state.shown is not None and (state.wanted or 0) > state.shown and not self._may_raise(record):
            return self._say("listing raise waits")
        return self._say("listing waits")

    def _may_raise(self, record: ListingRecord) -> bool:
        channel = self._facts.channels.get(record.key.channel)
        facts = self._shop.channels.get(record.key.channel)
        if channel is None or facts is None or self._waits_for_others(record):
            return False
        watermark = time_of(channel.watermark) if channel.watermark else None
        return raise_allowed(watermark, facts.lag, record.justified_at)

    def _waits_for_others(self, record: ListingRecord) -> bool:
        """A channel that sells the same has just stopped answering."""
        silent = {name for name, contact in self._facts.contacts.items() if contact is Contact.SILENT}
        beside = (each for part in record.components for each in self._facts.listings.get(part.sku, []))
        return any(each.key.channel in silent - {record.key.channel} for each in beside)

    def _say(self, code: str, **values: object) -> str:
        return say("states", code, self._language, **values)
