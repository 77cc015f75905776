"""Lines people write in the other tabs: mappings in 出品, ticks in 設定, answers in 要対応, transfers in 入出庫.

A line counts when it is complete and unchanged for one poll, and is acted on once: a mapping and a tick are wanted
values, an answer closes its question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bridge.domain.deltas import meant
from bridge.domain.edit_book import Standing
from bridge.domain.orders import ListingKey
from bridge.domain.push import ListingState
from bridge.domain.reading import Finding, Quantity, read_components
from bridge.domain.stock import Cause, Component, Movement
from bridge.domain.table import Row
from bridge.domain.tokens import number_of
from bridge.flows import (
    bigchange,
    moves,
    order_questions,
    oversold,
    safety,
    stocktaking,
    transfer_lines,
    transit,
    typed_moves,
)
from bridge.flows.count import recount
from bridge.flows.desk import Look, header_problems
from bridge.flows.edit_records import supersede_reading
from bridge.flows.gone import decide, decide_all, report_gone
from bridge.flows.history import take_history
from bridge.flows.intake import book_unmapped
from bridge.flows.opening import ask_openings, go_live, opening_answered
from bridge.flows.orders_tab import take_orders
from bridge.flows.preview import begin_as_previewed, preview_stands
from bridge.flows.probed import disproved
from bridge.flows.proposals import settle_unmatched
from bridge.flows.rename import may_take_over, rename
from bridge.flows.replan import replan
from bridge.flows.retire import retire_gone
from bridge.flows.rules import take_rules
from bridge.flows.shop import Shop, bridge_live, places
from bridge.flows.sync_now import take_sync
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.values import iso
from bridge.sheet.headings import Headed
from bridge.sheet.layout import tab_spec
from bridge.sheet.months import month_of_role, role_of
from bridge.sheet.texts import both, understand
from bridge.sheet.views import SettingLine


@dataclass
class Answering:
    """Acts on what people wrote. Remembers the last poll's lines, so that a line counts only when it stands still."""

    shop: Shop
    _last: dict[str, object] = field(default_factory=dict)

    def take_in(self, tx: Tx, look: Look) -> None:
        """One poll's lines. Harmless to repeat."""
        self._report_headers(tx, look)
        report_gone(tx, self.shop, look)
        if look.listings is not None and look.listings.columns.usable:
            self._listings(tx, look)
        take_rules(tx, self.shop, look, self._still)
        if look.settings is not None and look.settings.columns.usable:
            if not bridge_live(tx):
                ask_openings(tx)
            for line in look.settings.lines:
                if self._still(f"setting {line.kind} {line.name}", line.on) and line.on is not None:
                    self._setting(tx, look, line, on=line.on)
            take_sync(tx, look.settings.lines, self._still)
        if look.answers is not None and look.answers.columns.usable:
            self._answers(tx, look)
        moves.take_moves(tx, self.shop, look, self._still)
        take_history(tx, self.shop, look, self._still)
        oversold.keep_true(tx)
        take_orders(tx, self.shop, look, self._still)

    def _still(self, name: str, value: object) -> bool:
        """Whether the last poll said the same."""
        same = self._last.get(name, _NOTHING) == value
        self._last[name] = value
        return same

    def _report_headers(self, tx: Tx, look: Look) -> None:
        """A missing tab or header is a question that settles itself when it is back. A header is missed when two polls
        miss it: one may have been an empty read."""
        _report_tabs(tx, look, self.shop.language)
        parts: Mapping[str, Headed | None] = {
            "stock": look.stock,
            "listings": look.listings,
            "questions": look.answers,
            "settings": look.settings,
            "moves": look.moves,
            "history": look.history,
            **{role_of(month): tab for month, tab in look.orders.items()},
        }
        for question in tx.questions.open():  # of a month whose tab is no longer read
            role = str(question.data.get("role", ""))
            if question.kind == "header" and month_of_role(role) and role not in parts:
                tx.questions.close(question.id, both("results", "settled itself"))
        for role, part in parts.items():
            if part is None:
                continue
            problems = header_problems(role, part.columns, self.shop.language)
            now = {f"{problem['tab']} {problem['header']}" for problem in problems}
            for question in tx.questions.open():
                if question.kind == "header" and question.data["role"] == role and question.subject not in now:
                    tx.questions.close(question.id, both("results", "settled itself"))
            if not self._still(f"headers {role}", now):
                continue
            for problem in problems:
                what = both("states", "twice" if problem["code"] == "doubled" else "missing")
                data = {"role": role, **problem, "what_ja": what["ja"], "what_en": what["en"]}
                tx.questions.ask("header", f"{problem['tab']} {problem['header']}", data)

    # --- 出品 --------------------------------------------------------------------------------------------------------

    def _listings(self, tx: Tx, look: Look) -> None:
        assert look.listings is not None
        known = tx.listings.all()
        changed: list[ListingRecord] = []
        aliases: dict[str, str] = tx.get("aliases", {})
        count = Counter((line.channel, line.listing) for line in look.listings.lines)
        products = tx.sheet.skus()
        for line in look.listings.lines:
            key = ListingKey(line.channel, line.listing)
            components = read_components(line.components)
            if line.channel not in self.shop.channels or count[line.channel, line.listing] > 1:
                continue
            if isinstance(components, Finding) or not components:
                continue
            if not self._still(f"listing {key}", components):
                continue
            old = known.get(key)
            renamed = tuple(replace(c, sku=aliases.get(c.sku, c.sku)) for c in components)
            components = tuple(c if c.sku in products else r for c, r in zip(components, renamed, strict=True))
            if old is not None and old.components == renamed:
                components = renamed  # a code that was renamed and then given to another product
            if old is not None and not _known(products, components) and _known(products, old.components):
                components = old.components  # a slip: what it was made of stays in force
            if old is None:
                changed.append(ListingRecord(ListingState(key), components))
            elif old.components != components or old.removed:
                changed.append(replace(old, components=components, removed=False))
        listed = {ListingKey(line.channel, line.listing) for line in look.listings.lines}
        changed += [replace(old, removed=True) for key, old in known.items() if key not in listed and not old.removed]
        if not changed:
            return
        tx.listings.put(changed)
        settle_unmatched(tx, self.shop)
        touched = {c.sku for record in changed for c in record.components}
        touched |= {c.sku for record in changed if record.key in known for c in known[record.key].components}
        replan(tx, self.shop, touched)
        book_unmapped(tx, self.shop)
        recount(tx, self.shop)

    # --- 設定 --------------------------------------------------------------------------------------------------------

    def _setting(self, tx: Tx, look: Look, line: SettingLine, on: bool) -> None:
        if line.kind == "bridge":
            self._set_bridge(tx, look, on)
        elif line.kind == "channel" and line.name in self.shop.channels:
            self._set_channel(tx, line.name, on)
        elif line.kind == "location" and tx.get("planned places") != places(tx).sells:
            tx.put("planned places", dict(places(tx).sells))
            replan(tx, self.shop, {c.sku for r in tx.listings.all().values() for c in r.components})

    def _set_bridge(self, tx: Tx, look: Look, on: bool) -> None:
        if on == bridge_live(tx):
            return
        if not on:
            tx.put("live", False)
        elif disproved(tx):
            tx.put("bridge refusal", "probe disproved")
        elif not opening_answered(tx):
            tx.put("bridge refusal", "answer opening first")
        elif look.stock is not None and look.stock.view is not None:
            tx.put("bridge refusal", "")
            go_live(tx, self.shop, look.stock.view)

    def _set_channel(self, tx: Tx, name: str, on: bool) -> None:
        if on == tx.channels.get(name).live:
            return
        refusal = self._why_not(tx, name) if on else ""
        tx.put(f"refusal {name}", refusal)
        if refusal:
            return
        tx.channels.change(name, live=on)
        if on:
            tx.put(f"live_at {name}", iso(tx.at))
            tx.listings.put(begin_as_previewed(each) for each in tx.listings.all(name).values())

    def _why_not(self, tx: Tx, name: str) -> str:
        """Why a channel can't go live yet; "" where it can."""
        if not bridge_live(tx):
            return "bridge first"
        return "" if preview_stands(tx, name, tx.listings.all(name).values()) else "preview first"

    # --- 要対応 ------------------------------------------------------------------------------------------------------

    def _answers(self, tx: Tx, look: Look) -> None:
        assert look.answers is not None
        given: dict[int, set[str]] = {}
        for line in look.answers.lines:
            if line.answer:
                given.setdefault(line.id, set()).add(line.answer)
        for number, texts in sorted(given.items()):
            question = tx.questions.get(number)
            if question is None or not self._still(f"answer {number}", texts):
                continue
            if len(texts) > 1:
                tx.questions.answered(number, "", both("results", "doubled answer"))
                continue
            self._answer(tx, look, question, next(iter(texts)))

    def _answer(self, tx: Tx, look: Look, question: OpenQuestion, text: str) -> None:
        understood = understand(question.kind, text, question.data)
        if understood is None:
            tx.questions.answered(question.id, text, both("results", "not understood"))
            return
        choice, rest = understood
        act = _ACTS.get(question.kind, _seen)
        refusal = act(_Act(tx, self.shop, look, question, choice, rest))
        if refusal:
            tx.questions.answered(question.id, text, refusal)
        else:
            tx.questions.close(question.id, both("results", "answered", answer=text), text)


