"""What a query costs, and the leaky bucket it is paid from (shopify.md §3.1).

scalar 0 · object 1 · connection 2 + its size × a node · a sized list its size × an entry · mutation 10
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
)

from bridge.clock import Clock

MUTATION_COST, CONNECTION_COST, OBJECT_COST = 10, 2, 1


class Bucket:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spent = 0.0
        self._at = clock.monotonic()

    def available(self, size: float, restore_rate: float) -> float:
        now = self._clock.monotonic()
        self._spent = max(self._spent - (now - self._at) * restore_rate, 0.0)
        self._at = now
        return max(size - self._spent, 0.0)

    def spend(self, points: float) -> None:
        self._spent += points


class Price:
    """The price of one operation with its variables."""

    def __init__(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> None:
        self._operation = operation
        self._variables = _defaults(operation) | dict(variables)
        self._fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }

    def requested(self) -> int:
        """Before it runs: every page taken as full."""
        return self._total(None)

    def actual(self, data: Mapping[str, Any] | None) -> int:
        """After it ran: every page as long as it was."""
        return self._total(data or {})

    def _total(self, data: Mapping[str, Any] | None) -> int:
        fields = list(self._fields(self._operation.selection_set))
        if self._operation.operation is OperationType.MUTATION:
            return MUTATION_COST * len(fields)
        return sum(self._field(field, *_value(data, field)) for field in fields)

    def _field(self, field: FieldNode, known: bool, value: Any) -> int:
        if field.selection_set is None or (known and value is None):
            return 0
        size = self._size(field)
        inner = {_key(one): one for one in self._fields(field.selection_set)}
        if size is not None and inner.keys() & {"nodes", "edges"}:
            return CONNECTION_COST + sum(self._page(one, size, known, value) for one in inner.values())
        if known and isinstance(value, list):
            return sum(OBJECT_COST + self._inside(field, True, entry) for entry in value)
        return (1 if size is None else size) * (OBJECT_COST + self._inside(field, known, value))

    def _page(self, field: FieldNode, size: int, known: bool, value: Any) -> int:
        """`nodes` or `edges` of a connection; pageInfo is free."""
        if field.name.value not in ("nodes", "edges") or field.selection_set is None:
            return 0
        if known:
            entries = value.get(_key(field)) or []
            return sum(self._entry(field, True, entry) for entry in entries)
        return size * self._entry(field, False, None)

    def _entry(self, field: FieldNode, known: bool, entry: Any) -> int:
        if field.name.value == "nodes":
            return OBJECT_COST + self._inside(field, known, entry)
        return self._inside(field, known, entry)  # an edge is free, its node is not

    def _inside(self, field: FieldNode, known: bool, value: Any) -> int:
        assert field.selection_set is not None
        data = value if known else None
        if known and data is None:
            return 0
        return sum(self._field(one, *_value(data, one)) for one in self._fields(field.selection_set))

    def _size(self, field: FieldNode) -> int | None:
        for argument in field.arguments or ():
            if argument.name.value not in ("first", "last", "ids"):
                continue
            value = argument.value
            if isinstance(value, IntValueNode):
                return int(value.value)
            if isinstance(value, ListValueNode):
                return len(value.values)
            if isinstance(value, VariableNode):
                given = self._variables.get(value.name.value)
                if isinstance(given, list):
                    return len(given)
                if isinstance(given, int):
                    return given
        return None

    def _fields(self, selection: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selection.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                yield from self._fields(self._fragments[node.name.value].selection_set)


def _defaults(operation: OperationDefinitionNode) -> dict[str, Any]:
    """The defaults of the Int variables."""
    return {
        one.variable.name.value: int(one.default_value.value)
        for one in operation.variable_definitions or ()
        if isinstance(one.default_value, IntValueNode)
    }


def _key(field: FieldNode) -> str:
    return field.alias.value if field.alias else field.name.value


def _value(data: Mapping[str, Any] | None, field: FieldNode) -> tuple[bool, Any]:
    """Whether the answer is known, and what it holds for this field."""
    return (False, None) if data is None else (True, data.get(_key(field)))
