"""What a person's keystrokes become: number, date, percent, truth, formula or text (valueInputOption USER_ENTERED)."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from .cells import ERROR_TYPES, Cell, CellError, Entered, Formula
from .errors import Json
from .number_format import EPOCH
from .switches import Switches

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$")
_YMD = re.compile(r"(\d{4})([/.-])(\d{1,2})\2(\d{1,2})$")
_KANJI_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日$")
_MDY = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})$")
_MONTH_DAY = re.compile(r"(\d{1,2})/(\d{1,2})$")
_TIME = re.compile(r"(\d{1,3}):(\d{2})(?::(\d{2}))?(?:\s*([aApP])\.?[mM]\.?)?$")
_CURRENCY = re.compile(r"([+-]?)([¥￥$])\s*([+-]?[\d.,]+)$")


@dataclass(frozen=True, slots=True)
class Typed:
    value: Entered | None
    number_format: Json | None = None
    """the format that typing this gives to a cell without a number format"""


def typed_into(cell: Cell, text: str, locale: str, switches: Switches, today: date) -> Cell:
    """The cell after a person typed `text` into it."""
    if text == "":
        return cell.emptied()
    if cell.is_text and switches.text_cells_keep_typed_text:
        return cell.with_value(text)
    typed = understand(text, locale, switches.full_width_digits, switches.error_literals, today)
    if typed.number_format is None or cell.number_format:
        return cell.with_value(typed.value)
    look = {**cell.format, "numberFormat": typed.number_format}
    return Cell(typed.value, look, cell.note, cell.validation)


@lru_cache(maxsize=4096)
def understand(text: str, locale: str, full_width: str, error_literals: bool, today: date) -> Typed:
    if text.startswith("'"):
        return Typed(text[1:] or None)
    if text.startswith("=") and len(text) > 1:
        return Typed(Formula(text))
    japanese = locale.startswith("ja")
    if full_width == "always" or (full_width == "ja_JP" and japanese):
        normal = unicodedata.normalize("NFKC", text)
    else:
        normal = text
    word = normal.strip()
    if not word.isascii() and not re.match(r"[+-]?[¥￥]|\d{4}年", word):
        return Typed(text)
    if word.upper() in ("TRUE", "FALSE"):
        return Typed(word.upper() == "TRUE")
    if error_literals and word.upper() in ERROR_TYPES:
        return Typed(CellError(ERROR_TYPES[word.upper()]))
    return _number(word, japanese) or _moment(word, japanese, today) or Typed(text)


def _number(word: str, japanese: bool) -> Typed | None:
    value = _plain(word)
    if value is not None:
        return Typed(value, _number_format(word))
    if word.endswith("%"):
        value = _plain(word[:-1].rstrip())
        pattern = "0.00%" if "." in word else "0%"
        return None if value is None else Typed(value / 100, {"type": "PERCENT", "pattern": pattern})
    money = _CURRENCY.match(word)
    value = _plain(money[1] + money[3]) if money else None
    if money is None or value is None:
        return None
    return Typed(value, _currency_format(money[2], "." in money[3], japanese))


def _plain(word: str) -> float | None:
    if not _NUMBER.match(word) and not _GROUPED.match(word):
        return None
    value = float(word.replace(",", ""))
    return value if math.isfinite(value) else None


def _number_format(word: str) -> Json | None:
    if "," in word:
        return {"type": "NUMBER", "pattern": "#,##0.00" if "." in word else "#,##0"}
    return {"type": "SCIENTIFIC", "pattern": "0.00E+00"} if "e" in word.lower() else None


def _currency_format(symbol: str, cents: bool, japanese: bool) -> Json:
    digits = "#,##0.00" if cents else "#,##0"
    if symbol == "$":
        return {"type": "CURRENCY", "pattern": f"[$$-409]{digits}" if japanese else f"$#,##0{'.00' if cents else ''}"}
    return {"type": "CURRENCY", "pattern": f"[$¥-411]{digits}"}


def _moment(word: str, japanese: bool, today: date) -> Typed | None:
    day_text, _, time_text = word.partition(" ")
    day = _day(day_text, japanese, today)
    if day is None:
        time = _time(word)
        return None if time is None else Typed(time, {"type": "TIME", "pattern": _time_pattern(word)})
    serial, kind = day
    if not time_text:
        return Typed(serial, kind)
    time = _time(time_text.strip())
    if time is None:
        return None
    pattern = "yyyy/mm/dd h:mm:ss" if japanese else "m/d/yyyy h:mm:ss"
    return Typed(serial + time, {"type": "DATE_TIME", "pattern": pattern})


def _day(word: str, japanese: bool, today: date) -> tuple[float, Json] | None:
    if match := _YMD.match(word):
        pattern = {"-": "yyyy-mm-dd", "/": "yyyy/mm/dd", ".": "yyyy.mm.dd"}[match[2]]
        return _serial(int(match[1]), int(match[3]), int(match[4]), pattern)
    if match := _KANJI_DATE.match(word):
        return _serial(int(match[1]), int(match[2]), int(match[3]), 'yyyy"年"m"月"d"日"')
    if not japanese and (match := _MDY.match(word)):
        return _serial(int(match[3]), int(match[1]), int(match[2]), "m/d/yyyy")
    if match := _MONTH_DAY.match(word):
        return _serial(today.year, int(match[1]), int(match[2]), "m/d")
    return None


def _serial(year: int, month: int, day: int, pattern: str) -> tuple[float, Json] | None:
    try:
        return float((datetime(year, month, day) - EPOCH).days), {"type": "DATE", "pattern": pattern}
    except ValueError:
        return None


def _time(word: str) -> float | None:
    match = _TIME.match(word)
    if not match or int(match[2]) > 59 or int(match[3] or 0) > 59:
        return None
    hours = int(match[1])
    if match[4]:
        hours = hours % 12 + (12 if match[4] in "pP" else 0)
    return (hours * 3600 + int(match[2]) * 60 + int(match[3] or 0)) / 86400


def _time_pattern(word: str) -> str:
    clock = "h:mm:ss" if word.count(":") == 2 else "h:mm"
    return f"{clock} am/pm" if "m" in word.lower() else clock
