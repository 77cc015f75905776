"""The small shop with two partners who are reached by files: a mall that takes stock.csv, and a warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bridge.channel_settings import Files
from bridge.clock import JST
from bridge.config import Config
from bridge.file_profiles import ready_folder
from tests.support.world import LAG, World

MALL, WAREHOUSE = "aupay", "warehouse"
PLACE = "渋谷店"  # the stock column of what lies at the warehouse


@dataclass
class WithFiles(World):
    """A has 5 at home and 2 at the warehouse, B 7 and 0."""

    mall: dict[str, int] = field(default_factory=dict)  # what the mall shows
    refuses: set[str] = field(default_factory=set)  # items for which the mall refuses a whole file

    def share(self, channel: str) -> Path:
        folder = self.ledger.parent / channel
        folder.mkdir(exist_ok=True)
        return folder

    def _config(self) -> Config:
        config = super()._config()
        aupay = Files(
            "aupay-shop", (self._profile(),), self.locations, folder=self.share(MALL),
            quarantine=self.ledger.parent / "quarantine" / MALL, lag_seconds=LAG,
        )  # fmt: skip
        warehouse = Files(
            "soko", ("3pl_stock", "3pl_shipments", "3pl_changes"), (PLACE,), folder=self.share(WAREHOUSE), place=PLACE,
            quarantine=self.ledger.parent / "quarantine" / WAREHOUSE, lag_seconds=LAG,
        )  # fmt: skip
        return replace(config, channels=replace(config.channels, files={MALL: aupay, WAREHOUSE: warehouse}))

    def _profile(self) -> str:
        """au PAY's own, with a marker by which the mall says that it refused a file."""
        path = self.ledger.with_name("aupay_stock.toml")
        ready = (ready_folder() / path.name).read_text(encoding="utf-8")
        path.write_text(ready + 'failed = "{name}.err"\n', encoding="utf-8")
        return str(path)

    def _fill(self) -> None:
        super()._fill()
        for sku in self.stock:
            self.list_for_sale(MALL, f"item-{sku}", sku)
            self.list_for_sale(WAREHOUSE, f"W-{sku}", sku)

    def set(self, name: str, on: bool) -> None:
        super().set(name, on)
        if name == "shopify":
            for each in (MALL, WAREHOUSE):
                super().set(each, on)

    # --- the partners ------------------------------------------------------------------------------------------------

    def drop(self, name: str, data: bytes, minutes: float = 0) -> None:
        """The warehouse writes a file as of now and so many minutes; its name has {time} in it."""
        path = self.share(WAREHOUSE) / "out" / name.replace("{time}", f"{self.japan(minutes):%Y%m%d%H%M%S}")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    def japan(self, minutes: float = 0) -> datetime:
        return (self.clock.now() + timedelta(minutes=minutes)).astimezone(JST)

    def stock_csv(self) -> dict[str, int]:
        """What lies in the mall's folder now: units by item, nothing where no file does."""
        path = self.share(MALL) / "stock.csv"
        if not path.exists():
            return {}
        rows = [line.split(",") for line in path.read_text(encoding="cp932").splitlines()[1:]]
        return {row[2].strip('"'): int(row[4].strip('"')) for row in rows}

    def import_stock_csv(self) -> dict[str, int]:
        """The mall takes its file, or refuses it as a whole."""
        rows = self.stock_csv()
        (self.share(MALL) / "stock.csv").unlink(missing_ok=True)
        if rows.keys() & self.refuses:
            (self.share(MALL) / "stock.csv.err").touch()
        else:
            self.mall |= rows
        return rows

    def settle_with_mall(self) -> None:
        """Until everything rests, while the mall takes each file as soon as it lies there."""
        for _ in range(6):
            self.rounds(2)
            self.import_stock_csv()
            self.clock.sleep(15)
        self.settle()
        self.import_stock_csv()
        self.rounds(3)
