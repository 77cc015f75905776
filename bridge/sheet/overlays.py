"""What lies over the cells: conditional colours, filter views, protections. Ours are known by marks of their own, and
nobody else's is ever changed.

A conditional rule has no name at Google, so ours bear theirs in the formula: N("bridge: …") is always 0. A filter view
and a protection have ids, which may be chosen: ours are computed from the tab and what it is, so that a copy, a new
title, another colour or a moved column change nothing about whose it is. A filter view under another id that bears the
title of ours is taken for it and left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any
from zlib import crc32

from bridge.sheet.banner import is_banner_rule
from bridge.sheet.dress import Mend
from bridge.sheet.layout import Columns
from bridge.sheet.looks import FilterView, Rule, colour, columns_named, filled_in, look, said
from bridge.sheet.outline import Standing
from bridge.sheet.requests import Request

Json = dict[str, Any]

OURS = re.compile(r'N\("bridge: ([^"]*)"\)=0')
_EDGES = (("startRowIndex", "endRowIndex"), ("startColumnIndex", "endColumnIndex"))


class AsItIs(Enum):
    """Whom a protection keeps out can't be said at the moment."""

    KEPT = "kept"


Editors = Sequence[str] | AsItIs | None
"""Who may write where something is protected, the owner besides; None: everybody is warned, nobody is kept out."""


def rules(standing: Standing, columns: Columns, banner: Json) -> Iterator[Mend]:
    """The banner's rule before all others, ours behind those of the staff, which win."""
    found: Sequence[Mapping[str, Any]] = standing.about.get("conditionalFormats", ())
    ours = [index for index, rule in enumerate(found) if is_banner_rule(rule) or _name(rule)]
    colours = {_name(found[index]): found[index]["booleanRule"].get("format") for index in ours}
    wanted = [_rule(standing, columns, each, colours.get(each.name)) for each in look(standing.role).rules]
    last = [rule for rule in wanted if rule]
    if _same_rules(standing, [found[index] for index in ours], [banner, *last]):
        return
    requests: list[Request] = [
        {"deleteConditionalFormatRule": {"sheetId": standing.sheet_id, "index": index}} for index in reversed(ours)
    ]
    requests.append({"addConditionalFormatRule": {"rule": banner, "index": 0}})
    first = 1 + len(found) - len(ours)
    requests += [{"addConditionalFormatRule": {"rule": rule, "index": at}} for at, rule in enumerate(last, first)]
    yield Mend("rules", standing.tab.title, tuple(requests))


def _rule(standing: Standing, columns: Columns, rule: Rule, coloured: Json | None) -> Json | None:
    """`coloured`: how people made it look. None where the tab lacks one of its columns."""
    row = columns.header_row + 1
    when, only = filled_in(rule.when, columns.at, row), columns_named(rule.only, columns.at)
    if when is None or len(only) < len(rule.only):
        return None
    area = {"sheetId": standing.sheet_id, "startRowIndex": row}
    whole = [{**area, "startColumnIndex": 0, "endColumnIndex": 1 + max(columns.at.values())}]
    parts = [{**area, "startColumnIndex": at, "endColumnIndex": at + 1} for at in only]
    formula = f'=AND(N("bridge: {rule.name}")=0,{when})'
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
    look = coloured or {"backgroundColor": colour(rule.colour)}
    return {"ranges": parts or whole, "booleanRule": {"condition": condition, "format": look}}


def _name(rule: Mapping[str, Any]) -> str:
    """The name of a rule of ours; nothing where it is anybody else's."""
    found = OURS.search(_formula(rule))
    return found[1] if found else ""


def _formula(rule: Mapping[str, Any]) -> str:
    values = rule.get("booleanRule", {}).get("condition", {}).get("values", ())
    return str(values[0].get("userEnteredValue", "")) if values else ""


def _same_rules(standing: Standing, found: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]]) -> bool:
    def essence(rule: Mapping[str, Any]) -> tuple[object, ...]:
        return _formula(rule), *(_covered(standing, area) for area in rule.get("ranges", ()))

    return [essence(rule) for rule in found] == [essence(rule) for rule in wanted]


def views(standing: Standing, columns: Columns, language: str) -> Iterator[Mend]:
    found: Sequence[Mapping[str, Any]] = standing.about.get("filterViews", ())
    by_id = {view["filterViewId"]: view for view in found}
    titles = {view.get("title") for view in found}
    area = {"sheetId": standing.sheet_id, "startRowIndex": columns.header_row}
    for each in look(standing.role).views:
        when = filled_in(each.when, columns.at, columns.header_row + 1)
        number = own_id(standing.sheet_id, f"view {each.name}")
        if when is None or columns.at.get(each.on, -1) < 0:
            continue
        wanted = _view(number, area, columns.at[each.on], when)
        if number in by_id:
            if not _same_view(standing, by_id[number], wanted):
                change = {"filter": wanted, "fields": "range,filterSpecs"}
                yield Mend("view", standing.tab.title, ({"updateFilterView": change},))
        elif titles.isdisjoint((each.ja, each.en)):
            yield Mend("view", standing.tab.title, (_new_view(wanted, each, language),))


