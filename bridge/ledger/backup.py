"""Copies of the ledger: how one is made, at night and on demand, and how one comes back.

A copy is whole and was checked before it bears its name, which tells when it was made, in UTC. It holds order ids, SKUs
and quantities; no keys.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge.errors import Hint, NeedsPerson, Refused

NAME = "ledger-%Y%m%d-%H%M%S.sqlite"
EVERY = timedelta(days=1)
BESIDE = ("", "-wal", "-shm")  # the files that are one SQLite database


def back_up(ledger: Path, folder: Path, at: datetime, keep: int) -> Path:
    """A copy of a ledger, which may be in use meanwhile; of the older ones `keep` − 1 are left, of the future all.
    Raises Refused where there is no ledger yet, NeedsPerson where it can't be copied."""
    if not ledger.is_file():
        raise Refused(Hint(f"台帳 {ledger} はまだありません。", f"There is no ledger {ledger} yet."))
    copy = folder / at.astimezone(UTC).strftime(NAME)
    fresh = copy.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _copy(ledger, fresh)
        if why := damage(fresh):
            raise NeedsPerson(why)
        fresh.replace(copy)
    except (OSError, sqlite3.Error) as error:
        raise NeedsPerson(_not_made(folder)) from error
    for old in sorted((path for path, made in copies(folder) if made <= at), reverse=True)[keep:]:
        old.unlink(missing_ok=True)
    return copy


def copies(folder: Path) -> Iterator[tuple[Path, datetime]]:
    """Each copy in a folder, with the time it was made."""
    for path in folder.glob("ledger-*.sqlite"):
        try:
            yield path, datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
        except ValueError:  # somebody's own file
            continue


def newest(folder: Path, now: datetime) -> datetime | None:
    """When the newest copy was made; None where there is none. One of the future was made by a clock that was put right
    since, and nobody knows when."""
    return max((at for _, at in copies(folder) if at <= now), default=None)


def restore(copy: Path, ledger: Path, at: datetime) -> Path | None:
    """Put a copy in the ledger's place, while no bridge runs. Returns where the one before was put, which is never
    removed; None where there was none. Raises Refused where the copy is none, NeedsPerson where there is no room."""
    if not copy.is_file():
        raise Refused(Hint(f"{copy} というファイルはありません。", f"There is no file {copy}."))
    if why := damage(copy):
        raise Refused(why)
    fresh = ledger.with_suffix(".new")
    try:
        _copy(copy, fresh)
        aside = _put_aside(ledger, at)
        fresh.replace(ledger)
    except (OSError, sqlite3.Error) as error:
        raise NeedsPerson(_not_made(ledger.parent)) from error
    return aside


def damage(path: Path) -> Hint | None:
    """Why a file is no whole ledger."""
    try:
        with closing(_read_only(path)) as file:
            page = file.execute("PRAGMA page_size").fetchone()[0]  # of a page that is cut SQLite takes the rest for 0
            whole = path.stat().st_size % page == 0 and file.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
            known = file.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('movement', 'balance')").fetchone()
    except sqlite3.Error:
        whole, known = False, (0,)
    if whole and known[0] == 2:
        return None
    return Hint(
        f"{path.name} は壊れているか、bridgeの台帳ではありません。別の写しを使ってください。",
        f"{path.name} is damaged, or no ledger of bridge. Use another copy.",
    )


def _put_aside(ledger: Path, at: datetime) -> Path | None:
    if not ledger.exists():
        return None
    aside = ledger.with_name(f"{ledger.stem}-before-{at.astimezone(UTC):%Y%m%d-%H%M%S}{ledger.suffix}")
    for end in BESIDE:
        part = ledger.with_name(ledger.name + end)
        if part.exists():
            part.replace(aside.with_name(aside.name + end))
    return aside


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)  # whatever its folder is called


def _copy(source: Path, fresh: Path) -> None:
    """What a database holds at one moment, its write-ahead log included, for our user alone, on the disk."""
    fresh.unlink(missing_ok=True)
    try:
        with closing(_read_only(source)) as file:
            file.execute("VACUUM INTO ?", (str(fresh),))
        fresh.chmod(0o600)
        with fresh.open("rb+") as written:
            os.fsync(written.fileno())
    except (OSError, sqlite3.Error):
        with suppress(OSError):
            fresh.unlink(missing_ok=True)  # half a copy, on a disk that is full
        raise


def _not_made(folder: Path) -> Hint:
    return Hint(
        f"台帳の写しを {folder} に作れません。空きと権限を確かめてください。",
        f"The ledger can't be copied to {folder}. Look at the space there and its rights.",
    )
