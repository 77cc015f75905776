"""`make sheets-surface`: tests/SHEETS.md and tests/SHEETS.ja.md, which say what of Google the sandbox serves.

The first table is made of the cases of tests/contract/sheets_surface, which are run by the tests; the others are what
the sandbox has routes and handlers for, beside what Google's discovery documents list.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import gspread

from bridge.errors import Hint
from bridge.sandbox.sheets_api.app import served_methods
from bridge.sandbox.sheets_api.batch import request_kinds
from bridge.sandbox.sheets_api.formula import FUNCTIONS
from tests.contract.sheets_surface.register import CASES, public_members
from tests.support.discovery import document, find_method, methods

ROOT = Path(__file__).parents[1]
PAGES: Mapping[str, Path] = {"en": ROOT / "tests" / "SHEETS.md", "ja": ROOT / "tests" / "SHEETS.ja.md"}
for _name in ("client", "spreadsheet", "worksheet_value", "worksheet_shape", "worksheet_look"):
    importlib.import_module(f"tests.contract.sheets_surface.{_name}_cases")

_TITLE = Hint("サンドボックスが話す Google", "What of Google the sandbox serves")
_INTRO = Hint(
    "`make sheets-surface` が作ります。インストール済みの gspread {version} の公開メソッドとプロパティ {count} 個を、"
    "ソケット越しの `bridge sandbox` に対して1つずつ試した結果です（tests/contract/sheets_surface。答えは Google の "
    "discovery document にも照らします）。○ は Google と同じ、△ は右に書いた範囲。対応していないものには、Google の"
    "エラーの形で501と1文を返します。答えの出どころは Google の資料と、gspread のテストが Google で記録した応答です。"
    "私たち自身が本物の Google で確かめたものではありません。",
    "Made by `make sheets-surface`. Each of the {count} public methods and properties of the installed gspread "
    "{version} is tried against `bridge sandbox` over a socket (tests/contract/sheets_surface), its answers held "
    "against Google's discovery documents. “yes”: as Google answers; “in part”: as far as the note says. What is not "
    "served answers 501 and a sentence that names it, in the form of Google's errors. The answers come from Google's "
    "reference and from what gspread's own tests recorded at Google; nobody here has tried them at Google itself.",
)
_HEADS = Hint("| メソッド | | 備考 |", "| method | | note |")
_SERVED = {False: Hint("○", "yes"), True: Hint("△", "in part")}
_METHODS = Hint("Google の API のメソッド", "Methods of Google's APIs")
_KINDS = Hint("spreadsheets.batchUpdate のリクエスト", "Requests of spreadsheets.batchUpdate")
_FUNCTIONS = Hint("数式", "Formulas")
_CALCULATED = Hint(
    "計算する関数は {count} 個です: {names}。ほかの関数は Google でまちがえた名前と同じく #NAME? になります"
    "（「Unknown function」）。数式の文字はそのまま残り、書き出しにも入ります。",
    "{count} functions are calculated: {names}. Any other shows #NAME? (“Unknown function”), as a misspelt one does at "
    "Google; the formula's text is kept, and goes into what is exported.",
)
_YES, _NO = Hint("対応", "Served"), Hint("501 を返すもの", "Answered by 501")


def page(language: str) -> str:
    """The whole page. `language`: en or ja."""
    return "\n".join(_lines(language)) + "\n"


def _lines(language: str) -> Iterator[str]:
    def said(hint: Hint) -> str:
        return str(getattr(hint, language))

    members = public_members()
    yield f"# {said(_TITLE)}"
    yield ""
    yield said(_INTRO).format(count=len(members), version=gspread.__version__)
    notes = {member: case.note for case in CASES if case.note for member in case.members}
    owner = ""
    for member in members:
        cls, _, name = member.partition(".")
        if cls != owner:
            yield from ("", f"## gspread.{cls}", "", said(_HEADS), "|---|---|---|")
            owner = cls
        note = notes.get(member)
        yield f"| `{name}` | {said(_SERVED[note is not None])} | {said(note) if note else ''} |".replace("|  |", "| |")
    yield from ("", f"## {said(_METHODS)}")
    for api, found in _api_methods().items():
        yield from ("", f"**{api}**", "")
        yield from _served(said(_YES), said(_NO), found)
    yield from ("", f"## {said(_KINDS)}", "")
    kinds = request_kinds()
    known = document("sheets.v4")["schemas"]["Request"]["properties"]
    yield from _served(said(_YES), said(_NO), {kind: kind in kinds for kind in known})
    yield from ("", f"## {said(_FUNCTIONS)}", "")
    yield said(_CALCULATED).format(count=len(FUNCTIONS), names=", ".join(sorted(FUNCTIONS)))


def _api_methods() -> dict[str, dict[str, bool]]:
    """API → its methods: is it served? All of Sheets, and of Drive what has to do with a spreadsheet's file."""
    served = {method.name for verb, path in served_methods() if (method := find_method(verb, path))}
    asked = {"sheets.v4": "sheets.", "drive.v3": ("drive.files.", "drive.permissions.", "drive.comments.")}
    return {
        api: {method.name: method.name in served for method in methods(api) if method.name.startswith(start)}
        for api, start in asked.items()
    }


def _served(yes: str, no: str, found: Mapping[str, bool]) -> Iterator[str]:
    for title, wanted in ((yes, True), (no, False)):
        named = [f"`{name}`" for name, is_served in found.items() if is_served == wanted]
        yield f"- {title} ({len(named)}): {', '.join(named) or '–'}"


def main() -> None:
    for language, path in PAGES.items():
        path.write_text(page(language), encoding="utf-8")


if __name__ == "__main__":
    main()
