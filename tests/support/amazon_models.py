"""Amazon's official models as the judge of every request the adapter sends and every answer the simulator gives.

The models (Swagger 2.0) and the schemas of feeds (JSON Schema) lie beside the repository; what is used of them is
judged here, strict about unknown members, which a general validator would let pass.
"""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from bridge.sandbox.faults import Environ, WsgiApp

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "models" / "amazon"
PRESENT = FOLDER.is_dir()
WHY_NOT = "Amazon's official models lie beside the repository only"

MODELS = (
    "orders-api-model/orders_2026-01-01.json",
    "listings-items-api-model/listingsItems_2021-08-01.json",
    "feeds-api-model/feeds_2021-06-30.json",
    "fba-inventory-api-model/fbaInventory.json",
    "sellers-api-model/sellers.json",
)
FEED = "listings-feed-schema-v2.json"
REPORT = "listings-feed-processing-report-schema-v2.json"
OTHER_DOORS = ("/auth/", "/documents/")  # the token server and the store of documents have no model

Json = dict[str, Any]


@dataclass(frozen=True)
class ApiCall:
    """One operation of a model, with the definitions that its schemas refer to."""

    name: str
    method: str
    path: re.Pattern[str]
    spec: Json
    definitions: Json

    def parameters(self, place: str) -> dict[str, Json]:
        return {each["name"]: each for each in self.spec.get("parameters", []) if each.get("in") == place}


@cache
def operations() -> tuple[ApiCall, ...]:
    found = []
    for name in MODELS:
        model = json.loads((FOLDER / "models" / name).read_text(encoding="utf-8"))
        for path, methods in model["paths"].items():
            pattern = "/" + "([^/]+)".join(map(re.escape, re.split(r"\{\w+\}", path.lstrip("/")))) + "$"
            for method, spec in methods.items():
                if isinstance(spec, dict) and "operationId" in spec:
                    call = ApiCall(spec["operationId"], method.upper(), re.compile(pattern), spec, model["definitions"])
                    found.append(call)
    return tuple(found)


@cache
def feed_schema(name: str) -> Json:
    schema: Json = json.loads((FOLDER / "schemas" / "feeds" / name).read_text(encoding="utf-8"))
    return schema


def find(method: str, raw_path: str) -> ApiCall | None:
    """`raw_path` as it goes over the wire, percent-encoded: an encoded slash is part of a name."""
    fitting = [call for call in operations() if call.method == method and call.path.match(raw_path)]
    return max(fitting, key=lambda call: len(call.path.pattern), default=None)


def check_request(method: str, raw_path: str, query: str, body: Any) -> list[str]:
    """What is wrong with a request."""
    call = find(method, raw_path)
    if call is None:
        return [f"{method} {raw_path}: no such operation"]
    given = parse_qsl(query, keep_blank_values=True)
    known = call.parameters("query")
    problems = [f"unknown parameter {name}" for name, _ in given if name not in known]
    problems += [f"{name} twice" for name in {name for name, _ in given} if sum(n == name for n, _ in given) > 1]
    problems += [
        f"{name} is missing" for name, each in known.items() if each.get("required") and name not in dict(given)
    ]
    for name, value in given:
        if name in known:
            problems += _parameter(known[name], value, name)
    [*bodies] = call.parameters("body").values()
    if (body is not None) != bool(bodies):
        problems.append("a body where none belongs" if body is not None else "the body is missing")
    elif bodies:
        problems += violations(bodies[0]["schema"], body, call.definitions)
    return [f"{call.name}: {problem}" for problem in problems]


def check_response(method: str, raw_path: str, status: int, body: Any) -> list[str]:
    """What is wrong with an answer."""
    call = find(method, raw_path)
    if call is None:
        return []  # it was answered that there is no such thing
    told = call.spec["responses"].get("403" if status == 401 else str(status))  # 401 is in no model, though it is seen
    if told is None:
        return [f"{call.name}: no answer {status}"]
    if "schema" not in told:
        return []
    return [f"{call.name} {status}: {problem}" for problem in violations(told["schema"], body, call.definitions)]


def check_feed(schema: str, body: Any) -> list[str]:
    return [f"{schema}: {problem}" for problem in violations(feed_schema(schema), body, {})]


def _parameter(spec: Json, text: str, name: str) -> list[str]:
    if spec["type"] == "array":
        parts = text.split(",")
        spec = {**spec, "items": {**spec.get("items", {}), "type": "string"}}
        return [f"{name}{problem}" for problem in _problems(spec, parts, {})]
    value: Any = text
    if spec["type"] == "integer":
        value = int(text) if text.isdecimal() else text
    elif spec["type"] == "boolean":
        value = {"true": True, "false": False}.get(text, text)
    return [f"{name}{problem}" for problem in _problems(spec, value, {})]


def violations(schema: Any, value: Any, definitions: Json) -> list[str]:
    return list(_problems(schema, value, definitions))


