"""getStock and setStock (yahoo.md §2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.yahoo.answers import Fault, result_set, xml_response
from bridge.sandbox.malls.yahoo.records import StockRow
from bridge.sandbox.malls.yahoo.xmltext import element, elements

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo

MOST_CODES = 1000
LIMIT = 999_999_999
CODE = re.compile(r"[A-Za-z0-9-]{1,99}(:[A-Za-z0-9-]{1,99})?")
QUANTITY = re.compile(r"[+-]?[0-9]{1,9}")
GET, SET = "st-01", "st-02"


def get_stock(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    form = _form(shop, request, GET)
    results, ok = [], 0
    for code in _codes(form, GET):
        row = shop.row_of(code)
        if code is not None and row is not None and shop.has_stock_row(code):
            ok += 1
            results.append(element("Result", elements(**_names(code), Status=1, **_row(shop, code, row))))
        else:
            results.append(element("Result", elements(**_names(code), Status=0)))
    if shop.switches.shuffle_rows:
        shop.random.shuffle(results)
    return xml_response(result_set(results, ok=ok, ng=len(results) - ok))


def _names(code: Listing) -> dict[str, object]:
    return {"ItemCode": code[0], "SubCode": code[1]}


def _row(shop: Yahoo, code: Listing, row: StockRow) -> dict[str, object]:
    item = shop.state.items.get(code[0])
    return {
        "Quantity": "" if row.quantity is None else row.quantity,
        "AllowOverdraft": int(row.allow_overdraft),
        "IsPublished": int(item is not None and item.published),
        "UpdateTime": shop.stamp(row.updated),
    }


def set_stock(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    form = _form(shop, request, SET)
    if shop.switches.publishing:
        raise Fault("ed-00006", "反映またはアップロード中のため更新ができません。")
    broken = shop.random.random() < shop.switches.system_errors
    if broken and shop.random.random() < 0.5:
        raise Fault(f"{SET}999", "System Error", 500)
    codes, bad = _writable_codes(form)
    quantities = _list(form, "quantity", len(codes), f"{SET}105", f"{SET}104")
    overdrafts = _list(form, "allow_overdraft", len(codes), f"{SET}107", f"{SET}106", optional=True)
    releases = form.get("stock_close") == "0" and shop.switches.stock_close_by_api
    results: list[tuple[bool, Callable[[], str]]] = []
    for number, code in enumerate(codes):
        if code[0] in shop.switches.refused_codes:
            bad[number] = Fault(f"{SET}101", f"item_code({code[0]}) is invalid format.")
        fault = bad.get(number) or _row_fault(quantities[number], overdrafts[number] if overdrafts else "0")
        if fault is not None:
            if len(codes) == 1:
                raise fault
            results.append((False, _refused_row(code, fault)))
            continue
        _write(shop, code, quantities[number], overdrafts[number] if overdrafts else None, releases)
        results.append(_echo(shop, code))
    if broken:
        raise Fault(f"{SET}999", "System Error", 500)
    rows = [show() for _, show in results]
    if shop.switches.shuffle_rows:
        shop.random.shuffle(rows)
    ok = sum(good for good, _ in results)
    return xml_response(result_set(rows, ok=ok, ng=len(rows) - ok), 200 if ok == len(rows) else 207)


def _echo(shop: Yahoo, code: Listing) -> tuple[bool, Callable[[], str]]:
    """The number after the update, or that it could not be read back."""
    if shop.random.random() < shop.switches.unread_rows:
        return False, _refused_row(code, Fault("ed-10002", "更新後の在庫数を取得できませんでした。"))
    row = shop.row_of(code)
    assert row is not None
    shown = elements(**_names(code), Quantity="" if row.quantity is None else row.quantity)
    return True, lambda: element("Result", shown)


def _refused_row(code: Listing, fault: Fault) -> Callable[[], str]:
    shown = elements(**_names(code), ErrorCode=fault.code, ErrorMessage=fault.message)
    return lambda: element("Result", shown)


def _row_fault(quantity: str, overdraft: str) -> Fault | None:
    if not QUANTITY.fullmatch(quantity):
        return Fault(f"{SET}104", f"quantity({quantity}) is invalid value")
    if overdraft not in ("0", "1"):
        return Fault(f"{SET}106", f"allow_overdraft({overdraft}) is invalid value")
    return None


def _write(shop: Yahoo, code: Listing, quantity: str, overdraft: str | None, releases: bool) -> None:
    """A number for any code at all: one without an item waits for it."""
    row = shop.row_of(code)
    old = row.quantity if row and row.quantity is not None else 0
    new = old + int(quantity) if quantity[0] in "+-" else int(quantity)
    row = shop.put(code, max(-LIMIT, min(new, LIMIT)), "push")
    if overdraft is not None:
        row.allow_overdraft = overdraft == "1"
    elif shop.switches.omitted_overdraft == "clears":
        row.allow_overdraft = False
    row.closed = row.closed and not releases


def _form(shop: Yahoo, request: Request, api: str) -> dict[str, str]:
    seller = request.form.get("seller_id", "")
    if request.mimetype != "application/x-www-form-urlencoded" or not seller:
        raise Fault("px-04001", '"seller_id" is not specified')
    if not re.fullmatch(r"[a-z0-9_-]{1,128}", seller):
        raise Fault(f"{api}100", f"seller_id({seller}) is invalid format.")
    if seller != shop.seller_id:
        raise Fault("px-14304", "No right on this seller.", shop.switches.refusal_status)
    return request.form.to_dict()


def _codes(form: dict[str, str], api: str) -> list[Listing]:
    texts = form.get("item_code", "").split(",")
    if len(texts) > MOST_CODES:
        raise Fault(f"{api}102", "too many item_code")
    for text in texts:
        if not CODE.fullmatch(text):
            raise Fault(f"{api}101", f"item_code({text}) is invalid format.")
    return [_parts(text) for text in texts]


def _writable_codes(form: dict[str, str]) -> tuple[list[Listing], dict[int, Fault]]:
    """The codes, and what is wrong with some of them: in a list, a bad code is a bad row."""
    texts = form.get("item_code", "").split(",")
    if len(texts) > MOST_CODES:
        raise Fault(f"{SET}102", "too many item_code")
    if len(set(texts)) < len(texts):
        raise Fault(f"{SET}103", "item_code is duplicated")
    bad = {
        number: Fault(f"{SET}101", f"item_code({text}) is invalid format.")
        for number, text in enumerate(texts)
        if not CODE.fullmatch(text)
    }
    return [_parts(text) for text in texts], bad


def _list(form: dict[str, str], name: str, count: int, differs: str, bad: str, *, optional: bool = False) -> list[str]:
    if name not in form:
        if optional:
            return []
        raise Fault(bad, f"{name} is not specified")
    values = form[name].split(",")
    if len(values) != count:
        raise Fault(differs, f"the number of {name} differs from item_code")
    return values


def _parts(text: str) -> Listing:
    code, _, sub_code = text.partition(":")
    return code, sub_code
