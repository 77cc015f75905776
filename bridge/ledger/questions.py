"""Exceptions (要対応): what only a person can settle. One row each; data, never a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, update

from bridge.ledger.schema import exception


@dataclass(frozen=True)
class OpenQuestion:
    """An exception as the ledger keeps it. `subject`: what it is about (a SKU, a cell, a line, a listing, a column)."""

    id: int
    kind: str
    subject: str
    data: Mapping[str, Any]
    at: str
    answer: str = ""
    result: Mapping[str, str] | None = None
    closed_at: str | None = None


_OPEN = select(exception).where(exception.c.closed_at.is_(None)).order_by(exception.c.id)
_CLOSED = select(exception).where(
    exception.c.id.in_(bindparam("numbers", expanding=True)), exception.c.closed_at.is_not(None)
)


class QuestionBook:
    def __init__(self, conn: Connection, at: str) -> None:
        self._conn, self._at = conn, at
        self._open: list[OpenQuestion] | None = None  # read once a transaction, until something changes

    def open(self) -> list[OpenQuestion]:
        if self._open is None:
            self._open = self._found(_OPEN)
        return list(self._open)

    def closed(self, among: Iterable[int]) -> list[OpenQuestion]:
        """Those of these numbers that are closed. As many as the tab has lines, however long it has been kept."""
        wanted, found = sorted(among), list[OpenQuestion]()
        for start in range(0, len(wanted), 500):
            found += self._found(_CLOSED, numbers=wanted[start : start + 500])
        return found

    def asked_between(self, kind: str, after: str, until: str) -> list[OpenQuestion]:
        """Those of a kind that were asked after `after`, not after `until`, open or closed."""
        then = (exception.c.at > after, exception.c.at <= until)
        return self._found(select(exception).where(exception.c.kind == kind, *then))

    def get(self, number: int) -> OpenQuestion | None:
        """The open one of that number."""
        return next((each for each in self.open() if each.id == number), None)

    def find(self, kind: str, subject: str) -> OpenQuestion | None:
        """The open one of that kind about that subject."""
        return next((each for each in self.open() if (each.kind, each.subject) == (kind, subject)), None)

    def ask(self, kind: str, subject: str, data: Mapping[str, Any] | None = None) -> None:
        """Open one, unless the same one is open already: then its data is brought up to date."""
        known = self.find(kind, subject)
        if known is None:
            self.ask_anew(kind, subject, data or {})
        elif dict(known.data) != dict(data or {}):
            self.reword(known.id, subject, data or {})

    def ask_anew(self, kind: str, subject: str, data: Mapping[str, Any]) -> int:
        """Open one, whatever else is open. Returns its id."""
        self._open = None
        values = {"kind": kind, "subject": subject, "data": dict(data), "at": self._at}
        key = self._conn.execute(insert(exception).values(**values)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def raise_number(self, floor: int) -> None:
        """No number up to `floor` is given out any more: a line of an older ledger bears it."""
        highest = self._conn.execute(select(func.max(exception.c.id))).scalar() or 0
        if floor > highest:
            nothing = {"kind": "ledger older", "subject": "", "data": {}, "at": self._at, "closed_at": self._at}
            self._conn.execute(insert(exception).values(id=floor, **nothing))

    def reword(self, number: int, subject: str, data: Mapping[str, Any]) -> None:
        """An open one is about the same thing under another name."""
        self._open = None
        self._conn.execute(update(exception).where(exception.c.id == number).values(subject=subject, data=dict(data)))

    def close(self, number: int, result: Mapping[str, str], answer: str = "") -> None:
        self._open = None
        self._conn.execute(
            update(exception)
            .where(exception.c.id == number)
            .values(closed_at=self._at, result=dict(result), answer=answer)
        )

    def settle(self, kind: str, subject: str, result: Mapping[str, str]) -> None:
        """Close the open one of that kind about that subject, if there is one: it settled itself."""
        known = self.find(kind, subject)
        if known is not None:
            self.close(known.id, result)

    def answered(self, number: int, answer: str, result: Mapping[str, str]) -> None:
        """Say beside an answer why it could not be acted on; the question stays open."""
        self._open = None
        self._conn.execute(update(exception).where(exception.c.id == number).values(answer=answer, result=dict(result)))

    def _found(self, query: Select[Any], **values: Any) -> list[OpenQuestion]:
        return [OpenQuestion(**row._mapping) for row in self._conn.execute(query, values)]
