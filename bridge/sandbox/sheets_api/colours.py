"""Colours as Google keeps them: eight bits a channel, zeros left out, and the old spelling beside the new one."""

from __future__ import annotations

import struct
from functools import cache

from .cells import Format, plain_number
from .errors import Json
from .looks import THEME_COLOURS
from .masks import EVERYTHING, Mask, inside

_CHANNELS = ("red", "green", "blue")
_WIDTHS = {"DOTTED": 1, "DASHED": 1, "SOLID": 1, "SOLID_MEDIUM": 2, "SOLID_THICK": 3, "DOUBLE": 3}
"""pixels of a border, by its style"""


def kept(colour: Json) -> Json:
    """{"red": 1, "green": 0, "blue": 0.5} → {"red": 1, "blue": 0.49803922}"""
    bits = {name: int(colour.get(name, 0) * 255 + 1e-4) for name in _CHANNELS}  # a channel that was read comes back
    return {name: _channel(count) for name, count in bits.items() if count}


@cache
def _channel(bits: int) -> float | int:
    """A channel as a 32-bit float is written: the shortest number that reads back to it."""
    exact = struct.pack("f", bits / 255)
    (single,) = struct.unpack("f", exact)
    written = (float(f"{single:.{digits}g}") for digits in range(1, 10))
    return plain_number(next(number for number in written if struct.pack("f", number) == exact))


def paired(changed: Json, new: Json, mask: Mask, name: str) -> Json:
    """`changed`, which took over from `new` what the mask names, with the colour `name` and its newer twin
    (`…Style`) saying the same. Where both were written, the twin counts; a theme's colour is told as what it is."""
    twin = f"{name}Style"
    old_way, new_way = inside(mask, name) is not None, inside(mask, twin) is not None
    if not old_way and not new_way:
        return changed
    if new_way and (twin in new or not (old_way and name in new)):
        style: Json = changed.get(twin, {})
    else:
        style = {"rgbColor": changed.get(name, new[name])} if name in new else {}
    rest = {member: value for member, value in changed.items() if member not in (name, twin)}
    if not style:
        return rest
    if "rgbColor" in style:
        style = {"rgbColor": kept(style["rgbColor"])}
    shown = style["rgbColor"] if "rgbColor" in style else THEME_COLOURS.get(style.get("themeColor", ""), {})
    return {**rest, name: shown, twin: style}


def painted(changed: Format, new: Format, mask: Mask) -> Format:
    """A cell's format with all its colours and borders as they are kept."""
    result = paired(changed, new, mask, "backgroundColor")
    text, lines = inside(mask, "textFormat"), inside(mask, "borders")
    if text is not None and "textFormat" in result:
        letters = paired(result["textFormat"], new.get("textFormat", {}), text, "foregroundColor")
        result = {**result, "textFormat": letters}
    if lines is not None and "borders" in result:
        edges = {side: drawn for side, line in result["borders"].items() if (drawn := border(line))}
        result = {name: value for name, value in result.items() if name != "borders"} | (
            {"borders": edges} if edges else {}
        )
    return result


def border(line: Json) -> Json:
    """One edge of a cell; {} where there is none. Without a colour it is black."""
    style = line.get("style", "NONE")
    if style not in _WIDTHS:
        return {}
    coloured = line if "color" in line or "colorStyle" in line else {**line, "color": {}}
    return {**paired(coloured, coloured, EVERYTHING, "color"), "style": style, "width": _WIDTHS[style]}
