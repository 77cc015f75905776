"""What is asked to connect a channel or to renew its key, and where people find it (channels/connect.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from bridge.channel_settings import FILES

REDIRECT = "https://localhost/bridge"  # nothing listens there: the browser shows the code in its address


@cache
def plans() -> Mapping[str, Mapping[str, Any]]:
    """By the kind of channel."""
    return tomllib.loads(files("bridge.channels").joinpath("connect.toml").read_text(encoding="utf-8"))


def section_of(kind: str, name: str) -> str:
    """The part of the settings that is a channel's, below `channels`."""
    return f"{kind}.{name}" if kind == FILES else kind


def called(kind: str, name: str, language: str) -> str:
    """What people call a channel. Partners who are reached by files have but the name that the settings give them."""
    ja, en = plans()[kind]["name"]
    return name if kind == FILES else str(ja if language == "ja" else en)


def typed(name: str, answer: str) -> Any:
    """What was typed for a setting, as the settings file has it."""
    parts = [part.strip() for part in re.split(r"[、,，]", answer) if part.strip()]
    if name in ("locations", "profiles"):
        return parts
    if name == "places":
        pairs = (re.split(r"[=＝]", part, maxsplit=1) for part in parts)
        return {place.strip(): [column.strip() for column in columns] for place, *columns in pairs}
    return int(answer) if answer.isdecimal() and name.endswith(("version", "port")) else answer
