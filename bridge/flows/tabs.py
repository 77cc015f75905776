"""What the bridge writes into 出品, 要対応, 設定 and 入出庫: its own columns, and a new line per open question.

Idempotent writes by position; a line that moved meanwhile is put right at the next poll. Lines are only ever appended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bridge.domain.orders import ListingKey
from bridge.domain.reading import Finding, needs_quotes, plain, read_components
from bridge.domain.stock import Component
from bridge.flows import (
    history,
    move_cells,
    order_states,
    preview,
    proposals,
    question_cells,
    stocktaking,
    sync_now,
    typed_moves,
)
from bridge.flows.answer_cells import Answers
from bridge.flows.desk import Look
from bridge.flows.line_numbers import number_requests, numbers_of
from bridge.flows.rule_cells import rule_sentences, scope_of
from bridge.flows.shop import Shop, bridge_live, places
from bridge.ledger.ledger import Tx
from bridge.ledger.rules import Scope
from bridge.ledger.values import time_of
from bridge.sheet.gateway import Request
from bridge.sheet.layout import Columns, may_name_place, setting_kinds, tab_spec
from bridge.sheet.requests import CellValue, write_cells
from bridge.sheet.texts import listed, question, say
from bridge.sheet.views import AnswerLine, Lines, ListingLine, SettingLine

GAP = 10  # lines; a request more costs Google's time, a few cells more cost none


def people_requests(tx: Tx, shop: Shop, look: Look, answers: Answers) -> list[Request]:
    """Everything that differs from what it should show, as far as the look carried those tabs."""
    requests: list[Request] = []
    if look.listings is not None and look.listings.columns.usable:
        requests += _listing_cells(tx, shop, look, look.listings, answers)
        requests += proposals.appended(tx, shop, look)
    if look.answers is not None and look.answers.columns.usable:
        requests += _question_cells(tx, shop, look.answers, answers)
    if look.settings is not None and look.settings.columns.usable:
        requests += _setting_cells(tx, shop, look.settings, answers)
    if look.moves is not None and look.moves.columns.usable:
        requests += number_requests(tx, look.moves)
        requests += stocktaking.appended(tx, shop, look.moves)
        requests += typed_moves.appended(tx, shop, look.moves, numbers_of(look.moves.lines))
        lines = move_cells.states(tx, shop, look.moves, answers.stamp, answers.day(tx.at))
        requests += _differing(look.moves.tab.sheet_id, look.moves.columns, lines)
    if look.history is not None and look.history.columns.usable:
        told = list(history.states(tx, shop, look.history, answers.stamp))
        requests += _differing(look.history.tab.sheet_id, look.history.columns, told)
        requests += history.appended(tx, shop, look, answers.stamp)
    orders = order_states.writing(tx, shop, look, answers.stamp)
    for month, tab in look.orders.items():
        requests += _differing(tab.tab.sheet_id, tab.columns, orders.lines.get(month, []))
    requests += orders.requests
    return requests


def _differing(
    sheet_id: int, columns: Columns, lines: Sequence[tuple[int, Mapping[str, CellValue], Mapping[str, CellValue]]]
) -> list[Request]:
    """(position, what is wanted, what is shown) each. What lies between two cells to be written, and is right, is
    written too where that makes one request of two."""
    wanted_by = {position: wanted for position, wanted, _ in lines}
    differing: defaultdict[str, list[int]] = defaultdict(list)
    for position, wanted, shown in lines:
        for role, value in wanted.items():
            if shown.get(role) != value:
                differing[role].append(position)
    cells = {
        (position, columns.at[role]): wanted_by[position][role]
        for role, positions in differing.items()
        for position in _with_gaps(sorted(positions))
        if role in wanted_by.get(position, {})
    }
    return write_cells(sheet_id, cells)


def _with_gaps(positions: Sequence[int]) -> Iterator[int]:
    """The positions, and those of short gaps between them."""
    for position, following in zip(positions, [*positions[1:], None], strict=True):
        yield position
        if following is not None and following - position <= GAP:
            yield from range(position + 1, following)


def _listing_cells(tx: Tx, shop: Shop, look: Look, tab: Lines[ListingLine], answers: Answers) -> list[Request]:
    records, products, aliases = tx.listings.all(), tx.sheet.skus(), tx.get("aliases", {})
    language = shop.language
    quotable = [sku for sku in products if needs_quotes(sku)]
    seen: set[ListingKey] = set()
    lines = list(proposals.states(tx, shop, look))
    for line in tab.lines:
        key = ListingKey(line.channel, line.listing)
        components = read_components(line.components)
        stop = answers.halted(records[key]) if key in records else ""
        wanted: dict[str, CellValue] = {"wanted": None, "sent": None, "confirmed": None}
        if line.channel not in shop.channels:
            names = listed(sorted(shop.channels), language)
            wanted["state"] = say("states", "listing channel", language, channels=names)
        elif not line.listing:
            wanted["state"] = say("states", "listing without id", language)
        elif key in seen:
            wanted["state"] = say("states", "listing doubled", language)
        elif isinstance(components, Finding):
            wanted = {"state": _joined(say("findings", components.code.value, language), stop)}
        elif not components:
            wanted = {"state": _joined(say("states", "listing blank", language), stop)}
        elif key in records:
            wanted = answers.listing(records[key])
            strange = [c.sku for c in components if c.sku not in products and c.sku not in aliases]
            if strange:
                wanted["state"] = _joined(say("states", "listing unknown", language, sku=strange[0]), stop)
        if line.channel in shop.channels and line.listing and key not in seen:
            quotes = _quotes(line, components, quotable, language)
            beside = [*quotes, *rule_sentences(tx, language, "listings", Scope.listing(key), line.said)]
            if beside:
                wanted["state"] = _joined(*beside, wanted.get("state"))
        seen.add(key)
        lines.append((line.position, wanted, line.shown))
    return _differing(tab.tab.sheet_id, tab.columns, lines)


def _quotes(
    line: ListingLine, components: Sequence[Component] | Finding, quotable: Sequence[str], language: str
) -> list[str]:
    """A code that can only be meant in quotes stands there without them. It may be read as a set of other codes all the
    same: nobody but the person knows."""
    named = set() if isinstance(components, Finding) else {component.sku for component in components}
    meant = [sku for sku in quotable if sku in plain(line.components) and sku not in named]
    return [say("states", "listing quotes", language, sku=sku) for sku in meant[:1]]


def _joined(*sentences: CellValue) -> str:
    return " ".join(str(each) for each in sentences if each)


def _question_cells(tx: Tx, shop: Shop, tab: Lines[AnswerLine], answers: Answers) -> list[Request]:
    asked = tx.questions.open()
    lines = list(question_cells.states(tx, shop.language, tab, asked, answers))
    requests = _differing(tab.tab.sheet_id, tab.columns, lines) + question_cells.offered(shop.language, tab, asked)
    return requests + question_cells.appended(tx, shop.language, tab, asked, answers)


def _setting_cells(tx: Tx, shop: Shop, tab: Lines[SettingLine], answers: Answers) -> list[Request]:
    lines = []
    for line in tab.lines:
        wrong = rule_sentences(tx, shop.language, "settings", scope_of(shop, line), line.said)
        stop = answers.stop(scope_of(shop, line) or Scope("none"))
        state = _joined(*wrong, stop, _setting(tx, shop, line, answers), _preview(tx, shop, line))
        lines.append((line.position, {"state": state}, {"state": line.state}))
    return _differing(tab.tab.sheet_id, tab.columns, lines)


def _preview(tx: Tx, shop: Shop, line: SettingLine) -> str:
    return preview.said(tx, line.name, shop.language) if line.kind == "channel" and line.name in shop.channels else ""


def _questions_trouble(tx: Tx, language: str) -> str:
    """What is wrong with 要対応 itself can't be said there."""
    title = tab_spec("questions").title(language)
    asked = [each for each in tx.questions.open() if each.subject == title or each.data.get("role") == "questions"]
    for each in sorted(asked, key=lambda each: each.kind != "tab missing"):
        return question(each.kind, language, each.subject, each.data)
    return ""


