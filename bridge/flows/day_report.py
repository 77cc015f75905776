"""The report of the day, in plain words: what came in, what was typed, what went wrong, what is still to be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bridge.flows.low_stock import low_stock
from bridge.flows.shop import Shop
from bridge.flows.slowest import Slowest, slowest
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso
from bridge.sheet.texts import listed, say, severity

DAY = timedelta(days=1)
MOST = 10  # SKUs that are named


def day_report(tx: Tx, shop: Shop, names: Mapping[str, str], closing: datetime, most: int) -> tuple[str, str]:
    """Title and text, for the day up to its closing time, since that of the day before; what is open and what runs low
    as it is now. An order that was placed before closing and is read after its report stands in none. `names`: what
    people call each channel · `most`: as in open_matters."""
    day = (closing - DAY, closing)
    after, until = (iso(each) for each in day)

    def tell(code: str, **values: object) -> str:
        return say("report", code, shop.language, **values)

    def lines() -> Iterator[str]:
        yield _orders(shop, names, tx.orders.placed(after, until))
        yield _edits(shop, Counter(tx.sheet.edits_between(after, until)))
        lost = tx.questions.asked_between("oversold", after, until)
        units = sum(int(each.data.get("units", 0)) for each in lost)
        yield tell("oversold", units=units, count=len(lost)) if lost else tell("not oversold")
        yield _slowest(shop, names, slowest(tx, *day))
        weights = Counter(severity(each.kind) for each in tx.questions.open())
        counts = {weight: weights[weight] for weight in ("urgent", "soon", "note")}
        yield tell("open", all=weights.total(), **counts) if weights else tell("nothing open")
        low = list(low_stock(tx, most))
        if low:
            yield tell("low", count=len(low), skus=_listed(low, shop.language))

    date = closing.astimezone(shop.zone).strftime("%Y-%m-%d")
    return tell("title", date=date), "\n".join(lines())


def _orders(shop: Shop, names: Mapping[str, str], placed: Mapping[str, tuple[int, int]]) -> str:
    if not placed:
        return say("report", "no orders", shop.language)
    by = [
        say("report", "by", shop.language, name=names.get(channel, channel), orders=orders)
        for channel, (orders, _) in placed.items()
    ]
    orders, units = (sum(each[part] for each in placed.values()) for part in (0, 1))
    return say("report", "orders", shop.language, orders=orders, units=units, by=listed(by, shop.language))


def _edits(shop: Shop, by_outcome: Counter[str]) -> str:
    if not by_outcome:
        return say("report", "no edits", shop.language)
    code = "edits applied" if by_outcome.keys() == {"applied"} else "edits"
    counts = {outcome: by_outcome[outcome] for outcome in ("applied", "superseded", "waiting", "refused")}
    return say("report", code, shop.language, all=by_outcome.total(), **counts)


def _slowest(shop: Shop, names: Mapping[str, str], found: Slowest | None) -> str:
    if found is None:
        return say("report", "nothing changed", shop.language)
    if found.seconds < 120:
        took = say("report", "seconds", shop.language, n=f"{found.seconds:g}")
    else:
        took = say("report", "minutes", shop.language, n=round(found.seconds / 60))
    name = names.get(found.channel, found.channel)
    return say("report", "slowest", shop.language, took=took, name=name, listing=found.listing)


def _listed(skus: list[str], language: str) -> str:
    return listed(skus[:MOST], language) + (" …" if len(skus) > MOST else "")
