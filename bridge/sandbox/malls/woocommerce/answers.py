"""The shapes in which WooCommerce answers (§2, Auth and form)."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Request, Response


class Refusal(Exception):
    """Ends a request with this response."""

    def __init__(self, response: Response) -> None:
        self.response = response


def json_response(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=UTF-8")


def refusal(status: int, code: str, message: str, params: dict[str, str] | None = None) -> Refusal:
    data: dict[str, Any] = {"status": status} | ({"params": params} if params else {})
    return Refusal(json_response({"code": code, "message": message, "data": data}, status))


def invalid(name: str, why: str) -> Refusal:
    return refusal(400, "rest_invalid_param", f"Invalid parameter(s): {name}", {name: why})


def read_json(request: Request) -> Any:
    """The body. An empty one is no parameters."""
    try:
        return json.loads(request.get_data() or b"{}")
    except ValueError:
        raise refusal(400, "rest_invalid_json", "Invalid JSON body passed.") from None


def whole_number(request: Request, name: str, default: int, low: int, high: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isdigit() or not low <= int(text) <= high:
        raise invalid(name, f"{name} must be between {low} (inclusive) and {high} (inclusive)")
    return int(text)


def ids(request: Request, name: str) -> list[int] | None:
    """A list of ids, or None where it isn't given."""
    text = request.args.get(name)
    if text is None:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdigit() for part in parts):
        raise invalid(name, f"{name}[0] is not of type integer.")
    return [int(part) for part in parts]


def page_of(request: Request, found: list[Any], totals: bool) -> Response:
    """One page of a list, with what the headers tell of the whole, and only the members asked for."""
    page, size = whole_number(request, "page", 1, 1, 10**9), whole_number(request, "per_page", 10, 1, 100)
    fields = [name for name in request.args.get("_fields", "").split(",") if name]
    rows = found[(page - 1) * size : page * size]
    response = json_response([{name: row[name] for name in fields or row if name in row} for row in rows])
    if totals:
        response.headers["X-WP-Total"] = str(len(found))
        response.headers["X-WP-TotalPages"] = str(-(-len(found) // size))
    return response


def one_of(request: Request, row: dict[str, Any]) -> Response:
    fields = [name for name in request.args.get("_fields", "").split(",") if name]
    return json_response({name: row[name] for name in fields or row if name in row})
