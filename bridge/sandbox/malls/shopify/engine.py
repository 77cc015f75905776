"""Runs a GraphQL request against the simulator: parsed, validated, priced, executed (shopify.md §3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)

from bridge.sandbox.malls.shopify.cost import Bucket, Price
from bridge.sandbox.malls.shopify.mutations import Mutations
from bridge.sandbox.malls.shopify.queries import Info, Queries
from bridge.sandbox.malls.shopify.views import Views

if TYPE_CHECKING:
    from bridge.sandbox.malls.shopify.shop import Shopify

LIMITS_PAGE = "https://shopify.dev/api/usage/limits"
_CODES = {
    "Cannot query field": "undefinedField",
    "Unknown argument": "argumentNotAccepted",
    "is required, but it was not provided": "missingRequiredArguments",
    "used in position expecting": "variableMismatch",
    "Unknown type": "undefinedType",
    "may not be used on": "directiveCannotBeApplied",
    "Unknown directive": "undefinedDirective",
    "must have a selection of subfields": "selectionMismatch",
    "is not defined by operation": "variableNotDefined",
    "is not defined": "variableNotDefined",
    "is never used": "variableNotUsed",
}


@dataclass(frozen=True)
class Parsed:
    document: DocumentNode | None
    errors: tuple[dict[str, Any], ...]


@cache
def _sdl() -> str:
    return files("bridge.sandbox.malls.shopify").joinpath("schema.graphql").read_text(encoding="utf-8")


@cache
def plain_schema() -> GraphQLSchema:
    """The schema without resolvers: what documents are validated against."""
    return build_schema(_sdl())


@lru_cache(maxsize=512)
def _parse(text: str) -> Parsed:
    try:
        document = parse(text)
    except GraphQLError as error:
        return Parsed(None, ({**error.formatted, "extensions": {"code": "syntaxError"}},))
    errors = validate(plain_schema(), document)
    return Parsed(document, tuple(_with_code(error) for error in errors))


def _with_code(error: GraphQLError) -> dict[str, Any]:
    code = next((code for part, code in _CODES.items() if part in error.message), "invalid")
    return {**error.formatted, "extensions": {"code": code}}


class Engine:
    def __init__(self, shop: Shopify) -> None:
        self._shop = shop
        views = Views(shop)
        queries = Queries(shop, views)
        self._resolvers = {"queries": queries, "mutations": Mutations(shop, views, queries)}
        self.bucket = Bucket(shop.clock)

    def run(self, text: str, variables: Mapping[str, Any], name: str | None, version: str) -> dict[str, Any]:
        parsed = _parse(text)
        if parsed.document is None or parsed.errors:
            return {"errors": list(parsed.errors)}
        operation = get_operation_ast(parsed.document, name)
        if operation is None:
            return {"errors": [{"message": "No operation with that name"}]}
        price = Price(parsed.document, operation, variables)
        requested = price.requested()
        if requested > self._shop.switches.max_query_cost:
            return self._too_dear(requested)
        if self._shop.switches.throttle and requested > self._available():
            return self._throttled(requested)
        context: dict[str, Any] = {"version": version, "search": [], **self._resolvers}
        result = execute_sync(
            _schema(),
            parsed.document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=name,
        )
        actual = min(price.actual(result.data), requested)
        self.bucket.spend(actual)
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = [_run_error(error) for error in result.errors]
        if result.data is not None or not result.errors or result.errors[0].path is not None:
            answer["data"] = result.data
        answer["extensions"] = self._cost(requested, actual)
        if context["search"]:
            answer["extensions"]["search"] = context["search"]
        return answer

    def _available(self) -> float:
        return self.bucket.available(self._shop.switches.bucket, self._shop.switches.restore_rate)

    def _cost(self, requested: int, actual: int | None) -> dict[str, Any]:
        status = {
            "maximumAvailable": self._shop.switches.bucket,
            "currentlyAvailable": float(int(self._available())),
            "restoreRate": self._shop.switches.restore_rate,
        }
        return {"cost": {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status}}

    def _throttled(self, requested: int) -> dict[str, Any]:
        error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": LIMITS_PAGE}}
        return {"errors": [error], "extensions": self._cost(requested, None)}

    def _too_dear(self, requested: int) -> dict[str, Any]:
        limit = self._shop.switches.max_query_cost
        message = f"Query cost is {requested}, which exceeds the single query max cost limit ({limit})."
        extensions = {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": limit, "documentation": LIMITS_PAGE}
        return {"errors": [{"message": message, "extensions": extensions}]}


def _run_error(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = dict(error.formatted)
    if error.path is None and error.message.startswith("Variable "):
        problem = {"path": [], "explanation": error.message}
        shown["extensions"] = {"code": "INVALID_VARIABLE", "problems": [problem]}
    elif error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        raise error.original_error  # a mistake of the simulator's own
    return shown


@cache
def _schema() -> GraphQLSchema:
    """The schema with resolvers: those of the shop that a call's context names."""
    schema = build_schema(_sdl())
    _attach(schema.query_type, "queries")
    _attach(schema.mutation_type, "mutations")
    return schema


def _attach(kind: GraphQLObjectType | None, resolvers: str) -> None:
    """`orders` is resolved by the method `orders`, `inventorySetQuantities` by `inventory_set_quantities`."""
    assert kind is not None
    for name, field in kind.fields.items():
        field.resolve = _resolver(resolvers, _snake(name))


def _resolver(resolvers: str, method: str) -> Callable[..., Any]:
    def resolve(root: Any, info: Info, /, **given: Any) -> Any:
        return getattr(info.context[resolvers], method)(root, info, **given)

    return resolve


def _snake(name: str) -> str:
    return "".join("_" + letter.lower() if letter.isupper() else letter for letter in name)
