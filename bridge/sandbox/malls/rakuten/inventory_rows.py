"""What one row of an inventory request may hold (rakuten.md §2.1, §2.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.rakuten.answers import Problem

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

MAX_QUANTITY = 99_999
MAX_KEY_BYTES = 32
KEY = re.compile(r"[A-Za-z0-9_-]+")
LEAD_TIME_IDS = range(1, 10)  # what this shop has set up in RMS
SHIP_FROM_IDS = range(1, 6)
FIELDS_20 = {"manageNumber", "variantId", "mode", "quantity"}
FIELDS_21 = FIELDS_20 | {"operationLeadTime", "shipFromIds"}
LEAD_TIME_FIELDS = {"normalDeliveryTimeId", "backOrderDeliveryTimeId"}


@dataclass(frozen=True)
class Write:
    """One accepted row. `path` is its place in the request, as errors name it."""

    path: str
    listing: Listing
    mode: str
    quantity: int
    lead_time: dict[str, int] | None
    ship_from: list[int] | None


def mandatory(name: str, path: str) -> Problem:
    return Problem("IE0001", f"{name} is mandatory.", path)


def wrong(name: str, value: object, path: str) -> Problem:
    return Problem("IE0002", f"{name} has an invalid value : {value}.", path)


def fold(shop: Rakuten, manage_number: str) -> str:
    """Rakuten lowers a manageNumber, never a variantId."""
    return manage_number.lower() if shop.switches.fold_manage_number else manage_number


def check_key(shop: Rakuten, row: dict[str, Any], path: str) -> tuple[Listing | None, list[Problem]]:
    problems = _key_problems(row, "manageNumber", path) + _key_problems(row, "variantId", path)
    if problems:
        return None, problems
    return (fold(shop, row["manageNumber"]), row["variantId"]), []


def check_write(shop: Rakuten, row: dict[str, Any], path: str, version: str) -> tuple[Write | None, list[Problem]]:
    known = FIELDS_20 if version == "2.0" else FIELDS_21
    problems = [Problem("IE0002", f"Unrecognized field {name}.", path + name) for name in row if name not in known]
    listing, found = check_key(shop, row, path)
    problems += found + _quantity_problems(row, path) + _lead_time_problems(row, path)
    if problems or listing is None:
        return None, problems
    lead_time, ship_from = row.get("operationLeadTime"), row.get("shipFromIds")
    return Write(path, listing, row["mode"], row["quantity"], lead_time, ship_from), []


def _key_problems(row: dict[str, Any], name: str, path: str) -> list[Problem]:
    value = row.get(name)
    if value is None or value == "":
        return [mandatory(name, path + name)]
    if not isinstance(value, str):
        return [wrong(name, value, path + name)]
    if len(value.encode()) > MAX_KEY_BYTES:
        return [Problem("IE0004", f"Max length of {name} must be within {MAX_KEY_BYTES} bytes.", path + name)]
    return [] if KEY.fullmatch(value) else [wrong(name, value, path + name)]


def _quantity_problems(row: dict[str, Any], path: str) -> list[Problem]:
    problems = []
    mode, quantity = row.get("mode"), row.get("quantity")
    if mode is None:
        problems.append(mandatory("mode", path + "mode"))
    elif mode not in ("ABSOLUTE", "RELATIVE"):
        problems.append(wrong("mode", mode, path + "mode"))
    lowest = -MAX_QUANTITY if mode == "RELATIVE" else 0
    if quantity is None:
        problems.append(mandatory("quantity", path + "quantity"))
    elif not is_int(quantity):
        problems.append(wrong("quantity", quantity, path + "quantity"))
    elif not lowest <= quantity <= MAX_QUANTITY:
        text = f"quantity must be between {lowest} and {MAX_QUANTITY}."
        problems.append(Problem("IE0003", text, path + "quantity"))
    return problems


def _lead_time_problems(row: dict[str, Any], path: str) -> list[Problem]:
    problems = []
    lead_time, ship_from = row.get("operationLeadTime"), row.get("shipFromIds")
    if lead_time is not None:
        name = "operationLeadTime"
        if not isinstance(lead_time, dict) or lead_time.keys() - LEAD_TIME_FIELDS:
            return [wrong(name, lead_time, path + name)]
        problems += [
            _undefined(key, value, path + name) for key, value in lead_time.items() if not _in(value, LEAD_TIME_IDS)
        ]
    if ship_from is not None:
        if not isinstance(ship_from, list):
            return [*problems, wrong("shipFromIds", ship_from, path + "shipFromIds")]
        problems += [
            _undefined("shipFromIds", one, path + "shipFromIds") for one in ship_from if not _in(one, SHIP_FROM_IDS)
        ]
    return problems


def _undefined(name: str, value: object, path: str) -> Problem:
    return Problem("IE0118", f"{value} is invalid because it is not defined in {name} of shop setting.", path)


def _in(value: object, ids: range) -> bool:
    return is_int(value) and value in ids


def is_int(value: object) -> bool:
    """JSON's true is Python's 1: no number here."""
    return isinstance(value, int) and not isinstance(value, bool)
