"""What people should know who don't look at the sheet: the open matters of 要対応, channels and the sheet that stand
still, keys that run out, stock that runs out. What is only for information waits for the report of the day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bridge.domain.alerts import Matter
from bridge.flows.low_stock import low_stock
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.values import time_of
from bridge.sheet.texts import question, say, severity

CHANNEL, SHEET, KEY, LOW = "channel down", "sheet dark", "key", "low stock"
REFUSED = "key refused"  # the question's kind; for those who renew keys a matter of its own, beside CHANNEL
STOPPED = (REFUSED, "channel trouble", "channel blind", "numbers stuck")  # the first of them is told
WAKES = ("oversold", "cannot stop")  # besides what stands still
WAKES_AGAIN, OTHERS_AGAIN = timedelta(hours=4), timedelta(hours=24)


@dataclass(frozen=True)
class Open:
    """A matter and what is said of it. `group`: the heading it stands under, a code of [alerts] · `about`: shown
    before the text, "" where that names it · `key`: the channel that needs a new key, "" where it is about none."""

    matter: Matter
    group: str
    text: str
    about: str = ""
    key: str = ""

    def matters(self, *, renews: bool) -> tuple[Matter, ...]:
        """What is told to somebody who hears of it. `renews`: keys; then a refused one is news also where the channel
        was known to stand still."""
        if not renews or not self.key or self.matter.kind != CHANNEL:
            return (self.matter,)
        return self.matter, Matter(REFUSED, self.key, wakes=True)


def open_matters(tx: Tx, shop: Shop, most: int) -> list[Open]:
    """Everything that is worth telling now, the most urgent first. `most`: so many or fewer sellable run low."""
    asked = tx.questions.open()
    return [
        *_sheet(tx, shop),
        *_channels(shop, asked),
        *_questions(shop, asked, "urgent"),
        *_keys(shop, asked),
        *_questions(shop, asked, "soon"),
        *_low(tx, shop, most),
    ]


def _sheet(tx: Tx, shop: Shop) -> Iterator[Open]:
    """Not before it was read for the first time: the person who sets it up is told there and then."""
    at = tx.get("sheet read at") or tx.get("claimed until")  # not yet since the ledger came to this server
    if at is not None and abs(tx.at - time_of(at)) > shop.patience:
        minutes = int(shop.patience.total_seconds() // 60)
        text = say("alerts", "sheet dark", shop.language, minutes=minutes)
        yield Open(Matter(SHEET, "", wakes=True, ends=True, again=WAKES_AGAIN), "channels", text)


def _channels(shop: Shop, asked: list[OpenQuestion]) -> Iterator[Open]:
    """One matter a channel, whatever the ways in which it stands still. Of a refused key the mall's own words say
    which."""
    by_kind = {(each.kind, each.subject): each for each in asked}
    for name in shop.channels:
        found = next((by_kind[kind, name] for kind in STOPPED if (kind, name) in by_kind), None)
        if found is None:
            continue
        refused = found.kind == REFUSED
        text = str(found.data[shop.language]) if refused else _text(found, shop)
        matter = Matter(CHANNEL, name, wakes=True, ends=True, again=WAKES_AGAIN)
        yield Open(matter, "channels", text, name, name if refused else "")


def _questions(shop: Shop, asked: list[OpenQuestion], wanted: str) -> Iterator[Open]:
    for each in asked:
        if each.kind in (*STOPPED, "key expires") or severity(each.kind) != wanted:
            continue
        wakes = each.kind in WAKES
        again = WAKES_AGAIN if wakes else OTHERS_AGAIN
        yield Open(Matter(each.kind, each.subject, wakes=wakes, again=again), wanted, _text(each, shop), each.subject)


def _keys(shop: Shop, asked: list[OpenQuestion]) -> Iterator[Open]:
    for each in asked:
        if each.kind == "key expires":
            matter = Matter(KEY, each.subject, ends=True, again=OTHERS_AGAIN)
            yield Open(matter, "keys", _text(each, shop), each.subject, each.subject)


def _low(tx: Tx, shop: Shop, most: int) -> Iterator[Open]:
    """Once is enough: the report of the day says it again."""
    for sku, units in low_stock(tx, most).items():
        yield Open(Matter(LOW, sku), "low stock", say("alerts", "few", shop.language, sku=sku, units=units))


def _text(each: OpenQuestion, shop: Shop) -> str:
    return question(each.kind, shop.language, each.subject, each.data)
