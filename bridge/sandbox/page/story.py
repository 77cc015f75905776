"""What happened and why, as one list: the malls' own records, and what the sheet shows of the bridge's work.

The page sees nothing of the bridge's inside: who looks at the sheet and the malls can see as much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from bridge.sandbox.page.shops import Change
from bridge.sandbox.page.tab import Row, Tab
from bridge.sandbox.page.words import Language, fault_names, name, say

MOST = 400  # events kept
RECENT = timedelta(seconds=60)  # how far back "just before" reaches

Who = Literal["you", "customer", "bridge", "table", "mall_side"]
_OF_A_CHANGE: Mapping[str, tuple[Who, str]] = {
    "order": ("customer", "e_order"),
    "push": ("bridge", "e_push"),
    "restock": ("mall_side", "e_restock"),
    "edit": ("customer", "e_edit"),
    "hand": ("mall_side", "e_hand"),
}
_CAUSES = ("e_order", "e_typed", "e_restock", "e_edit", "e_hand", "e_history")  # what a push may follow from


@dataclass(frozen=True)
class Event:
    """`code`, `values`: its sentence · `mall`: whose name fills {mall} · `because`: what came just before it."""

    at: datetime
    who: Who
    sku: str
    code: str
    values: Mapping[str, object]
    mall: str = ""
    because: Event | None = None

    def text(self, language: Language) -> str:
        fault = fault_names(language).get(str(self.values.get("fault")), "")
        return say(self.code, language, **{**self.values, "mall": name(self.mall, language), "fault": fault})

    def why(self, language: Language) -> str:
        if self.because is None:
            return ""
        seconds = f"{(self.at - self.because.at).total_seconds():.1f}"
        return say("because", language, what=self.because.text(language), seconds=seconds)


@dataclass
class Story:
    """The newest last."""

    events: list[Event] = field(default_factory=list)

    def tell(self, events: Sequence[Event]) -> None:
        for event in sorted(events, key=lambda one: one.at)[-MOST:]:
            because = self._before(event) if event.code == "e_push" else None
            self.events.append(replace(event, because=because))
        self.events.sort(key=lambda one: one.at)
        del self.events[:-MOST]

    def newest(self, count: int, sku: str = "") -> list[Event]:
        """The newest first; with a `sku`, those about it alone."""
        return [event for event in reversed(self.events) if not sku or event.sku == sku][:count]

    def _before(self, event: Event) -> Event | None:
        return next(
            (
                one
                for one in reversed(self.events)
                if one.sku == event.sku and one.code in _CAUSES and event.at - RECENT <= one.at <= event.at
            ),
            None,
        )


def of_changes(changes: Sequence[Change]) -> list[Event]:
    """Of the malls' own records. A push that changes nothing is no news."""
    return [
        Event(c.at, *_who_and_what(c), {"old": c.old, "new": c.new, "units": abs(c.new - c.old)}, c.mall)
        for c in changes
        if c.cause in _OF_A_CHANGE and c.old != c.new
    ]


def _who_and_what(change: Change) -> tuple[Who, str, str]:
    who, code = _OF_A_CHANGE[change.cause]
    return who, change.sku, code


def of_stock(now: datetime, old: Tab, new: Tab) -> Iterator[Event]:
    """What changed in 在庫表 between two looks: rows locked and unlocked, and the bridge's answers."""
    before = {row["id"]: row for row in old.rows}
    for row in new.rows:
        was = before.get(row["id"])
        sku = new.text(row, "sku")
        if was is None or not sku:
            continue
        lock, state = new.text(row, "lock"), new.text(row, "state")
        if lock != old.text(was, "lock") and lock:
            yield Event(now, "bridge", sku, "e_lock" if lock.startswith("🔒") else "e_free", {"token": lock})
        if state != old.text(was, "state") and state:
            yield Event(now, "bridge", sku, "e_state", {"text": state})


def of_history(now: datetime, old: Tab, new: Tab) -> Iterator[Event]:
    """The rows that 履歴 got between two looks: what the bridge booked, and what for."""
    for row in _added(old, new):
        values = {part: new.text(row, part) for part in ("change", "after", "what")}
        yield Event(now, "table", new.text(row, "sku"), "e_history", {**values, "place": new.text(row, "location")})


def of_questions(now: datetime, old: Tab, new: Tab) -> Iterator[Event]:
    """What came into 要対応 between two looks."""
    for row in _added(old, new):
        subject = new.text(row, "subject").split(" ")[0]
        sku = "" if "/" in subject else subject  # else it is an order's, or a listing's, which the text names
        yield Event(now, "table", sku, "e_question", {"text": new.text(row, "what")})


def _added(old: Tab, new: Tab) -> Iterator[Row]:
    known = {old.text(row, "number") for row in old.rows}
    return (row for row in new.rows if new.text(row, "number") not in {*known, ""})
