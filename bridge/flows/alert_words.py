"""How an alert reads: everything that is due for one address in one message, under plain headings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.domain.alerts import Matter
from bridge.flows.alerts import CHANNEL, KEY, SHEET, Open
from bridge.sheet.texts import say

GROUPS = ("channels", "urgent", "keys", "soon")
MOST = 5  # lines under a heading: the rest stands in 要対応
MOST_LOW = 20


@dataclass(frozen=True)
class Words:
    """Whom a message is for. `names`: what people call each channel · `sheet`: the spreadsheet's address · `link`: how
    an owner renews the key of a channel; None for those who don't."""

    language: str
    names: Mapping[str, str]
    sheet: str
    link: Callable[[str], str] | None = None

    def message(self, begun: Sequence[Open], over: Sequence[Matter], most: int) -> tuple[str, str]:
        """Title and text. `most`: as in open_matters."""
        urgent = sum(each.matter.wakes for each in begun)
        count = len(begun) + len(over)
        title = self._say("urgent title", count=urgent) if urgent else self._say("title", count=count)
        parts = [self._group(group, [each for each in begun if each.group == group]) for group in GROUPS]
        parts.append(self._low([each.text for each in begun if each.group == "low stock"], most))
        parts.append(self._over(over))
        parts += [[each.text] for each in begun if not each.group]
        parts.append([self._say("sheet", url=self.sheet)])
        return title, "\n\n".join("\n".join(part) for part in parts if part)

    def _group(self, group: str, members: Sequence[Open]) -> list[str]:
        if not members:
            return []
        lines = [line for each in members[:MOST] for line in self._lines(each)]
        more = [self._say("more", count=len(members) - MOST)] if len(members) > MOST else []
        return [self._say(group), *lines, *more]

    def _lines(self, each: Open) -> Iterator[str]:
        text = self._say("owner has it", text=each.text) if each.key and self.link is None else each.text
        if each.about and each.about not in text:
            yield self._say("about", subject=self.names.get(each.about, each.about), text=text)
        else:
            yield self._say("line", text=text)
        if each.key and self.link is not None:
            yield self.link(each.key)

    def _low(self, texts: Sequence[str], most: int) -> list[str]:
        if not texts:
            return []
        lines = [self._say("line", text=text) for text in texts[:MOST_LOW]]
        more = [self._say("more low", count=len(texts) - MOST_LOW)] if len(texts) > MOST_LOW else []
        return [self._say("low stock", most=most), *lines, *more]

    def _over(self, over: Sequence[Matter]) -> list[str]:
        said = {CHANNEL: "channel back", SHEET: "sheet back", KEY: "key back"}
        lines = [self._say(said[each.kind], name=self.names.get(each.about, each.about)) for each in over]
        return [self._say("over"), *(self._say("line", text=line) for line in lines)] if lines else []

    def _say(self, code: str, **values: object) -> str:
        return say("alerts", code, self.language, **values)
