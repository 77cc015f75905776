"""What the question about an oversold line names besides the line: kept true as orders and stock go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bridge.domain.booking import ProblemCode
from bridge.domain.oversold import Claim, came_last, still_free
from bridge.domain.stock import Balance
from bridge.ledger.ledger import Tx
from bridge.sheet.texts import listed, say

QUESTION = ProblemCode.OVERSOLD.value


def keep_true(tx: Tx) -> None:
    """Every open question about an oversold line says what is so now. Harmless to repeat."""
    asked = [each for each in tx.questions.open() if each.kind == QUESTION]
    if not asked:
        return
    claims, by_sku = tx.orders.claims(), tx.stock.by_sku(each.data["sku"] for each in asked)
    for each in asked:
        data = told(each.data, claims, by_sku[each.data["sku"]])
        if data != each.data:
            tx.questions.reword(each.id, each.subject, data)


def told(data: Mapping[str, Any], claims: Sequence[Claim], balances: Mapping[str, Balance]) -> dict[str, Any]:
    """The question's data with what came last (the line itself where nothing is open any more) and where one lies."""
    last = came_last(claims, data["sku"])
    free = still_free(balances)
    where = {language: _where(free, language) for language in ("ja", "en")}
    return {
        **data,
        "last_channel": last.channel if last else data["channel"],
        "last_order": last.order if last else data["order"],
        "where_ja": where["ja"],
        "where_en": where["en"],
    }


def _where(free: Mapping[str, int], language: str) -> str:
    places = [f"{place} {units}" for place, units in free.items()]
    code = "free at" if places else "free nowhere"
    return say("desk", code, language, places=listed(places, language))
