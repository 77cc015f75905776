"""A copy of the ledger every day, and word where none can be made."""

from __future__ import annotations

from pathlib import Path

from bridge.clock import Clock
from bridge.errors import NeedsPerson
from bridge.ledger.backup import EVERY, back_up, newest
from bridge.ledger.ledger import Ledger
from bridge.sheet.texts import both

KIND = "no backup"


class Backups:
    """`path`: the ledger's file · `keep`: so many copies are kept in `folder`; 0: none is made."""

    def __init__(self, ledger: Ledger, path: Path, folder: Path, keep: int, clock: Clock) -> None:
        self._ledger, self._path, self._folder, self._keep, self._clock = ledger, path, folder, keep, clock

    def run(self) -> None:
        """Where the newest copy is a day old, by its name: a server that sleeps at night gets its copy too. Raises
        NeedsPerson where none can be made; 要対応 says so until one is."""
        at = self._clock.now()
        last = newest(self._folder, at)
        if not self._keep or (last is not None and at - last < EVERY):
            return
        try:
            back_up(self._path, self._folder, at, self._keep)
        except NeedsPerson as error:
            with self._ledger.write() as tx:
                tx.questions.ask(KIND, "", {"ja": error.hint.ja, "en": error.hint.en})
            raise
        with self._ledger.write() as tx:
            tx.questions.settle(KIND, "", both("results", "settled itself"))
