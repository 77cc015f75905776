"""The sandbox's memory: one SQLite file, one row per part, each part as JSON."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

EVERY = 0.5  # seconds: a change is saved after this long at the latest …
SHARE = 0.05  # … unless saving would then take more than this share of the time


class Part(Protocol):
    """Something whose state survives a restart."""

    @property
    def version(self) -> int:
        """Rises with every change."""

    def to_json(self) -> dict[str, Any]: ...

    def load_json(self, plain: dict[str, Any]) -> None: ...


class StateFile:
    """Loads the parts at start, and saves those that changed."""

    def __init__(self, path: Path, parts: Mapping[str, Part]) -> None:
        self._path = path
        self._parts = parts
        self._saved: dict[str, int] = {}  # part → the version that lies in the file
        self._lock = threading.Lock()
        with closing(self._open()) as file, file:
            file.execute("CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, body TEXT NOT NULL)")

    def load(self) -> set[str]:
        """The names of the parts that were found."""
        with closing(self._open()) as file:
            rows = {name: body for name, body in file.execute("SELECT name, body FROM part") if name in self._parts}
        for name, body in rows.items():
            self._parts[name].load_json(json.loads(body))
            self._saved[name] = self._parts[name].version
        return set(rows)

    def save(self) -> None:
        """Write what changed since the last time, in one transaction."""
        with self._lock:
            changed = {
                name: part.version for name, part in self._parts.items() if part.version != self._saved.get(name)
            }
            if not changed:
                return
            # The version is read before the state: a change in between is saved once more, never missed.
            rows = [(name, json.dumps(self._parts[name].to_json(), ensure_ascii=False)) for name in changed]
            with closing(self._open()) as file, file:
                file.executemany("INSERT OR REPLACE INTO part (name, body) VALUES (?, ?)", rows)
            self._saved |= changed

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._path)
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("PRAGMA synchronous = NORMAL")
        return file


class Saver:
    """A thread that saves whatever changed, until it is stopped; the last state is saved then."""

    def __init__(self, file: StateFile) -> None:
        self._file = file
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sandbox-saver", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()
        self._file.save()

    def _run(self) -> None:
        pause = EVERY
        while not self._stop.wait(pause):
            began = time.monotonic()
            self._file.save()
            pause = max(EVERY, (time.monotonic() - began) / SHARE)
