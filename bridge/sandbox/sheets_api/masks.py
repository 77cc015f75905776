"""Field masks: `sheets(properties/title,data.rowData.values.note)` as a tree; reading with one, writing with one."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from .errors import Json, invalid

Mask = dict[str, "Mask"]
"""Member → what of it is meant; an empty tree means everything from here on."""

EVERYTHING: Mask = {}


@lru_cache(maxsize=1024)
def parse_mask(text: str) -> Mask:
    reader = _Reader(text)
    mask = reader.list()
    if reader.rest():
        raise invalid(f"Invalid field selection {text}")
    return mask


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = "".join(text.split())
        self.at = 0

    def rest(self) -> str:
        return self.text[self.at :]

    def list(self) -> Mask:
        mask: Mask = {}
        whole = False
        while True:
            whole |= self._path(mask)
            if not self._take(","):
                return EVERYTHING if whole else mask

    def _path(self, mask: Mask) -> bool:
        """Read one path into the tree; True where it is `*`, everything."""
        name = self._name()
        if name == "*":
            return True
        known = name in mask
        child = mask.setdefault(name, {})
        if self._take("("):
            inner = self.list()
            if not self._take(")"):
                raise invalid(f"Invalid field selection {self.text}")
            self._merge(mask, name, child, inner, known)
        elif self._take(".") or self._take("/"):
            inner = {}
            whole = self._path(inner)
            self._merge(mask, name, child, EVERYTHING if whole else inner, known)
        else:
            mask[name] = EVERYTHING
        return False

    @staticmethod
    def _merge(mask: Mask, name: str, child: Mask, inner: Mask, known: bool) -> None:
        if not inner or (known and not child):
            mask[name] = EVERYTHING
        else:
            mask[name] = _union(child, inner)

    def _name(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in ",()./":
            self.at += 1
        if self.at == start:
            raise invalid(f"Invalid field selection {self.text}")
        return self.text[start : self.at]

    def _take(self, mark: str) -> bool:
        if self.text.startswith(mark, self.at):
            self.at += 1
            return True
        return False


def _union(one: Mask, two: Mask) -> Mask:
    both = dict(one)
    for name, inner in two.items():
        if name in both:
            both[name] = _union(both[name], inner) if both[name] and inner else EVERYTHING
        else:
            both[name] = inner
    return both


def inside(mask: Mask, name: str) -> Mask | None:
    """The part of the mask below a member; None where the member is not asked for."""
    return mask.get(name) if mask else EVERYTHING


def pruned(value: Any, mask: Mask) -> Any:
    """Only what the mask names; what is written already holds nothing else."""
    if not mask:
        return value
    if isinstance(value, list):
        return [pruned(item, mask) for item in value]
    if isinstance(value, dict):
        return {
            name: pruned(value[name], part) if part else value[name] for name, part in mask.items() if name in value
        }
    return value


def merged(old: Json, new: Json, mask: Mask) -> Json:
    """`old` with the masked members taken from `new`; a masked member that `new` lacks is cleared."""
    if not mask:
        return new
    result = dict(old)
    for name, part in mask.items():
        if part and isinstance(old.get(name, {}), dict) and isinstance(new.get(name, {}), dict):
            inner: Any = merged(old.get(name, {}), new.get(name, {}), part)
        else:
            inner = new.get(name)
        if inner is None or inner == {}:
            result.pop(name, None)
        else:
            result[name] = inner
    return result


def update_mask(fields: str | None) -> Mask:
    """The mask of an update request, which must name something."""
    if not fields:
        raise invalid("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    return parse_mask(fields)
