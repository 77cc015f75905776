"""What is said beside rules and stops: why an entry doesn't count, and what holds meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge.domain.reading import Blank, FindingCode
from bridge.domain.rules import StopWord, judged
from bridge.domain.unheard import Contact
from bridge.flows.shop import Shop
from bridge.ledger.channels import ChannelRecord
from bridge.ledger.ledger import Tx
from bridge.ledger.listings import ListingRecord
from bridge.ledger.rules import ALL, Scope
from bridge.sheet.layout import stop_titles, tab_spec
from bridge.sheet.texts import known, say
from bridge.sheet.views import Said, SettingLine


def rule_sentences(tx: Tx, language: str, tab: str, scope: Scope | None, said: Said) -> Iterator[str]:
    """For a line of `tab`; `scope` None: neither counts in this line."""
    if said.nothing and scope not in tx.rules.all():
        return
    if said.stop is StopWord.STRANGE:
        yield strange_stop(language)
    elif scope is None and said.stop is not StopWord.BLANK:
        yield say("stops", "not here", language)
    if scope in (None, ALL):
        if any(not isinstance(reading, Blank) for reading in said.rules.values()):
            yield say("rules", "not here", language)
        return
    assert scope is not None
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


def where_to_stop(language: str, channel: str) -> str:
    """Where a person stops sales in the mall itself."""
    return say("where", channel if known("where", channel) else "other", language)


def cannot_stop(
    language: str,
    record: ListingRecord,
    channel: ChannelRecord | None,
    bridge_live: bool,
    contacts: Mapping[str, Contact],
) -> str:
    """Why 0 can't be sent for a listing; "" where it can."""
    if channel is None or not (channel.live and bridge_live):
        return say("stops", "why shadow", language)
    if record.refused_quantity == 0:
        return record.refused
    if channel.trouble:
        return str(channel.trouble[language])
    if contacts.get(record.key.channel) is Contact.BLIND:
        return say("states", f"listing {Contact.BLIND}", language)
    return ""


def strange_stop(language: str, *, life: bool = False) -> str:
    """`life`: of a product's row, whose numbers don't rise meanwhile."""
    words = "・".join(stop_titles(language, life=life))
    return say("stops", "strange in stock" if life else "strange", language, words=words)


def scope_of(shop: Shop, line: SettingLine) -> Scope | None:
    """What rules and stops in a line of 設定 are about; None where they can be about nothing."""
    if line.kind == "channel" and line.name in shop.channels:
        return Scope.channel(line.name)
    return ALL if line.kind == "bridge" else None
