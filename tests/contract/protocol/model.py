"""An exhaustive model of the row update (DESIGN §4): every reachable state of a small world is visited.

Two products; a person who may act between any two steps of the bridge; entries in 増減 and shipments, which change the
cell that both write, and orders placed, which change bridge-owned cells only; failures at every call. Wherever the
bridge comes to rest these must be equal for each SKU with exactly one row, and from every state rest must be reachable:

    the sheet  =  the ledger  =  what people typed + what was shipped,    引当 = what was placed

The bridge is as the flows have it: a look is taken in, then one question is asked of it and of the intents: which batch
comes next? A batch is atomic; a lost, late or unanswered one and a kill all lead back to the next look.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

Pairs = tuple[tuple[Any, Any], ...]  # a small dictionary that can be hashed

RULES = {
    "content": "how much of booked a row contains follows from its token; without it: from the last number seen",
    "journal": "the sheet notes what stood at the written position",
    "own token": "a row made by copying gets a token of its own",
    "ask": "a number that no token explains is asked about, not merged",
    "look": "after an unknown outcome look before acting: the same batch is never sent again",
    "by content": "where only bridge-owned cells change, the lock is taken off by content, never by position",
    "heal": "a bridge-owned cell that shows something else is written again",
    "orphans": "a lock that belongs to no row update of ours is taken off",
    "take away": "what landed in a blank row is taken away as everything is written: with a journal line",
    "hidden": "rows that a filter hides wait; they are not written to",
    "cleared": "the journal notes the entry in 増減 that a write cleared: it is part of what stood there",
}


class Row(NamedTuple):
    sku: str  # "" in a blank row
    shown: int | None  # 在庫数, the cell that both write
    owned: int | None  # 引当, the bridge's own
    token: str  # ロック: F<n> free, L<n> locked by us, "" blank
    hold: bool = False  # 編集中
    hidden: bool = False  # by a filter
    entry: int | None = None  # 増減


BLANK = Row("", None, None, "")


class Entry(NamedTuple):
    """One line of the journal: copied there by the sheet inside the write's own batch, right before it wrote."""

    number: int
    sku: str
    token: str
    before: int | None
    after: int
    cleared: int | None = None  # in 増減


class Intent(NamedTuple):
    sku: str
    kind: str  # stock | owned
    lock: int


class Ledger(NamedTuple):
    """What survives a kill. amount: (SKU, number) -> how much of booked the content under that token contains."""

    typed: Pairs
    booked: Pairs
    placed: Pairs
    amount: Pairs
    last: Pairs  # the same for the content last seen
    seen: frozenset[Entry] = frozenset()
    token: Pairs = ()  # the token to lock by
    asked: tuple[str, ...] = ()
    due: tuple[str, ...] = ()  # an order changed what only the bridge writes
    number: int = 0
    intents: tuple[Intent, ...] = ()


class Sheet(NamedTuple):
    rows: tuple[Row, ...]
    journal: tuple[Entry, ...] = ()


class World(NamedTuple):
    sheet: Sheet
    ledger: Ledger
    typed: Pairs  # the truth: what people meant
    left: Pairs  # what the person, the malls and fate may still do
    step: str = "idle"  # idle | seen: a reply is to be taken in | call: a batch is to be sent
    view: Sheet | None = None
    first: bool = False  # the reply is that of the poll: new row updates may begin
    batch: tuple[tuple[Any, ...], ...] = ()
    late: tuple[tuple[Any, ...], ...] = ()  # a batch still under way though we gave it up
    trash: tuple[Row, ...] = ()
    version: tuple[Any, ...] = ()


def get(pairs: Pairs, key: Any, default: Any = None) -> Any:
    for name, value in pairs:
        if name == key:
            return value
    return default


def put(pairs: Pairs, key: Any, value: Any) -> Pairs:
    return tuple(sorted({**dict(pairs), key: value}.items()))


def add(pairs: Pairs, key: Any, delta: int) -> Pairs:
    return put(pairs, key, get(pairs, key, 0) + delta)


def number_of(token: str) -> int | None:
    return int(token[1:]) if token else None


# --- the sheet ------------------------------------------------------------------------------------------------------