def _troubled(tx: Tx, shop: Shop) -> list[str]:
    return [name for name in shop.channels if tx.channels.get(name).trouble]


def _setting(tx: Tx, shop: Shop, line: SettingLine, answers: Answers) -> str:
    language = shop.language
    if line.kind == "bridge" and (trouble := _questions_trouble(tx, language)):
        return trouble
    if not line.kind:
        return say("states", "no kind", language, kinds=listed(setting_kinds(language), language))
    if line.kind == "location" and not may_name_place(line.name):
        return say("states", "no place", language)
    if line.kind in ("staff", "accounts", "managers"):
        return say("states", "person" if "@" in line.name else "no address", language)
    if line.on is None and not (line.kind == "channel" and line.name in _troubled(tx, shop)):
        return say("states", "no tick", language)
    if line.kind == "command":
        return sync_now.said(tx, shop, line, answers.clock)
    if line.kind == "location":
        return say("states", "sells" if places(tx).sells.get(line.name) else "sells not", language)
    if line.kind == "bridge":
        if bridge_live(tx):
            return say("states", "live", language, time=answers.clock(time_of(tx.get("live_at"))))
        return say(
            "states",
            str(tx.get("bridge refusal", "")) if line.on and tx.get("bridge refusal") else "bridge shadow",
            language,
        )
    if line.name not in shop.channels:
        return say("states", "no such channel", language)
    record = tx.channels.get(line.name)
    if record.trouble:
        return str(record.trouble[language])
    if record.live and record.opened_at:
        return say("states", "live", language, time=answers.clock(time_of(tx.get(f"live_at {line.name}"))))
    refusal = tx.get(f"refusal {line.name}", "")
    return say("states", refusal if line.on and refusal else "shadow", language)
