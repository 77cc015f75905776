"""Bytes into cells, strictly (rules 2 and 4). Pure.

The encoding is the profile's; what the bytes look like only confirms it. "The first codec that decodes" is wrong:
EUC-JP decodes as half-width kana under cp932 without an error.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bridge.channels.files import damage
from bridge.file_profiles import Form

_QUOTING = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL, "none": csv.QUOTE_NONE}
_HALF_WIDTH_KANA = re.compile("[\uff61-\uff9f]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # of ISO-2022-JP, and of nothing that people write
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Row:
    """`number`: as people count them, the heading is 1 · `cells`: by heading, as they stand there."""

    number: int
    cells: Mapping[str, str]


def rows_of(data: bytes, form: Form, needed: Sequence[str], last_counts: Sequence[str] = ()) -> list[Row]:
    """Every row; none where there is but the heading. `needed`: headings that must be there · `last_counts`: headings
    whose cell must not end a file that lacks its last line end, since nobody could tell 12 from 1. Raises Damaged."""
    text = text_of(data, form).rstrip("\x1a")
    lines = _lines(text, form)
    names = _names(lines, form, needed)
    body = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if any(line) and (number > 1 or not form.header)
    ]  # fmt: skip
    width = len(body[0][1]) if body else 0
    rows = [_row(number, line, names, width) for number, line in body]
    if not text.endswith(("\n", "\r")) and names[-1] in last_counts:
        raise damage.cut()
    return rows


def text_of(data: bytes, form: Form) -> str:
    """The text of a file, in its profile's encoding or not at all. Raises Damaged."""
    utf_8 = form.encoding.startswith("utf-8")
    if data.startswith(_UTF_16) or b"\0" in data:
        raise damage.encoding(form.encoding)
    if data.startswith(codecs.BOM_UTF8):
        if not utf_8:
            raise damage.encoding(form.encoding)
        data = data[len(codecs.BOM_UTF8) :]
    elif not utf_8 and not data.isascii() and _decodes(data, "utf-8"):
        raise damage.encoding(form.encoding)
    try:
        text = data.decode("utf-8" if utf_8 else form.encoding)
    except UnicodeDecodeError:
        raise damage.encoding(form.encoding) from None
    if _CONTROL.search(text.rstrip("\x1a")):
        raise damage.encoding(form.encoding)
    if form.encoding == "cp932" and _HALF_WIDTH_KANA.search(text) and _decodes(data, "euc_jp"):
        raise damage.encoding(form.encoding)
    return text


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _lines(text: str, form: Form) -> list[list[str]]:
    if form.quoting == "none":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error:
        raise damage.cut() from None


def _names(lines: Sequence[Sequence[str]], form: Form, needed: Sequence[str]) -> list[str]:
    """The headings, as they are compared. A column that nobody needs may be called anything."""
    if not lines:
        raise damage.empty()
    names = [same(each) for each in lines[0]] if form.header else [str(n + 1) for n in range(form.width)]
    while names and not names[-1]:
        names.pop()
    for each in needed:
        if names.count(same(each)) != 1:
            raise damage.header(each)
    return names


def _row(number: int, line: Sequence[str], names: Sequence[str], width: int) -> Row:
    """Columns without a heading may follow where they are blank, but as many in every row: else one cell has come in
    between, and pushed the others along."""
    if len(line) != width or width < len(names) or any(cell.strip() for cell in line[len(names) :]):
        raise damage.shifted(number)
    return Row(number, dict(zip(names, (cell.strip() for cell in line), strict=False)))


def same(text: str) -> str:
    """A text as it is compared with another: full width and half width are the same."""
    return unicodedata.normalize("NFKC", text).strip()


def bytes_of(lines: Sequence[Sequence[str]], form: Form) -> bytes:
    """The bytes of a file that goes out, its heading among the lines. Raises UnicodeEncodeError, csv.Error."""
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=form.delimiter,
        quoting=_QUOTING[form.quoting],  # type: ignore[arg-type]
        lineterminator=form.line_end,
        quotechar=None if form.quoting == "none" else '"',
    )
    writer.writerows(lines)
    return out.getvalue().encode(form.encoding)