def carry_out(sheet: Sheet, batch: Iterable[tuple[Any, ...]]) -> Sheet:
    """An atomic batch, in order. Raises Refused where it would copy from a row that a filter hides."""
    rows, journal = list(sheet.rows), list(sheet.journal)
    for what, *rest in batch:
        if what == "replace":  # findReplace over the whole lock column
            old, new = rest
            rows = [row._replace(token=new) if row.token == old else row for row in rows]
            continue
        at = rest[0]
        rows += [BLANK] * (at + 1 - len(rows))
        row = rows[at]
        if what == "token":  # findReplace in one cell
            _, old, new = rest
            if row.token == old:
                rows[at] = row._replace(token=new)
        elif what == "unlock here":
            rows[at] = row._replace(token=rest[1])
        elif what == "owned":
            rows[at] = row._replace(owned=rest[1])
        elif what == "clear":  # at the position, whatever stands there
            rows[at] = row._replace(shown=None, owned=None, token="")
        elif what == "blank":  # findReplace in one cell
            if row.shown == rest[1]:
                rows[at] = row._replace(shown=None)
        elif what == "write":
            if row.hidden:
                raise Refused
            _, number, units, owned = rest
            journal = [entry for entry in journal if entry.number != number]
            journal.append(Entry(number, row.sku, row.token, row.shown, units, row.entry))
            rows[at] = row._replace(shown=units, owned=owned, token=f"F{number}", entry=None)
    while rows and rows[-1] == BLANK:
        rows.pop()
    return Sheet(tuple(rows), tuple(journal))


class Refused(Exception):
    """Google refused the batch whole."""


# --- the bridge: taking in ------------------------------------------------------------------------------------------


def content(led: Ledger, sku: str, token: str) -> int | None:
    """How much of our bookings the row's content contains, told by its token."""
    found: int | None = get(led.amount, (sku, number_of(token))) if token else None
    return found


def ask(led: Ledger, sku: str, rules: frozenset[str]) -> Ledger:
    return led if "ask" not in rules or sku in led.asked else led._replace(asked=tuple(sorted((*led.asked, sku))))


def take_in(led: Ledger, view: Sheet, rules: frozenset[str]) -> Ledger:
    """Account for everything in view. Harmless to repeat, also with an older view."""
    for entry in view.journal:
        if entry not in led.seen:
            led = settle(led._replace(seen=led.seen | {entry}), entry, rules)
    count = Counter(row.sku for row in view.rows)
    shared = Counter(row.token for row in view.rows)
    led = led._replace(token=())
    for row in view.rows:
        has = content(led, row.sku, row.token)
        if not row.sku or count[row.sku] > 1 or row.hold or row.sku in led.asked or has is None:
            continue
        shown = row.shown
        if shown is None:  # a blank where 0 was is still 0; any other is a finding
            if get(led.typed, row.sku, 0) + has not in (0, row.entry):
                continue
            shown = 0
        shown += row.entry or 0
        if shared[row.token] > 1 and "own token" in rules:
            continue
        if get(led.typed, row.sku) is None:
            led = led._replace(booked=put(led.booked, row.sku, 0), placed=put(led.placed, row.sku, 0))
        if "content" not in rules:
            has = get(led.booked, row.sku)
        led = led._replace(
            typed=put(led.typed, row.sku, shown - has),
            last=put(led.last, row.sku, has),
            token=put(led.token, row.sku, row.token),
        )
    return led


def settle(led: Ledger, entry: Entry, rules: frozenset[str]) -> Ledger:
    """amount(n) = amount(its token in the line) + written − before."""
    if not entry.sku:
        return led
    has = content(led, entry.sku, entry.token)
    if has is None and get(led.typed, entry.sku) is None:
        has = 0 if entry.token else get(led.last, entry.sku, 0)
    if has is None:
        return ask(led, entry.sku, rules)
    if "journal" not in rules:
        return led
    cleared = (entry.cleared or 0) if "cleared" in rules else 0
    if entry.before is None and get(led.typed, entry.sku, 0) + has not in (0, cleared):
        has = entry.after - get(led.typed, entry.sku, 0)  # no number stood there: as if nobody had typed
    else:
        has += entry.after - (entry.before or 0) - cleared
    return led._replace(amount=put(led.amount, (entry.sku, entry.number), has), last=put(led.last, entry.sku, has))