def _view(number: int, area: Json, column: int, when: str) -> Json:
    condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": f"={when}"}]}
    specs = [{"columnIndex": column, "filterCriteria": {"condition": condition}}]
    return {"filterViewId": number, "range": area, "filterSpecs": specs}


def _new_view(wanted: Json, each: FilterView, language: str) -> Request:
    return {"addFilterView": {"filter": {**wanted, "title": each.title(language)}}}


def _same_view(standing: Standing, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    def essence(view: Mapping[str, Any]) -> tuple[object, ...]:
        specs = [
            (spec.get("columnIndex", 0), _criterion(spec.get("filterCriteria", {})))
            for spec in view.get("filterSpecs", ())
        ]
        return _covered(standing, view.get("range", {})), sorted(specs)

    return essence(found) == essence(wanted)


def _criterion(criteria: Mapping[str, Any]) -> str:
    values = criteria.get("condition", {}).get("values", ())
    return str(values[0].get("userEnteredValue", "")) if values else ""


def protections(standing: Standing, columns: Columns, language: str) -> Iterator[Mend]:
    """The headers, and the columns that the bridge writes: with a warning only, see looks.toml."""
    row, sheet = columns.header_row, {"sheetId": standing.sheet_id}
    areas = {"header": {**sheet, "startRowIndex": row, "endRowIndex": row + 1}}
    for spec in standing.spec.columns:
        at = columns.at.get(spec.role, -1)
        if spec.by == "bridge" and at >= 0:
            edges = {"startColumnIndex": at, "endColumnIndex": at + 1}
            areas[f"column {spec.role}"] = {**sheet, "startRowIndex": row + 1, **edges}
    for name, area in areas.items():
        yield from protected(standing, name, area, language)


def protected(
    standing: Standing,
    name: str,
    area: Mapping[str, Any],
    language: str,
    editors: Editors = None,
    spared: Sequence[Mapping[str, Any]] = (),
) -> Iterator[Mend]:
    """`name`: one of [protections] in looks.toml and, where there are several, which · `spared`: parts of a whole tab
    that stay open."""
    left, editors = editors is AsItIs.KEPT, None if isinstance(editors, AsItIs) else editors
    number = own_id(standing.sheet_id, f"protection {name}")
    found = next((each for each in _protections(standing) if each["protectedRangeId"] == number), None)
    kept: Json = {"warningOnly": True} if editors is None else {"editors": {"users": sorted(editors)}}
    if editors is not None and spared:
        kept["unprotectedRanges"] = [dict(each) for each in spared]
    wanted: Json = {"protectedRangeId": number, "range": dict(area)}
    if found is None:
        more = {"description": said(name.split()[0], language), **kept}
        yield Mend("protection", standing.tab.title, ({"addProtectedRange": {"protectedRange": wanted | more}},))
        return
    fields = []
    if _covered(standing, found.get("range", {})) != _covered(standing, area):
        fields.append("range")
    if not left and _kept(standing, found) != _kept(standing, kept):
        fields += ["warningOnly", "unprotectedRanges", *(["editors"] if editors is not None else [])]
    if fields:
        change = {"protectedRange": wanted | kept, "fields": ",".join(fields)}
        yield Mend("protection", standing.tab.title, ({"updateProtectedRange": change},))


def _kept(standing: Standing, protection: Mapping[str, Any]) -> tuple[object, ...]:
    """Whom a protection keeps out, and of what."""
    spared = sorted(_covered(standing, each) for each in protection.get("unprotectedRanges", ()))
    users = sorted(protection.get("editors", {}).get("users", ()))
    return (True,) if protection.get("warningOnly") else (False, users, spared)


def _protections(standing: Standing) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = standing.about.get("protectedRanges", ())
    return found


def own_id(sheet_id: int, name: str) -> int:
    """The id of a filter view or protection of ours. Others get one of two thousand million by chance."""
    return crc32(f"bridge {sheet_id} {name}".encode()) >> 1 or 1


def _covered(standing: Standing, area: Mapping[str, Any]) -> tuple[int, ...]:
    """The cells of a range in this grid: Google may say an open end either way."""
    sizes = (standing.tab.row_count, standing.tab.column_count)
    edges = [
        (area.get(start, 0), min(area.get(end, size), size)) for (start, end), size in zip(_EDGES, sizes, strict=True)
    ]
    return tuple(edge for pair in edges for edge in pair)