def _problems(schema: Any, value: Any, definitions: Json) -> Iterator[str]:
    if schema is False:
        yield ": not allowed here"
        return
    if "$ref" in schema:
        yield from _problems(definitions[schema["$ref"].rpartition("/")[2]], value, definitions)
        return
    kind = schema.get("type") or ("object" if "properties" in schema else None)
    if kind and not _KINDS[kind](value):
        yield f": {value!r} is no {kind}"
        return
    yield from _limits(schema, value)
    if isinstance(value, dict):
        yield from _members(schema, value, definitions)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from (f"[{index}]{problem}" for problem in _problems(schema.get("items", {}), each, definitions))
    if "oneOf" in schema and sum(not _open(each, value, definitions) for each in schema["oneOf"]) != 1:
        yield ": fits none, or several, of its forms"


def _open(schema: Json, value: Any, definitions: Json) -> list[str]:
    """A form of `oneOf` tells only some members; the others are judged outside it."""
    loose = {**schema, "additionalProperties": True}
    return list(_problems(loose, value, definitions))


def _members(schema: Json, value: Json, definitions: Json) -> Iterator[str]:
    properties = schema.get("properties", {})
    more = schema.get("additionalProperties", not properties)
    for name in schema.get("required", ()):
        if name not in value:
            yield f".{name}: missing"
    for name, part in value.items():
        if name in properties:
            yield from (f".{name}{problem}" for problem in _problems(properties[name], part, definitions))
        elif more is False:
            yield f".{name}: unknown member"
        elif isinstance(more, dict):
            yield from (f".{name}{problem}" for problem in _problems(more, part, definitions))


_KINDS: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "boolean": lambda value: isinstance(value, bool),
}


def _limits(schema: Json, value: Any) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f": {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f": {value!r} is not {schema['const']!r}"
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f": {value!r} does not fit {schema['pattern']}"
        if schema.get("format") == "date-time" and not _is_time(value):
            yield f": {value!r} is no time"
    size = len(value) if isinstance(value, str | list | dict) else value
    for low in ("minimum", "minItems", "minLength", "minProperties"):
        if low in schema and size < schema[low]:
            yield f": less than {low} {schema[low]}"
    for high in ("maximum", "maxItems", "maxLength"):
        if high in schema and size > schema[high]:
            yield f": more than {high} {schema[high]}"


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


@dataclass
class Judged:
    """A WSGI layer that holds every call against the models; what is wrong fails the call at once. Without the models
    it lets everything pass. `requests`: whether requests are judged too, or answers only."""

    app: WsgiApp
    requests: bool = True
    seen: set[str] = field(default_factory=set)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if not PRESENT:
            return self.app(environ, start_response)
        method, path = environ["REQUEST_METHOD"], _raw_path(environ)
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        modelled = not path.startswith(OTHER_DOORS)
        problems: list[str] = []
        if self.requests and modelled:
            body = json.loads(sent) if sent else None
            problems += check_request(method, path, environ.get("QUERY_STRING", ""), body)
        elif self.requests and method == "PUT":
            problems += check_feed(FEED, json.loads(sent))
        started: list[Any] = []
        environ = {**environ, "wsgi.input": io.BytesIO(sent)}
        answer = b"".join(self.app(environ, lambda *args: started.extend(args)))
        status, headers = int(started[0][:3]), {name.lower(): value for name, value in started[1]}
        if modelled and headers.get("content-type", "").startswith("application/json"):
            problems += check_response(method, path, status, json.loads(answer))
        elif method == "GET" and path.startswith("/documents/") and status == 200:
            plain = gzip.decompress(answer) if answer[:2] == b"\x1f\x8b" else answer
            problems += check_feed(REPORT, json.loads(plain))
        assert not problems, problems
        call = find(method, path)
        self.seen.add(call.name if call else path.split("/")[1])
        start_response(*started)
        return [answer]


def _raw_path(environ: Environ) -> str:
    """As it went over the wire (wsgi_transport.py): decoded, a slash of a SKU looks like one of the path."""
    path: str = environ["RAW_URI"]
    return path


def cases(*names: str) -> list[Json]:
    """The official sandbox cases of these operations (not those of the orders API that ends in 2027)."""
    if not PRESENT:
        return []
    listed: list[Json] = json.loads((FOLDER / "sandbox-cases" / "cases.json").read_text(encoding="utf-8"))
    return [case for case in listed if case["operationId"] in names and "ordersV0" not in case["model"]]


def parameter(case: Json, name: str) -> Any:
    """What a case's request names for a parameter, None where it names nothing."""
    return case["request"].get("parameters", {}).get(name, {}).get("value")


def path_names(case: Json, raw_path: str) -> dict[str, str]:
    """The parts of a path by the names that the case's path has for them."""
    names = re.findall(r"\{(\w+)\}", case["path"])
    pattern = "([^/]+)".join(map(re.escape, re.split(r"\{\w+\}", case["path"]))) + "$"
    fitting = re.match(pattern, raw_path)
    return dict(zip(names, map(unquote, fitting.groups()), strict=True)) if fitting else {}
