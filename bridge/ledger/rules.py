"""Rules and stops that people set. A few lines: read once a transaction, whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from bridge.domain.orders import ListingKey
from bridge.domain.rules import Halt, Rule
from bridge.ledger.schema import rule

_ALL = select(rule)
_PUT = insert(rule)
_PUT = _PUT.on_conflict_do_update(
    index_elements=["scope", "name"],
    set_={column.name: _PUT.excluded[column.name] for column in rule.c if not column.primary_key},
)


class Scope(NamedTuple):
    """What is spoken of. `kind`: listing | sku | channel | all."""

    kind: str
    name: str = ""

    @classmethod
    def listing(cls, key: ListingKey) -> Scope:
        return cls("listing", f"{key.channel}/{key.id}")

    @classmethod
    def sku(cls, sku: str) -> Scope:
        return cls("sku", sku)

    @classmethod
    def channel(cls, name: str) -> Scope:
        return cls("channel", name)


ALL = Scope("all")


@dataclass(frozen=True)
class Entry:
    """What holds for one scope."""

    rule: Rule = field(default_factory=Rule)
    stop: Halt = Halt.NONE


class RuleBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._all: Mapping[Scope, Entry] | None = None

    def all(self) -> Mapping[Scope, Entry]:
        """Every scope of which something was ever said."""
        if self._all is None:
            self._all = {
                Scope(row.scope, row.name): Entry(
                    Rule(row.split, row.buffer, row.zero_at, row.cap),
                    Halt(row.stop),
                )
                for row in self._conn.execute(_ALL).all()
            }
        return self._all

    def get(self, scope: Scope) -> Entry:
        return self.all().get(scope, Entry())

    def put(self, scope: Scope, entry: Entry) -> None:
        self._all = {**self.all(), scope: entry}
        self._conn.execute(_PUT, {"scope": scope.kind, "name": scope.name, **vars(entry.rule), "stop": int(entry.stop)})

    def of(self, key: ListingKey) -> Rule:
        """What holds for a listing: its own entries, and its channel's where it has none."""
        known = self.all()
        own, general = known.get(Scope.listing(key), Entry()), known.get(Scope.channel(key.channel), Entry())
        return own.rule.over(general.rule)

    def stop(self, key: ListingKey, skus: Iterable[str]) -> Halt:
        """Whether a listing made of `skus` is stopped, by whichever stop stands above the others."""
        by = self.stopped_by(key, skus)
        return Halt.NONE if by is None else self.all()[by].stop

    def stopped_by(self, key: ListingKey, skus: Iterable[str]) -> Scope | None:
        """Of which scope that is said; the widest of several."""
        known = self.all()
        scopes = [ALL, Scope.channel(key.channel), Scope.listing(key), *map(Scope.sku, skus)]
        found = [scope for scope in scopes if scope in known and known[scope].stop is not Halt.NONE]
        return max(found, key=lambda scope: known[scope].stop, default=None)

    def rename_sku(self, old: str, new: str) -> None:
        """What was said of one code holds for the other, beside what was said of that."""
        known = self.all()
        if Scope.sku(old) not in known:
            return
        moved = known[Scope.sku(old)]
        self._conn.execute(delete(rule).where(rule.c.scope == "sku", rule.c.name == old))
        self._all = {scope: entry for scope, entry in known.items() if scope != Scope.sku(old)}
        self.put(Scope.sku(new), Entry(stop=max(moved.stop, self.get(Scope.sku(new)).stop)))