def needs(led: Ledger, view: Sheet, rules: frozenset[str]) -> tuple[Ledger, list[tuple[int, int]]]:
    """Rows that need a token of their own, with what their content contains. May ask instead."""
    count = Counter(row.sku for row in view.rows)
    shared = Counter(row.token for row in view.rows)
    found = []
    for at, row in enumerate(view.rows):
        if not row.sku or count[row.sku] > 1 or row.hold or row.sku in led.asked or row.hidden:
            continue
        has, last = content(led, row.sku, row.token), get(led.last, row.sku, 0)
        if has is not None:
            if shared[row.token] > 1 and "own token" in rules:
                found.append((at, has))
        elif get(led.typed, row.sku) is None:
            if "own token" in rules:
                found.append((at, 0 if row.token else last))
        elif _shows(row, get(led.typed, row.sku) + last) or "ask" not in rules:
            found.append((at, last))
        else:
            led = ask(led, row.sku, rules)
    return led, found


def _shows(row: Row, units: int) -> bool:
    """By itself, or with the entry beside it."""
    return units in (row.shown or 0, (row.shown or 0) + (row.entry or 0))


# --- the bridge: which batch comes next -----------------------------------------------------------------------------


def next_batch(
    led: Ledger, view: Sheet, first: bool, rules: frozenset[str]
) -> tuple[Ledger, tuple[tuple[Any, ...], ...]]:
    batch: list[tuple[Any, ...]] = []
    ready: list[tuple[Intent, int]] = []
    ours = {f"L{intent.lock}" for intent in led.intents}
    kept = []
    for intent in led.intents:
        lock = f"L{intent.lock}"
        rows = [at for at, row in enumerate(view.rows) if row.token == lock]
        here = len(rows) == 1 and view.rows[rows[0]].sku == intent.sku and get(led.token, intent.sku) == lock
        if here and ("hidden" not in rules or not view.rows[rows[0]].hidden):
            ready.append((intent, rows[0]))
            kept.append(intent)
        elif rows:
            batch.append(("replace", lock, f"F{intent.lock}"))  # copied, renamed, held, asked about: hands off
    led = led._replace(intents=tuple(kept))
    if "orphans" in rules:
        foreign = sorted({row.token for row in view.rows if row.token[:1] == "L"} - ours)
        batch += [("replace", token, f"F{token[1:]}") for token in foreign]
    unlocks = []
    for intent, at in ready:
        owned = get(led.placed, intent.sku)
        if intent.kind == "stock":
            number = led.number + 1
            led = led._replace(number=number)
            batch.append(("write", at, number, get(led.typed, intent.sku) + get(led.booked, intent.sku), owned))
        else:
            batch.append(("owned", at, owned))
            free = f"F{intent.lock}"
            unlocks.append(("replace", f"L{intent.lock}", free) if "by content" in rules else ("unlock here", at, free))
        led = led._replace(due=tuple(sku for sku in led.due if sku != intent.sku))
    batch += unlocks
    led, landed = take_away(led, view, rules)
    batch += landed
    if first and not ready:
        led, begun = begin(led, view, rules)
        batch += begun
    return led, tuple(batch) or heal(led, view, rules)


def take_away(led: Ledger, view: Sheet, rules: frozenset[str]) -> tuple[Ledger, list[tuple[Any, ...]]]:
    """What landed in a blank row: a zero takes its place as any number does, then zero and token go, if they
    still stand there."""
    batch: list[tuple[Any, ...]] = []
    for at, row in enumerate(view.rows):
        if row.sku or not row.token or row.hidden:
            continue
        if "take away" not in rules:
            batch.append(("clear", at))
        elif row.shown:
            led = led._replace(number=led.number + 1)
            batch.append(("write", at, led.number, 0, None))
        else:
            batch += [("blank", at, 0), ("owned", at, None), ("token", at, row.token, "")]
    return led, batch


