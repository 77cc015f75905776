"""How cells look where nobody said otherwise, and the theme, as Google answers both for a new spreadsheet."""

from __future__ import annotations

from .cells import Format
from .errors import Json

_WHITE: Json = {"red": 1, "green": 1, "blue": 1}
_BLACK: Json = {"rgbColor": {}}
DEFAULT_FORMAT: Json = {
    "backgroundColor": _WHITE,
    "padding": {"top": 2, "right": 3, "bottom": 2, "left": 3},
    "verticalAlignment": "BOTTOM",
    "wrapStrategy": "OVERFLOW_CELL",
    "textFormat": {
        "foregroundColor": {},
        "fontFamily": "arial,sans,sans-serif",
        "fontSize": 10,
        "bold": False,
        "italic": False,
        "strikethrough": False,
        "underline": False,
        "foregroundColorStyle": _BLACK,
    },
    "backgroundColorStyle": {"rgbColor": _WHITE},
}
THEME_COLOURS: dict[str, Json] = {
    "TEXT": {},
    "BACKGROUND": _WHITE,
    "ACCENT1": {"red": 0.25882354, "green": 0.52156866, "blue": 0.95686275},
    "ACCENT2": {"red": 0.91764706, "green": 0.2627451, "blue": 0.20784314},
    "ACCENT3": {"red": 0.9843137, "green": 0.7372549, "blue": 0.015686275},
    "ACCENT4": {"red": 0.20392157, "green": 0.65882355, "blue": 0.3254902},
    "ACCENT5": {"red": 1, "green": 0.42745098, "blue": 0.003921569},
    "ACCENT6": {"red": 0.27450982, "green": 0.7411765, "blue": 0.7764706},
    "LINK": {"red": 0.06666667, "green": 0.33333334, "blue": 0.8},
}
THEME: Json = {
    "primaryFontFamily": "Arial",
    "themeColors": [{"colorType": kind, "color": {"rgbColor": colour}} for kind, colour in THEME_COLOURS.items()],
}
_ALIGNED = {
    side: {**DEFAULT_FORMAT, "horizontalAlignment": side, "hyperlinkDisplayType": "PLAIN_TEXT"}
    for side in ("LEFT", "RIGHT", "CENTER")
}


def effective_format(own: Format, side: str) -> Format:
    """The whole look of a cell. `side`: to which its value leans by itself."""
    base = _ALIGNED[side]
    if not own:
        return base
    text = own.get("textFormat")
    both = {**base, **own}
    if text:
        both["textFormat"] = {**DEFAULT_FORMAT["textFormat"], **text}
    return both
