"""The shapes in which Square answers (§2.2)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from werkzeug.wrappers import Request, Response

CATEGORIES = {
    400: "INVALID_REQUEST_ERROR",
    401: "AUTHENTICATION_ERROR",
    403: "AUTHENTICATION_ERROR",
    404: "INVALID_REQUEST_ERROR",
    429: "RATE_LIMIT_ERROR",
}


class Refusal(Exception):
    """Ends a request with this answer."""

    def __init__(self, status: int, code: str, detail: str, field: str = "") -> None:
        super().__init__(detail)
        self.status = status
        error = {"category": CATEGORIES.get(status, "API_ERROR"), "code": code, "detail": detail}
        self.body = {"errors": [error | ({"field": field} if field else {})]}

    def unnamed(self) -> Refusal:
        """The same without saying what is wrong."""
        [error] = self.body["errors"]
        return Refusal(self.status, error["code"], error["detail"])

    @property
    def response(self) -> Response:
        return json_response(self.body, self.status)


def json_response(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")


def read_json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.get_data() or b"{}")
    except ValueError:
        raise Refusal(400, "EXPECTED_JSON_BODY", "Expected JSON body.") from None
    if not isinstance(body, dict):
        raise Refusal(400, "EXPECTED_OBJECT", "Expected an object.")
    return body


def page(
    asked: Mapping[str, Any], name: str, rows: Sequence[dict[str, Any]], size: int, *, empty: bool
) -> dict[str, Any]:  # fmt: skip
    """One page, and a cursor that is good for the same question only. Nothing found: nothing told. `empty`: the first
    page has nothing in it."""
    question = {key: value for key, value in asked.items() if key != "cursor"}
    mark = sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()[:16]
    start = _start(asked.get("cursor"), mark)
    if empty and not asked.get("cursor") and rows:
        return {"cursor": _cursor(mark, 0)}
    found = list(rows[start : start + size])
    more = {"cursor": _cursor(mark, start + size)} if start + size < len(rows) else {}
    return ({name: found} if found else {}) | more


def _cursor(mark: str, start: int) -> str:
    return urlsafe_b64encode(f"{mark} {start}".encode()).decode()


def _start(cursor: object, mark: str) -> int:
    if not cursor:
        return 0
    try:
        known, start = urlsafe_b64decode(str(cursor)).decode().split(" ")
        if known == mark:
            return int(start)
    except ValueError:
        pass
    raise Refusal(400, "INVALID_CURSOR", "The cursor is invalid for this query.", "cursor")