def begin(led: Ledger, view: Sheet, rules: frozenset[str]) -> tuple[Ledger, list[tuple[Any, ...]]]:
    """Tokens for rows that need one, locks for rows that are due."""
    led, tokenless = needs(led, view, rules)
    batch: list[tuple[Any, ...]] = []
    for at, has in tokenless:
        row, number = view.rows[at], led.number + 1
        amount = led.amount
        for (sku, n), units in led.amount:  # whichever row bears that token gets it: the amount is the same
            if row.token and n == number_of(row.token):
                amount = put(amount, (sku, number), units)
        led = led._replace(number=number, amount=put(amount, (row.sku, number), has))
        batch.append(("token", at, row.token, f"F{number}"))
    for row in view.rows:
        token = get(led.token, row.sku)
        if not token or token[0] != "F" or row.token != token or any(i.sku == row.sku for i in led.intents):
            continue
        if row.hidden and "hidden" in rules:
            continue
        has = content(led, row.sku, token)
        stock = has != get(led.booked, row.sku) or row.shown is None or row.entry is not None
        if stock or row.sku in led.due:
            number = led.number + 1
            led = led._replace(
                number=number,
                amount=put(led.amount, (row.sku, number), has),
                intents=(*led.intents, Intent(row.sku, "stock" if stock else "owned", number)),
            )
            batch.append(("replace", token, f"L{number}"))
    return led, batch


def heal(led: Ledger, view: Sheet, rules: frozenset[str]) -> tuple[tuple[Any, ...], ...]:
    """Bridge-owned cells that show something else than they should."""
    if "heal" not in rules:
        return ()
    count = Counter(row.sku for row in view.rows)
    busy = {intent.sku for intent in led.intents}
    return tuple(
        ("owned", at, get(led.placed, row.sku))
        for at, row in enumerate(view.rows)
        if count[row.sku] == 1 and not row.hold and not row.hidden and row.sku not in busy
        if get(led.placed, row.sku) is not None and row.owned != get(led.placed, row.sku)
    )


def bridge(w: World, rules: frozenset[str]) -> Iterator[tuple[str, World]]:
    """The next step of the bridge without failures."""
    if w.step == "idle":
        yield "look", w._replace(step="seen", view=w.sheet, first=True)
    elif w.step == "seen":
        assert w.view is not None
        led, batch = next_batch(take_in(w.ledger, w.view, rules), w.view, w.first, rules)
        yield "take in", w._replace(ledger=led, step="call" if batch else "idle", view=None, batch=batch, first=False)
    else:
        yield _told(w.batch), called(w)


def called(w: World) -> World:
    try:
        sheet = carry_out(w.sheet, w.batch)
    except Refused:
        return w._replace(step="idle", batch=())
    return w._replace(sheet=sheet, step="seen", view=sheet, batch=())


def _told(batch: Iterable[tuple[Any, ...]]) -> str:
    return "; ".join(" ".join(str(part) for part in request) for request in batch)


# --- fate, malls, people --------------------------------------------------------------------------------------------


def failures(w: World, rules: frozenset[str]) -> Iterator[tuple[str, World]]:
    forgotten = w._replace(step="idle", view=None, batch=(), first=False)
    if w.step == "call":
        after = called(w)
        answered = after.step == "seen"
        unknown = forgotten if "look" in rules else w
        yield "request lost", unknown
        if answered:
            yield "reply lost", unknown._replace(sheet=after.sheet)
        if not w.late:
            yield "request late", unknown._replace(late=w.batch)
    if w.step != "idle":
        yield "killed", forgotten


def spend(w: World, name: str, **change: Any) -> World:
    return w._replace(left=add(w.left, name, -1), **change)


