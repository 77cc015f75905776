"""Lines that the bridge proposes in 出品: with an unticked 採用 such a line says nothing, ticked it is like any other.

They are only ever appended, once each: what the table shows already, or was sent a moment ago, is not sent again; what
a person deleted is not proposed again by itself. Which lines are proposals can be told from the table alone, so an
older ledger or an older version of the table is judged no worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from bridge.domain.mapping import few, written
from bridge.domain.orders import ListingKey
from bridge.flows.desk import Look
from bridge.flows.shop import Shop
from bridge.ledger.found import Found, FoundState
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso, time_of
from bridge.sheet.gateway import Request
from bridge.sheet.layout import tab_spec
from bridge.sheet.requests import CellValue, append_rows
from bridge.sheet.texts import both, say
from bridge.sheet.validation import validation
from bridge.sheet.views import Lines, ListingLine

SENT_AGAIN = timedelta(minutes=2)  # an append whose reply was lost may still be carried out until then
AT_A_TIME = 500  # lines in one call


def set_aside(tx: Tx, look: Look) -> Look:
    """The look with its proposals apart. A line whose tick was taken away again is none: its listing is in force."""
    tab = look.listings
    if tab is None or all(line.accepted is not False for line in tab.lines):
        return look
    known = tx.listings.all()
    said = {_key(line) for line in tab.lines if line.accepted is not False}
    proposals = tuple(
        line for line in tab.lines if line.accepted is False and (_key(line) in said or _key(line) not in known)
    )
    aside = {line.position for line in proposals}
    rest = tuple(line for line in tab.lines if line.position not in aside)
    return replace(look, listings=replace(tab, lines=rest), proposals=proposals)


def states(
    tx: Tx, shop: Shop, look: Look
) -> Iterator[tuple[int, Mapping[str, CellValue], Mapping[str, int | str | None]]]:
    """(position, what the bridge's cells should show, what they show) of every proposal."""
    if not look.proposals:
        return
    assert look.listings is not None
    found = {key: each for name in shop.channels for key, each in tx.found.of(name).items()}
    others = {_key(line) for line in look.listings.lines}
    for line in look.proposals:
        wanted: dict[str, CellValue] = {"wanted": None, "sent": None, "confirmed": None}
        wanted["state"] = _state(tx, shop, line, found.get(_key(line)), twice=_key(line) in others)
        others.add(_key(line))
        yield line.position, wanted, line.shown


def _state(tx: Tx, shop: Shop, line: ListingLine, found: Found | None, *, twice: bool) -> str:
    language = shop.language
    if line.channel not in shop.channels:
        return say("states", "listing channel", language, channels="、".join(sorted(shop.channels)))
    if twice:
        return say("states", "proposal twice", language)
    if tx.get(f"mapped {line.channel}") is None:
        return say("states", "proposal", language)
    if found is None or not found.sku:
        return say("states", "proposal withdrawn", language)
    told = say("states", "proposal of", language, named=found.code, sku=found.sku)
    return f"{told} {found.trap[language]}" if found.trap else told


def appended(tx: Tx, shop: Shop, look: Look) -> list[Request]:
    """The lines that are due and that neither the table nor a call of a moment ago has."""
    tab = look.listings
    if tab is None or "accept" not in tab.columns.at:
        return []
    due = tx.found.due(AT_A_TIME)
    here = {_key(line) for line in (*tab.lines, *look.proposals)} if due else set()
    tx.found.change([each.key for each in due if each.key in here], state=FoundState.SHOWN)
    new = [
        each
        for each in due
        if each.key not in here
        and each.key.channel in shop.channels
        and (each.sent_at is None or tx.at - time_of(each.sent_at) > SENT_AGAIN)
    ]
    tx.found.change([each.key for each in new], sent_at=iso(tx.at))
    rules = [_rules(tab, shop.language)] * len(new)
    return append_rows(tab.tab.sheet_id, [_cells(tab, each) for each in new], rules)


def _cells(tab: Lines[ListingLine], each: Found) -> dict[int, CellValue]:
    values: dict[str, CellValue] = {"channel": each.key.channel, "listing": each.key.id}
    values |= {"components": written(each.sku), "accept": False}
    return {tab.columns.at[role]: value for role, value in values.items()}


def _rules(tab: Lines[ListingLine], language: str) -> dict[int, Mapping[str, object]]:
    """A tick box where a line is proposed, and there only; the list of stops stays where it is."""
    at = tab.columns.at
    columns = {column.role: column for column in tab_spec("listings").columns}
    return {at[role]: validation(columns[role], language) for role in ("accept", "stop") if role in at}


def settle_unmatched(tx: Tx, shop: Shop) -> None:
    """Listings that have a line by now are no longer asked for."""
    known = tx.listings.all()
    for name in shop.channels:
        found = tx.found.of(name)
        here = [key for key in found if key in known]
        tx.found.drop(here)
        unmatched = [key for key, each in found.items() if each.state is FoundState.UNMATCHED and key not in known]
        report(tx, "listings unmatched", name, [key.id for key in unmatched])


def report(tx: Tx, kind: str, subject: str, listings: Sequence[str], **more: str) -> None:
    """One open question about these, as long as there are any."""
    if listings:
        tx.questions.ask(kind, subject, {"count": len(listings), "listings": few(listings), **more})
    else:
        tx.questions.settle(kind, subject, both("results", "settled itself"))


def _key(line: ListingLine) -> ListingKey:
    return ListingKey(line.channel, line.listing)
