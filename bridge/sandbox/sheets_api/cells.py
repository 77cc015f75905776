"""One cell: what was typed, its format, its note, its validation. Immutable, so that a copy of a sheet is cheap."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

from .errors import Json, invalid

Format = dict[str, Any]  # a CellFormat in Google's JSON; never changed in place
NO_FORMAT: Format = {}

MAX_TEXT = 50000
"""characters in one cell"""

ERROR_TEXTS = {
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
    "ERROR": "#ERROR!",
}
ERROR_TYPES = {text: kind for kind, text in ERROR_TEXTS.items()}


@dataclass(frozen=True, slots=True)
class CellError:
    kind: str
    """Google's ErrorValue.type"""
    message: str = ""

    @property
    def text(self) -> str:
        return ERROR_TEXTS[self.kind]


@dataclass(frozen=True, slots=True)
class Formula:
    text: str
    """with its leading ="""


Scalar = float | str | bool | CellError
Entered = Scalar | Formula


@dataclass(frozen=True, slots=True)
class Cell:
    entered: Entered | None = None
    format: Format = field(default_factory=lambda: NO_FORMAT)
    note: str = ""
    validation: Json | None = None

    @property
    def number_format(self) -> Json:
        return cast(Json, self.format.get("numberFormat", NO_FORMAT))

    @property
    def is_text(self) -> bool:
        return self.number_format.get("type") == "TEXT"

    @property
    def shows_text_as_is(self) -> bool:
        """Whether a text in it is displayed unchanged."""
        chosen = self.format.get("numberFormat")
        return chosen is None or (chosen.get("type") == "TEXT" and chosen.get("pattern", "@") == "@")

    def with_value(self, entered: Entered | None) -> Cell:
        return Cell(entered, self.format, self.note, self.validation)

    def emptied(self) -> Cell:
        return replace(self, entered=None)

    def dressed(self) -> Cell:
        """What a neighbouring new row takes over: the look and the validation, not the content."""
        return Cell(None, self.format, "", self.validation) if self.format or self.validation else EMPTY


EMPTY = Cell()


def plain_number(value: float) -> float | int:
    """Google writes 12, not 12.0."""
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def to_extended(value: Entered) -> Json:
    """An ExtendedValue in Google's JSON."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, float):
        return {"numberValue": plain_number(value)}
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, Formula):
        return {"formulaValue": value.text}
    error = {"type": value.kind}
    if value.message:
        error["message"] = value.message
    return {"errorValue": error}


def from_extended(value: Json) -> Entered | None:
    """An ExtendedValue as a cell keeps it; an empty one, or an empty text, is a blank cell."""
    if "numberValue" in value:
        return float(value["numberValue"])
    if "boolValue" in value:
        return bool(value["boolValue"])
    if "formulaValue" in value:
        return _formula(value["formulaValue"])
    if "errorValue" in value:
        raise invalid("errorValue is read-only.")
    return checked(value.get("stringValue", "")) or None


def checked(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise invalid(f"Your input contains more than the maximum of {MAX_TEXT} characters in a single cell.")
    return text


def _formula(text: str) -> Formula:
    if not text.startswith("="):
        raise invalid("A formula must begin with '='.")
    return Formula(text)