def others(w: World) -> Iterator[tuple[str, World]]:
    """What people and malls may do now."""
    left, rows, led = dict(w.left), w.sheet.rows, w.ledger
    count = Counter(row.sku for row in rows if row.sku)
    twice = [sku for sku, n in count.items() if n > 1]

    def sheet(new: tuple[Row, ...]) -> Sheet:
        return w.sheet._replace(rows=new)

    def change(at: int, **values: Any) -> Sheet:
        return sheet((*rows[:at], rows[at]._replace(**values), *rows[at + 1 :]))

    if w.late:
        try:
            yield "the late request arrives", w._replace(sheet=carry_out(w.sheet, w.late), late=())
        except Refused:
            yield "the late request is refused", w._replace(late=())
    for at, row in enumerate(rows):
        if not row.sku:
            continue
        if left.get("edits") and not twice and row.shown is not None and not row.hidden:
            for units in (row.shown + 3, row.shown - 1):
                typed = add(w.typed, row.sku, units - row.shown)
                yield (
                    f"types {units} over {row.shown} in {row.sku}",
                    spend(w, "edits", sheet=change(at, shown=units), typed=typed),
                )
        if left.get("entries") and not twice and not row.hidden:
            yield (
                f"types {(row.entry or 0) + 2} into 増減 of {row.sku}",
                spend(w, "entries", sheet=change(at, entry=(row.entry or 0) + 2), typed=add(w.typed, row.sku, 2)),
            )
        if left.get("holds") and not row.hold:
            yield f"holds {row.sku}", spend(w, "holds", sheet=change(at, hold=True))
        if row.hold:
            yield f"releases {row.sku}", w._replace(sheet=change(at, hold=False))
        if left.get("clears") and row.token:
            yield f"clears the lock cell of {row.sku}", spend(w, "clears", sheet=change(at, token=""))
        if left.get("filters") and not row.hidden:
            yield f"hides {row.sku}", spend(w, "filters", sheet=change(at, hidden=True))
        if row.hidden:
            yield f"shows {row.sku}", w._replace(sheet=change(at, hidden=False))
        if row.sku in twice:
            yield f"deletes a copy of {row.sku}", w._replace(sheet=sheet(rows[:at] + rows[at + 1 :]))
            if row.sku != "C" and all(each.sku != "C" for each in rows + w.trash):
                yield (
                    f"makes a copy of {row.sku} the new product C",
                    w._replace(sheet=change(at, sku="C"), typed=put(w.typed, "C", (row.shown or 0) + (row.entry or 0))),
                )
    if left.get("sorts") and len(rows) > 1:
        yield "sorts", spend(w, "sorts", sheet=sheet(rows[::-1]))
    if left.get("inserts") and rows:
        yield "inserts a row", spend(w, "inserts", sheet=sheet((BLANK, *rows)))
    if left.get("copies") and rows and rows[0].sku and not twice:
        yield f"copies {rows[0].sku}", spend(w, "copies", sheet=sheet(rows + rows[:1]))
    if left.get("deletes") and rows and rows[0].sku and not twice:
        yield f"deletes {rows[0].sku}", spend(w, "deletes", sheet=sheet(rows[1:]), trash=rows[:1])
    if w.trash and not twice and not count[w.trash[0].sku]:
        yield "undoes the delete", w._replace(sheet=sheet(w.trash + rows), trash=())
    if left.get("restores") and not twice:
        if not w.version:
            yield "(a version is kept)", w._replace(version=(rows, w.typed))
        elif get(w.typed, "C") is None:
            old, typed = w.version
            yield "restores the version", spend(w, "restores", sheet=sheet(old), typed=typed, version=(), trash=())
    for sku in ("A", "B"):
        if left.get("shipped"):
            yield f"{sku} is shipped", spend(w, "shipped", ledger=led._replace(booked=add(led.booked, sku, -1)))
        if left.get("placed"):
            due = led._replace(placed=add(led.placed, sku, 1), due=tuple(sorted({*led.due, sku})))
            yield f"{sku} is ordered", spend(w, "placed", ledger=due)
    if w.step == "idle" and led.asked and not w.late:
        sku = led.asked[0]
        mine = [at for at, row in enumerate(rows) if row.sku == sku]
        if len(mine) == 1 and not rows[mine[0]].hold:  # the answer is the true number, written with a fresh token
            number, booked = led.number + 1, get(led.booked, sku)
            answered = led._replace(
                number=number,
                amount=put(led.amount, (sku, number), booked),
                typed=put(led.typed, sku, get(w.typed, sku)),
                last=put(led.last, sku, booked),
                asked=led.asked[1:],
                seen=led.seen | {entry for entry in w.sheet.journal if entry.sku == sku},
            )
            told = change(mine[0], shown=get(w.typed, sku) + booked, token=f"F{number}", entry=None)
            yield f"answers for {sku}", w._replace(sheet=told, ledger=answered)


# --- every state ----------------------------------------------------------------------------------------------------


