"""A partner who is reached by files: a mall or warehouse without an open API (own_shops_and_files.md §6).

How its files look is data (bridge.file_profiles). One profile may go out, any number come in; a bridge may have several
such partners, each under a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from bridge.channel_settings import Files
from bridge.channels.batches import push_in_batches
from bridge.channels.files import checks, facts
from bridge.channels.files.content import Ids
from bridge.channels.files.folders import Folder, LocalFolder, Locked
from bridge.channels.files.inbox import Inbox
from bridge.channels.files.outbox import Outbox
from bridge.channels.files.quarantine import Quarantine
from bridge.channels.files.sftp import SftpFolder
from bridge.channels.files.told import Told
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, OrdersRead, Outcome, Pushed, PushItem, WriteKind
from bridge.channels.warehouses import CountTaken
from bridge.domain.orders import ListingKey
from bridge.domain.till import TillRow
from bridge.errors import Hint, NeedsPerson
from bridge.file_profiles import Profile, Tells, load_profile


class FilesChannel:
    """One partner."""

    webhooks = None

    def __init__(self, settings: Files, seams: Seams) -> None:
        self.name, self.shop, self.place = seams.name, settings.shop, settings.place or ""
        self._settings, self._clock = settings, seams.clock
        profiles = [load_profile(each, Path()) for each in settings.profiles]
        out = next((each for each in profiles if each.out), None)
        self._incoming = [each for each in profiles if not each.out]
        self.capabilities = Capabilities(
            write=WriteKind.ABSOLUTE,
            batch=out.row_limit if out else facts.READ_BATCH,
            read_batch=facts.READ_BATCH,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=out.most if out else facts.MOST_UNITS,
        )
        self._folder = Locked(_folder(settings), seams)
        self._ids = Ids()
        self._told = Told(
            self.name,
            settings.shop,
            seams.memory,
            seams.clock,
            self._ids,
            self.capabilities.look_back,
            sells=out is not None,
        )
        self._quarantine = Quarantine(settings.quarantine, seams.memory)
        self._inbox = Inbox(
            self._incoming,
            self._folder,
            self._quarantine,
            self._told,
            seams.memory,
            seams.clock,
            settings.code_shape or "",
        )
        self._outbox = Outbox(out, self._folder, self._told, seams.memory, seams.clock) if out else None
        self._out: Profile | None = out

    # --- what comes in -----------------------------------------------------------------------------------------------

    def orders(self, since: datetime, known_open: Sequence[str] = ()) -> OrdersRead:  # noqa: ARG002
        """As Channel.orders. Where no order file comes, nobody tells of orders, and none is waited for."""
        began = self._clock.now()
        self._inbox.look()
        start = since - self.capabilities.lag
        orders, rows = self._told.orders(start), self._told.rows()
        return OrdersRead(
            orders, self._complete_until(began), {}, alarms=self._alarms() | self._strange(rows), rows=rows
        )

    def _complete_until(self, began: datetime) -> datetime:
        """Of several kinds of order files the one that was heard least lately counts; one of which none has come yet
        may be of no use there. Raises NeedsPerson where none at all has: what is open there is not known yet."""
        if not self._comes(Tells.ORDERS):
            return began
        oldest = min((at for each in self._incoming if (at := self._inbox.newest(each, Tells.ORDERS))), default=None)
        if oldest is None:
            raise NeedsPerson(next(iter(self._alarms().values()), _NO_ORDERS_YET))
        return min(began, oldest)

    def _alarms(self) -> dict[str, Hint]:
        found = {**self._inbox.alarms(), **self._quarantine.alarms()}
        waiting = self._outbox.waiting_since() if self._outbox else None
        if waiting and self._clock.now() - waiting[1] > timedelta(hours=self._settings.waiting_hours):
            found[waiting[0]] = _not_taken(waiting[0], self._settings.waiting_hours)
        return found

    def _strange(self, rows: Iterable[TillRow]) -> dict[str, Hint]:
        """Codes that changed and that 出品 doesn't name: they are booked as soon as it does."""
        named = set(self._ids.known.values())
        return {row.listing.id: _no_line(row.listing.id) for row in rows if named and row.listing.id not in named}

    def last_count(self) -> CountTaken | None:
        """As CountsAsOf.last_count."""
        self._inbox.look()
        return self._told.count()

    def read(self, listings: Iterable[ListingKey]) -> Mapping[ListingKey, int]:
        """As Channel.read: what is believed stands in facts.py."""
        wanted = list(listings)
        for listing in wanted:
            self._ids.learn(listing.id)
        if self._outbox is None:
            return self._lying(wanted)
        self._outbox.settle()
        shown = self._outbox.show(listing.id for listing in wanted)
        return {listing: shown[listing.id] for listing in wanted if listing.id in shown}

    def _lying(self, wanted: Sequence[ListingKey]) -> Mapping[ListingKey, int]:
        """Where no number is sent none is shown either; a code that the partner's count lacks is not known there."""
        count = self._told.count()
        return {listing: 0 for listing in wanted if count is None or listing in count.units}

    def catalogue(self) -> Iterator[Sequence[Listed]]:
        """As Channel.catalogue: what the files have told of so far. Asks nobody."""
        listings = dict.fromkeys([*self._told.listings(), *self._ids.known.values()])
        yield [Listed(self._told.key(each), self._codes(each)) for each in listings]

    def _codes(self, listing: str) -> tuple[str, ...]:
        """The whole id, then its parts, the last (the SKU) first."""
        parts = next((found for each in self._profiles() if (found := each.listings.parts(listing))), {})
        return tuple(dict.fromkeys([listing, *reversed(parts.values())]))

    def _profiles(self) -> list[Profile]:
        return [*([self._out] if self._out else []), *self._incoming]

    def _comes(self, tells: Tells) -> bool:
        return any(each.tells is tells for each in self._incoming)

    # --- what goes out -----------------------------------------------------------------------------------------------

    def push(self, items: Sequence[PushItem], key: str) -> Sequence[Pushed]:  # noqa: ARG002
        """As Channel.push. `key` is not needed: absolute numbers may be written again. An item is done when its file
        was taken, which a later push of it is told."""
        if self._outbox is None:
            return [Pushed(item.listing, Outcome.LATER, _SENDS_NOTHING) for item in items]
        return push_in_batches(items, max(1, len(items)), self._outbox.send)

    def on_its_way(self) -> Mapping[ListingKey, Sequence[int]]:
        """As TakesItsTime.on_its_way."""
        return {self._told.key(listing): n for listing, n in self._outbox.on_its_way().items()} if self._outbox else {}

    def key_life(self) -> KeyLife | None:
        """Nobody tells when an SFTP password dies (§6.2)."""
        return None

    def check(self) -> Sequence[Check]:
        return list(checks.check(self._profiles(), self._folder, self._settings))

    def close(self) -> None:
        self._folder.close()


def _folder(settings: Files) -> Folder:
    return SftpFolder(settings) if settings.folder is None else LocalFolder(settings.folder)


def _not_taken(name: str, hours: float) -> Hint:
    return Hint(
        f"ファイル {name} が {hours:g} 時間以上、受け取られていません。相手の取り込みを確かめてください。",
        f"The file {name} was not taken for over {hours:g} hours. See whether the partner still takes files.",
    )


def _no_line(code: str) -> Hint:
    return Hint(
        f"増減ファイルのコード「{code}」の行が「出品」タブにありません。行と SKU構成 を書くと計上します。",
        f"The Listings tab has no line for the code {code} of a file of changes. Write its line, and it is booked.",
    )


_NO_ORDERS_YET = Hint("注文ファイルがまだ 1 つも届いていません。", "No order file has come yet.")
_SENDS_NOTHING = Hint("このチャネルには数を送りません。", "No numbers are sent to this channel.")
