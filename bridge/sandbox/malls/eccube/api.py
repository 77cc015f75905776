"""The EC-CUBE simulator's front door: tokens, scopes, and one endpoint whose errors come with a 200 (§1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationType,
    build_schema,
    execute_sync,
    get_operation_ast,
    parse,
    validate,
)
from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.eccube.resolvers import Resolvers
from bridge.sandbox.malls.once import spend

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.sandbox.malls.eccube.shop import EcCube


@cache
def schema() -> GraphQLSchema:
    text = files("bridge.sandbox.malls.eccube").joinpath("schema.graphql").read_text(encoding="utf-8")
    return build_schema(text)


class CubeApi:
    def __init__(self, shop: EcCube) -> None:
        self._shop = shop
        self._root = Resolvers(shop)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._shop.lock:
            response = self._answer(Request(environ))
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if self._shop.switches.page:
            return Response(self._shop.switches.page, 200, content_type="text/html; charset=UTF-8")
        if (request.method, request.path) == ("POST", "/token"):
            return self._token(request)
        if (request.method, request.path) != ("POST", "/api"):
            return Response("<html>404</html>", 404, content_type="text/html; charset=UTF-8")
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        until = self._shop.state.access.get(token)
        if scheme != "Bearer" or until is None or until <= self._shop.clock.now():
            return Response("", 401)
        return self._graphql(request)

    def _graphql(self, request: Request) -> Response:
        try:
            body = json.loads(request.get_data())
            document = parse(body["query"])
        except (ValueError, KeyError, TypeError, GraphQLError) as error:
            return _json({"errors": [{"message": f"Syntax Error: {error}", "extensions": {"category": "graphql"}}]})
        operation = get_operation_ast(document)
        writes = operation is not None and operation.operation is OperationType.MUTATION
        needed = ["read", "write"] if writes else ["read"]
        if not set(needed) <= self._shop.switches.scopes:
            message = f"Insufficient permission. ({','.join(needed)})"
            return _json({"errors": [{"message": message, "extensions": {"category": "Authorization"}}]})
        problems = validate(schema(), document)
        if problems:
            return _json({"errors": [_shown(each, "graphql") for each in problems]})
        if writes:
            self._shop.count_write()
        result = execute_sync(schema(), document, self._root, variable_values=body.get("variables") or {})
        answer: dict[str, Any] = {}
        if result.errors:
            answer["errors"] = [_shown(each, "graphql" if each.path is None else "internal") for each in result.errors]
        if result.data is not None:
            answer["data"] = result.data
        return _json(answer)

    # Tokens.

    def _token(self, request: Request) -> Response:
        shop, form = self._shop, request.form
        if (form.get("client_id"), form.get("client_secret")) != (shop.client_id, shop.client_secret):
            return _json({"error": "invalid_client", "error_description": "Client authentication failed"}, 401)
        now = shop.clock.now()
        if form.get("grant_type") == "refresh_token":
            good = spend(shop.state.refresh, form.get("refresh_token", ""), now)
        elif form.get("grant_type") == "authorization_code":
            good = spend(shop.state.codes, form.get("code", ""), now)
        else:
            return _json({"error": "unsupported_grant_type", "error_description": "no"}, 400)
        if not good:
            return _json({"error": "invalid_grant", "error_description": "The token is invalid."}, 401)
        access, refresh = shop.secret("access"), shop.secret("refresh")
        shop.state.access[access] = now + timedelta(seconds=shop.switches.access_seconds)
        shop.state.refresh[refresh] = now + timedelta(days=shop.switches.refresh_days)
        shop.touch()
        seconds = shop.switches.access_seconds
        return _json({"token_type": "Bearer", "expires_in": seconds, "access_token": access, "refresh_token": refresh})


def _shown(error: GraphQLError, category: str) -> dict[str, Any]:
    return {"extensions": {"category": category}, **error.formatted}


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")
