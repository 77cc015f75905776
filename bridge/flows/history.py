"""履歴: every movement in a row of its own, appended under its number, and taken back by a tick.

A row is sent once, and again only where it does not show up in the tab; what people do with the rows afterwards is
theirs. 元に戻す books the opposite as a movement of its own, in the transaction that notes it as done, so it counts
once, whatever becomes of tick and row. It is a booked movement like a shipment, also where it takes back what was
typed: the row update brings it into 在庫表, and a number typed meanwhile is judged as ever. What was counted since
holds, whatever had been booked before: a movement from before the count is not taken back. An edit with two readings is
several movements, and goes back as one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from bridge.domain.edit_book import Standing
from bridge.domain.numbering import FAR
from bridge.domain.stock import Balance, BalanceKey, Cause, Movement
from bridge.domain.transfers import IN_TRANSIT
from bridge.flows.desk import WAITING, Look
from bridge.flows.replan import replan
from bridge.flows.shop import Shop, bridge_live, places
from bridge.flows.stocktaking import LASTS
from bridge.flows.stopped import off_sale
from bridge.flows.timeback import rereading
from bridge.ledger.history import Told
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso, time_of
from bridge.sheet.gateway import Request
from bridge.sheet.layout import tab_spec
from bridge.sheet.requests import CellValue, append_rows
from bridge.sheet.texts import both, known, say
from bridge.sheet.validation import new_row
from bridge.sheet.views import HistoryLine, Lines

FULL = "history full"  # the question
MOST = 2000  # rows of the tab; more would make every look at it slow
KEPT = 3 * MOST  # entries that the ledger keeps for it; its movements it keeps all
APART = timedelta(seconds=30)  # between two calls that append
SENT_AGAIN = timedelta(minutes=2)  # an append whose reply was lost may still be carried out until then
AT_A_TIME = 200
AT_ONCE = 10  # ticks; more in one look were hardly meant, as one key fills a whole column
_SENT_AT = "history sent at"
_SHORT = "no: below zero"  # the code of the sentence that says how many units

# What is taken back in its own place, or not at all: by the code of the sentence that says so.
_ELSEWHERE: Mapping[Cause, str] = {
    **dict.fromkeys((Cause.PLACED, Cause.RELEASED, Cause.SHIPPED, Cause.WITHDRAWN, Cause.RETURNED), "no: order"),
    **dict.fromkeys((Cause.SENT, Cause.NOT_SENT, Cause.ARRIVED, Cause.LOST), "no: move"),
    **dict.fromkeys((Cause.RECEIVED, Cause.BROUGHT_BACK, Cause.DAMAGED, Cause.SOLD_HERE, Cause.SAMPLE), "no: entry"),
    **dict.fromkeys((Cause.ASSEMBLED, Cause.TAKEN_APART), "no: entry"),
    Cause.STOCK_TAKEN: "no: stock taken",
    Cause.COUNTED: "no: counted",
    Cause.AT_TILL: "no: counted",
    Cause.OPENING: "no: opening",
    Cause.LOWER_READING: "no: reading",
}

Still = Callable[[str, object], bool]


def take_history(tx: Tx, shop: Shop, look: Look, still: Still) -> None:
    """One look at the tab. Harmless to repeat."""
    tx.history.keep(KEPT)
    tab = look.history
    if tab is None or not tab.columns.usable:
        return
    highest, newest = tx.history.highest(), max((line.number for line in tab.lines), default=0)
    if highest < newest <= highest + FAR:
        tx.history.raise_number(newest)  # an older copy of the ledger: those rows tell what it doesn't know
    entries = tx.history.of(line.number for line in tab.lines)
    tx.history.change((number for number, each in entries.items() if not each.shown), shown=True)
    _tell_if_full(tx, tab, tab_spec("history").title(shop.language))
    ticked = {line.number: line for line in tab.lines if line.undo}
    tx.history.change((n for n, each in entries.items() if each.refused and n not in ticked), refused="")
    new = [n for n in ticked if n in entries and not entries[n].undone_at and not entries[n].refused]
    if len(new) > AT_ONCE:
        tx.history.change(new, refused="no: many")
        new = []
    for number in new:
        if still(f"undo {number}", ticked[number].says) and bridge_live(tx) and not rereading(tx):
            _take_back(tx, shop, tx.history.of([number])[number], ticked[number])
    if bool(new) != tx.get(WAITING, False):
        tx.put(WAITING, bool(new))


def _take_back(tx: Tx, shop: Shop, entry: Told, line: HistoryLine) -> None:
    """`entry` as it is now: another tick of this very look may have taken it back."""
    if entry.undone_at:
        return
    moved, whole = entry.movement, _whole(tx, entry)
    if code := _why_not(tx, shop, entry, line, _units(whole)):
        tx.history.change([entry.number], refused=code)
        return
    tx.stock.book([Movement(moved.sku, moved.location, -_units(whole), 0, Cause.UNDONE, str(entry.number))])
    tx.history.change((each.number for each in whole if not each.undone_at), undone_at=iso(tx.at))
    replan(tx, shop, [moved.sku])


def _whole(tx: Tx, entry: Told) -> list[Told]:
    """An edit and all that came of it: what its readings booked off and back, what the answer about them gave, and what
    was taken back of that. Any other movement stands alone."""
    if entry.movement.cause is not Cause.EDIT:
        return [entry]
    since = tx.history.after(entry)
    answers = _answers(tx, entry, since)
    whole, numbers = [entry], {str(entry.number)}
    for each in since:
        moved = each.movement
        reading = moved.cause is Cause.LOWER_READING and (each.at, moved.ref) == (entry.at, entry.movement.ref)
        answer = moved.cause is Cause.ANSWER and moved.ref in answers
        if reading or answer or (moved.cause is Cause.UNDONE and moved.ref in numbers):
            whole.append(each)
            numbers.add(str(each.number))
    return whole


def _answers(tx: Tx, entry: Told, since: Iterable[Told]) -> set[str]:
    """The refs of answers about its two readings: that was asked in the moment it was booked."""
    refs = [each.movement.ref for each in since if each.movement.cause is Cause.ANSWER]
    asked = tx.questions.closed(int(ref) for ref in refs if ref.isdecimal())
    return {str(question.id) for question in asked if (question.kind, question.at) == ("two readings", entry.at)}


def _units(whole: Iterable[Told]) -> int:
    return sum(each.movement.on_hand for each in whole)


def _why_not(tx: Tx, shop: Shop, entry: Told, line: HistoryLine, units: int) -> str:
    """Why a movement, with what came of it `units`, can't be taken back; "" where it can."""
    moved = entry.movement
    meant = line.sku if line.sku == moved.sku else tx.get("aliases", {}).get(line.sku)  # renamed since
    if (meant, line.location, line.change or 0) != (moved.sku, _where(moved, shop.language), moved.on_hand):
        return "no: changed"
    if code := _ELSEWHERE.get(moved.cause) or _counted_since(tx, entry):
        return code
    record = tx.sheet.skus().get(moved.sku)
    retired = record is not None and record.standing is Standing.RETIRED and off_sale(tx, moved.sku)
    if record is None or not (record.standing is Standing.KNOWN or retired):
        return "no: row"
    balance = tx.stock.balances([moved.sku]).get((moved.sku, moved.location), Balance())
    if moved.location not in places(tx).sells or not balance.stocked:
        return "no: place"
    if _asked_about(tx, moved.sku, moved.location):
        return "no: asked"
    return _SHORT if balance.on_hand < units else ""


