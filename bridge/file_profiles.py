"""Profiles: how one partner's files look, as data (own_shops_and_files.md §6.1 rule 1). The ready ones lie in
sheets_templates/files; a user may write another one and name its file in the settings.
"""

from __future__ import annotations

import codecs
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any

from bridge.errors import Hint

PLACE = re.compile(r"\{([a-z_]+)\}")


class Tells(StrEnum):
    """What a file that comes in says."""

    STOCK = "stock"  # how much lies in a warehouse, as of a moment: a snapshot
    CHANGES = "changes"  # goods in, returns, corrections: each file counts once
    SHIPMENTS = "shipments"  # what left, by order
    ORDERS = "orders"  # orders with their state, as of a moment
    SHOWN = "shown"  # what a mall shows: its stock, downloaded


class Meaning(StrEnum):
    """What a quantity is."""

    ABSOLUTE = "absolute"  # what a channel shows
    ON_HAND = "on_hand"  # what lies there, promised or not
    AVAILABLE = "available"  # what lies there less what is promised to open orders
    DELTA = "delta"  # by how many it changes


@dataclass(frozen=True)
class Form:
    """How cells become bytes. `header`: whether the first line names the columns; else they are named by number, from
    1, and there are `width` of them."""

    encoding: str
    delimiter: str
    quoting: str  # minimal | all | none
    line_end: str
    header: bool
    width: int = 0


@dataclass(frozen=True)
class Listings:
    """How an id of 出品 is cut into parts: those of a plain listing, or of one that is a choice of an item (size,
    colour); `choice` is empty where a partner has no such thing."""

    plain: tuple[str, ...]
    choice: tuple[str, ...] = ()
    separator: str = "/"

    def parts(self, listing: str) -> dict[str, str] | None:
        """None where it is no id of this partner's."""
        cells = listing.split(self.separator)
        names = next((each for each in (self.plain, self.choice) if each and len(each) == len(cells)), None)
        return dict(zip(names, cells, strict=True)) if names and all(cells) else None

    def id(self, parts: Mapping[str, str]) -> str:
        """Of the parts that a row has; a choice whose parts are blank is the plain listing."""
        names = self.choice if self.choice and all(parts.get(name) for name in self.choice) else self.plain
        return self.separator.join(parts.get(name, "") for name in names)


@dataclass(frozen=True)
class Column:
    """One column of a file that goes out: a text with {parts} and {quantity}, by the kind of its listing."""

    header: str
    plain: str
    choice: str


@dataclass(frozen=True)
class Profile:
    """One kind of file of one partner.

    file: the name, with {time}, {number} or * in it · folder: below the channel's own · done, failed: names of the
    files by which the partner says what became of one ({name} is its name), "" where it doesn't

    out · columns: what stands in them · whole: every listing in each file, not only those that changed · row_limit:
    most rows in a file · most: the greatest quantity
    in · tells: what it says · reads: column headers by role (the listing's parts, units, at, order, line, shipped,
    state, reason) · only, ignored: values of a column whose rows count, and whose rows don't · states, reasons: what
    their texts mean · blank: a blank quantity leaves (leave) or stops the file (stop) · after: where a file goes once
    it was taken, "" to delete it (rule 10)
    """

    name: str
    title: Hint
    out: bool
    file: str
    folder: str
    form: Form
    listings: Listings
    time_format: str
    meaning: Meaning
    done: str = ""
    failed: str = ""
    columns: tuple[Column, ...] = ()
    whole: bool = False
    row_limit: int = 0
    most: int = 0
    tells: Tells | None = None
    reads: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    blank: str = "stop"
    after: str = ""


