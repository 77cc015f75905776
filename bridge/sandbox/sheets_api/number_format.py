"""Number formats: `#,##0.00;[Red]-#,##0`, `yyyy/mm/dd hh:mm`, `0%`, `@` – a pattern compiled once, then applied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

EPOCH = datetime(1899, 12, 30)
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[(h+|m+|s+)\]|\[[^\]]*\]|(y+|M+|m+|d+|h+|H+|s+|a/p|A/P|am/pm|AM/PM)|'
    r"([0#?][0#?,]*(?:\.[0#?]+)?(?:E[+-]0+)?)|(%)|(@)|_.|\*.|(.)",
    re.DOTALL,
)
_WEEKDAYS = {
    "ja": ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}
_MONTHS = "January,February,March,April,May,June,July,August,September,October,November,December".split(",")  # noqa: SIM905

DEFAULT_PATTERNS = {
    "NUMBER": ("#,##0.00", "#,##0.00"),
    "PERCENT": ("0.00%", "0.00%"),
    "CURRENCY": ("$#,##0.00", "[$¥-411]#,##0"),
    "DATE": ("m/d/yyyy", "yyyy/mm/dd"),
    "TIME": ("h:mm:ss am/pm", "h:mm:ss"),
    "DATE_TIME": ("m/d/yyyy h:mm:ss", "yyyy/mm/dd h:mm:ss"),
    "SCIENTIFIC": ("0.00E+00", "0.00E+00"),
    "TEXT": ("@", "@"),
}
"""What a format type without a pattern means: in en_US, in ja_JP"""


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    """literal, date, number, percent, text"""
    text: str


Section = tuple[Token, ...]


def default_pattern(kind: str, locale: str) -> str:
    return DEFAULT_PATTERNS.get(kind, ("", ""))[locale.startswith("ja")]


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> tuple[Section, ...]:
    return tuple(tuple(_tokens(section)) for section in _sections(pattern))


def _sections(pattern: str) -> list[str]:
    return re.findall(r'(?:"[^"]*"|\\.|[^;])+', pattern) or [""]


def _tokens(section: str) -> list[Token]:
    tokens = []
    for match in _TOKEN.finditer(section):
        quoted, escaped, symbol, elapsed, date, number, percent, text, other = match.groups()
        if date or elapsed:
            tokens.append(Token("date", date or f"[{elapsed}]"))
        elif number:
            tokens.append(Token("number", number))
        elif percent:
            tokens.append(Token("percent", "%"))
        elif text:
            tokens.append(Token("text", "@"))
        else:
            literal = next((part for part in (quoted, escaped, symbol, other) if part is not None), "")
            tokens.append(Token("literal", literal))
    return tokens


def general(value: float) -> str:
    """A number without a format: up to ten digits behind the integer part, as a default column shows it."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.10g}" if abs(value) >= 1 else f"{value:.10f}".rstrip("0").rstrip(".")
    if abs(value) < 1e-9 or "e" in text:
        mantissa, _, exponent = f"{value:.5E}".partition("E")
        return f"{mantissa.rstrip('0').rstrip('.')}E{int(exponent):+03d}"
    return text


def format_number(value: float, pattern: str, locale: str) -> str:
    sections = compile_pattern(pattern)
    section = sections[0]
    if value < 0 and len(sections) > 1:
        section, value = sections[1], -value
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    if any(token.kind == "date" for token in section):
        return _format_date(value, section, locale)
    return _format_plain(value, section)


def format_text(value: str, pattern: str) -> str:
    sections = compile_pattern(pattern)
    section = next((part for part in sections if any(token.kind == "text" for token in part)), None)
    if section is None:
        return value
    return "".join(value if token.kind == "text" else token.text for token in section)


def _format_plain(value: float, section: Section) -> str:
    if not any(token.kind in ("number", "text") for token in section):
        return "".join(token.text for token in section) if section else general(value)
    scaled = value * 100 ** sum(token.kind == "percent" for token in section)
    sign = "-" if scaled < 0 else ""
    shown = [_digits(abs(scaled), t.text) if t.kind == "number" else _plain_token(t, scaled) for t in section]
    if sign and not any(mark in "123456789" for mark in "".join(shown)):
        sign = ""
    return sign + "".join(shown)


def _plain_token(token: Token, value: float) -> str:
    return general(abs(value)) if token.kind == "text" else token.text


def _digits(value: float, picture: str) -> str:
    if "E" in picture:
        mantissa, _, exponent = picture.partition("E")
        places = len(mantissa.partition(".")[2])
        number, _, power = f"{value:.{places}E}".partition("E")
        return f"{number}E{int(power):+0{len(exponent)}d}"
    whole, _, fraction = picture.partition(".")
    rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-len(fraction)), rounding=ROUND_HALF_UP)
    integer, _, places_text = f"{rounded:f}".partition(".")
    while places_text and fraction[len(places_text) - 1] in "#?" and places_text.endswith("0"):
        places_text = places_text[:-1]
    integer = integer.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole:
        integer = f"{int(integer or 0):,}".rjust(whole.count("0"), "0") if integer else integer
    return f"{integer}.{places_text}" if places_text else integer


def _format_date(value: float, section: Section, locale: str) -> str:
    try:
        moment = EPOCH + timedelta(seconds=round(value * 86400))
    except OverflowError:  # no date: shown as the number that it is
        return general(value)
    twelve = any(token.text.lower() in ("am/pm", "a/p") for token in section if token.kind == "date")
    parts = []
    for index, token in enumerate(section):
        if token.kind != "date":
            parts.append(token.text)
        elif token.text[0] == "[":
            parts.append(_elapsed(value, token.text))
        elif token.text[0] == "m" and _is_minute(section, index):
            parts.append(f"{moment.minute:0{len(token.text)}d}")
        else:
            parts.append(_date_part(moment, token.text, twelve, locale))
    return "".join(parts)


def _is_minute(section: Section, index: int) -> bool:
    """`m` beside hours or seconds is a minute, else a month."""
    dates = [i for i, token in enumerate(section) if token.kind == "date"]
    at = dates.index(index)
    before = section[dates[at - 1]].text[:2] if at else ""
    after = section[dates[at + 1]].text[:2] if at + 1 < len(dates) else ""
    return before.lstrip("[")[:1] in ("h", "H") or after.lstrip("[")[:1] == "s"


def _elapsed(value: float, token: str) -> str:
    seconds = round(value * 86400)
    amount = seconds // {"h": 3600, "m": 60, "s": 1}[token[1]]
    return f"{amount:0{len(token) - 2}d}"


def _date_part(moment: datetime, token: str, twelve: bool, locale: str) -> str:
    kind, width = token[0], len(token)
    if token.lower() in ("am/pm", "a/p"):
        return ("AM" if moment.hour < 12 else "PM")[: 1 if width == 3 else 2]
    if kind == "y":
        return f"{moment.year % 100:02d}" if width <= 2 else f"{moment.year:04d}"
    if kind in "mM":
        return _month(moment.month, width)
    if kind == "d" and width > 2:
        name = _WEEKDAYS["ja" if locale.startswith("ja") else "en"][moment.weekday()]
        return name if width > 3 else name[: 1 if locale.startswith("ja") else 3]
    hour = (moment.hour % 12 or 12) if twelve else moment.hour
    number = {"d": moment.day, "h": hour, "H": moment.hour, "s": moment.second}[kind]
    return f"{number:0{min(width, 2)}d}"


def _month(month: int, width: int) -> str:
    if width <= 2:
        return f"{month:0{width}d}"
    return _MONTHS[month - 1][:3] if width == 3 else _MONTHS[month - 1]