def _known(products: Container[str], components: Iterable[Component]) -> bool:
    return all(component.sku in products for component in components)


_NOTHING = object()


@dataclass(frozen=True)
class _Act:
    """One answer to be acted on. `rest`: what stands behind the choice (the new SKU of 改名)."""

    tx: Tx
    shop: Shop
    look: Look
    question: OpenQuestion
    choice: str
    rest: str

    def row(self, sku: str) -> Row | None:
        """The one row of a SKU that nobody holds."""
        view = self.look.stock.view if self.look.stock else None
        rows = [row for row in view.rows if row.sku == sku] if view else []
        return rows[0] if len(rows) == 1 and not rows[0].hold else None


Refusal = Mapping[str, str] | None


def _seen(_act: _Act) -> Refusal:
    return None


def _opening(act: _Act) -> Refusal:
    answers = dict(act.tx.get("opening answers", {}))
    act.tx.put("opening answers", answers | {act.question.subject: act.choice})
    return None


def _two_readings(act: _Act) -> Refusal:
    data = act.question.data
    if act.choice == "high":
        raise_by = int(data["high"]) - int(data["low"])
        act.tx.stock.book([Movement(data["sku"], data["location"], raise_by, 0, Cause.ANSWER, str(act.question.id))])
        replan(act.tx, act.shop, [data["sku"]])
    act.tx.sheet.settle_edit(int(data["edit"]), "applied")
    return None


