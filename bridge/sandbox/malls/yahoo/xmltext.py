"""The XML that a client sends, and the XML of an answer. The only module here that knows a parser."""

from __future__ import annotations

from html import escape
from typing import Any

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

Tree = dict[str, list[Any]]
"""Children by their name, each a Tree or, where it has no children, its text."""


def read(data: bytes) -> Tree:
    """A document by the name of its root. Raises ValueError."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ValueError(str(error)) from error
    return {_name(root.tag): [_value(root)]}


def _value(element: Any) -> Tree | str:
    children: Tree = {}
    for child in element:
        children.setdefault(_name(child.tag), []).append(_value(child))
    return children or (element.text or "").strip()


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def first(tree: Any, *path: str) -> Any:
    """The first at `path`, "" where there is none."""
    for name in path:
        found = tree.get(name) if isinstance(tree, dict) else None
        if not found:
            return ""
        tree = found[0]
    return tree


def element(tag: str, content: object = "", /, **attributes: object) -> str:
    """One element. `content` is text, or already written (`Raw`)."""
    given = "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items())
    if content is None or content == "":
        return f"<{tag}{given}/>"
    inner = content if isinstance(content, Raw) else escape(str(content), quote=False)
    return f"<{tag}{given}>{inner}</{tag}>"


class Raw(str):
    """XML already."""


def elements(**content: object) -> Raw:
    return Raw("".join(element(name, value) for name, value in content.items()))


def cdata(text: str) -> Raw:
    return Raw("<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>")
