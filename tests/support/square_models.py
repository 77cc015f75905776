"""Square's official API description as the judge of every request of the adapter and every answer of the simulator.

It ends at version 2025-08-20; what the inventory objects have become since is laid over it from the list of 2026-07-15
(pos.md §3.3). It requires little, so it is read strictly here: a member that it doesn't name is a mistake.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bridge.sandbox.faults import Environ, WsgiApp

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "models" / "square"
PRESENT = FOLDER.is_dir()
WHY_NOT = "Square's official API description lies beside the repository only"
SPLIT_PLACES = "2026-07-15"

Json = dict[str, Any]


@cache
def description(version: str) -> Json:
    """The description as it is for a version."""
    told: Json = json.loads((FOLDER / "api-2025-08-20.trimmed.json").read_text(encoding="utf-8"))
    if version >= SPLIT_PLACES:
        _lay_over(told["components"]["schemas"])
    return told


def _lay_over(schemas: Json) -> None:
    delta: Json = json.loads((FOLDER / "inventory-2026-07-15.delta.json").read_text(encoding="utf-8"))
    schemas["InventoryChangeType"]["enum"] = delta["InventoryChangeType"]["new"]
    schemas["InventoryState"]["enum"] += delta["InventoryState_added"]
    del schemas["InventoryChange"]["properties"]["transfer"]
    schemas["InventoryAdjustmentReasonId"] = {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "enum": delta["InventoryAdjustmentReasonIdType"]},
            "custom_reason_id": {"type": "string"},
        },
    }
    kinds: Json = {
        "reason_id": {"$ref": "#/components/schemas/InventoryAdjustmentReasonId"},
        "cost_money": {"$ref": "#/components/schemas/Money"},
    }
    for name in ("InventoryAdjustment", "InventoryPhysicalCount"):
        properties = schemas[name]["properties"]
        for gone in delta[name].get("removed", ()):
            del properties[gone]
        properties |= {each: kinds.get(each, {"type": "string"}) for each in delta[name]["added"]}


def check_request(method: str, path: str, query: str, body: Any, version: str) -> list[str]:
    """What is wrong with a request."""
    told = description(version)
    spec = told["paths"].get(path, {}).get(method.lower())
    if spec is None:
        return [f"{method} {path}: no such operation"]
    known = {each["name"] for each in spec.get("parameters", []) if each["in"] == "query"}
    problems = [f"unknown parameter {name}" for name, _ in parse_qsl(query) if name not in known]
    wanted = spec.get("requestBody")
    if wanted is None:
        return problems + (["a body where none belongs"] if body is not None else [])
    schema = wanted["content"]["application/json"]["schema"]
    return problems + [f"{path}{problem}" for problem in _problems(schema, body, told["components"]["schemas"])]


def check_response(method: str, path: str, status: int, body: Any, version: str) -> list[str]:
    """What is wrong with an answer. The description has only good ones; the errors of all others have one shape."""
    told = description(version)
    spec = told["paths"].get(path, {}).get(method.lower())
    schemas = told["components"]["schemas"]
    if spec is None or status != 200:
        errors = body.get("errors") if isinstance(body, dict) else None
        shape = {"$ref": "#/components/schemas/Error"}
        return ["no errors"] if not errors else [p for each in errors for p in _problems(shape, each, schemas)]
    schema = spec["responses"]["200"]["content"]["application/json"]["schema"]
    return [f"{path} {status}{problem}" for problem in _problems(schema, body, schemas)]


def _problems(schema: Json, value: Any, schemas: Json) -> Iterator[str]:
    if "$ref" in schema:
        yield from _problems(schemas[schema["$ref"].rpartition("/")[2]], value, schemas)
        return
    if value is None and schema.get("nullable"):
        return
    kind = schema.get("type") or ("object" if "properties" in schema else None)
    if kind and not _is(kind, value):
        yield f": {value!r} is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f": {value!r} is none of {schema['enum']}"
    yield from _limits(schema, value)
    if isinstance(value, dict):
        properties, more = schema.get("properties", {}), schema.get("additionalProperties")
        yield from (f".{name}: missing" for name in schema.get("required", ()) if name not in value)
        for name, part in value.items():
            if name in properties:
                yield from (f".{name}{problem}" for problem in _problems(properties[name], part, schemas))
            elif not more:
                yield f".{name}: unknown member"
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from (f"[{index}]{problem}" for problem in _problems(schema.get("items", {}), each, schemas))


def _limits(schema: Json, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) > schema.get("maxLength", len(value)) or len(value) < schema.get("minLength", 0):
            yield f": {value!r} has another length"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f": {value!r} does not fit {schema['pattern']}"
        if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
            yield f": {value!r} is no time"
    elif type(value) is int and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f": {value} is out of range"


def _is(kind: str, value: Any) -> bool:
    python: dict[str, type | tuple[type, ...]] = {
        "object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
    }  # fmt: skip
    return isinstance(value, python[kind]) and not (kind in ("integer", "number") and isinstance(value, bool))


@dataclass
class Judged:
    """A WSGI layer that holds every call against the description; what is wrong fails the call at once. Without it it
    lets everything pass. `seen`: the paths that were called."""

    app: WsgiApp
    seen: set[str] = field(default_factory=set)

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if not PRESENT:
            return self.app(environ, start_response)
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        version = environ.get("HTTP_SQUARE_VERSION", SPLIT_PLACES)
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        query = environ.get("QUERY_STRING", "")
        problems = check_request(method, path, query, json.loads(sent) if sent else None, version)
        started: list[Any] = []
        environ = {**environ, "wsgi.input": io.BytesIO(sent)}
        answer = b"".join(self.app(environ, lambda *args: started.extend(args)))
        problems += check_response(method, path, int(started[0][:3]), json.loads(answer), version)
        assert not problems, problems
        self.seen.add(path)
        start_response(*started)
        return [answer]
