"""Requests about ranges with a name or a lock: named ranges and protected ranges."""

from __future__ import annotations

import re

from .a1 import parse_box
from .batch import Edit, handles
from .book import placed
from .errors import Json, invalid
from .masks import inside, merged, update_mask
from .protection import protected, protects_tab
from .sheet import Sheet

_NAME = re.compile(r"[^\W\d]\w*$")


@handles("addNamedRange", "namedRange")
def add_named_range(edit: Edit, body: Json) -> Json:
    wanted = body.get("namedRange", {})
    number = wanted.get("namedRangeId") or str(edit.book.new_id())
    named = {**wanted, "namedRangeId": number}
    _check_named(edit, named, [])
    edit.book.named_ranges.append(named)
    return {"addNamedRange": {"namedRange": placed(named)}}


@handles("updateNamedRange", "namedRange", "fields")
def update_named_range(edit: Edit, body: Json) -> Json:
    wanted = body.get("namedRange", {})
    at = _named_at(edit, wanted.get("namedRangeId", ""))
    ranges = edit.book.named_ranges
    changed = {**merged(ranges[at], wanted, update_mask(body.get("fields"))), "namedRangeId": wanted["namedRangeId"]}
    _check_named(edit, changed, [ranges[at]])
    ranges[at] = changed
    return {}


@handles("deleteNamedRange", "namedRangeId")
def delete_named_range(edit: Edit, body: Json) -> Json:
    del edit.book.named_ranges[_named_at(edit, body.get("namedRangeId", ""))]
    return {}


def _check_named(edit: Edit, named: Json, itself: list[Json]) -> None:
    name = named.get("name", "")
    if not _NAME.match(name) or parse_box(name) is not None:
        raise invalid(f'"{name}" is not a valid name for a range.')
    edit.book.area(named.get("range", {}))
    if any(other["name"].lower() == name.lower() for other in edit.book.named_ranges if other not in itself):
        raise invalid(f'A named range with the name "{name}" already exists.')


def _named_at(edit: Edit, number: str) -> int:
    for at, named in enumerate(edit.book.named_ranges):
        if named["namedRangeId"] == number:
            return at
    raise invalid(f"No named range with id: {number}")


@handles("addProtectedRange", "protectedRange")
def add_protected_range(edit: Edit, body: Json) -> Json:
    """Where no editors are named, everybody who may edit the spreadsheet stays one: nothing is closed to them."""
    wanted = body.get("protectedRange", {})
    sheet = edit.book.area(_place(edit, wanted)).sheet
    number = wanted.get("protectedRangeId") or edit.book.new_id()
    if any(held["protectedRangeId"] == number for each in edit.book.sheets for held in each.protected_ranges):
        raise invalid(f"A protected range with the id {number} already exists.")
    held = _judged(edit, {**wanted, "range": _place(edit, wanted), "protectedRangeId": number})
    sheet.protected_ranges.append(held)
    named = {name: who for name, who in wanted.get("editors", held.get("editors", {})).items() if who}
    told = {**held, "editors": named} if "editors" in held else held
    return {"addProtectedRange": {"protectedRange": placed(edit.rights.as_shown(told))}}


def _judged(edit: Edit, held: Json) -> Json:
    """The protection as it is kept, if it says nothing that contradicts itself."""
    if "unprotectedRanges" in held and not protects_tab(held):
        raise invalid("Unprotected ranges are only supported on protected sheets.")
    held = {name: value for name, value in held.items() if name != "requestingUserCanEdit"}
    if held.get("warningOnly"):
        if held.get("editors"):
            raise invalid("ProtectedRange is warningOnly. Editors cannot be set on it.")
        return held
    closed = {name: value for name, value in held.items() if name != "warningOnly"}
    if "editors" not in closed:
        return {**closed, "editors": {"users": list(edit.editors)}}
    named = {name: who for name, who in closed["editors"].items() if who}
    if not named and edit.user:
        named = {"users": [edit.user]}  # nobody can lock themselves out
    return {**closed, "editors": named}


def _place(edit: Edit, wanted: Json) -> Json:
    if "namedRangeId" in wanted:
        found: Json = edit.book.named_ranges[_named_at(edit, wanted["namedRangeId"])]["range"]
        return found
    return dict(wanted.get("range", {}))


@handles("updateProtectedRange", "protectedRange", "fields")
def update_protected_range(edit: Edit, body: Json) -> Json:
    wanted = body.get("protectedRange", {})
    sheet, at = _protected_at(edit, wanted.get("protectedRangeId", 0))
    old, mask = sheet.protected_ranges[at], update_mask(body.get("fields"))
    changed = {**merged(old, wanted, mask), "protectedRangeId": old["protectedRangeId"]}
    if changed.get("warningOnly") and inside(mask, "editors") is None:
        changed.pop("editors", None)  # a warning has none
    sheet.protected_ranges[at] = _judged(edit, changed)
    return {}


@handles("deleteProtectedRange", "protectedRangeId")
def delete_protected_range(edit: Edit, body: Json) -> Json:
    sheet, at = _protected_at(edit, body.get("protectedRangeId", 0))
    del sheet.protected_ranges[at]
    return {}


def _protected_at(edit: Edit, number: int) -> tuple[Sheet, int]:
    for sheet in edit.book.sheets:
        for at, held in enumerate(sheet.protected_ranges):
            if held["protectedRangeId"] == number:
                if not edit.rights.may_change(held):
                    raise protected()
                return sheet, at
    raise invalid(f"No protected range with id: {number}")