def at_rest(w: World, rules: frozenset[str]) -> bool:
    """Idle; another look would change nothing and ask for no batch; nobody holds or hides a row."""
    led = w.ledger
    if w.step != "idle" or led.intents or led.asked or w.late:
        return False
    if any(row.hold or row.hidden for row in w.sheet.rows):
        return False
    again = take_in(led, w.sheet, rules)
    if (again.typed, again.amount, again.asked) != (led.typed, led.amount, led.asked):
        return False
    after, batch = next_batch(again, w.sheet, True, rules)
    return not batch and not after.asked


def wrong(w: World) -> str | None:
    """What is not as people meant it, at rest."""
    count = Counter(row.sku for row in w.sheet.rows)
    for sku, typed in w.typed:
        mine = [row for row in w.sheet.rows if row.sku == sku]
        booked, placed = get(w.ledger.booked, sku, 0), get(w.ledger.placed, sku, 0)
        balance = get(w.ledger.typed, sku, 0) + booked
        if len(mine) == 1 and not mine[0].shown == balance == typed + booked:
            return f"{sku}: sheet {mine[0].shown}, ledger {balance}, should be {typed + booked}"
        if len(mine) == 1 and mine[0].owned != placed:
            return f"{sku}: 引当 shows {mine[0].owned}, should be {placed}"
    if any(row.sku and row.entry is not None for row in w.sheet.rows if count[row.sku] == 1):
        return "an entry stays in 増減"
    if any(not row.sku and (row.token or row.shown) for row in w.sheet.rows):
        return "something of ours stays in a blank row"
    if any(row.token[:1] == "L" for row in w.sheet.rows):
        return "a row stays locked"
    return None


@dataclass(frozen=True)
class Outcome:
    """How many states there are, how many of them at rest, and the first that is wrong with its story."""

    states: int
    rest: int
    why: str | None = None
    story: tuple[str, ...] = ()


def beginning(left: Iterable[tuple[str, int]]) -> World:
    opening, zero = (("A", 5), ("B", 5)), (("A", 0), ("B", 0))
    ledger = Ledger(
        typed=opening,
        booked=zero,
        placed=zero,
        amount=((("A", 1), 0), (("B", 2), 0)),
        last=zero,
        token=(("A", "F1"), ("B", "F2")),
        number=2,
    )
    return World(Sheet((Row("A", 5, 0, "F1"), Row("B", 5, 0, "F2"))), ledger, opening, tuple(sorted(left)))


def explore(broken: str | None = None, **left: int) -> Outcome:
    """Every state that can be reached; `left`: how often each thing may happen. `broken`: the rule left out."""
    rules = frozenset(RULES) - {broken}
    limit = 10 + 5 * sum(left.values())
    may_ask = left.keys() & {"clears", "restores"}
    start = beginning(left.items())
    came: dict[World, tuple[str, World] | None] = {start: None}
    back: dict[World, list[World]] = {}
    queue, rest = deque([start]), []

    def outcome(why: str | None, at: World | None = None) -> Outcome:
        story: list[str] = []
        while at is not None and (step := came[at]) is not None:
            name, at = step
            story.append(name)
        return Outcome(len(came), len(rest), why, tuple(reversed(story)))

    while queue:
        w = queue.popleft()
        if at_rest(w, rules):
            rest.append(w)
            if why := wrong(w):
                return outcome(why, w)
        if w.ledger.asked and not may_ask:
            return outcome(f"a person is asked about {w.ledger.asked[0]} though nobody touched a lock cell", w)
        if w.ledger.number > limit + 2 or any(abs(units) > 30 for _, units in w.ledger.typed):
            return outcome("it writes without end", w)
        steps = [*bridge(w, rules), *others(w)]
        if get(w.left, "failures", 0):
            steps += [(name, spend(after, "failures")) for name, after in failures(w, rules)]
        for name, after in steps:
            back.setdefault(after, []).append(w)
            if after not in came:
                came[after] = (name, w)
                queue.append(after)
    calm = set(rest)
    queue.extend(rest)
    while queue:
        for w in back.get(queue.popleft(), ()):
            if w not in calm:
                calm.add(w)
                queue.append(w)
    stuck = next((w for w in came if w not in calm), None)
    return outcome(None if stuck is None else "no way to rest", stuck)
