"""Around every job: what goes wrong is logged, shown, and waited out; only Stop ends the service."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bridge.clock import Clock
from bridge.errors import BridgeError, Hint, NeedsKey, NeedsPerson, Stop, TryAgain
from bridge.ledger.ledger import Ledger
from bridge.ledger.values import iso
from bridge.sheet.texts import both

log = logging.getLogger("bridge")

PERSON_PAUSE = 600.0  # seconds between two tries of a channel that waits for a person
SHEET_PAUSE = 30.0  # the same for the spreadsheet: somebody is sitting there, sharing it
UNEXPECTED_PAUSE = 5.0
TROUBLES = ("key refused", "channel trouble")
RUNNING = {"ja": "再開しました。", "en": "Running again."}


@dataclass(frozen=True)
class Watchers:
    """What guards need of the service. `stopped` is told of the Stop that ends it."""

    clock: Clock
    ledger: Ledger
    stopped: Callable[[Stop], None]


class Guard:
    """One job's. `channel`: whose trouble it is; None for the sheet."""

    def __init__(self, watchers: Watchers, name: str, channel: str | None) -> None:
        self._watchers, self._name, self._channel = watchers, name, channel
        self._quiet_until = 0.0
        self._clear = False
        self._kind = ""  # of the question that its trouble is told by
        self._family: tuple[Guard, ...] = (self,)  # a channel's trouble is over when it is over for all of them

    @staticmethod
    def pair(watchers: Watchers, channel: str) -> tuple[Guard, Guard]:
        """For the orders and the quantities of one channel."""
        orders, quantities = Guard(watchers, channel, channel), Guard(watchers, channel, channel)
        orders._family = quantities._family = (orders, quantities)
        return orders, quantities

    def run(self, job: Callable[[], Any]) -> None:
        if self._watchers.clock.monotonic() < self._quiet_until:
            return
        try:
            self._run(job)
        except Stop as error:  # also where the trouble itself could not be written down
            log.critical("%s: %s", self._name, error.hint)
            self._watchers.stopped(error)

    def _run(self, job: Callable[[], Any]) -> None:
        try:
            job()
            self._note(None)
        except TryAgain as error:
            log.info("%s: %s", self._name, error.hint)
            self._be_quiet(error.after)
        except Stop:
            raise
        except BridgeError as error:
            log.error("%s: %s", self._name, error.hint)
            self._note(error.hint, "key refused" if isinstance(error, NeedsKey) else "channel trouble")
            if isinstance(error, NeedsPerson):
                self._be_quiet(PERSON_PAUSE if self._channel else SHEET_PAUSE)
        except Exception:
            log.exception("%s: unexpected", self._name)
            self._be_quiet(UNEXPECTED_PAUSE)

    def wake(self) -> None:
        """What it waits for has come: the next job runs at once."""
        self._quiet_until = 0.0

    def _be_quiet(self, seconds: float) -> None:
        self._quiet_until = self._watchers.clock.monotonic() + seconds

    def _note(self, hint: Hint | None, kind: str = "") -> None:
        """Remember a channel's trouble, or that it is over, where people see it. `kind`: of the question about it."""
        if self._channel is None or (hint is None and self._clear):
            return
        self._clear, self._kind = hint is None, kind
        if hint is None and not all(each._clear for each in self._family):
            return
        with self._watchers.ledger.write() as tx:
            if hint is None:
                tx.channels.change(self._channel, trouble=None, failing_since=None)
                for each in TROUBLES:
                    tx.questions.settle(each, self._channel, RUNNING)
                return
            told = {"ja": hint.ja, "en": hint.en}
            since = tx.channels.get(self._channel).failing_since or iso(tx.at)
            tx.channels.change(self._channel, trouble=told, failing_since=since)
            for other in TROUBLES:
                if all(each._kind != other for each in self._family):
                    tx.questions.settle(other, self._channel, both("results", "settled itself"))
            tx.questions.ask(kind, self._channel, told)
