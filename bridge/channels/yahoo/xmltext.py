"""XML as Yahoo sends and takes it. The only module of the bridge that knows a parser: defusedxml, which follows no
entity; a DOCTYPE is refused whole (yahoo.md §5).

A document becomes what JSON has: an element is a dict of lists, one list for each name of a child, also of a single
child; one without children is its text. Attributes of the root and of elements with children stand beside these, their
names with an @ before them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from bridge.channels.http import Media, Reading

Node = Mapping[str, Any]


def read(text: str) -> dict[str, Any]:
    """A document by the name of its root; the gateway and the token host have JSON at times. Raises ValueError."""
    if text.lstrip().startswith("{"):
        found: dict[str, Any] = json.loads(text)
        return found
    try:
        root = fromstring(text.strip(), forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(type(error).__name__) from error
    return {_name(root): [_value(root) or _attributes(root) or ""]}


def write(body: Mapping[str, Any]) -> bytes:
    """The elements of nested dicts, in their order."""
    return ('<?xml version="1.0" encoding="UTF-8"?>' + _elements(body)).encode()


XML = Media("application/xml; charset=UTF-8", write)
READ_XML = Reading("XML", read, ("<", "{", "["))


def nodes(tree: Any, *path: str) -> list[Node]:
    """Every element at `path` that has children, one or many. Raises TypeError where the tree is no tree."""
    found: list[Any] = [tree]
    for name in path:
        found = [child for node in found for child in node.get(name, ())]
    return [node for node in found if isinstance(node, dict)]


def text(node: Node, name: str) -> str:
    """The text of a child; "" where it is missing or empty."""
    values = node.get(name) or [""]
    if not isinstance(values[0], str):
        raise TypeError(f"{name} is no text")
    return values[0]


def _elements(body: Mapping[str, Any]) -> str:
    return "".join(
        f"<{name}>{_elements(value) if isinstance(value, Mapping) else escape(str(value), quote=False)}</{name}>"
        for name, value in body.items()
    )


def _value(element: Any) -> dict[str, Any] | str:
    children: dict[str, Any] = {}
    for child in element:
        children.setdefault(_name(child), []).append(_value(child))
    return children | _attributes(element) if children else (element.text or "").strip()


def _attributes(element: Any) -> dict[str, Any]:
    return {f"@{name}": [str(value)] for name, value in element.attrib.items()}


def _name(element: Any) -> str:
    """Without its namespace, which is there sometimes."""
    return str(element.tag).rpartition("}")[2]
