"""The verdict: one line per promise, each counted from the simulators and the staff script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bridge.demo.changes import FATES, judge_changes
from bridge.demo.evidence import BookedLine, Cell, Evidence, SoldLine
from bridge.demo.figures import Latency, count_calls, latencies
from bridge.demo.oversold import Allowance, find_oversold

QUOTA = 60  # Google's calls a minute, reads and writes each
BUSY_SECONDS = 60.0  # the run for which the demands on the trade are stated; a shorter one is held to less


@dataclass(frozen=True)
class Line:
    """One line. `ok` None: a figure only. `why`: what is wrong · `notes`: what was counted, each by name."""

    ok: bool | None
    ja: str
    en: str
    found: str
    why: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def verdict(evidence: Evidence, allowance: Allowance, *, trade: bool = True) -> list[Line]:
    """`trade`: whether the run must have been as lively as the demo promises."""
    judges: list[Callable[[Evidence], Line]] = [_orders, _changes, _cells, _conservation]
    judges += [_sheet_drift, _mall_drift, _shelves, _by_amazon, lambda e: _oversold(e, allowance), _latency]
    judges += [_updates, _calls, _webhooks, _open]
    return [*([_trade(evidence)] if trade else []), *(judge(evidence) for judge in judges)]


def holds(lines: Sequence[Line]) -> bool:
    return all(line.ok is not False for line in lines)


def as_text(lines: Sequence[Line]) -> str:
    """The whole verdict, with everything that was counted, by name."""
    marks = {True: "✓", False: "✗", None: "·"}
    text: list[str] = []
    for line in lines:
        text.append(f"{marks[line.ok]} {line.ja} / {line.en}: {line.found}")
        text += [f"    ✗ {why}" for why in line.why]
        text += [f"    {note}" for note in line.notes]
    return "\n".join(text) + "\n"


def _trade(e: Evidence) -> Line:
    """Whether the day was lively enough for the rest to mean something."""
    seconds = (e.times.ended - e.times.began).total_seconds()
    share = min(1.0, seconds / BUSY_SECONDS)
    sold = [line for line in e.sold if line.units]
    orders = len({(line.mall, line.order) for line in sold})
    shipped = [line for line in sold if line.shipped]
    typed = {change.sku for change in e.typed}
    on_typed = sum(bool(typed & line.parts.keys()) for line in shipped)
    scarce = sum(units > _supply(e, sku) for sku, units in e.demand.items())
    demands = (
        (orders >= seconds * 0.99, f"{orders} orders in {seconds:.0f} s: fewer than one a second"),
        (2 * len(shipped) >= len(sold), f"{len(shipped)} of {len(sold)} lines shipped: fewer than half"),
        (on_typed >= 50 * share, f"{on_typed} shipped lines on rows staff typed in: fewer than {50 * share:.0f}"),
        (scarce >= 20 * share, f"{scarce} SKUs with more demand than stock: fewer than {20 * share:.0f}"),
    )
    why = tuple(text for fine, text in demands if not fine)
    found = (
        f"{orders} orders, {len(sold)} lines ({orders / max(seconds, 1):.1f}/s) · {len(shipped)} shipped, "
        f"{on_typed} on typed rows · {scarce} SKUs sold out · {sum(e.acts.values())} staff acts"
    )
    return Line(not why, "にぎわい", "a lively day", found, why)


def _supply(e: Evidence, sku: str) -> int:
    opening = sum(units for (code, column), units in e.opening.items() if code == sku and column in e.selling)
    received = sum(goods.units for goods in e.received if goods.sku == sku)
    return opening + received + sum(max(0, change.meaning) for change in e.typed if change.sku == sku)


def _orders(e: Evidence) -> Line:
    booked = {line.key: line for line in e.books.lines}
    why = [f"{' '.join(line.key)} booked {line.ordered}, not in any mall" for line in e.books.lines]
    known = {line.key for line in e.sold}
    why = [text for text, line in zip(why, e.books.lines, strict=True) if line.key not in known]
    for line in e.sold:
        mine = booked.get(line.key)
        if mine is None:
            why.append(f"{' '.join(line.key)} {line.code} ×{line.units} not booked")
        elif (mine.open, mine.shipped, mine.ordered - mine.open - mine.shipped) != (
            line.open,
            line.shipped,
            line.cancelled,
        ):
            said = f"{line.open}/{line.shipped}/{line.cancelled}"
            have = f"{mine.open}/{mine.shipped}/{mine.ordered - mine.open - mine.shipped}"
            why.append(f"{' '.join(line.key)} open/shipped/cancelled {said}, booked {have}")
        elif (left := _by_sku(mine.shipped_from)) != _by_part(line):
            why.append(f"{' '.join(line.key)} shipped {line.shipped} of {dict(line.parts)}, from shelves {left}")
    names = ("open", "shipped", "cancelled", "returned")
    states = "units " + ", ".join(f"{name} {sum(int(getattr(line, name)) for line in e.sold)}" for name in names)
    found = f"{len(e.sold)} lines = {len(booked)} booked · {states}"
    notes = tuple(_of_one(e, mall, booked) for mall in e.malls)
    return Line(not why and bool(e.sold), "受注 = 計上", "orders taken = booked", found, tuple(why), notes)


def _of_one(e: Evidence, mall: str, booked: Mapping[tuple[str, str, str], BookedLine]) -> str:
    mine = [line for line in e.sold if line.mall == mall]
    orders, back = len({line.order for line in mine}), sum(line.units == 0 for line in mine)
    known = sum(key[0] == mall for key in booked)
    came_back = f", {back} of them goods that came back" if back else ""
    return f"{mall}: {orders} orders, {len(mine)} lines = {known} booked{came_back}"


def _by_part(line: SoldLine) -> dict[str, int]:
    return {sku: line.shipped * units for sku, units in line.parts.items() if line.shipped}


def _by_sku(shelves: Mapping[Cell, int]) -> dict[str, int]:
    total: dict[str, int] = {}
    for (sku, _), units in shelves.items():
        if units:
            total[sku] = total.get(sku, 0) + units
    return total


def _changes(e: Evidence) -> Line:
    judged = judge_changes(e)
    by_number = {change.number: change for change in e.typed}
    named = {
        number: f"change {number} {c.at:%H:%M:%S} {c.sku} {c.column} {c.shown}→{c.typed} ({c.kind}): {fate}"
        for number, fate in sorted(judged.fate.items())
        for c in (by_number[number],)
    }
    why = [named[number] for number in judged.lost]
    why += [f"{edit.cell} {edit.delta}: an entry nobody made" for edit in judged.invented]
    counts = judged.counts
    found = f"{len(e.typed)} = " + " + ".join(f"{counts[fate]} {fate}" for fate in FATES)
    ok = not why and bool(e.typed)
    return Line(ok, "入力の行方", "staff changes accounted for", found, tuple(why), tuple(named.values()))


def _cells(e: Evidence) -> Line:
    shown = {(row.sku, column): text for row in e.rows for column, text in {**row.cells, **row.others}.items()}
    why = [
        f"{sku} {column} shows {shown.get((sku, column), 'nothing')}, should show {units}"
        for (sku, column), units in sorted(e.truth.items())
        if _number(shown.get((sku, column), "")) != units
    ]
    doubled = len(e.rows) - len({row.sku for row in e.rows})
    if doubled:
        why.append(f"{doubled} rows too many")
    shipped, returned = e.units("shipped"), e.units("returned") if e.inspect else {}
    for sku in {code for code, _ in e.truth}:
        meant = sum(units for (code, _), units in e.meant.items() if code == sku)
        total = sum(_number(text) or 0 for (code, _), text in shown.items() if code == sku)
        gone, back = shipped.get(sku, 0), returned.get(sku, 0)
        if total != meant - gone + back:
            why.append(f"{sku}: {total} on all shelves, {meant} meant − {gone} shipped + {back} returned by the malls")
    typed = len({change.cell for change in e.typed})
    found = f"{len(e.truth)} cells, {typed} of them typed in = meant + shipped"
    return Line(not why, "職員の数", "staff cells as meant", found, tuple(why))


def _conservation(e: Evidence) -> Line:
    why = [
        f"{sku} {column}: {b.typed}/{b.booked}/{b.allocated}, movements {b.sum_typed}/{b.sum_booked}/{b.sum_allocated}"
        for (sku, column), b in sorted(e.books.balances.items())
        if (b.typed, b.booked, b.allocated) != (b.sum_typed, b.sum_booked, b.sum_allocated)
    ]
    found = f"{len(e.books.balances)} balances = opening + Σ movements"
    return Line(not why and bool(e.books.balances), "保存則", "conservation", found, tuple(why))


def _sheet_drift(e: Evidence) -> Line:
    """Sheet against ledger file, and the bridge-owned cells against both."""
    why: list[str] = []
    open_units = e.units("open")
    for row in e.rows:
        for column, text in {**row.cells, **row.others}.items():
            balance = e.books.balances.get((row.sku, column))
            if balance is None or _number(text) != balance.on_hand:
                why.append(f"{row.sku} {column}: sheet {text}, ledger {balance.on_hand if balance else None}")
        sellable = sum(_number(text) or 0 for text in row.cells.values()) - open_units.get(row.sku, 0)
        if _number(row.allocated) != open_units.get(row.sku, 0):
            why.append(f"{row.sku} 引当 shows {row.allocated}, open in the malls {open_units.get(row.sku, 0)}")
        if _number(row.sellable) != sellable:
            why.append(f"{row.sku} 販売可能 shows {row.sellable}, should show {sellable}")
        if not row.lock.startswith("✓"):
            why.append(f"{row.sku} ロック shows {row.lock!r}")
    return Line(not why and bool(e.rows), "差異 表↔台帳", "drift sheet ↔ ledger", f"{len(e.rows)} rows", tuple(why))


def _mall_drift(e: Evidence) -> Line:
    """Each mall's own number against the sheet and the malls' own open orders; a set's against what can be made."""
    why: list[str] = []
    open_units = e.units("open")
    rows = {row.sku: row for row in e.rows}
    free = {
        sku: max(0, sum(_number(text) or 0 for text in row.cells.values()) - open_units.get(sku, 0))
        for sku, row in rows.items()
    }
    shown = {key: quantity for key, quantity in sorted(e.stock.items()) if key[0] not in e.shelves}
    for (mall, code), quantity in shown.items():
        wanted = min(free.get(sku, 0) // units for sku, units in e.parts(code).items())
        if quantity != wanted:
            why.append(f"{mall} {code} shows {quantity}, should show {wanted}")
    pushes = sum(c.cause == "push" and c.at >= e.times.began and c.mall not in e.shelves for c in e.stock_changes)
    found = f"{len(shown)} listings · {pushes} pushes"
    return Line(not why and bool(shown), "差異 表↔モール", "drift sheet ↔ malls", found, tuple(why))


def _shelves(e: Evidence) -> Line:
    """A till shows what lies on its shelf, whatever was promised of it: its number is its column's. It can't show fewer
    than none."""
    why: list[str] = []
    rows = {row.sku: row for row in e.rows}
    at_tills = {key: quantity for key, quantity in sorted(e.stock.items()) if key[0] in e.shelves}
    for (till, code), quantity in at_tills.items():
        column = e.shelves[till]
        lies = _number(rows[code].cells[column]) if code in rows else None
        if lies is None or quantity != max(0, lies):
            why.append(f"{till} {code} shows {quantity}, {column} {lies}")
    pushes = sum(c.cause == "push" and c.at >= e.times.began and c.mall in e.shelves for c in e.stock_changes)
    found = f"{len(at_tills)} numbers of {len({till for till, _ in at_tills})} tills · {pushes} pushes"
    if not at_tills:
        return Line(None, "差異 表↔レジ", "drift sheet ↔ tills", "none")
    return Line(not why, "差異 表↔レジ", "drift sheet ↔ tills", found, tuple(why))


def _by_amazon(e: Evidence) -> Line:
    """What Amazon ships itself: its count stands in the table, and nothing of ours moves for it, nor does its offer."""
    booked = {line.key for line in e.books.lines}
    why = [f"{' '.join(line.key)} is Amazon's to ship, and booked" for line in e.by_amazon if line.key in booked]
    why += [f"{c.code} was sent {c.new}" for c in e.stock_changes if c.code in e.fba and c.cause == "push"]
    why += [f"{code} is no longer Amazon's to ship" for code in sorted(e.fba.keys() - e.at_amazon.keys())]
    lying: dict[str, int] = {}
    for code, sku in e.fba.items():
        lying[sku] = lying.get(sku, 0) + e.at_amazon.get(code, 0)
    for row in e.rows:
        if row.fba != str(lying.get(row.sku, "")):
            why.append(f"{row.sku} FBA shows {row.fba or 'nothing'}, lies at Amazon {lying.get(row.sku, 'none')}")
    sold = sum(line.kept for line in e.by_amazon)
    found = f"{len(e.fba)} offers, {sum(lying.values())} units counted · {sold} sold in {len(e.by_amazon)} lines"
    return Line(not why if e.fba else None, "FBA", "FBA: counted, never written", found, tuple(why))


def _oversold(e: Evidence, allowance: Allowance) -> Line:
    found = find_oversold(e, allowance)
    units, known = sum(each.units for each in found), sum(each.known for each in found)
    why = [
        f"{each.sold.mall} {each.sold.order} {each.sku}: {each.known} unexplained; {'; '.join(each.reasons)}"
        for each in found
        if each.known
    ]
    text = (
        f"{units} units in {len(found)} lines, {units - known} explained by a pair of orders and its delay "
        f"(feed + {allowance.order:.0f} s to act)"
    )
    notes = tuple(f"{each.units} × {each.sku}: {'; '.join(each.reasons)}" for each in found if not each.known)
    return Line(not why, "売り越し", "oversold", text, tuple(why), notes)


def _latency(e: Evidence) -> Line:
    found = latencies(e)
    notes = [f"{mall} → elsewhere: {_seconds(each)}" for mall, each in sorted(found.sold_in.items())]
    notes += [f"elsewhere → {mall}: {_seconds(each)}" for mall, each in sorted(found.lowered_in.items())]
    notes += [f"{one} → {two}: {_seconds(each)}" for (one, two), each in sorted(found.by_pair.items())]
    ok = None if found.all.whole.count else False
    return Line(ok, "他モールへの反映", "sale → lowered elsewhere", _seconds(found.all), (), tuple(notes))


def _seconds(each: Latency) -> str:
    return (
        f"p50 {each.whole.p50:.1f} s, p95 {each.whole.p95:.1f} s of {each.whole.count} "
        f"(after the feed shows it: {each.own.p50:.1f} / {each.own.p95:.1f} s)"
    )


def _updates(e: Evidence) -> Line:
    calls = count_calls(e)
    text = f"{calls.with_journal} with a journal line, {calls.without_journal} without"
    return Line(None, "行の更新", "row updates", text)


def _calls(e: Evidence) -> Line:
    c = count_calls(e)
    most = max(c.reads_per_minute, c.writes_per_minute)
    text = (
        f"{c.per_cycle:.1f} a cycle (most {c.most_per_cycle}) · most in a minute {c.reads_per_minute} reads, "
        f"{c.writes_per_minute} writes of {QUOTA} · {c.refused} refused · {c.seconds.p50:.2f} s each"
    )
    return Line(most <= QUOTA and c.refused == 0, "Sheets の呼び出し", "Sheets calls", text)


def _webhooks(e: Evidence) -> Line:
    """Doubled, late and in any order, each is remembered once; one whose answer was lost may be there without having
    been taken."""
    told = e.webhooks
    tried, taken, known = told.get("tried", 0), told.get("taken", 0), e.books.webhooks
    found = f"{told.get('sent', 0)} sent, {taken} different ones = {known} taken once · {told.get('lost', 0)} lost"
    fine = taken <= known <= tried
    why = () if fine else (f"{taken} different ones were answered, {known} are remembered",)
    return Line(fine if tried else None, "Shopifyの通知", "webhooks of Shopify", found, why)


def _open(e: Evidence) -> Line:
    kinds: dict[str, int] = {}
    for question in e.books.open_questions:
        kinds[question.kind] = kinds.get(question.kind, 0) + 1
    text = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())) or "none"
    return Line(None, "未回答の質問", "open questions", text)


def _number(text: str) -> int | None:
    plain = text.replace(",", "")
    return int(plain) if plain.lstrip("-").isdigit() else None
