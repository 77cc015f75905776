"""The shapes in which Yahoo answers (yahoo.md §1.4, §2, §3)."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Response

from bridge.sandbox.malls.yahoo.xmltext import Raw, element

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
MAINTENANCE_PAGE = "<html><head><title>503</title></head><body><h1>ただいまメンテナンス中です</h1></body></html>"


class Refusal(Exception):
    """Ends a request with this response."""

    def __init__(self, response: Response) -> None:
        self.response = response


class Fault(Exception):
    """A request refused with an error code."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code, self.message, self.status = code, message, status


def xml_response(body: str, status: int = 200) -> Response:
    return Response(HEAD + body, status, content_type="text/xml; charset=utf-8")


def json_response(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json; charset=utf-8")


def error_response(fault: Fault, namespace: bool) -> Response:
    inner = Raw(element("Message", fault.message) + element("Code", fault.code))
    attributes = {"xmlns": "urn:yahoo:api"} if namespace else {}
    return xml_response(element("Error", inner, **attributes), fault.status)


def bearer_refused(error: str, description: str, status: int = 401) -> Response:
    """The gateway's own: the reason stands in a header, and in a body without a code."""
    reason = f'Bearer realm="yahooapis.jp", error="{error}", error_description="{description}"'
    body = element("Error", element_lines("Message", f"Please provide valid credentials. {reason}"))
    response = xml_response(body, status)
    response.headers["WWW-Authenticate"] = reason
    return response


def element_lines(name: str, text: str) -> Raw:
    """With the line breaks around the text that the gateway has."""
    return Raw("\n" + element(name, f"\n{text}\n") + "\n")


def result_set(results: list[str], *, ok: int | None = None, ng: int | None = None) -> str:
    counts: dict[str, object] = {
        "totalResultsAvailable": len(results),
        "totalResultsReturned": len(results),
        "firstResultPosition": 1,
    }
    if ok is not None and ng is not None:
        counts |= {"ok": ok, "ng": ng}
    return element("ResultSet", Raw("".join(results)), **counts)


def order_answer(inner: str) -> Response:
    """The envelope of orderInfo, orderCount and the changes."""
    return xml_response(result_set([element("Result", Raw(element("Status", "OK") + inner))]))
