"""The shapes in which Color Me answers (§3, Form)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from bridge.clock import JST


class Refusal(Exception):
    """Ends a request with this response."""

    def __init__(self, response: Response) -> None:
        self.response = response


def json_response(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def refusal(status: int, code: int, message: str, field: str | None = None) -> Refusal:
    error: dict[str, Any] = {"code": code, "message": message, "status": status}
    return Refusal(json_response({"errors": [error | ({"field": field} if field else {})]}, status))


def not_found() -> Refusal:
    return refusal(404, 404100, "レコードが見つかりませんでした。")


def read_json(request: Request) -> Any:
    try:
        return json.loads(request.get_data() or b"{}")
    except ValueError:
        raise refusal(500, 500000, "サーバーでエラーが発生しました。") from None


def part(body: Any, name: str) -> dict[str, Any]:
    """The one object that a PUT must bring."""
    given = body.get(name) if isinstance(body, dict) else None
    if not isinstance(given, dict) or not given:
        raise refusal(422, 422210, "パラメータが空です。", name)
    return given


def ids(request: Request) -> set[int] | None:
    """T8: what is no list of ids is ignored."""
    text = request.args.get("ids", "")
    found = {int(each) for each in text.split(",") if each.strip().isdigit()}
    return found or None


def time_of(request: Request, *names: str) -> datetime | None:
    """A day or a time, in Japan; what is neither is ignored."""
    for name in names:
        try:
            at = datetime.fromisoformat(request.args.get(name, ""))
        except ValueError:
            continue
        return at if at.tzinfo else at.replace(tzinfo=JST)
    return None


def page(request: Request, name: str, rows: Sequence[dict[str, Any]], most: int) -> Response:
    """T7: a limit above the most is cut to it, as `meta` tells."""
    limit = min(most, max(1, _number(request, "limit", 10)))
    offset = max(0, _number(request, "offset", 0))
    fields = [each for each in request.args.get("fields", "").split(",") if each]
    shown = [{key: row[key] for key in fields or row if key in row} for row in rows[offset : offset + limit]]
    return json_response({name: shown, "meta": {"total": len(rows), "limit": limit, "offset": offset}})


def _number(request: Request, name: str, default: int) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isdigit() else default