def _unknown_number(act: _Act) -> Refusal:
    """Yes: what the row shows is the number on the shelf. No: the ledger's numbers are written again. Either way the
    row gets a token of its own, by the ordinary way: its content is now known. What the token says that may stand there
    again by then (an older version came back) was said of other content."""
    sku = act.question.subject
    row = act.row(sku)
    if row is None or act.look.stock is None or act.look.stock.view is None:
        return both("results", "row not unique")
    balances = act.tx.stock.balances([sku])
    last: dict[str, int] = {}
    movements = []
    for location, reading in meant(act.look.stock.view, row):
        balance = balances.get((sku, location))
        if not isinstance(reading, Quantity):
            if balance is not None and balance.stocked:
                return both("results", "not a number")
            continue
        opens = balance is None or not balance.stocked  # a number typed into a cell never filled; 0 is one too
        typed = balance.typed if balance and balance.typed is not None else 0
        booked = balance.booked if balance else 0
        if act.choice == "yes":
            back = supersede_reading(act.tx, sku, location)
            movements.append(Movement(sku, location, back, 0, Cause.LOWER_READING, ""))
            booked += back
            last[location] = booked
            cause = Cause.OPENING if opens else Cause.EDIT
            movements.append(Movement(sku, location, reading.units - booked - typed, 0, cause, "answer"))
        else:
            last[location] = reading.units - typed
            if opens:  # there is no former number to come back
                movements.append(Movement(sku, location, 0, 0, Cause.OPENING, "answer"))
    act.tx.stock.book(movements)
    number = number_of(row.token)
    if number is not None:
        act.tx.sheet.forget(sku, number)
    act.tx.sheet.change(sku, standing=Standing.KNOWN.value, last=last)
    replan(act.tx, act.shop, [sku])
    return None


def _new_product(act: _Act) -> Refusal:
    act.tx.sheet.change(act.question.subject, standing=Standing.KNOWN.value)
    return None


def _vanished(act: _Act) -> Refusal:
    sku = act.question.subject
    if act.choice == "rename":
        new = act.rest or str(act.question.data.get("other", ""))
        if not new:
            return both("results", "needs name")
        if act.row(new) is None:
            return both("results", "name unknown", sku=new)
        if not may_take_over(act.tx, new):
            return both("results", "name taken", sku=new)
        rename(act.tx, sku, new)
        replan(act.tx, act.shop, [sku, new])
    elif act.choice == "retire":
        retire_gone(act.tx, sku)
        replan(act.tx, act.shop, [sku])
    else:
        act.tx.put("write again", [*act.tx.get("write again", []), sku])
    return None


