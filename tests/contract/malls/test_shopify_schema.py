"""The simulator's schema is contained in the real one: same names, arguments, nullability (shopify.md §9)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    specified_directives,
)

from bridge.sandbox.malls.shopify.engine import plain_schema

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "models" / "shopify"
LATEST = "2026-10"
ONLY_BEFORE = {
    "InventorySetQuantitiesUserErrorCode.ITEM_NOT_STOCKED_AT_LOCATION",  # gone from 2026-10, served for older versions
    "InventoryAdjustQuantitiesUserErrorCode.ITEM_NOT_STOCKED_AT_LOCATION",
}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="Shopify's real schema lies beside the repository only")


@cache
def real(version: str) -> GraphQLSchema:
    return build_schema((FOLDER / f"admin_{version}.schema.graphql").read_text(encoding="utf-8"), assume_valid=True)


def members(kind: GraphQLNamedType) -> set[str]:
    """Everything a type says, as lines that can be compared."""
    said: set[str] = set()
    if isinstance(kind, GraphQLEnumType):
        said |= {f"{kind.name}.{value}" for value in kind.values}
    if isinstance(kind, GraphQLInputObjectType):
        said |= {f"{kind.name}.{name}: {field.type}" for name, field in kind.fields.items()}
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        said |= {f"{kind.name} implements {one.name}" for one in kind.interfaces}
        for name, field in kind.fields.items():
            said.add(f"{kind.name}.{name}: {field.type}")
            for key, argument in field.args.items():
                said.add(f"{kind.name}.{name}({key}: {argument.type} = {argument.default_value})")
    return said


def everything(schema: GraphQLSchema, names: set[str]) -> set[str]:
    return {line for name in names if name in schema.type_map for line in members(schema.type_map[name])}


def test_every_member_stands_in_the_real_schema() -> None:
    ours = plain_schema()
    names = {name for name in ours.type_map if not name.startswith("__")}
    assert names <= real(LATEST).type_map.keys()
    unknown = everything(ours, names) - everything(real(LATEST), names)
    assert unknown <= ONLY_BEFORE


def test_what_the_latest_version_lost_stood_in_the_one_before() -> None:
    before = real("2026-07")
    assert everything(before, set(before.type_map)) >= ONLY_BEFORE


def test_required_arguments_are_not_left_out() -> None:
    """A document that is valid here must be valid there: what the real one requires is required here too."""
    ours, theirs = plain_schema(), real(LATEST)
    for name, kind in ours.type_map.items():
        other = theirs.type_map.get(name)
        if isinstance(kind, GraphQLInputObjectType) and isinstance(other, GraphQLInputObjectType):
            required = {key for key, field in other.fields.items() if str(field.type).endswith("!")}
            assert required <= kind.fields.keys(), name
        if isinstance(kind, GraphQLObjectType) and isinstance(other, GraphQLObjectType):
            for key, field in kind.fields.items():
                needed = {arg for arg, one in other.fields[key].args.items() if str(one.type).endswith("!")}
                assert needed <= field.args.keys(), f"{name}.{key}"


def test_the_directive_is_the_real_one() -> None:
    ours, theirs = plain_schema().get_directive("idempotent"), real(LATEST).get_directive("idempotent")
    assert ours is not None
    assert theirs is not None
    assert ours.locations == theirs.locations
    assert {name: str(arg.type) for name, arg in ours.args.items()} == {
        name: str(arg.type) for name, arg in theirs.args.items()
    }
    assert {one.name for one in plain_schema().directives} - {one.name for one in specified_directives} == {
        "idempotent"
    }
