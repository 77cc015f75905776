"""Tabs and headers that the bridge needs and does not find."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bridge.flows.desk import Look, header_problems
from bridge.ledger.ledger import Tx
from bridge.sheet.headings import Headed
from bridge.sheet.layout import tab_spec
from bridge.sheet.months import month_of_role, role_of
from bridge.sheet.texts import both


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
        if question.kind == "header" and month_of_role(role) and role not in parts:
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


def _report_tabs(tx: Tx, look: Look, language: str) -> None:
    for role in ("stock", "listings", "questions", "settings", "moves", "history", "journal"):
        title = tab_spec(role).title(language)
        if role in look.missing:
            tx.questions.ask("tab missing", title)
        else:
            tx.questions.settle("tab missing", title, both("results", "settled itself"))
