"""Google's discovery documents as the judge of every Sheets request and response in the suite, and of Drive's.

google-api-python-client ships the documents. Their schemas are compiled once into plain functions, strict about unknown
members, because a general JSON Schema validator takes longer for one table than the whole call.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import googleapiclient

from bridge.sandbox.faults import Environ, WsgiApp

Json = dict[str, Any]
Check = Callable[[Any], str | None]
"""A value → the first violation in it, told with its place, or None."""


_APIS = {"/v4/": "sheets.v4", "/drive/v3/": "drive.v3", "/drive/v2/": "drive.v2"}
"""Where an API's paths begin → its document"""


@cache
def document(api: str) -> Json:
    path = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents" / f"{api}.json"
    content: Json = json.loads(path.read_text())
    return content


@dataclass(frozen=True)
class ApiMethod:
    api: str
    name: str
    verb: str
    path: re.Pattern[str]
    parameters: frozenset[str]
    request: str | None
    response: str | None


def _walk(resources: Json) -> Iterator[Json]:
    for resource in resources.values():
        yield from resource.get("methods", {}).values()
        yield from _walk(resource.get("resources", {}))


@cache
def methods(api: str) -> tuple[ApiMethod, ...]:
    general = document(api)["parameters"].keys()
    return tuple(
        ApiMethod(
            api=api,
            name=method["id"],
            verb=method["httpMethod"],
            path=_pattern(document(api)["servicePath"] + method["flatPath"]),
            parameters=frozenset(general | method.get("parameters", {}).keys()),
            request=method.get("request", {}).get("$ref"),
            response=method.get("response", {}).get("$ref"),
        )
        for method in _walk(document(api)["resources"])
    )


def _pattern(flat_path: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", flat_path)
    return re.compile("/" + "(.+)".join(map(re.escape, parts)) + "$")


@cache
def find_method(verb: str, path: str) -> ApiMethod | None:
    """The method with this verb whose path fits with the most fixed text. An upload has its method's answer."""
    path = path.removeprefix("/upload")
    api = next((api for start, api in _APIS.items() if path.startswith(start)), None)
    fitting = [m for m in methods(api) if m.verb == verb and m.path.match(path)] if api else []
    return max(fitting, key=lambda method: len(method.path.pattern), default=None)


@cache
def checker(api: str, schema_name: str) -> Check:
    return _compile(api, document(api)["schemas"][schema_name])


def _compile(api: str, schema: Json) -> Check:
    if "$ref" in schema:
        name = schema["$ref"]
        return lambda value: checker(api, name)(value)  # looked up late: schemas refer to themselves
    kind = schema["type"]
    if kind == "any":
        return lambda _: None
    if kind == "array":
        return _array(_compile(api, schema["items"]))
    if kind == "object" and "additionalProperties" in schema:
        return _mapping(_compile(api, schema["additionalProperties"]))
    if kind == "object":
        return _object({name: _compile(api, part) for name, part in schema.get("properties", {}).items()})
    return _scalar(kind, frozenset(schema.get("enum", ())))


def _array(item: Check) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, list):
            return f": {value!r} is no list"
        for index, one in enumerate(value):
            if problem := item(one):
                return f"[{index}]{problem}"
        return None

    return check


def _object(members: dict[str, Check]) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, dict):
            return f": {value!r} is no object"
        for name, part in value.items():
            if name not in members:
                return f".{name}: unknown member"
            if problem := members[name](part):
                return f".{name}{problem}"
        return None

    return check


def _mapping(item: Check) -> Check:
    def check(value: Any) -> str | None:
        return next((f".{name}{problem}" for name, part in value.items() if (problem := item(part))), None)

    return check


_TYPES: dict[str, tuple[type, ...]] = {"string": (str,), "boolean": (bool,), "number": (int, float), "integer": (int,)}


def _scalar(kind: str, enum: frozenset[str]) -> Check:
    wanted = _TYPES[kind]

    def check(value: Any) -> str | None:
        if type(value) not in wanted:
            return f": {value!r} is no {kind}"
        return f": {value!r} is none of {sorted(enum)}" if enum and value not in enum else None

    return check


def check_request(verb: str, path: str, body: Any, query: Iterable[str] = ()) -> list[str]:
    """What is wrong with a request; `query` are the names of its parameters."""
    method = find_method(verb, path)
    if method is None:
        return [f"{verb} {path}: no such method"]
    problems = [f"{method.name}: unknown parameter {name}" for name in query if name not in method.parameters]
    if body is not None and method.request is None:
        problems.append(f"{method.name}: takes no body")
    elif body is not None and method.request is not None:
        problems += _told(method.name, checker(method.api, method.request)(_without_nulls(body)))
    return problems


def check_response(verb: str, path: str, body: Any) -> list[str]:
    """What is wrong with the answer to a request that succeeded."""
    method = find_method(verb, path)
    if method is None:
        return [f"{verb} {path}: no such method"]
    return _told(method.name, checker(method.api, method.response)(body)) if method.response else []


def _told(name: str, problem: str | None) -> list[str]:
    return [] if problem is None else [f"{name}{problem}"]


def _without_nulls(value: Any) -> Any:
    """In Google's JSON a null member is an absent one (gspread sends some)."""
    if isinstance(value, dict):
        return {name: _without_nulls(part) for name, part in value.items() if part is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


@dataclass
class Judged:
    """A WSGI layer that holds every /v4/ call against the document and notes what is wrong."""

    app: WsgiApp
    violations: list[str] = field(default_factory=list)
    calls: int = 0

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"].encode("latin-1").decode()
        if not path.startswith("/v4/"):
            return self.app(environ, start_response)
        verb = environ["REQUEST_METHOD"]
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        self.violations += check_request(verb, path, json.loads(sent) if sent else None, query)
        started: list[Any] = []
        environ = {**environ, "wsgi.input": io.BytesIO(sent)}
        body = b"".join(self.app(environ, lambda *args: started.extend(args)))
        if started[0].startswith("200"):
            self.violations += check_response(verb, path, json.loads(body))
        self.calls += 1
        start_response(*started)
        return [body]


class Strict(Judged):
    """The same, but what is wrong fails the call at once. `once`: a call is judged only where something in it was not
    asked for before in these words, since the same calls are made thousands of times."""

    def __init__(self, app: WsgiApp, *, once: bool = False) -> None:
        super().__init__(app)
        self.once = once
        self._judged: set[object] = set()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if self.once and self._known(environ):
            return self.app(environ, start_response)
        answer = super().__call__(environ, start_response)
        assert not self.violations, self.violations
        return answer

    def _known(self, environ: Environ) -> bool:
        sent = environ["wsgi.input"].read()
        environ["wsgi.input"].seek(0)
        body = json.loads(sent) if sent[:1] == b"{" else {}
        asked = [
            ("", _shape({**body, "requests": []})),
            *(("requests", _shape(each)) for each in body.get("requests", ())),
        ]
        shapes = {(environ["REQUEST_METHOD"], environ["PATH_INFO"], *each) for each in asked}
        known = shapes <= self._judged
        self._judged |= shapes
        return known


def _shape(value: Any) -> object:
    """What members a request has, whatever stands in them."""
    if isinstance(value, dict):
        return frozenset((name, _shape(part)) for name, part in value.items())
    return frozenset(map(_shape, value)) if isinstance(value, list) else type(value)
