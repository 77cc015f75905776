"""The shapes in which Amazon answers (amazon.md §3.2)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from werkzeug.wrappers import Request, Response


class Refusal(Exception):
    """Ends a request with this response."""

    def __init__(self, response: Response) -> None:
        self.response = response


def json_response(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")


def error(status: int, code: str, message: str, details: str = "") -> Response:
    response = json_response({"errors": [{"code": code, "message": message, "details": details}]}, status)
    response.headers["x-amzn-ErrorType"] = code
    return response


def invalid(message: str, code: str = "InvalidInput") -> Refusal:
    return Refusal(error(400, code, message))


def bad_request(message: str) -> Refusal:
    """As the listings API says it."""
    return invalid(message, "BAD_REQUEST")


def stamp(at: datetime) -> str:
    """ISO 8601 in UTC, as Amazon shows times."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def read_time(text: str, name: str) -> datetime:
    """A time of a request. Raises Refusal."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = datetime.min
    if at.tzinfo is None:
        raise invalid(f"Invalid value for {name}")
    return at


def csv(request: Request, name: str) -> list[str]:
    """A list, comma-joined in one parameter (§2.2)."""
    return [part for part in request.args.get(name, "").split(",") if part]


def read_json(request: Request) -> dict[str, Any]:
    """The body. Raises Refusal where it is no object."""
    try:
        body = json.loads(request.get_data())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad_request("The request body is malformed.")
    return body
