"""Lines of 要対応: one per matter, appended once and never removed; what they show, and what their answer offers.

A line is found by its number wherever it stands. Columns that the spreadsheet lacks are left out. `asked`: the open
questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bridge.flows.answer_cells import Answers
from bridge.ledger.ledger import Tx
from bridge.ledger.questions import OpenQuestion
from bridge.ledger.values import time_of
from bridge.sheet.gateway import Request
from bridge.sheet.layout import processed_title
from bridge.sheet.requests import CellValue, Rules, append_rows, lets_in, one_of
from bridge.sheet.texts import choices, question, say, severity
from bridge.sheet.views import AnswerLine, Lines

Line = tuple[int, Mapping[str, CellValue], Mapping[str, CellValue]]  # position, what is wanted, what it shows

# A matter's age is told in steps, so that it costs a write now and then rather than one a poll.
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_MINUTES = (30, 10)


def states(
    tx: Tx, language: str, tab: Lines[AnswerLine], asked: Sequence[OpenQuestion], answers: Answers
) -> Iterator[Line]:
    """The lines that stand there: open ones say everything, closed ones what has become of them."""
    by_id = {line.id: line for line in tab.lines}
    for each in asked:
        if each.id in by_id:
            line = by_id[each.id]
            yield line.position, _here(tab, _opened(tx, each, language, answers)), {"id": each.id, **line.shown}
    settled = {each.id: each for each in tx.questions.closed(by_id)}
    for line in tab.lines:
        if line.id in settled:
            yield line.position, _here(tab, _closed(settled[line.id], language, answers)), line.shown


def appended(
    tx: Tx, language: str, tab: Lines[AnswerLine], asked: Sequence[OpenQuestion], answers: Answers
) -> list[Request]:
    """Open questions that have no line yet get one."""
    here = {line.id for line in tab.lines}
    lacking = [each for each in asked if each.id not in here]
    new = [_here(tab, _opened(tx, each, language, answers)) for each in lacking]
    rows = [{tab.columns.at[role]: value for role, value in cells.items()} for cells in new]
    return append_rows(tab.tab.sheet_id, rows, [_rules(tab, each, language) for each in lacking])


def offered(language: str, tab: Lines[AnswerLine], asked: Sequence[OpenQuestion]) -> list[Request]:
    """The list beside a line whose choices are written anew: other numbers, another language, an earlier version."""
    by_id = {line.id: line for line in tab.lines}
    requests: list[Request] = []
    for each in asked:
        line = by_id.get(each.id)
        if line is not None and any(line.shown.get(role) != value for role, value in _offer(tab, each, language)):
            for column, rule in _rules(tab, each, language).items():
                requests.append(lets_in(tab.tab.sheet_id, line.position, column, rule))
    return requests


def _offer(tab: Lines[AnswerLine], each: OpenQuestion, language: str) -> Iterator[tuple[str, CellValue]]:
    """What stands in a line that was given its list. An earlier version wrote neither severity nor list."""
    yield "choices", _choices(each, language)
    if "severity" in tab.columns.at:
        yield "severity", say("desk", severity(each.kind), language)


def _choices(each: OpenQuestion, language: str) -> str | None:
    return " / ".join(choices(each.kind, language, each.data)) or None


def _rules(tab: Lines[AnswerLine], each: OpenQuestion, language: str) -> Rules:
    """A list in the answer's cell where there is something to choose. Anything else may be written all the same."""
    texts = choices(each.kind, language, each.data)
    return {tab.columns.at["answer"]: one_of(texts)} if texts else {}


def _here(tab: Lines[AnswerLine], cells: Mapping[str, CellValue]) -> Mapping[str, CellValue]:
    """Those of the columns that there are."""
    return {role: value for role, value in cells.items() if role in tab.columns.at}


def _opened(tx: Tx, each: OpenQuestion, language: str, answers: Answers) -> dict[str, CellValue]:
    return {
        "id": each.id,
        "severity": say("desk", severity(each.kind), language),
        "done": processed_title(language, done=False),
        "at": answers.stamp(time_of(each.at)),
        "age": age(tx.at - time_of(each.at), language),
        "subject": each.subject,
        "question": question(each.kind, language, each.subject, each.data),
        "choices": _choices(each, language),
        "result": each.result[language] if each.result else None,
    }


def _closed(each: OpenQuestion, language: str, answers: Answers) -> dict[str, CellValue]:
    what = (each.result or {}).get(language, "")
    at = answers.clock(time_of(each.closed_at or each.at))
    told = say("results", "done", language, time=at, what=what)
    return {"done": processed_title(language, done=True), "age": None, "result": told}


def age(passed: timedelta, language: str) -> str:
    """How long ago something came up, in the coarsest words that still help."""
    if passed >= _DAY:
        return say("desk", "age days", language, n=passed // _DAY)
    if passed >= _HOUR:
        return say("desk", "age hours", language, n=passed // _HOUR)
    for minutes in _MINUTES:
        if passed >= timedelta(minutes=minutes):
            return say("desk", "age minutes", language, n=minutes)
    return say("desk", "age new", language)
