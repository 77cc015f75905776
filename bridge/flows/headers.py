"""Tabs and headers that the bridge needs and does not find, and columns that stood once and are gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

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
    now: dict[str, list[str]] = {}
    for role, part in parts.items():
        before = set(stood.get(role, ()))
        if part is None or not part.columns.at:  # no header row: told as such
            now |= {role: sorted(before)} if before else {}
            continue
        spec = tab_spec(role)
        there = {column.role for column in spec.columns if column.optional and column.role in part.columns.at}
        now |= {role: sorted(before | there)} if before | there else {}
        for question in tx.questions.open():
            if question.kind == "column gone" and question.data["role"] == role and question.data["column"] in there:
                tx.questions.close(question.id, both("results", "settled itself"))
        if not still(f"columns {role}", before - there):
            continue
        for column in (column for column in spec.columns if column.role in before - there):
            tab, header = spec.title(language), column.title(language)
            tx.questions.ask(
                "column gone", f"{tab} {header}", {"role": role, "column": column.role, "tab": tab, "header": header}
            )
    if now != stood:
        tx.put(STOOD, now)


def _report_tabs(tx: Tx, look: Look, language: str) -> None:
    for role in ("stock", "listings", "questions", "settings", "moves", "history", "journal"):
        title = tab_spec(role).title(language)
        if role in look.missing:
            tx.questions.ask("tab missing", title)
        else:
            tx.questions.settle("tab missing", title, both("results", "settled itself"))
