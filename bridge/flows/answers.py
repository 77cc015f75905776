"""Lines people write in the other tabs: mappings in 出品, ticks in 設定, answers in 要対応, transfers in 入出庫.

A line counts when it is complete and unchanged for one poll, and is acted on once: a mapping and a tick are wanted
values, an answer closes its question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace

from bridge.domain.orders import ListingKey
from bridge.domain.push import ListingState
from bridge.domain.reading import Finding, read_components
from bridge.domain.stock import Component
from bridge.flows import moves, oversold
from bridge.flows.answer_acts import Act, carry_out
from bridge.flows.count import recount
from bridge.flows.desk import Look
from bridge.flows.gone import report_gone
from bridge.flows.headers import report_headers
from bridge.flows.history import take_history
from bridge.flows.intake import book_unmapped
from bridge.flows.opening import ask_openings, go_live, opening_answered
from bridge.flows.orders_tab import take_orders
from bridge.flows.preview import begin_as_previewed, preview_stands
from bridge.flows.probed import disproved
from bridge.flows.proposals import settle_unmatched
from bridge.flows.replan import replan
from bridge.flows.rules import take_rules
from bridge.flows.shop import Shop, bridge_live, places
from bridge.flows.sync_now import take_sync
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.values import iso
from bridge.sheet.texts import both, understand
from bridge.sheet.views import SettingLine


@dataclass
class Answering:
    """Acts on what people wrote. Remembers the last poll's lines, so that a line counts only when it stands still."""

    shop: Shop
    _last: dict[str, object] = field(default_factory=dict)

    def take_in(self, tx: Tx, look: Look) -> None:
        """One poll's lines. Harmless to repeat."""
        report_headers(tx, look, self.shop.language, self._still)
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
            if not line.listing:
                continue  # not filled in yet
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
        refusal = carry_out(Act(tx, self.shop, look, question, choice, rest))
        if refusal:
            tx.questions.answered(question.id, text, refusal)
        else:
            tx.questions.close(question.id, both("results", "answered", answer=text), text)


def _known(products: Container[str], components: Iterable[Component]) -> bool:
    return all(component.sku in products for component in components)


_NOTHING = object()