def _emptied(act: _Act) -> Refusal:
    act.tx.put("emptied meant", True)
    return None


def _big_change(act: _Act) -> Refusal:
    settle = bigchange.put_back if act.choice == "back" else bigchange.take
    replan(act.tx, act.shop, settle(act.tx, act.question.id))
    return None


def _big_safety_change(act: _Act) -> Refusal:
    replan(act.tx, act.shop, safety.take(act.tx, act.question))
    return None


def _apart(act: _Act) -> Refusal:
    act.tx.put("apart meant", True)
    return None


def _invariant(act: _Act) -> Refusal:
    """Seen by a person: the quarantine ends. Should the books be wrong again, so begins another."""
    act.tx.sheet.change(act.question.subject, blocked="")
    return None


def _cancelled_after_shipment(act: _Act) -> Refusal:
    """Goods that came back wait to be inspected."""
    if act.choice == "returned":
        data = act.question.data
        states = act.tx.orders.of_orders(data["channel"], data["shop"], [data["order"]])
        for key, state in states.items():
            if key.line == data["line"]:
                inspect = places(act.tx).inspect
                parts = data.get("parts") or {c.sku: c.units * int(data["units"]) for c in state.components}
                act.tx.stock.begin(((sku, inspect) for sku in parts), str(act.question.id))
                act.tx.stock.book(
                    Movement(sku, inspect, int(units), 0, Cause.ANSWER, str(act.question.id))
                    for sku, units in parts.items()
                )
                # Should the mall say so too, it is in already.
                if "parts" not in data and state.snapshot.returned <= state.ignored_returned:
                    ignored = state.ignored_returned + int(data["units"])
                    act.tx.orders.put({key: replace(state, ignored_returned=ignored)}, act.tx.orders.placed_at(key))
    return None


def _listing_gone(act: _Act) -> Refusal:
    decide(act.tx, act.shop, act.question.subject, act.choice)
    return None


def _listings_gone(act: _Act) -> Refusal:
    decide_all(act.tx, act.shop, act.question.subject)
    return None


def _move_gone(act: _Act) -> Refusal:
    transfer = act.tx.transfers.of([int(act.question.subject)])[int(act.question.subject)]
    if act.choice == "never":
        transit.never_left(act.tx, act.shop, transfer)
    else:
        transit.carry_out(act.tx, act.shop, transfer, [transfer_lines.end_of(act.tx, act.shop, transfer)])
    return None


def _typed_transfer(act: _Act) -> Refusal:
    if act.choice == "move":
        data = act.question.data
        typed_moves.note(act.tx, act.question.subject, int(data["units"]), data["source"], data["target"])
    return None


def _packed(act: _Act) -> Refusal:
    stocktaking.settle_packed(act.tx, act.shop, act.question, included=act.choice == "included")
    return None


def _box_out(act: _Act) -> Refusal:
    order_questions.settle_box(act.tx, act.shop, act.question.data, act.choice)
    return None


def _hold_over(act: _Act) -> Refusal:
    order_questions.settle_hold(act.tx, act.shop, int(act.question.subject), act.choice)
    return None


_ACTS: Mapping[str, Callable[[_Act], Refusal]] = {
    "opening": _opening,
    "two readings": _two_readings,
    "unknown number": _unknown_number,
    "new product": _new_product,
    "vanished": _vanished,
    "renamed": _vanished,
    "table emptied": _emptied,
    "sorted apart": _apart,
    "invariant": _invariant,
    "big change": _big_change,
    safety.QUESTION: _big_safety_change,
    "listing gone": _listing_gone,
    "listings gone": _listings_gone,
    "restored version": _big_change,
    "restored ledger": _big_change,
    transfer_lines.GONE: _move_gone,
    typed_moves.QUESTION: _typed_transfer,
    stocktaking.PACKED: _packed,
    "cancelled after shipment": _cancelled_after_shipment,
    order_questions.BOX_OUT: _box_out,
    order_questions.HOLD_OVER: _hold_over,
}


def _report_tabs(tx: Tx, look: Look, language: str) -> None:
    for role in ("stock", "listings", "questions", "settings", "moves", "history", "journal"):
        title = tab_spec(role).title(language)
        if role in look.missing:
            tx.questions.ask("tab missing", title)
        else:
            tx.questions.settle("tab missing", title, both("results", "settled itself"))