class WrongProfile(ValueError):
    """A profile that can't be used. `hint` says what is wrong with it."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.hint = Hint(ja, en)


def ready_folder() -> Path:
    """sheets_templates/files: beside the package in a checkout, inside it once installed."""
    beside = Path(__file__).parent.parent / "sheets_templates"
    return (beside if beside.is_dir() else Path(str(files("bridge") / "sheets_templates"))) / "files"


def ready_names() -> list[str]:
    return sorted(path.stem for path in ready_folder().glob("*.toml"))


def load_profile(name: str, home: Path) -> Profile:
    """A ready profile by its name, or the user's own by its file's (x.toml, from `home`). Raises WrongProfile."""
    own = name.endswith(".toml")
    path = home / name if own else ready_folder() / f"{name}.toml"
    if not own and name not in ready_names():
        names = " | ".join(ready_names())
        raise WrongProfile(
            f"「{name}」というプロファイルはありません。{names} のどれか、または自作の .toml の名前を書いてください。",
            f"There is no profile {name}. Write one of {names}, or the name of a .toml of your own.",
        )
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongProfile(
            f"プロファイル {path.name} が読めません（{type(error).__name__}）。",
            f"The profile {path.name} can't be read ({type(error).__name__}).",
        ) from None
    try:
        profile = _profile(path.stem, table)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise WrongProfile(
            f"プロファイル {path.name} の書き方が違います: {error}",
            f"The profile {path.name} is not written as it should be: {error}",
        ) from None
    for problem in _problems(profile):
        raise WrongProfile(f"プロファイル {path.name}: {problem}", f"The profile {path.name}: {problem}")
    return profile


def _profile(name: str, table: Mapping[str, Any]) -> Profile:
    known = {
        "ja", "en", "direction", "file", "folder", "encoding", "delimiter", "quoting", "line_end", "header", "width",
        "listing", "time", "quantity", "done", "failed", "columns", "rows", "row_limit", "max_quantity", "tells",
        "reads", "only", "ignored", "states", "reasons", "dates", "blank", "after",
    }  # fmt: skip
    if strange := sorted(table.keys() - known):
        raise ValueError(f"{strange[0]}: no such setting")
    out, listing = {"out": True, "in": False}[table["direction"]], table["listing"]
    return Profile(
        name=name,
        title=Hint(table["ja"], table["en"]),
        out=out,
        file=table["file"],
        folder=table.get("folder", ""),
        form=Form(
            encoding=codecs.lookup(table["encoding"]).name,
            delimiter=table.get("delimiter", ","),
            quoting=table.get("quoting", "minimal"),
            line_end={"crlf": "\r\n", "lf": "\n"}[table.get("line_end", "crlf")],
            header=bool(table.get("header", True)),
            width=int(table.get("width", 0)),
        ),
        listings=Listings(
            tuple(listing["plain"]), tuple(listing.get("choice", ())), listing.get("separator", "/")
        ),
        time_format=table.get("time", "%Y%m%d%H%M%S"),
        meaning=Meaning(table.get("quantity", "absolute")),
        done=table.get("done", ""),
        failed=table.get("failed", ""),
        columns=tuple(_column(each) for each in table.get("columns", ())),
        whole={"changed": False, "all": True}[table.get("rows", "changed")],
        row_limit=int(table.get("row_limit", 20_000)),
        most=int(table.get("max_quantity", 999_999)),
        tells=None if out else Tells(table["tells"]),
        reads={role: str(header) for role, header in table.get("reads", {}).items()},
        only={header: tuple(values) for header, values in table.get("only", {}).items()},
        ignored={header: tuple(values) for header, values in table.get("ignored", {}).items()},
        states=dict(table.get("states", {})),
        reasons=dict(table.get("reasons", {})),
        dates=tuple(table.get("dates", ())),
        blank=table.get("blank", "stop"),
        after=table.get("after", ""),
    )  # fmt: skip


def _column(table: Mapping[str, str]) -> Column:
    both = table.get("value", "")
    return Column(table["header"], table.get("plain", both), table.get("choice", both))


STATES = ("open", "shipped", "cancelled")
REASONS = ("received", "counted", "lost")
_NEEDED = {
    Tells.STOCK: ("units",),
    Tells.SHOWN: ("units",),
    Tells.CHANGES: ("units",),
    Tells.SHIPMENTS: ("order", "units"),
    Tells.ORDERS: ("order", "units", "at"),
}
_MEANINGS = {
    Tells.STOCK: (Meaning.ON_HAND, Meaning.AVAILABLE),
    Tells.SHOWN: (Meaning.ABSOLUTE,),
    Tells.CHANGES: (Meaning.DELTA,),
    Tells.SHIPMENTS: (Meaning.ABSOLUTE,),
    Tells.ORDERS: (Meaning.ABSOLUTE,),
}


def _problems(profile: Profile) -> Iterator[str]:
    """What makes a profile useless."""
    form, parts = profile.form, {*profile.listings.plain, *profile.listings.choice}
    if form.quoting not in ("minimal", "all", "none"):
        yield 'quoting: "minimal", "all" or "none"'
    if len(form.delimiter) != 1:
        yield "delimiter: one character"
    if not parts or not profile.listings.separator:
        yield "listing: plain, and a separator"
    if "/" in profile.file or set(PLACE.findall(profile.file)) - {"time", "number"}:
        yield "file: a name with {time}, {number} or * in it"
    if profile.blank not in ("leave", "stop"):
        yield 'blank: "leave" or "stop"'
    if profile.out:
        strange = {name for each in profile.columns for name in PLACE.findall(each.plain + each.choice)}
        if strange - parts - {"quantity"}:
            yield f"columns: {sorted(strange - parts)[0]} is no part of a listing"
        if not any("{quantity}" in each.plain for each in profile.columns):
            yield "columns: none has {quantity}"
        if profile.meaning is not Meaning.ABSOLUTE or "*" in profile.file:
            yield "a file that goes out has absolute numbers and a name of its own"
        return
    assert profile.tells is not None
    missing = [role for role in (*_NEEDED[profile.tells], *profile.listings.plain) if role not in profile.reads]
    if missing:
        yield f"reads: {missing[0]} is missing"
    if profile.meaning not in _MEANINGS[profile.tells]:
        yield f"quantity: {' or '.join(_MEANINGS[profile.tells])}"
    if set(profile.states.values()) - set(STATES) or set(profile.reasons.values()) - set(REASONS):
        yield f"states: {', '.join(STATES)}; reasons: {', '.join(REASONS)}"
    if not form.header and (not form.width or any(not each.isdecimal() for each in profile.reads.values())):
        yield "without a header: width, and columns by their numbers"
    dated = "{time}" in profile.file or "at" in profile.reads
    if profile.tells in (Tells.STOCK, Tells.SHOWN, Tells.ORDERS, Tells.CHANGES) and not dated:
        yield "a time is needed, in the file's name or in a column"
