"""A random broken layout: mishaps, orders and looks in random order; then somebody mends it and all must agree."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from bridge.domain.stock import Balance
from bridge.domain.tokens import is_locked, number_of
from bridge.sandbox.sheets_api import ApiError, Book
from bridge.sheet.texts import question
from tests.abuse.mishaps import MISHAPS
from tests.abuse.shop import STOCK, AbusedShop

QUIET_ANSWERS = {
    "unknown number": "はい",
    "vanished": "廃番",
    "renamed": "廃番",
    "new product": "はい",
    "big change": "確認",
    "restored version": "戻した数",
    "typed transfer": "別々",  # the numbers are as typed, whatever is answered
}
STRANGERS = 4  # rounds until everything that people are asked about is settled


@dataclass(frozen=True)
class Step:
    """One thing that happens: a mishap (`name`, the title of a tab, a seed of its own), an order (`buy`, a listing,
    units), `poll` or `round` of the bridge."""

    name: str
    where: str = ""
    number: int = 0

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.name, self.where, self.number) if part)


@dataclass(frozen=True)
class Layout:
    seed: int
    steps: tuple[Step, ...]
    whole_version: bool  # mended by restoring the whole version; else by putting the three tabs back


class Wrong(AssertionError):
    """A layout that the bridge didn't stand."""


def layout(seed: int) -> Layout:
    """The layout of a seed: one to four mishaps."""
    dice = random.Random(seed)
    steps: list[Step] = []
    for _ in range(dice.choice((1, 1, 2, 2, 3, 4))):
        name = dice.choice(list(MISHAPS))
        where = MISHAPS[name].table or dice.choice(("在庫表", "在庫表", "在庫表", "出品", "要対応", "設定"))
        steps.append(Step(name, where, dice.randrange(1, 10**6)))
        if dice.random() < 0.4:
            steps.append(_order(dice))
        if dice.random() < 0.4:
            steps.append(Step(dice.choice(("poll", "poll", "round"))))
    steps += [_order(dice), Step("poll"), Step("poll"), Step("round")]
    return Layout(seed, tuple(steps), dice.random() < 0.5)


def _order(dice: random.Random) -> Step:
    listing = dice.choice([f"{mall} {sku}" for mall in ("rakuten", "shopify") for sku in STOCK] + ["rakuten set"])
    return Step("buy", listing, dice.choice((1, 1, 2)))


# --- a run -----------------------------------------------------------------------------------------------------------


def run(shop: AbusedShop, case: Layout) -> None:
    """Raises Wrong, or what escaped the bridge."""
    shop.begin()
    shop.poll()
    before, told = shop.sheet.book, _sentences(shop)
    for step in case.steps:
        _happen(shop, step)
        if step.name in ("poll", "round"):
            _judge(shop, step.name)
    _judge_sentences(shop, case, told)
    _mend(shop, before, whole=case.whole_version)
    _settle(shop)
    _judge_end(shop)


def _happen(shop: AbusedShop, step: Step) -> None:
    if step.name == "poll":
        shop.poll()
    elif step.name == "round":
        shop.round()
    elif step.name == "buy":
        shop.buy(step.where, step.number)
    else:
        hand = shop.hand(step.number)
        if hand.there(step.where):
            with suppress(ApiError):  # the spreadsheet itself may not have it
                MISHAPS[step.name].do(hand, step.where)
            shop.oracle.look()


def _judge(shop: AbusedShop, when: str) -> None:
    """Before a round of the malls an order may not have reached the others yet; never may a number be too low."""
    wrong = shop.oracle.wrong(shop.shown(), shop.made_of)
    if when == "poll":
        wrong = []
    if wrong:
        raise Wrong("; ".join(wrong))


def _sentences(shop: AbusedShop) -> set[str]:
    """What the spreadsheet and its questions say to people. A tab that is gone says nothing."""
    said = set()
    for title, headers in (
        ("在庫表", ("状態",)),
        ("出品", ("状態",)),
        ("設定", ("状態",)),
        ("要対応", ("内容", "結果")),
    ):
        hand = shop.hand(0)
        if not hand.there(title):
            continue
        texts = hand.texts(title)
        top = hand.header_row(title)
        for header in headers:
            columns = [i for i, text in enumerate(texts[top] if texts else []) if text == header]
            said |= {row[i] for row in texts[top + 1 :] for i in columns if row[i]}
    return said


def _judge_sentences(shop: AbusedShop, case: Layout, told: set[str]) -> None:
    mishaps = [step for step in case.steps if step.name in MISHAPS]
    if len(mishaps) == 1 and mishaps[0].where in MISHAPS[mishaps[0].name].tells:
        new = {text for text in _sentences(shop) - told if not text.startswith("✓")}
        if not new and not shop.troubles:
            raise Wrong(f"nothing was said of it: {mishaps[0]}")


# --- mending ---------------------------------------------------------------------------------------------------------


