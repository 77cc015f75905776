"""What the ledger remembers about the sheet: tokens, amounts, journal lines, row updates under way, edits, findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from bridge.domain.edit_book import Amount, Standing
from bridge.domain.stock import BalanceKey
from bridge.domain.table import Line
from bridge.ledger.schema import (
    amount,
    edit,
    finding,
    journal_seen,
    open_write,
    row_intent,
    sku,
)
from bridge.ledger.values import Values

# Asked again and again: made once.
_ALL_SKUS = select(sku)
_ALL_FINDINGS = select(finding)
_ALL_INTENTS = select(row_intent).order_by(row_intent.c.sku)
_AMOUNTS = select(amount).where(amount.c.number.in_(bindparam("numbers", expanding=True)))
_SEEN = select(journal_seen.c.key).where(journal_seen.c.key.in_(bindparam("keys", expanding=True)))
_SETTLED = select(journal_seen.c.number).where(journal_seen.c.number.in_(bindparam("numbers", expanding=True)))
_PROMISED = select(open_write.c.number).where(open_write.c.at > bindparam("since")).order_by(open_write.c.number)
_PREVIOUS_EDITS = select(edit).where(
    edit.c.id.in_(
        select(func.max(edit.c.id))
        .where(edit.c.outcome.in_(("applied", "waiting")), edit.c.before.is_not(None))
        .group_by(edit.c.sku, edit.c.location)
    )
)
_CHANGE_SKU = update(sku).where(sku.c.sku == bindparam("code"))
_NOTE = upsert(amount)
_NOTE = _NOTE.on_conflict_do_update(
    index_elements=["sku", "number"], set_={name: _NOTE.excluded[name] for name in ("contains", "at")}
)
_INTEND = upsert(row_intent)
_INTEND = _INTEND.on_conflict_do_update(
    index_elements=["sku"],
    set_={name: _INTEND.excluded[name] for name in ("kind", "lock_number", "write_number")},
)

FORGOTTEN = "journal forgotten below"  # the number of the oldest line that is remembered


@dataclass(frozen=True)
class SkuRecord:
    """What we hold about one SKU beside its stock. Times are ISO text."""

    sku: str
    standing: Standing
    token: str = ""
    last: Amount | None = None
    safety: int = 0
    owned_due: bool = False
    blocked: str = ""
    writes: int = 0
    accepted_at: str | None = None
    accepted: Mapping[str, int] | None = None
    held_since: str | None = None
    missing_since: str | None = None


@dataclass(frozen=True)
class RowIntent:
    """A row update under way. `write_number` is None until the second call is about to be made."""

    sku: str
    kind: str
    lock_number: int
    write_number: int | None = None


class SheetBook:
    def __init__(self, conn: Connection, at: str, values: Values) -> None:
        self._conn, self._at, self._values = conn, at, values
        self._skus: dict[str, SkuRecord] | None = None  # read once a transaction, until something changes
        self._findings: dict[BalanceKey, str] | None = None  # the same
        self._intents: list[RowIntent] | None = None  # the same
        self._previous: dict[BalanceKey, int] | None = None  # the same, of the edits
        self._amounts: dict[int, dict[str, Amount]] = {}  # by number: those that were asked for, kept up to date

    # --- SKUs --------------------------------------------------------------------------------------------------------

    def skus(self) -> dict[str, SkuRecord]:
        if self._skus is None:
            self._skus = {row.sku: _record(row) for row in self._conn.execute(_ALL_SKUS).all()}
        return self._skus

    def changed(self) -> None:
        """What was read of the SKUs, and of all that is kept under their codes, is no longer true."""
        self._skus = self._findings = self._intents = self._previous = None
        self._amounts.clear()

    def greet(self, code: str, standing: Standing) -> None:
        """Take in a SKU; one that is known stays as it is."""
        self._skus = None
        statement = upsert(sku).values(sku=code, standing=standing.value, last={})
        self._conn.execute(statement.on_conflict_do_nothing(index_elements=["sku"]))

    def change(self, code: str, **values: Any) -> None:
        """Change what we hold about one SKU; the names are the columns of the table."""
        self._conn.execute(_CHANGE_SKU, {"code": code, **values})
        if self._skus is not None and code in self._skus:
            changed: dict[str, Any] = {
                name: Standing(value) if name == "standing" else value for name, value in values.items()
            }
            self._skus = {**self._skus, code: replace(self._skus[code], **changed)}

    # --- numbers and amounts -----------------------------------------------------------------------------------------

    def take_numbers(self, count: int) -> int:
        """Reserve `count` numbers; returns the first. A number is never handed out twice."""
        last = int(self._values.get("number", 0))
        self._values.put("number", last + count)
        return last + 1

    def raise_number(self, floor: int) -> None:
        self._values.put("number", max(floor, int(self._values.get("number", 0))))

    def amounts(self, numbers: Iterable[int]) -> dict[tuple[str, int], Amount]:
        wanted = set(numbers)
        unread = sorted(wanted - self._amounts.keys())
        self._amounts |= {number: {} for number in unread}
        for start in range(0, len(unread), 500):
            for row in self._conn.execute(_AMOUNTS, {"numbers": unread[start : start + 500]}):
                self._amounts[row.number][row.sku] = row.contains
        return {(code, number): has for number in wanted for code, has in self._amounts[number].items()}

    def note(self, amounts: Mapping[tuple[str, int], Amount]) -> None:
        if not amounts:
            return
        for (code, number), contains in amounts.items():
            if number in self._amounts:
                self._amounts[number][code] = dict(contains)
        self._conn.execute(
            _NOTE,
            [{"sku": s, "number": n, "at": self._at, "contains": dict(a)} for (s, n), a in amounts.items()],
        )

    def forget(self, code: str, number: int) -> None:
        """The token of that number tells nothing of this SKU's content any more."""
        self._amounts.clear()
        self._conn.execute(delete(amount).where(amount.c.sku == code, amount.c.number == number))

    def amounts_at(self, since: str, skus: Iterable[str]) -> dict[str, Amount]:
        """For SKUs whose content changed after `since`: what it contained then (its newest amount of before)."""
        young = select(amount.c.sku).where(amount.c.at > since, amount.c.sku.in_(sorted(set(skus)))).distinct()
        return self._newest(amount.c.at <= since, amount.c.sku.in_(young))

    def newest_amounts(self, skus: Iterable[str]) -> dict[str, Amount]:
        """What each SKU's content contains under the newest number whose content is known."""
        return self._newest(amount.c.sku.in_(sorted(set(skus))))

    def _newest(self, *among: ColumnElement[bool]) -> dict[str, Amount]:
        """By SKU, the amount under the greatest number among these."""
        newest = (
            select(amount.c.sku, func.max(amount.c.number).label("number"))
            .where(*among)
            .group_by(amount.c.sku)
            .subquery()
        )
        query = select(amount.c.sku, amount.c.contains).join(
            newest, (amount.c.sku == newest.c.sku) & (amount.c.number == newest.c.number)
        )
        return {row.sku: row.contains for row in self._conn.execute(query)}

    def first_number_since(self, since: str) -> int:
        """The lowest number noted after `since`, or the next one."""
        lowest = self._conn.execute(select(func.min(amount.c.number)).where(amount.c.at > since)).scalar()
        return int(lowest) if lowest is not None else int(self._values.get("number", 0)) + 1

    def forget_before(self, number: int) -> None:
        """Amounts and seen lines are kept as long as the journal, and no longer. The tab may still show such a line,
        where the number that would write over it was used for a lock: nothing is left that could explain it."""
        self._values.put(FORGOTTEN, max(number, int(self._values.get(FORGOTTEN, 0))))
        self._amounts.clear()
        self._conn.execute(delete(amount).where(amount.c.number < number))
        self._conn.execute(delete(journal_seen).where(journal_seen.c.number < number))

    def forget_after(self, number: int, code: str) -> None:
        """What the content of one SKU contained under later tokens."""
        self._amounts.clear()
        self._conn.execute(delete(amount).where(amount.c.sku == code, amount.c.number > number))

    def seen(self, lines: Iterable[Line]) -> frozenset[str]:
        """Those that were accounted for, or are older than anything we remember."""
        lines = list(lines)
        forgotten = int(self._values.get(FORGOTTEN, 0))
        keys = [line.key for line in lines]
        found = {line.key for line in lines if line.number < forgotten}
        for start in range(0, len(keys), 500):
            found.update(self._conn.execute(_SEEN, {"keys": keys[start : start + 500]}).scalars())
        return frozenset(found)

    def settled(self, numbers: Iterable[int]) -> frozenset[int]:
        """Those whose journal line was accounted for."""
        return frozenset(self._conn.execute(_SETTLED, {"numbers": sorted(set(numbers))}).scalars())

    def see(self, lines: Iterable[Line]) -> None:
        rows = [{"key": line.key, "number": line.number} for line in lines]
        if rows:
            self._conn.execute(upsert(journal_seen).on_conflict_do_nothing(), rows)
            self._conn.execute(delete(open_write).where(open_write.c.number.in_([row["number"] for row in rows])))

    def promise_lines(self, numbers: Iterable[int]) -> None:
        """A write is about to be sent: its line is looked for in every read until it has been seen."""
        rows = [{"number": number, "at": self._at} for number in numbers]
        if rows:
            self._conn.execute(insert(open_write), rows)

    def promised_lines(self, since: str) -> list[int]:
        """Lines not seen yet, promised after `since`."""
        return list(self._conn.execute(_PROMISED, {"since": since}).scalars())

    # --- row updates under way ---------------------------------------------------------------------------------------

    def intents(self) -> list[RowIntent]:
        if self._intents is None:
            found = self._conn.execute(_ALL_INTENTS)
            self._intents = [RowIntent(r.sku, r.kind, r.lock_number, r.write_number) for r in found]
        return list(self._intents)

    def intend(self, intents: Iterable[RowIntent]) -> None:
        rows = [vars(intent) for intent in intents]
        if not rows:
            return
        self._intents = None
        self._conn.execute(_INTEND, rows)

    def done(self, skus: Iterable[str]) -> None:
        if wanted := sorted(set(skus)):
            self._intents = None
            self._conn.execute(delete(row_intent).where(row_intent.c.sku.in_(wanted)))

    # --- edits and findings ------------------------------------------------------------------------------------------

    def record_edit(self, code: str, location: str, before: int | None, after: str, outcome: str, why: str = "") -> int:
        """Returns its number. `outcome`: applied | refused | waiting."""
        self._previous = None
        done = self._conn.execute(
            insert(edit).values(
                at=self._at, sku=code, location=location, before=before, after=after, outcome=outcome, why=why
            )
        )
        key = done.inserted_primary_key
        assert key is not None
        return int(key[0])

    def settle_edit(self, number: int, outcome: str) -> None:
        """A waiting edit was answered, or superseded by a newer one of its cell."""
        self._previous = None
        self._conn.execute(update(edit).where(edit.c.id == number).values(outcome=outcome))

    def supersede_waiting(self) -> None:
        """Everything is opened anew: no question is left that an edit could wait for."""
        self._previous = None
        self._conn.execute(update(edit).where(edit.c.outcome == "waiting").values(outcome="superseded"))

    def edits_between(self, after: str, until: str) -> dict[str, int]:
        """How many edits were seen after `after`, not after `until`, by what became of them."""
        then = (edit.c.at > after, edit.c.at <= until)
        query = select(edit.c.outcome, func.count()).where(*then).group_by(edit.c.outcome)
        return {row.outcome: row[1] for row in self._conn.execute(query)}

    def previous_edit(self, cell: BalanceKey) -> int | None:
        """Δ of the last applied edit of a cell. Few looks ask: those of all cells are read when the first is asked."""
        if self._previous is None:
            found = self._conn.execute(_PREVIOUS_EDITS)
            self._previous = {(row.sku, row.location): int(row.after) - row.before for row in found}
        return self._previous.get(cell)

    def findings(self) -> dict[BalanceKey, str]:
        if self._findings is None:
            self._findings = {(row.sku, row.location): row.code for row in self._conn.execute(_ALL_FINDINGS)}
        return self._findings

    def find(self, found: Mapping[BalanceKey, str], mended: Iterable[BalanceKey]) -> None:
        mended = list(mended)
        if found or mended:
            self._findings = None
        if found:
            statement = upsert(finding)
            self._conn.execute(
                statement.on_conflict_do_update(
                    index_elements=["sku", "location"], set_={"code": statement.excluded.code}
                ),
                [
                    {"sku": s, "location": location, "code": code, "since": self._at}
                    for (s, location), code in found.items()
                ],
            )
        for code, location in mended:
            self._conn.execute(delete(finding).where(finding.c.sku == code, finding.c.location == location))


def _record(row: Any) -> SkuRecord:
    values = dict(row._mapping)
    return SkuRecord(**{**values, "standing": Standing(values["standing"])})
