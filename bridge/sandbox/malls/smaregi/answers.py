"""The shapes in which Smaregi answers (pos.md §1.2, §1.3): bare arrays, every value a string."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from bridge.clock import JST

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+09:00")
WINDOW = timedelta(days=31)


class Refusal(Exception):
    """Ends a request with this response."""

    def __init__(self, response: Response) -> None:
        self.response = response


def problem(status: int, title: str, detail: str, **headers: str) -> Refusal:
    body = {"type": "about:blank", "title": title, "detail": detail, "status": status}
    response = Response(json.dumps(body, ensure_ascii=False), status, content_type="application/problem+json")
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return Refusal(response)


def bad_request(detail: str) -> Refusal:
    return problem(400, "Bad Request", detail)


def not_found() -> Refusal:
    return problem(404, "NotFound", "指定されたIDのリソースが見つかりません")


def answer(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=UTF-8")


def text_of(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(JST):%Y-%m-%dT%H:%M:%S}+09:00"


def period(request: Request, name: str) -> tuple[datetime, datetime] | None:
    """Both ends of a period, at most 31 days apart. A `+` that was not encoded has become a blank (T10)."""
    given = [request.args.get(f"{name}-{end}") for end in ("from", "to")]
    if given == [None, None]:
        return None
    ends = [text for text in given if text is not None and _TIME.fullmatch(text)]
    if len(ends) < 2:
        raise bad_request(f"{name}の形式が正しくありません")
    begin, end = (datetime.fromisoformat(text) for text in ends)
    if end < begin or end - begin > WINDOW:
        raise bad_request(f"{name}の範囲は31日以内で指定してください")
    return begin, end


def within(at: datetime, span: tuple[datetime, datetime] | None) -> bool:
    return span is None or span[0] <= at.replace(microsecond=0) <= span[1]


def page(request: Request, rows: Sequence[dict[str, Any]], most: int, *, link: bool) -> Response:
    limit, number = _number(request, "limit", 100), _number(request, "page", 1)
    if not 1 <= limit <= most:
        raise bad_request(f"limitは1から{most}の間で指定してください")
    start = (number - 1) * limit
    response = answer(rows[start : start + limit])
    if link and start + limit < len(rows):
        response.headers["Link"] = f'<{request.base_url}?page={number + 1}>; rel="next"'
    elif link:
        response.headers["Link"] = f'<{request.base_url}?page=1>; rel="first"'
    return response


def _number(request: Request, name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isdigit() or int(text) < 1:
        raise bad_request(f"{name}の形式が正しくありません")
    return int(text)
