"""Tabs and headers that the bridge needs and does not find, and columns that stood once and are gone."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from bridge.flows.desk import Look, header_problems
from bridge.ledger.ledger import Tx
from bridge.sheet.headings import Headed
from bridge.sheet.layout import tab_spec
from bridge.sheet.months import month_of_role, role_of
from bridge.sheet.texts import both

STOOD = "columns that stood"  # of those that a tab may lack: role of the tab -> roles of the columns it had


def report_headers(tx: Tx, look: Look, language: str, still: Callable[[str, object], bool]) -> None:
    """A missing tab or header is a question that settles itself when it is back. A header is missed when two polls
    miss it: one may have been an empty read."""
    _report_tabs(tx, look, language)
    parts: Mapping[str, Headed | None] = {
        "stock": look.stock,
        "listings": look.listings,
        "questions": look.answers,
        "settings": look.settings,
        "moves": look.moves,
        "history": look.history,
        **{role_of(month): tab for month, tab in look.orders.items()},
    }
    for question in tx.questions.open():  # of a month whose tab is no longer read
        role = str(question.data.get("role", ""))
        if question.kind in ("header", "column gone") and month_of_role(role) and role not in parts:
            tx.questions.close(question.id, both("results", "settled itself"))
    for role, part in parts.items():
        if part is None:
            continue
        problems = header_problems(role, part.columns, language)
        now = {f"{problem['tab']} {problem['header']}" for problem in problems}
        for question in tx.questions.open():
            if question.kind == "header" and question.data["role"] == role and question.subject not in now:
                tx.questions.close(question.id, both("results", "settled itself"))
        if not still(f"headers {role}", now):
            continue
        for problem in problems:
            what = both("states", "twice" if problem["code"] == "doubled" else "missing")
            data = {"role": role, **problem, "what_ja": what["ja"], "what_en": what["en"]}
            tx.questions.ask("header", f"{problem['tab']} {problem['header']}", data)
    _report_columns(tx, parts, language, still)


def do_without(tx: Tx, role: str, column: str) -> None:
    """A person says that a column is no longer wanted: it is not missed until it stands there again."""
    stood: dict[str, list[str]] = tx.get(STOOD, {})
    tx.put(STOOD, stood | {role: [each for each in stood.get(role, []) if each != column]})


def _report_columns(
    tx: Tx, parts: Mapping[str, Headed | None], language: str, still: Callable[[str, object], bool]
) -> None:
    """A column that a tab may lack is missed where it stood before: what people type under a spoilt header would be
    heard by nobody."""
    stood: dict[str, list[str]] = tx.get(STOOD, {})
    there = {role: _optional(role, part) for role, part in parts.items() if part is not None and part.columns.at}
    for question in tx.questions.open():
        if question.kind == "column gone" and question.data["column"] in there.get(str(question.data["role"]), ()):
            tx.questions.close(question.id, both("results", "settled itself"))
    for role, columns in there.items():
        gone = set(stood.get(role, ())) - columns
        if still(f"columns {role}", gone):
            _ask_about(tx, role, gone, language)
    now = {role: sorted({*stood.get(role, ()), *there.get(role, ())}) for role in parts}
    if now != stood:
        tx.put(STOOD, now)


def _optional(role: str, part: Headed) -> set[str]:
    """Those of a tab's columns that it may lack and has."""
    return {column.role for column in tab_spec(role).columns if column.optional and column.role in part.columns.at}


def _ask_about(tx: Tx, role: str, gone: Container[str], language: str) -> None:
    spec = tab_spec(role)
    for column in (column for column in spec.columns if column.role in gone):
        data = {"role": role, "column": column.role, "tab": spec.title(language), "header": column.title(language)}
        tx.questions.ask("column gone", f"{data['tab']} {data['header']}", data)


def _report_tabs(tx: Tx, look: Look, language: str) -> None:
    for role in ("stock", "listings", "questions", "settings", "moves", "history", "journal"):
        title = tab_spec(role).title(language)
        if role in look.missing:
            tx.questions.ask("tab missing", title)
        else:
            tx.questions.settle("tab missing", title, both("results", "settled itself"))