def _counted_since(tx: Tx, entry: Told) -> str:
    """Whether what lies there was counted as of a later moment, or is being counted: then the code of a sentence. What
    is booked while people count would be added to their count. A stock-take that begins in the very look of an edit
    begins after it; a till or a warehouse that counted just what was expected leaves no trace."""
    sku, place = entry.movement.sku, entry.movement.location
    corrected = any(each.cause is Cause.COUNTED for each in tx.stock.moved_at(place, entry.at, sku))
    if corrected or tx.stocktakes.counted_as_of(sku, place) >= entry.at:
        return "no: counted since"
    under_way = tx.stocktakes.open(tx.at - LASTS).get(place)
    return "no: being counted" if under_way is not None and iso(under_way.at) >= entry.at else ""


def _asked_about(tx: Tx, sku: str, location: str) -> bool:
    """Whether a person is asked what the number in a cell is."""
    readings = tx.questions.find("two readings", f"{sku} {location}")
    return readings is not None or any(each.cell == (sku, location) for each in tx.questioned.all())


def _tell_if_full(tx: Tx, tab: Lines[HistoryLine], title: str) -> None:
    if len(tab.lines) >= MOST:
        tx.questions.ask(FULL, title, {"rows": MOST})
    else:
        tx.questions.settle(FULL, title, both("results", "settled itself"))


