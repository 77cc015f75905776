"""What is said beside the lines of 入出庫."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from bridge.domain.entries import RULES, Booking, Kind
from bridge.domain.transfers import Stage, Transfer
from bridge.flows import entries, stocktaking, transfer_lines
from bridge.flows.edit_records import PACKED
from bridge.flows.ground import Ground, ground_of
from bridge.flows.line_numbers import number_of
from bridge.flows.moves import Known, known_of
from bridge.flows.shop import Shop, bridge_live
from bridge.ledger.ledger import Tx
from bridge.sheet.layout import move_title, tab_spec
from bridge.sheet.requests import CellValue
from bridge.sheet.texts import headers, listed, say
from bridge.sheet.texts import known as is_sentence
from bridge.sheet.views import Lines, MoveLine


def states(
    tx: Tx, shop: Shop, tab: Lines[MoveLine], stamp: Callable[[datetime], str], today: date
) -> list[tuple[int, Mapping[str, CellValue], Mapping[str, CellValue]]]:
    """(position, what the bridge's cell should show, what it shows) of every line."""
    if not tab.lines:
        return []
    known, asked = known_of(tx, tab.lines), {q.data["number"] for q in tx.questions.open() if q.kind == PACKED}
    sayings = _Sayings(
        shop.language,
        ground_of(tx, shop),
        known,
        stamp,
        today,
        live=bridge_live(tx),
        may_begin="start" in tab.columns.at,
        asked=asked,
    )
    return [(line.position, {"state": sayings.of(line)}, {"state": line.state}) for line in tab.lines]


@dataclass(frozen=True)
class _Sayings:
    """What is said beside a line."""

    language: str
    ground: Ground
    known: Known
    stamp: Callable[[datetime], str]
    today: date
    live: bool
    may_begin: bool  # the tab has a column for that tick
    asked: Container[int]  # numbers of counts that a person is asked about

    def of(self, line: MoveLine) -> str | None:
        transfer, booking = self.known.transfers.get(number_of(line)), self.known.booking(line)
        section = "moves"
        if transfer is None and line.number:
            code, values = "strange number", self._written(line)
        elif self.known.begins(line):
            section, code, values = "stocktakes", *self._beginning(line, transfer)
        elif self.known.counts(line):
            section, code, values = "stocktakes", *self._count(line)
        elif booking is not None or line.what in RULES:
            section, code, values = "entries", *self._entry(line, booking)
        else:
            code, values = self._transfer(line, transfer)
        if code in ("ready", "early") and not self.live:
            code = "shadow"
        if code in ("", "unwritten"):
            return None
        section = section if is_sentence(section, code) else "moves"
        return say(section, code, self.language, **values)

    def _written(self, line: MoveLine) -> dict[str, object]:
        """What every sentence may name."""
        written = map(self.ground.place, (line.source, line.target))
        counted = next((place for place in written if place in self.ground.counted), "")
        return {
            **self._always,
            "sku": line.sku,
            "source": line.source,
            "target": line.target,
            "header": headers((self._titles[role] for role in line.blank), self.language),
            "place": counted,
            "channel": self.ground.counted.get(counted, ""),
        }

    @cached_property
    def _always(self) -> Mapping[str, object]:
        return {
            "places": listed(self.ground.places, self.language),
            "targets": listed((*self.ground.places, *self.ground.counted), self.language),
            "kinds": listed((move_title(kind, self.language) for kind in Kind), self.language),
        }

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        return {column.role: column.title(self.language) for column in tab_spec("moves").columns}

    # --- transfers ---------------------------------------------------------------------------------------------------

    def _transfer(self, line: MoveLine, transfer: Transfer | None) -> tuple[str, dict[str, object]]:
        if transfer is None:
            return transfer_lines.problem_of(self.ground, line, None), self._of_transfer(line, None)
        return transfer_lines.verdict_of(self.ground, line, transfer).code, self._of_transfer(line, transfer)

    def _of_transfer(self, line: MoveLine, transfer: Transfer | None) -> dict[str, object]:
        """Whatever a sentence may name: what was booked, where something was, else what is written."""
        booked = transfer is not None and transfer.stage not in (Stage.OFFERED, Stage.WRITTEN)
        move = transfer.move if transfer is not None and booked else transfer_lines.move_of(self.ground, line)
        at = (transfer.closed_at or transfer.left_at) if transfer is not None else None
        said = self._written(line)
        if move is not None:
            said |= {**vars(move), "lying": self.ground.lying(move.sku, move.source)}
        return said | {"time": self.stamp(at) if at else "", "left": transfer.on_way if transfer else 0}

    # --- what one tick books -----------------------------------------------------------------------------------------

    def _entry(self, line: MoveLine, booking: Booking | None) -> tuple[str, dict[str, object]]:
        if booking is None:
            code = entries.problem_of(self.ground, line, None)
        else:
            code = entries.verdict_of(self.ground, line, booking).code
        values = self._of_entry(line, booking)
        written = entries.entry_of(self.ground, line)
        if written is not None and code in ("no such sku", "new sku", "too many"):  # about one of its SKUs
            sku = self.ground.strange(written.skus)[0] or entries.lacking(self.ground, written)
            values |= {"sku": sku, "lying": self.ground.lying(sku, written.source)}
        return self._waiting(line) if code == "ready" and booking is not None else code, values

    def _waiting(self, line: MoveLine) -> str:
        """What is said beside a line that nothing stands against."""
        assert line.what is not None
        other = line.arrived if RULES[line.what].tick == "sent" else line.sent
        if other and not entries.tick_of(line, line.what):
            return "other tick"
        if line.what is not Kind.RECEIPT or not line.expected:
            return "ready"
        if line.day is None:
            return "no day"
        return "overdue" if line.day < self.today else "planned"

    def _of_entry(self, line: MoveLine, booking: Booking | None) -> dict[str, object]:
        written = entries.entry_of(self.ground, line)
        entry = booking.entry if booking is not None and booking.booked else written
        said = self._written(line)
        kind = entry.kind if entry is not None else line.what
        assert kind is not None
        tick = RULES[kind].tick
        other = "arrived" if tick == "sent" else "sent"
        said |= {"tick": self._titles[tick], "other": self._titles[other], "day": line.expected}
        if entry is None:
            return said
        said |= {**entries.titled(entry), "kind": move_title(kind, self.language)}
        said["what"] = say("entries", kind.value, self.language, **said)
        at = booking.at if booking is not None else None
        return said | {"time": self.stamp(at) if at else ""}

    # --- stock-takes -------------------------------------------------------------------------------------------------

    def _beginning(self, line: MoveLine, transfer: Transfer | None) -> tuple[str, dict[str, object]]:
        begun = self.known.counting.begun.get(number_of(line))
        place = stocktaking.place_of(self.ground, line)
        values = self._written(line) | {"place": begun.place if begun else place, "kind": line.kind}
        if begun is None:
            problem = stocktaking.begin_problem(self.ground, line)
            if not self.may_begin:
                return "no start column", values
            early = transfer is not None and transfer.early and line.started
            return problem or ("early" if early else "ready"), values
        values |= {"time": self.stamp(begun.at)}
        if not line.begins_count or place != begun.place:
            return "begun elsewhere", values
        return "begun" if self.known.counting.open.get(begun.place) == begun else "over", values

    def _count(self, line: MoveLine) -> tuple[str, dict[str, object]]:
        counting = self.known.counting
        counted, begun = counting.lines.get(number_of(line)), counting.stocktake(self.ground, line)
        values = self._written(line) | {"place": stocktaking.place_of(self.ground, line), "kind": line.kind}
        values |= {"begun": self.stamp(begun.at) if begun else ""}
        values |= {"other": stocktaking.twice(self.ground, counting, line)}
        problem = stocktaking.count_problem(self.ground, counting, line)
        if counted is None or counted.units is None or counted.at is None:
            return problem or "to count", values
        values |= {**vars(counted), "time": self.stamp(counted.at)}
        if problem:
            return problem, values
        if counted.number in self.asked:
            return "counted asked", values
        return "counted packed" if counted.packed else "counted", values
