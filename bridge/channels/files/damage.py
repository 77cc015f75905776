"""What is wrong with a file, as plain sentences. Whatever it is, nothing of the file is taken."""

from __future__ import annotations

from bridge.errors import BridgeError, Hint


class Damaged(BridgeError):
    """A file that does not fit: set aside whole, with the reason beside it."""


def damaged(ja: str, en: str) -> Damaged:
    return Damaged(Hint(ja, en))


def encoding(profile: str) -> Damaged:
    return damaged(
        f"文字コードがプロファイル（{profile}）と違うため、読んでいません。正しい文字コードで出し直してもらってください。",
        f"Its encoding is not the profile's ({profile}), so it was not read. Have it written again in that encoding.",
    )


def header(name: str) -> Damaged:
    return damaged(
        f"見出し「{name}」が見つからないか、2つあります。列が変わったなら、プロファイルを直してください。",
        f"The heading {name} is missing or stands twice. If the columns have changed, mend the profile.",
    )


def shifted(row: int) -> Damaged:
    return damaged(
        f"{row} 行目の列の数が見出しと違います（列がずれています）。ファイルを出し直してもらってください。",
        f"Row {row} has another number of columns than the heading: they are shifted. Have the file written again.",
    )


def cut() -> Damaged:
    return damaged(
        "ファイルが途中で切れています。全部そろったものを置き直してください。",
        "The file is cut off. Put the whole of it there again.",
    )


def excel(row: int, text: str) -> Damaged:
    return damaged(
        f"{row} 行目の商品コード「{text}」は Excel で壊れています。元のデータから Excel を通さずに出し直してください。",
        f"Row {row}: the code {text} was damaged by Excel. Write the file again from its source, without Excel.",
    )


def number(row: int, text: str) -> Damaged:
    return damaged(
        f"{row} 行目の数「{text}」を読めません。整数で出し直してもらってください。",
        f"Row {row}: the number {text} can't be read. Have it written as a whole number.",
    )


def blank(row: int, role: str) -> Damaged:
    return damaged(
        f"{row} 行目の {role} が空です。空欄は 0 とはみなしません。ファイルを出し直してもらってください。",
        f"Row {row}: {role} is blank, which is not 0. Have the file written again.",
    )


def strange(row: int, header_: str, text: str) -> Damaged:
    return damaged(
        f"{row} 行目の「{header_}」が知らない値（{text}）です。プロファイルに意味を書き足してください。",
        f"Row {row}: {header_} has an unknown value ({text}). Add its meaning to the profile.",
    )


def date(row: int, text: str) -> Damaged:
    return damaged(
        f"{row} 行目の日時「{text}」を読めません。プロファイルの dates を確かめてください。",
        f"Row {row}: the time {text} can't be read. Look at dates in the profile.",
    )


def doubled(row: int) -> Damaged:
    return damaged(
        f"{row} 行目は前の行とまったく同じです。二重に数えないよう、ファイルごと止めました。",
        f"Row {row} is the same as one before it. So that nothing counts twice, the whole file is stopped.",
    )


def undated() -> Damaged:
    return damaged(
        "いつの内容か分かりません（ファイル名にも列にも日時がありません）。",
        "It can't be told as of when it is: neither its name nor a column has a time.",
    )


def future() -> Damaged:
    return damaged(
        "基準日時が未来です。相手か、この機械の時計を確かめてください。",
        "It is dated in the future. Look at the clocks, the partner's and this machine's.",
    )


def older(name: str) -> Damaged:
    return damaged(
        f"すでに取り込んだもの（{name}）より古い内容です。取り込みません。",
        f"It is older than what was taken already ({name}). It is not taken.",
    )


def again(name: str) -> Damaged:
    return damaged(
        f"同じ内容の差分ファイルをもう取り込んでいます（{name}）。二重に数えないよう止めました。別の入出庫なら、手で入力して"
        "ください。",
        f"A file of changes with the same content was taken already ({name}). It is stopped so that nothing counts"
        " twice. If these are other goods, type them in.",
    )


def rewritten() -> Damaged:
    return damaged(
        "この名前の差分ファイルはもう取り込みましたが、前と違う内容になっています。二重に数えないよう止めました。足りない分は、"
        "手で入力してください。",
        "A file of changes was taken under this name already, and this one says other changes. It is stopped so that"
        " nothing counts twice. Type in what is missing.",
    )


def guarded(changed: int, of: int) -> Damaged:
    return damaged(
        f"{of} 件のうち {changed} 件がなくなったか 0 になっています。正しければ、隔離フォルダーで、ファイル名の末尾に"
        " .ok を付けてください。違うなら消してください。",
        f"{changed} of {of} rows are gone or at 0. If that is right, add .ok to the file's name in the quarantine"
        " folder; if not, delete it there.",
    )


def too_big() -> Damaged:
    return damaged("ファイルが大きすぎます。", "The file is too big.")


def negative(row: int) -> Damaged:
    return damaged(
        f"{row} 行目の数がマイナスです。ファイルを出し直してもらってください。",
        f"Row {row}: the number is below zero. Have the file written again.",
    )


def empty() -> Damaged:
    return damaged("行が 1 つもありません。", "There is not a single row in it.")
