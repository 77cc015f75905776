"""What `bridge check --probe` found out, remembered in the ledger, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable

from bridge.errors import Hint, NeedsPerson
from bridge.flows.shop import bridge_live
from bridge.ledger.ledger import Tx
from bridge.ledger.values import iso
from bridge.sheet.probe import Found, Verdict, all_words


def remember(tx: Tx, found: Iterable[Found]) -> None:
    """The newest probe counts; an earlier one is forgotten."""
    tx.put("probe", {"at": iso(tx.at), "found": {each.words.name: each.code for each in found}})


def probed_at(tx: Tx) -> str | None:
    """When the last probe was, as ISO text."""
    at: str | None = tx.get("probe", {}).get("at")
    return at


def disproved(tx: Tx) -> list[Found]:
    """What the last probe showed to be other than row updates can live with."""
    remembered = tx.get("probe", {}).get("found", {})
    found = [Found(words, remembered[name]) for name, words in all_words().items() if name in remembered]
    return [each for each in found if each.outcome.verdict is Verdict.BREAKS]


def refuse_disproved(tx: Tx) -> None:
    """Raises NeedsPerson where the whole bridge is live though the probe showed that row updates aren't safe. In shadow
    no staff cell is written, so it may look on."""
    wrong = disproved(tx) if bridge_live(tx) else []
    if wrong:
        raise NeedsPerson(refusal(wrong))


def refusal(wrong: Iterable[Found]) -> Hint:
    """Why the bridge doesn't write the stock table."""
    outcomes = [each.outcome for each in wrong]
    ja = "、".join(outcome.means.ja for outcome in outcomes)
    en = "; ".join(outcome.means.en for outcome in outcomes)
    return Hint(
        f"試験（bridge check --probe）で分かりました: {ja}。このため在庫表には触れません（注文による減少は"
        "モールへ送り続けます）。Googleが直したと思われるときは、もう一度試してください。",
        f"bridge check --probe showed: {en}. So the stock table is left alone (orders still lower the malls). "
        "Run it again once Google may have changed.",
    )
