"""`make reliability`: the pages tests/RELIABILITY.md and tests/RELIABILITY.ja.md, from the figures of the last runs.

Nothing is run here and no figure is made up: a run that wasn't made is said to be missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.errors import Hint
from bridge.sheet.probe import Verdict, all_words
from tests.support.figures import kept

PAGES = {"en": Path("tests/RELIABILITY.md"), "ja": Path("tests/RELIABILITY.ja.md")}


@dataclass(frozen=True)
class Claim:
    """One thing the bridge claims, and the run that measures it. `name`: of the figures under var/reliability/."""

    name: str
    command: str
    title: Hint
    says: Hint


CLAIMS = (
    Claim(
        "simulation",
        "make simulate SEEDS=1-180 STEPS=500",
        Hint("どの順番で何が起きても", "Whatever happens in whatever order"),
        Hint(
            "人・お客さま・モール・ネットワーク・プロセスがでたらめな順番で動く世界を、種から作って歩かせます。"
            "1歩ごとに、設計書だけから書いた小さなモデルが約束を調べます（在庫の計算が合う、注文は1度だけ、"
            "入力は失われない、証拠なしに増やさない）。静まったところでは、表・台帳・モールが一致しなければなりません。",
            "Worlds made from seeds, in which people, shoppers, malls, the network and the process act in random "
            "order. After every step a small model written from the design checks the promises (the books add up, an "
            "order counts once, no entry is lost, nothing is raised without proof); at rest sheet, ledger and malls "
            "agree.",
        ),
    ),
    Claim(
        "simulation-all",
        "make simulate CHANNELS=all SEEDS=1-100 STEPS=500",
        Hint("モールも自社店も店頭も倉庫も一度に", "Malls, own shops, tills and warehouses at once"),
        Hint(
            "同じ世界を、4つのモールに、自社店（カラーミー・EC-CUBE・WooCommerce）、店頭（スマレジ・Square）、"
            "ファイルでやりとりするモールと外部倉庫を加えて歩かせます。",
            "The same worlds with own shops (Color Me, EC-CUBE, WooCommerce), tills (Smaregi, Square), and a mall "
            "and a warehouse that trade by files beside the four malls.",
        ),
    ),
    Claim(
        "crashes",
        "make test-crash SEEDS=1",
        Hint("いつ止められても", "Killed at any moment"),
        Hint(
            "本物のプロセスを、名前の付いたすべての箇所で kill -9 し、本物のファイルから起動し直して、"
            "あるべき姿と比べます。",
            "A real process is killed with kill -9 at every named point, started again on its real files, and compared "
            "with what was meant.",
        ),
    ),
    Claim(
        "abuse",
        "make abuse LAYOUTS=5000",
        Hint("表がどう壊れても", "However the spreadsheet is broken"),
        Hint(
            "見出し・列・行・タブ・セル・ロック・設定を、でたらめに壊します。モールの数が、人が意図したはずのない数に"
            "なってはいけません。困りごとには表の中に文が出て、直せばすべてが一致しなければなりません。",
            "Headers, columns, rows, tabs, cells, locks and settings are broken at random. No mall may show a number "
            "that nobody can have meant, every problem must be told in the sheet, and once mended all must agree.",
        ),
    ),
    Claim(
        "webhooks",
        "make webhooks",
        Hint("にせの通知・くり返しの通知が来ても", "Whoever sends webhooks, and however often"),
        Hint(
            "署名の合わない通知1万件を本物のソケットに送ります。また、200件の注文の通知を、2重に、遅れて、順番もばらばらに"
            "届けたうえで、1件につき20回ずつ送り直します。",
            "Ten thousand wrongly signed webhooks come over a real socket. Those of 200 orders come doubled, late and "
            "shuffled, and each is then replayed 20 times.",
        ),
    ),
    Claim(
        "storms",
        "make storms",
        Hint("まわりが荒れても", "In bad weather"),
        Hint(
            "429の嵐、表に届かない30分、見えないモール、セールの30分。同じ筋書きで、別のやり方とも比べます。",
            "A storm of 429, a sheet out of reach, a mall that can't be seen, a flash sale: the same tape under the "
            "bridge and under other ways of doing it.",
        ),
    ),
)
TEXTS = {
    "title": Hint("信頼性", "Reliability"),
    "made": Hint(
        "`make reliability` が、最後に走らせたときの数から作ったページです。同じコマンドで、だれでも確かめられます。"
        "種（seed）が同じなら、同じことが起きます。",
        "Written by `make reliability` from the figures of the last runs. Anyone can run the same commands again; "
        "the same seed brings about the same story.",
    ),
    "run": Hint("コマンド", "Command"),
    "missing": Hint("まだ走らせていません。", "Not run yet."),
    "figure": Hint("数えたもの", "Counted"),
    "value": Hint("数", "Figure"),
    "limits": Hint("正直な限界", "Honest limits"),
    "unpromised": Hint(
        "Googleが約束していないことの上に立っている部分があります。本物のGoogleでは、まだだれも確かめていません。"
        "`bridge check --probe` が、利用者自身の表の試験用タブで1つずつ試し、✗が出たら、bridgeは本番になりません。",
        "Parts of this rest on what Google doesn't promise, and nobody has tried it on the real Google yet. "
        "`bridge check --probe` tries each on scratch tabs of the user's own spreadsheet; at a ✗ the bridge doesn't go "
        "live.",
    ),
    "blind": Hint(
        "見えないモールについて、ほかのモールは「もう売れたかもしれない数」だけを控えます。その間にほかのモールが売り切れると、"
        "見えないモールがそのあとに売った数は、控えるものがなく、止める方法もないので、売り越しになります（表の "
        "after_the_rush）。",
        "For a mall that can't be seen the others hold back what it may have sold so far. Once they are sold out, "
        "nothing is left to hold back, and what that mall sells from then on is oversold, since it can't be told "
        "either (after_the_rush in the table).",
    ),
    "tried": Hint("試すこと", "What is tried"),
    "counted on": Hint("あてにしていること", "What is counted on"),
    "else": Hint("違っていたら", "Were it otherwise"),
    "refuses": Hint("本番にしない", "the bridge doesn't go live"),
    "copes": Hint("差し支えない", "the bridge copes"),
    "sandbox": Hint(
        "上の数はすべて、Googleとモールの代わりをするサンドボックスに対して測ったものです。",
        "All figures above were measured against the sandbox that stands where Google and the malls stand.",
    ),
}


def page(language: str) -> str:
    return "\n".join(_lines(language)) + "\n"


def _lines(language: str) -> Iterator[str]:
    def say(hint: Hint) -> str:
        return hint.ja if language == "ja" else hint.en

    text = {name: say(hint) for name, hint in TEXTS.items()}
    yield from (f"# {text['title']}", "", text["made"], "")
    for claim in CLAIMS:
        yield from (f"## {say(claim.title)}", "", say(claim.says), "", f"{text['run']}: `{claim.command}`", "")
        figures = kept(claim.name)
        yield from [text["missing"]] if figures is None else _figures(figures, text)
        yield ""
    yield from (f"## {text['limits']}", "", text["sandbox"], "", text["blind"], "", text["unpromised"], "")
    rows = []
    for words in all_words().values():
        refuses = any(outcome.verdict is Verdict.BREAKS for outcome in words.outcomes.values())
        expected = say(words.outcomes[words.expected].happened)
        rows.append((say(words.tried), expected, text["refuses" if refuses else "copes"]))
    yield from _table((text["tried"], text["counted on"], text["else"]), rows)


def _figures(figures: Mapping[str, Any], text: Mapping[str, str]) -> Iterator[str]:
    """Single figures as one table; a list of like things as a table of its own."""
    flat = [(name, _shown(value)) for name, value in figures.items() if not _is_table(value)]
    if flat:
        yield from _table((text["figure"], text["value"]), flat)
    for name, value in figures.items():
        if _is_table(value):
            columns = list(value[0])
            yield from ("", f"**{name}**", "")
            yield from _table(columns, [[_shown(each.get(column)) for column in columns] for each in value])


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


def _shown(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return {True: "✓", False: "✗", None: "—"}[value]
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_shown(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "—"
    return str(value)


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(headers) + " |"
    yield "|" + "---|" * len(headers)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def main() -> int:
    for language, path in PAGES.items():
        path.write_text(page(language), encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
