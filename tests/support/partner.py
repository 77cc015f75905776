"""A partner who is reached by files, as the tests play it: it writes into a channel's folders and takes out of them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bridge.channel_settings import Files
from bridge.channels.files import FilesChannel
from bridge.channels.http import Seams
from bridge.channels.port import OrdersRead, Outcome, Pushed, PushItem
from bridge.clock import JST
from bridge.domain.orders import ListingKey
from bridge.errors import Hint, NeedsPerson
from bridge.remembered import InMind
from tests.support.virtual_clock import VirtualClock

KEY = "3f0c9c52-7d0b-4f4e-9f65-0d4f8e5a1a11"


class Partner:
    """One channel with a folder of its own. `memory` outlives a restart, as the ledger does."""

    def __init__(self, root: Path, *profiles: str, name: str = "partner", **settings: Any) -> None:
        self.root, self.name = root, name
        self.clock = VirtualClock()
        self.memory = InMind(settings.pop("others", ()))
        self.live = True
        self.refuses: set[str] = set()  # codes for which it refuses a whole file (own profiles of `marked`)
        self.shows: dict[str, int] = {}
        self.answered: list[dict[str, int]] = []  # the rows of every file, of refused ones too
        given: dict[str, Any] = {
            "shop": "partner",
            "profiles": profiles,
            "locations": ("外部倉庫",),
            "folder": root / "share",
            "quarantine": root / "quarantine",
            "look_back_days": 30,
        }
        self.settings = Files(**(given | settings))
        self.share = root / "share"
        self.share.mkdir(parents=True, exist_ok=True)
        self.channel = self.connect()

    def seams(self) -> Seams:
        return Seams(self.clock, lambda: self.live, name=self.name, memory=self.memory)

    def connect(self) -> FilesChannel:
        """A bridge as it starts: nothing in mind but the notes."""
        self.channel = FilesChannel(self.settings, self.seams())
        return self.channel

    # --- what the partner does ---------------------------------------------------------------------------------------

    def put(self, name: str, data: bytes) -> Path:
        path = self.share / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return path

    def there(self) -> dict[str, bytes]:
        """Every file by its path, what the bridge put away included."""
        found = (path for path in self.share.rglob("*") if path.is_file())
        return {path.relative_to(self.share).as_posix(): path.read_bytes() for path in found}

    def take(self) -> bytes:
        """Take the one file that lies there, as an importer does."""
        [(name, data)] = self.there().items()
        (self.share / name).unlink()
        return data

    def answer(self) -> dict[str, int]:
        """Carry out the file that waits, whole or not at all, and mark it: its rows, or none where no file waits."""
        waiting = [name for name in self.there() if name.endswith(".csv")]
        if not waiting:
            return {}
        [name] = waiting
        lines = (self.share / name).read_text(encoding="cp932").splitlines()[1:]
        rows = {code: int(units) for code, units in (line.split(",") for line in lines)}
        (self.share / name).unlink()
        refused = bool(rows.keys() & self.refuses)
        self.put(f"{name}.err" if refused else f"{name}.done", b"")
        self.shows |= {} if refused else rows
        self.answered.append(rows)
        return rows

    def stamp(self, minutes: float = 0) -> str:
        """A time for a file's name."""
        return f"{self.now(minutes):%Y%m%d%H%M%S}"

    def now(self, minutes: float = 0) -> datetime:
        return (self.clock.now() + timedelta(minutes=minutes)).astimezone(JST)

    # --- what the bridge does ----------------------------------------------------------------------------------------

    def key(self, listing: str) -> ListingKey:
        return ListingKey(self.name, listing)

    def push(self, **units: int) -> list[Pushed]:
        return self.push_all(units)

    def push_all(self, units: dict[str, int]) -> list[Pushed]:
        shown = self.shown(*units)
        items = [PushItem(self.key(each), n, shown.get(each, 0)) for each, n in units.items()]
        return list(self.channel.push(items, KEY))

    def outcomes(self, **units: int) -> set[Outcome]:
        return {each.outcome for each in self.push(**units)}

    def shown(self, *listings: str) -> dict[str, int]:
        found = self.channel.read([self.key(each) for each in listings])
        return {key.id: units for key, units in found.items()}

    def look(self) -> OrdersRead:
        """Two looks, a little apart: what lay there is whole."""
        with suppress(NeedsPerson):
            self.channel.orders(self.clock.now() - timedelta(days=30))
        self.clock.sleep(5)
        return self.channel.orders(self.clock.now() - timedelta(days=30))

    def counted(self) -> dict[str, int] | None:
        self.channel.last_count()
        self.clock.sleep(5)
        count = self.channel.last_count()
        return None if count is None else {key.id: units for key, units in count.units.items()}

    def alarms(self) -> Mapping[str, Hint]:
        """What 要対応 is told of files that were not taken, by name; also where no order file has come yet."""
        try:
            return self.look().alarms or {}
        except NeedsPerson as error:
            return {name: error.hint for name in self.quarantined() if not name.endswith(".txt")}

    def sentences(self) -> dict[str, str]:
        """The same, in English."""
        alarms = self.alarms()
        assert all(hint.ja and hint.en for hint in alarms.values())
        return {name: hint.en for name, hint in alarms.items()}

    def quarantined(self) -> set[str]:
        folder = self.settings.quarantine
        return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def marked(root: Path, rows: str = "changed", row_limit: int = 2, *, done: bool = True) -> Partner:
    """A partner who says by a marker that a file was refused and, if `done`, that one was carried out."""
    lines = f'rows = "{rows}"\nrow_limit = {row_limit}\n' + ('done = "{name}.done"\n' if done else "")
    (root / "own.toml").write_text(
        'ja = "自作"\nen = "own"\ndirection = "out"\nfile = "stock_{number}.csv"\nencoding = "cp932"\n'
        'failed = "{name}.err"\nlisting = { plain = ["code"] }\n'
        'columns = [{ header = "商品コード", value = "{code}" }, { header = "数", value = "{quantity}" }]\n' + lines
    )
    return Partner(root, str(root / "own.toml"))
