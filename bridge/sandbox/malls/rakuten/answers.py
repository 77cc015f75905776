"""The shapes in which Rakuten answers (rakuten.md §1.2, §2.3, §4.4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.wrappers import Request, Response


class Refusal(Exception):
    """Ends a request with this response."""

    def __init__(self, response: Response) -> None:
        self.response = response


@dataclass(frozen=True)
class Problem:
    """One entry of an `errors` list. `path` is metadata.propertyPath."""

    code: str
    message: str
    path: str | None = None
    status: int = 400


def json_response(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def list_error(status: int, code: str, message: str) -> Response:
    """The newer shape."""
    return json_response({"errors": [{"code": code, "message": message}]}, status)


def result_error(status: int, code: str, message: str) -> Response:
    """The older shape."""
    return json_response({"Results": {"errorCode": code, "message": message}}, status)


def problems_response(problems: list[Problem]) -> Response:
    errors = []
    for problem in problems:
        error: dict[str, Any] = {"code": problem.code, "message": problem.message}
        if problem.path is not None:
            error["metadata"] = {"propertyPath": problem.path}
        errors.append(error)
    return json_response({"errors": errors}, problems[0].status)


def read_json(request: Request) -> Any:
    """The body, or None where it is missing or no JSON."""
    try:
        return json.loads(request.get_data())
    except ValueError:
        return None
