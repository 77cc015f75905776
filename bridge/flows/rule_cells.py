"""What is said beside rules and stops: why an entry doesn't count, and what holds meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.domain.reading import Blank, FindingCode
from bridge.domain.rules import judged
from bridge.flows.shop import Shop
from bridge.ledger.ledger import Tx
from bridge.ledger.rules import Scope
from bridge.sheet.layout import tab_spec
from bridge.sheet.texts import say
from bridge.sheet.views import Said, SettingLine


def rule_sentences(tx: Tx, language: str, tab: str, scope: Scope | None, said: Said) -> Iterator[str]:
    """For a line of `tab`; `scope` None: rules say nothing in this line."""
    if scope is None:
        if any(not isinstance(reading, Blank) for reading in said.rules.values()):
            yield say("rules", "not here", language)
        return
    before = tx.rules.get(scope).rule
    titles = {column.role: column.title(language) for column in tab_spec(tab).columns}
    for part, code in judged(said.rules, before).wrong.items():
        value = getattr(before, part)
        holds = say("rules", "none holds" if value is None else "holds", language, value=value)
        yield say("rules", _kind(part, code), language, header=titles[part], holds=holds)


def _kind(part: str, code: FindingCode) -> str:
    if code is FindingCode.BLANK:
        return "blank"
    if code in (FindingCode.DATE, FindingCode.PERCENT):
        return "format"
    return "percent" if part == "split" else "units"


def scope_of(shop: Shop, line: SettingLine) -> Scope | None:
    """What the rules in a line of 設定 are about; None where nothing can be."""
    if line.kind == "channel" and line.name in shop.channels:
        return Scope.channel(line.name)
    return None
