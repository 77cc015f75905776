"""The shop's owner: fills the sheet, answers the opening questions, goes live, and settles what only a person can."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridge.demo.evidence import Cell, Evidence
from bridge.demo.panel import MALLS, Panel
from bridge.demo.stalls import STALLS, TAKER, WAREHOUSE, Plan

STOCK, LISTINGS, QUESTIONS, SETTINGS = "在庫表", "出品", "要対応", "設定"
LIVE = "本番です"
OLD_ENOUGH = timedelta(seconds=8)  # a question is answered once the numbers about it have come to rest
SEEN = "確認済み"
JUST_SEEN = ("oversold", "sold unknown", "raised there", "gap expired", "overwritten", "five times")


@dataclass(frozen=True)
class Product:
    """One product as the sandbox made it, or one set: `split` is its stock by column, `listings` its ids as 出品 wants
    them, `made_of` what a set is made of · `by_amazon`: the id of the offer that Amazon ships, "" without one."""

    sku: str
    name: str
    split: Mapping[str, int]
    listings: Mapping[str, str]
    hot: bool
    made_of: Mapping[str, int]
    by_amazon: str = ""

    @property
    def components(self) -> str:
        """As SKU構成 wants it."""
        return "+".join(f"{sku}×{units}" for sku, units in self.made_of.items()) or self.sku


def products_of(world: Mapping[str, Any], plan: Plan) -> list[Product]:
    """Spread each product's stock over the shelves; every mall shows the sum. A set lies on no shelf."""
    found = []
    for number, entry in enumerate(world["products"]):
        listings = {mall: STALLS[mall].listing_id(listing) for mall, listing in entry["listings"].items()}
        made_of = entry["made_of"]
        split = {} if made_of else _split(number, entry, plan)
        if TAKER in plan.stalls:
            listings[TAKER] = entry["sku"]
        if split.get(STALLS[WAREHOUSE].shelf):
            listings[WAREHOUSE] = entry["sku"]
        by_amazon = STALLS["amazon"].listing_id(entry["by_amazon"]) if entry["by_amazon"] else ""
        found.append(Product(entry["sku"], entry["name"], split, listings, entry["hot"], made_of, by_amazon))
    return found


def _split(number: int, entry: Mapping[str, Any], plan: Plan) -> dict[str, int]:
    """By stock column: the tills have theirs. A warehouse holds no scarce thing: its files, in which much is gone at
    once, would wait for a person."""
    split = dict.fromkeys(plan.shelves, 0)
    split |= {STALLS[till].shelf: units for till, units in entry["at_tills"].items()}
    left, first = entry["stock"] - sum(split.values()), plan.shelves[0]
    share = left * (number % 4) // 4
    if WAREHOUSE in plan.stalls:
        split[STALLS[WAREHOUSE].shelf] = 0 if entry["hot"] else share
    elif not entry["at_tills"]:
        split[plan.shelves[1]] = share
    split[first] = entry["stock"] - sum(split.values())
    return split


class Owner:
    """Types into the sheet through the panel, as in a browser: none of it costs the bridge's quota. `malls`: those the
    shop sells in."""

    def __init__(self, panel: Panel, spreadsheet: str, pause: float = 0.5, malls: Sequence[str] = MALLS) -> None:
        self._panel, self._sheet, self._pause, self._malls = panel, spreadsheet, pause, malls

    def go_live(self, patience: float, alive: Callable[[], None], say: Callable[[str], None]) -> None:
        """The first day. `alive` raises where a process has died. Raises TimeoutError."""
        until = time.monotonic() + patience
        say("棚の数かどうかの質問に答えます / answering the opening questions")
        self._until(until, alive, self._openings_answered)
        say("全体を本番に / the whole bridge goes live")
        self._tick("bridge")
        self._until(until, alive, lambda: self._is_live("bridge"))
        say("モールを本番に / the malls go live")
        for name in self._malls:
            self._tick(name)
        self._until(until, alive, lambda: all(self._is_live(name) for name in self._malls))

    def _until(self, until: float, alive: Callable[[], None], ready: Callable[[], bool]) -> None:
        while not ready():
            alive()
            if time.monotonic() > until:
                raise TimeoutError("the first day did not come to its end")
            time.sleep(self._pause)

    def _openings_answered(self) -> bool:
        lines = self._panel.table(self._sheet, QUESTIONS, "回答")
        mine = [line for line in lines if "棚にある数" in line["内容"]]
        waiting = [line["番号"] for line in mine if not line["回答"]]
        self._answer(dict.fromkeys(waiting, "棚の数"))
        return bool(mine) and all(line["結果"].startswith("✓") for line in mine)

    def _tick(self, name: str) -> None:
        self._panel.type(self._sheet, SETTINGS, "名前", [{"value": name, "header": "オン", "text": "TRUE"}])

    def _is_live(self, name: str) -> bool:
        lines = self._panel.table(self._sheet, SETTINGS, "名前")
        return any(line["名前"] == name and line["状態"].startswith(LIVE) for line in lines)

    def _answer(self, answers: Mapping[str, str]) -> None:
        entries = [{"value": number, "header": "回答", "text": text} for number, text in answers.items()]
        self._panel.type(self._sheet, QUESTIONS, "番号", entries)

    def settle(self, evidence: Evidence, now: datetime) -> int:
        """Answer what is old enough: two readings by a look at the shelf, the rest as seen. How many answers."""
        unanswered = {line["番号"] for line in self._panel.table(self._sheet, QUESTIONS, "回答") if not line["回答"]}
        answers: dict[str, str] = {}
        for question in evidence.books.open_questions:
            if str(question.number) not in unanswered or now - question.at < OLD_ENOUGH:
                continue
            if question.kind == "two readings":
                reading = _reading(evidence, question.data)
                if reading:
                    answers[str(question.number)] = reading
            elif question.kind in JUST_SEEN:
                answers[str(question.number)] = SEEN
        self._answer(answers)
        return len(answers)


def _reading(evidence: Evidence, data: Mapping[str, Any]) -> str:
    """Which of the two numbers lies on the shelf; "" where neither does (yet)."""
    cell: Cell = (data["sku"], data["location"])
    balance = evidence.books.balances[cell]
    more = evidence.truth[cell] - balance.on_hand
    return {0: "少ない方", int(data["high"]) - int(data["low"]): "多い方"}.get(more, "")