# --- what the bridge writes ------------------------------------------------------------------------------------------


def appended(tx: Tx, shop: Shop, look: Look, stamp: Callable[[datetime], str]) -> list[Request]:
    """The rows that are due and that neither the tab nor a call of a moment ago has."""
    tab = look.history
    if tab is None or not bridge_live(tx) or len(tab.lines) >= MOST or _lately(tx, tx.get(_SENT_AT), APART):
        return []
    due = [each for each in tx.history.due(AT_A_TIME) if not _lately(tx, each.sent_at, SENT_AGAIN)]
    if not due:
        return []
    tx.history.change((each.number for each in due), sent_at=iso(tx.at))
    tx.put(_SENT_AT, iso(tx.at))
    at = tab.columns.at
    rows = [{at[role]: value for role, value in _cells(each, shop.language, stamp).items()} for each in due]
    return append_rows(tab.tab.sheet_id, rows, [new_row("history", at, shop.language, ("accept",))] * len(rows))


def _lately(tx: Tx, at: str | None, span: timedelta) -> bool:
    return at is not None and abs(tx.at - time_of(at)) < span


def _cells(entry: Told, language: str, stamp: Callable[[datetime], str]) -> dict[str, CellValue]:
    moved = entry.movement
    return {
        "number": entry.number,
        "at": stamp(time_of(entry.at)),
        "sku": moved.sku,
        "location": _where(moved, language),
        "change": moved.on_hand or None,
        "after": entry.after,
        "what": _what(moved, language),
        "ref": _ref(moved),
        "undo": False,
    }


def _where(moved: Movement, language: str) -> str:
    """The stock column, or the column of what is in transit as it is called here."""
    if moved.location != IN_TRANSIT:
        return moved.location
    return next(each for each in tab_spec("stock").columns if each.role == "in_transit").title(language)


def _what(moved: Movement, language: str) -> str:
    code = moved.cause.value
    return say("history", code if known("history", code) else "other", language, units=abs(moved.allocated))


def _ref(moved: Movement) -> str | None:
    """The mall and the order; else what a person may look up."""
    parts = moved.ref.split("/")
    if _ELSEWHERE.get(moved.cause) == "no: order" and len(parts) > 3:
        return f"{parts[0]} {'/'.join(parts[2:-1])}"
    if _ELSEWHERE.get(moved.cause) == "no: order":
        return moved.ref or None
    number = moved.ref.removeprefix("move ")  # of a line of 入出庫, of a question, of another row
    return number if number.isdecimal() and not moved.cause.typed else None


def states(
    tx: Tx, shop: Shop, tab: Lines[HistoryLine], stamp: Callable[[datetime], str]
) -> Iterable[tuple[int, Mapping[str, CellValue], Mapping[str, CellValue]]]:
    """(position, what the bridge's cell should show, what it shows) of every row that the ledger still keeps."""
    entries = tx.history.of(line.number for line in tab.lines)
    refused = [each.movement.sku for each in entries.values() if each.refused and not each.undone_at]
    balances = tx.stock.balances(refused) if refused else {}
    for line in tab.lines:
        entry = entries.get(line.number)
        if entry is not None or line.undo:
            yield line.position, {"state": _state(tx, shop, entry, line, stamp, balances)}, {"state": line.state}


def _state(
    tx: Tx,
    shop: Shop,
    entry: Told | None,
    line: HistoryLine,
    stamp: Callable[[datetime], str],
    balances: Mapping[BalanceKey, Balance],
) -> str | None:
    """`balances`: of what was refused to be taken back."""
    language = shop.language
    if entry is None:
        return say("history", "no: unknown", language)
    if entry.undone_at:
        return say("history", "undone so", language, time=stamp(time_of(entry.undone_at)))
    if not line.undo:
        return None
    if not bridge_live(tx):
        return say("moves", "shadow", language)
    if not entry.refused:
        return None
    balance = balances.get((entry.movement.sku, entry.movement.location), Balance())
    units = _units(_whole(tx, entry)) if entry.refused == _SHORT else 0
    return say("history", entry.refused, language, lying=balance.on_hand, units=units, most=AT_ONCE)