def _mend(shop: AbusedShop, before: Book, *, whole: bool) -> None:
    """Version history; or by hand: 在庫表, 出品 and 設定 as they were, 要対応 and the hidden tabs as they are."""
    if whole:
        shop.sheet.restore(before)
        return
    now = shop.sheet.book.copy()
    kept = {sheet.id: sheet for sheet in now.sheets}
    questions = shop.tabs["要対応"]
    stays = {sheet.id for sheet in before.sheets if sheet.title.startswith("_") and sheet.id in kept}
    if questions in kept and kept[questions].rows[0] == before.sheet(questions).rows[0]:
        kept[questions].properties = before.sheet(questions).properties
        stays.add(questions)
    now.sheets = [kept[sheet.id] if sheet.id in stays else sheet for sheet in before.copy().sheets]
    shop.sheet.restore(now)


def _settle(shop: AbusedShop) -> None:
    """Time passes and people answer what they are asked, until all is at rest."""
    shop.poll()
    shop.poll()
    for _ in range(STRANGERS):
        if not _answer(shop):
            break
        shop.poll()
        shop.poll()
    shop.round()
    shop.wait_for_proof()
    shop.round()
    shop.poll()


def _answer(shop: AbusedShop) -> bool:
    """A cell that was never filled before is said to be blank: there are none, says the person."""
    answered = False
    with shop.ledger.read() as tx:
        asked = {each.id: each.kind for each in tx.questions.open()}
        blank = [cell for cell, code in tx.sheet.findings().items() if code == "blank"]
    for sku, header in blank:
        if shop.world.row(sku)[header] == "":
            shop.world.type(sku, header, 0)
            answered = True
    for row, line in enumerate(shop.world.table("要対応"), 1):
        kind = asked.get(int(line["番号"]) if line["番号"].isdigit() else 0)
        if kind in QUIET_ANSWERS and line["回答"] != QUIET_ANSWERS[kind]:
            shop.world.put("要対応", row, {"回答": QUIET_ANSWERS[kind]})
            answered = True
    return answered


# --- the end ---------------------------------------------------------------------------------------------------------


def _judge_end(shop: AbusedShop) -> None:
    wrong = list(_disagreements(shop))
    if wrong:
        raise Wrong("after mending: " + "; ".join(wrong))


def _disagreements(shop: AbusedShop) -> Iterator[str]:
    ordered, shown = shop.oracle.ordered, shop.shown()
    true = {sku: sum(n or 0 for n in row) - ordered[sku] for sku, row in STOCK.items()}
    for listing, made_of in shop.made_of.items():
        meant = max(0, min(true[sku] // units for sku, units in made_of.items()))
        if shown[listing] != meant:
            yield f"{listing} shows {shown[listing]}, not {meant}"
    tokens = []
    with shop.ledger.read() as tx:
        balances = tx.stock.balances()
        for sku, row in STOCK.items():
            rows = shop.world.rows(sku)
            if len(rows) != 1:
                yield f"{sku} stands in {len(rows)} rows"
                continue
            yield from _row(sku, row, rows[0][1], balances)
            tokens.append(rows[0][1]["ロック"])
        for each in tx.questions.open():
            if each.kind not in ("oversold",):
                yield f"still asked: {question(each.kind, 'ja', each.subject, each.data)}"
        if tx.sheet.findings():
            yield f"findings: {tx.sheet.findings()}"
    if len(set(tokens)) != len(tokens) or not all(number_of(t) and not is_locked(t) for t in tokens):
        yield f"tokens {tokens}"
    if shop.troubles:
        shop.troubles.clear()
    for drift in shop.world.service.reconcile():
        yield f"drift: {drift.what} {drift.expected} → {drift.found}"


def _row(
    sku: str, numbers: Sequence[int | None], shown: dict[str, str], balances: dict[tuple[str, str], Balance]
) -> Iterator[str]:
    for place, units in zip(("本社倉庫", "渋谷店"), numbers, strict=False):
        if shown[place] not in (("", "0") if units is None else (str(units),)):
            yield f"{sku} {place} shows {shown[place]!r}, not {units}"
        balance = balances.get((sku, place))
        if units is not None and (balance is None or balance.on_hand != units):
            yield f"the ledger has {balance and balance.on_hand} of {sku} in {place}, not {units}"


# --- shrinking -------------------------------------------------------------------------------------------------------


def fails(shop: AbusedShop, case: Layout) -> Exception | None:
    try:
        run(shop, case)
    except Exception as error:
        return error
    return None


def shrunk(shop: AbusedShop, case: Layout) -> tuple[Layout, Exception]:
    """The same failure with as few steps as will do."""
    failure = fails(shop, case)
    assert failure is not None
    smaller = True
    while smaller:
        smaller = False
        for i in range(len(case.steps)):
            fewer = Layout(case.seed, case.steps[:i] + case.steps[i + 1 :], case.whole_version)
            left = fails(shop, fewer)
            if left is not None and _kind(left) == _kind(failure):
                case, failure, smaller = fewer, left, True
                break
    return case, failure


def _kind(failure: Exception) -> tuple[type, str]:
    return type(failure), str(failure).split()[0] if isinstance(failure, Wrong) else ""


def story(case: Layout, failure: Exception) -> str:
    mended = "the version before is restored" if case.whole_version else "the tabs are put back by hand"
    steps = "\n".join(f"  {step}" for step in case.steps)
    return f"seed {case.seed}: {type(failure).__name__}: {failure}\n{steps}\n  {mended}"
