"""The job that tells people: what is due, for each address by itself; out in a process of its own; then what was taken.

What is being told is noted before it leaves and confirmed when it was taken. Killed in between, the bridge can't know
whether it arrived: the matter waits out its pause and is told again, since a matter told twice is better than none. An
address that doesn't take a message is tried again after some minutes, then more rarely, and keeps nobody else waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from hashlib import sha256

from bridge.clock import Clock
from bridge.config import Alerts
from bridge.delivery import Deliver, Message
from bridge.domain.alerts import Due, Matter, Told, due, is_quiet
from bridge.flows.alert_words import Words
from bridge.flows.alerts import Open, open_matters
from bridge.flows.day_report import day_report
from bridge.flows.health import ALERTS_FAILING
from bridge.flows.shop import Shop
from bridge.key_links import KeyLinks
from bridge.ledger.ledger import Ledger, Tx
from bridge.ledger.values import iso
from bridge.sheet.texts import say

FIRST_PAUSE, LONGEST_PAUSE = 300.0, 3600.0  # seconds until an address that took nothing is tried again
KEPT = timedelta(days=35)
REPORT = "report"
HELLO = Matter("hello", "")


@dataclass(frozen=True)
class Address:
    """One of the settings. `everything`: hears of all matters, not only of keys · `owner`: renews keys."""

    url: str
    everything: bool
    owner: bool

    @property
    def name(self) -> str:
        """Short, and tells nothing of the secrets in it."""
        return sha256(self.url.encode()).hexdigest()[:16]


def addresses_of(settings: Alerts) -> list[Address]:
    to, owners = ([each.reveal() for each in some] for some in (settings.to, settings.owner))
    return [Address(url, url in to, url in owners) for url in dict.fromkeys([*to, *owners])]


def _heard_by(address: Address, matters: Iterable[Open], told: Mapping[tuple[str, str], Told]) -> Iterator[Open]:
    """All matters, or those of keys. What an owner was told of a key lasts as long as the channel stands still, for
    whatever reason by now."""
    for each in matters:
        known = told.get(each.matter.name)
        if address.everything or each.key:
            yield each
        elif known is not None and known.open:
            yield replace(each, matter=replace(each.matter, again=None))  # only its end is for them


def _report(closing: datetime, here: datetime, told: Mapping[tuple[str, str], Told]) -> Iterator[Matter]:
    """That of the day which closed last, to whoever was there by then and wasn't told it. After midnight it wakes
    nobody."""
    report = Matter(REPORT, f"{closing:%Y-%m-%d}", wakes=here.date() == closing.date())
    greeted, before = (found.began if (found := told.get(each.name)) else None for each in (HELLO, report))
    if before is None and greeted is not None and greeted < closing:
        yield report


@dataclass(frozen=True)
class _Parcel:
    """One message, and what is told in it."""

    address: Address
    message: Message
    begun: tuple[Matter, ...]
    over: tuple[Matter, ...] = ()


class Alerting:
    """`names`: what people call each channel · `sheet`: the spreadsheet's address."""

    def __init__(
        self,
        settings: Alerts,
        ledger: Ledger,
        shop: Shop,
        clock: Clock,
        deliver: Deliver,
        names: Mapping[str, str],
        sheet: str,
        links: KeyLinks,
    ) -> None:
        self._settings, self._ledger, self._shop, self._clock = settings, ledger, shop, clock
        self._deliver, self._names, self._sheet, self._links = deliver, names, sheet, links
        self._addresses = addresses_of(settings)
        self._resting: dict[str, tuple[float, float]] = {}  # address → until when (monotonic), for how long

    def run(self) -> int:
        """One round; returns how many messages were taken. Raises Stop."""
        with self._ledger.read() as tx:  # without the lock that every booking waits for
            matters = open_matters(tx, self._shop, self._settings.low_stock)
        with self._ledger.write() as tx:
            parcels = self._parcels(tx, matters)
        if not parcels:
            return 0
        taken = self._deliver([each.message for each in parcels])
        with self._ledger.write() as tx:
            for parcel, good in zip(parcels, taken, strict=True):
                self._confirm(tx, parcel, good=good)
            self._note_failing(tx, parcels, taken)
        return sum(taken)

    # --- what is due -------------------------------------------------------------------------------------------------

    def _parcels(self, tx: Tx, matters: Sequence[Open]) -> list[_Parcel]:
        here = tx.at.astimezone(self._shop.zone)
        settings = self._settings
        quiet = is_quiet(here.time(), time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until))
        tx.alerts.keep((each.name for each in self._addresses), tx.at - KEPT)
        return [parcel for each in self._awake() for parcel in self._for(tx, each, matters, here, quiet=quiet)]

    def _awake(self) -> Iterable[Address]:
        now = self._clock.monotonic()
        return [each for each in self._addresses if self._resting.get(each.name, (now, 0.0))[0] <= now]

    def _for(
        self, tx: Tx, address: Address, matters: Sequence[Open], here: datetime, *, quiet: bool
    ) -> Iterable[_Parcel]:
        told = tx.alerts.of(address.name)
        link = self._link(tx, address)
        renews = link is not None
        mine = [Open(HELLO, "", say("alerts", "hello", self._shop.language))]
        mine += _heard_by(address, matters, told)
        closing = self._last_closing(here)
        reports = _report(closing, here, told) if address.everything else ()
        now = [matter for each in mine for matter in each.matters(renews=renews)]
        found = due([*now, *reports], told, tx.at, quiet=quiet)
        self._forget(tx, address, told, found)
        begun = [each for each in mine if any(one in found.begun for one in each.matters(renews=renews))]
        if begun or found.over:
            words = Words(self._shop.language, self._names, self._sheet, link)
            said = words.message(begun, found.over, self._settings.low_stock)
            in_it = tuple(matter for each in begun for matter in each.matters(renews=renews))
            yield self._promised(tx, address, said, in_it, found.over)
        for report in (each for each in found.begun if each.kind == REPORT):
            said = day_report(tx, self._shop, self._names, closing, self._settings.low_stock)
            yield self._promised(tx, address, said, (report,))

    def _last_closing(self, here: datetime) -> datetime:
        closing = datetime.combine(here.date(), time.fromisoformat(self._settings.closing), here.tzinfo)
        return closing if closing <= here else closing - timedelta(days=1)

    def _link(self, tx: Tx, address: Address) -> Callable[[str], str] | None:
        """How a key is renewed, for those who do it: where nobody is named, whoever reads it."""
        if address.owner:
            return partial(self._links.issue, tx)
        return None if self._settings.owner else self._links.by_hand

    def _promised(
        self, tx: Tx, address: Address, said: tuple[str, str], begun: tuple[Matter, ...], over: tuple[Matter, ...] = ()
    ) -> _Parcel:
        told = tx.alerts.of(address.name)
        some = [replace(told.get(each.name, Told(each, open=False)), tried_at=tx.at) for each in (*begun, *over)]
        tx.alerts.put(address.name, some)
        return _Parcel(address, Message(address.url, *said), begun, over)

    def _forget(self, tx: Tx, address: Address, told: Mapping[tuple[str, str], Told], found: Due) -> None:
        tx.alerts.put(address.name, [replace(told[each.name], open=False) for each in found.forgotten])

    # --- what became of it -------------------------------------------------------------------------------------------

    def _confirm(self, tx: Tx, parcel: _Parcel, *, good: bool) -> None:
        told = tx.alerts.of(parcel.address.name)
        if good:
            changed = [Told(m, open=True, began=tx.at, ended=told[m.name].ended) for m in parcel.begun]
            changed += [replace(told[m.name], open=False, ended=tx.at, tried_at=None) for m in parcel.over]
        else:
            changed = [replace(told[m.name], tried_at=None) for m in (*parcel.begun, *parcel.over)]
        tx.alerts.put(parcel.address.name, changed)

    def _note_failing(self, tx: Tx, parcels: Sequence[_Parcel], taken: Sequence[bool]) -> None:
        """Where `bridge check` and /metrics find it."""
        now = self._clock.monotonic()
        known = {each.name for each in self._addresses}
        failing: dict[str, str] = {at: since for at, since in tx.get(ALERTS_FAILING, {}).items() if at in known}
        for address in {parcel.address for parcel in parcels}:
            if all(good for parcel, good in zip(parcels, taken, strict=True) if parcel.address == address):
                self._resting.pop(address.name, None)
                failing.pop(address.name, None)
            else:
                pause = min(LONGEST_PAUSE, self._resting.get(address.name, (0.0, FIRST_PAUSE / 2))[1] * 2)
                self._resting[address.name] = now + pause, pause
                failing.setdefault(address.name, iso(tx.at))
        tx.put(ALERTS_FAILING, failing)
