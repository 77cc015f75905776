"""Every GraphQL document we send is valid by Shopify's own schema, and dear enough to be worth a look at its price."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from bridge.channels.shopify import documents, facts
from bridge.channels.shopify.documents import Document
from bridge.sandbox.malls.shopify.cost import Price

SCHEMAS = Path(__file__).parents[4] / "shared" / "models" / "shopify"
VERSIONS = ("2026-07", "2026-10")


@cache
def schema_of(version: str) -> GraphQLSchema:
    path = SCHEMAS / f"admin_{version}.schema.graphql"
    if not path.exists():
        pytest.skip(f"Shopify's schema {version} is not at hand: it is not part of the project")
    # Taken as valid: graphql-core has rules on deprecation that Shopify's schema breaks.
    return build_schema(path.read_text(encoding="utf-8"), assume_valid=True)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("document", documents.ALL, ids=lambda document: document.name)
def test_the_real_schema_accepts(document: Document, version: str) -> None:
    assert validate(schema_of(version), parse(document.text)) == []


def test_all_names_every_document() -> None:
    declared = [each for each in vars(documents).values() if isinstance(each, Document)]
    assert set(documents.ALL) == set(declared)
    assert len({document.name for document in declared}) == len(declared)


@pytest.mark.parametrize("document", documents.ALL, ids=lambda document: document.name)
def test_what_a_document_does_is_told_by_its_first_word(document: Document) -> None:
    [operation] = parse(document.text).definitions
    assert document.writes == (operation.operation.value == "mutation")  # type: ignore[attr-defined]


@pytest.mark.parametrize("document", documents.ALL, ids=lambda document: document.name)
def test_a_document_asks_for_fewer_points_than_one_may(document: Document) -> None:
    routed = document in (documents.ROUTED_ORDERS, documents.ROUTED_ORDERS_BY_ID)
    orders = facts.ROUTED_ORDERS_PAGE if routed else facts.ORDERS_PAGE
    variables = {
        "first": orders,
        "ids": ["gid"] * (facts.READ_BATCH if document is documents.LEVELS else orders),
    }
    tree = parse(document.text)
    [operation] = tree.definitions
    price = Price(tree, operation, variables).requested()  # type: ignore[arg-type]
    assert price <= 1000
    assert price <= document.cost


def test_no_document_asks_for_a_buyer() -> None:
    personal = re.compile("customer|address|email|phone|note|name", re.IGNORECASE)
    for document in (
        *(documents.ORDERS, documents.ORDERS_BY_ID, documents.LINES, documents.REFUND),
        *(documents.ROUTED_ORDERS, documents.ROUTED_ORDERS_BY_ID, documents.ROUTED_PARTS, documents.ROUTES),
    ):
        fields = document.text.replace("operationName", "")
        assert not personal.search(fields), document.name
