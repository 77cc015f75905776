"""The ledger: the only memory, and the only thing threads share.

Facts and the intents that follow from them are committed in one transaction. If the ledger can't be written, `Stop` is
raised and nothing outside is touched any more.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from bridge.clock import Clock
from bridge.errors import Hint, Stop
from bridge.fault_points import Point, reached
from bridge.ledger import schema
from bridge.ledger.alerts import AlertBook
from bridge.ledger.channels import ChannelBook
from bridge.ledger.entries import EntryBook
from bridge.ledger.found import FoundBook
from bridge.ledger.history import HistoryBook
from bridge.ledger.key_links import KeyLinkBook
from bridge.ledger.listings import ListingBook
from bridge.ledger.month_ends import MonthEndBook
from bridge.ledger.notes import NoteBook
from bridge.ledger.order_rows import OrderRowBook
from bridge.ledger.orders import OrderBook
from bridge.ledger.purchases import PurchaseBook
from bridge.ledger.questioned import QuestionedBook
from bridge.ledger.questions import QuestionBook
from bridge.ledger.reports import ReportBook
from bridge.ledger.rules import RuleBook
from bridge.ledger.sheet import SheetBook
from bridge.ledger.stock import StockBook
from bridge.ledger.stocktakes import StocktakeBook
from bridge.ledger.till_rows import TillRowBook
from bridge.ledger.transfers import TransferBook
from bridge.ledger.values import Values, iso
from bridge.ledger.webhooks import WebhookBook


@dataclass(frozen=True)
class Tx:
    """One transaction. Each book reads and writes its own tables, through the one connection."""

    at: datetime
    stock: StockBook
    orders: OrderBook
    order_rows: OrderRowBook
    listings: ListingBook
    rules: RuleBook
    found: FoundBook
    questions: QuestionBook
    questioned: QuestionedBook
    sheet: SheetBook
    channels: ChannelBook
    transfers: TransferBook
    history: HistoryBook
    entries: EntryBook
    stocktakes: StocktakeBook
    till_rows: TillRowBook
    webhooks: WebhookBook
    notes: NoteBook
    reports: ReportBook
    purchases: PurchaseBook
    month_ends: MonthEndBook
    alerts: AlertBook
    key_links: KeyLinkBook
    values: Values
    conn: Connection

    def get(self, key: str, default: Any = None) -> Any:
        """A single remembered value (the ledger's id, the sheet ids, the mode)."""
        return self.values.get(key, default)

    def put(self, key: str, value: Any) -> None:
        self.values.put(key, value)

    def forget_everything(self) -> None:
        """Stock, orders and tokens, when the bridge goes live and opens anew. Numbers are never used again, and what
        people settled, what came in and what it cost, the listings' mapping and the questions stay."""
        tables = (
            schema.balance,
            schema.movement,
            schema.history,
            schema.amount,
            schema.row_intent,
            schema.open_write,
            schema.finding,
            schema.questioned,
            schema.order_line,
            schema.share,
            schema.push_intent,
            schema.till_row,
            schema.sku,
        )
        for table in tables:
            self.conn.execute(table.delete())
        self._changed()

    def forget_sku(self, code: str) -> None:
        """Everything held under one code, its stock included. Only where another product takes the code over."""
        self.give_up_sku(code)
        self._delete(code, "balance", "movement", "amount", "history")
        self.purchases.forget_sku(code)

    def give_up_sku(self, code: str) -> None:
        """A product none of whose numbers ever counted. What the tokens of its row say is kept: Ctrl+Z may bring the
        row back, with a number in it that a write of another row had hit."""
        self._delete(code, "sku", "finding", "questioned", "row_intent")

    def _delete(self, code: str, *names: str) -> None:
        for name in names:
            table = schema.metadata.tables[name]
            self.conn.execute(table.delete().where(table.c.sku == code))
        self._changed()

    def rename_sku(self, old: str, new: str) -> None:
        """Everything held under one code goes on under the other, which holds nothing."""
        for name in (
            "sku",
            "balance",
            "movement",
            "amount",
            "share",
            "finding",
            "questioned",
            "edit",
            "transfer",
            "history",
            "counted",
            "order_row",
        ):
            table = schema.metadata.tables[name]
            self.conn.execute(table.update().where(table.c.sku == old).values(sku=new))
        self.entries.rename_sku(old, new)
        self.purchases.rename_sku(old, new)
        self._changed()

    def _changed(self) -> None:
        """What the books have read in this transaction is no longer true."""
        for book in (self.stock, self.questioned, self.sheet):
            book.changed()


class Ledger:
    """A ledger in one SQLite file (`path` None: in memory, for tests)."""

    def __init__(self, path: Path | None, clock: Clock, *, migrate: bool = True) -> None:
        self._clock = clock
        self.wanted_changes = 0  # raised when a listing should show another number; a hint for threads that wait
        self.failure: Stop | None = None  # once it could not be written, nothing is any more
        self._writing = threading.RLock()  # SQLite has one writer; waiting here is fairer than in its busy handler
        with self._guarded():
            self._engine = _engine(path)
            if migrate:
                self._migrate()
            else:
                schema.metadata.create_all(self._engine)
        with self.write() as tx:
            if tx.get("ledger_id") is None:
                tx.put("ledger_id", str(uuid.uuid4()))

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """A transaction that commits when the block ends and is undone when it raises. Raises Stop."""
        wanted: list[None] = []
        with (
            self._writing,
            self._guarded(),
            self._unless_failed(),
            self._engine.connect().execution_options(writing=True) as conn,
            conn.begin(),
        ):
            yield self._tx(conn, lambda: wanted.append(None))
            reached(Point.COMMITTING)
        reached(Point.COMMITTED)
        if wanted:
            self.wanted_changes += 1

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """One consistent look. What is written in it is undone."""
        with self._guarded(), self._engine.connect() as conn:
            yield self._tx(conn, lambda: None)
            conn.rollback()

    def close(self) -> None:
        self._engine.dispose()

    def _tx(self, conn: Connection, on_wanted: Callable[[], None]) -> Tx:
        at, values = self._clock.now(), Values(conn)
        return Tx(
            at=at,
            stock=StockBook(conn, iso(at)),
            orders=OrderBook(conn, iso(at)),
            order_rows=OrderRowBook(conn),
            listings=ListingBook(conn, at, on_wanted),
            rules=RuleBook(conn),
            found=FoundBook(conn),
            questions=QuestionBook(conn, iso(at)),
            questioned=QuestionedBook(conn),
            sheet=SheetBook(conn, iso(at), values),
            channels=ChannelBook(conn),
            transfers=TransferBook(conn),
            history=HistoryBook(conn),
            entries=EntryBook(conn),
            stocktakes=StocktakeBook(conn),
            till_rows=TillRowBook(conn),
            webhooks=WebhookBook(conn, iso(at)),
            notes=NoteBook(conn),
            reports=ReportBook(conn),
            purchases=PurchaseBook(conn),
            month_ends=MonthEndBook(conn),
            alerts=AlertBook(conn),
            key_links=KeyLinkBook(conn),
            values=values,
            conn=conn,
        )

    @contextmanager
    def _unless_failed(self) -> Iterator[None]:
        if self.failure is not None:
            raise self.failure
        yield

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            self.failure = unwritable()
            raise self.failure from error

    def _migrate(self) -> None:
        """Raises Stop where the ledger was made by a newer program."""
        config = AlembicConfig()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._engine.connect() as conn, conn.begin():
            config.attributes["connection"] = conn
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise Stop(
                    Hint(
                        "この台帳は新しい版のbridgeが作ったものです。bridgeを新しくしてください。",
                        "This ledger was made by a newer bridge. Update the program.",
                    )
                ) from error
            reached(Point.MIGRATING)


def unwritable() -> Stop:
    return Stop(
        Hint(
            "台帳に書き込めません。ディスクの空きと権限を確かめてください。それまで外への書き込みを止めます。",
            "The ledger can't be written. Check disk space and rights; nothing outside is touched until then.",
        )
    )


def _engine(path: Path | None) -> Engine:
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable() from error
        where = URL.create("sqlite", database=str(path))  # whatever its folder is called
        engine = create_engine(where, connect_args={"timeout": 30, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, so that it can be IMMEDIATE
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writing") else "BEGIN")

    return engine
