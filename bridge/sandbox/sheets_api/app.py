"""The server: routes, sign-in, quota, latency and errors around the methods. A WSGI application."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.wrappers import Request, Response

from bridge.clock import Clock
from bridge.sandbox.latency import Latency

from . import comments, drive, export, permissions, spreadsheets, upload, values
from .answers import written
from .call import Call
from .errors import ApiError, Json, drive_body, unimplemented
from .masks import pruned
from .oauth import Accounts, InvalidGrant, ServiceAccountKey
from .quota import Kind, Quota, QuotaMeter
from .state import dump_store, load_store
from .store import Store
from .switches import Switches

log = logging.getLogger(__name__)
Metered = Kind | Literal["Drive"]
"""What a call is counted as. Drive has a quota of its own, which is out of reach here and not counted."""


class _IdConverter(BaseConverter):
    """A resource id: everything up to the next slash or custom verb."""

    regex = "[^/:]+"


@dataclass(frozen=True)
class Method:
    function: Callable[..., Json | export.Download]
    metered: Metered


_BOOK = "/v4/spreadsheets/<id:spreadsheet_id>"
_FILE = "/drive/v3/files/<id:file_id>"
_METHODS: list[tuple[str, str, Callable[..., Json | export.Download], Metered]] = [
    ("POST", "/v4/spreadsheets", spreadsheets.create, "Write"),
    ("GET", _BOOK, spreadsheets.get, "Read"),
    ("POST", f"{_BOOK}:getByDataFilter", spreadsheets.get_by_data_filter, "Read"),
    ("POST", f"{_BOOK}:batchUpdate", spreadsheets.batch_update, "Write"),
    ("GET", f"{_BOOK}/developerMetadata/<int:metadata_id>", spreadsheets.metadata_get, "Read"),
    ("POST", f"{_BOOK}/developerMetadata:search", spreadsheets.metadata_search, "Read"),
    ("POST", f"{_BOOK}/sheets/<int:sheet_id>:copyTo", spreadsheets.copy_sheet, "Write"),
    ("GET", f"{_BOOK}/values/<path:a1>", values.get, "Read"),
    ("GET", f"{_BOOK}/values:batchGet", values.batch_get, "Read"),
    ("POST", f"{_BOOK}/values:batchGetByDataFilter", values.batch_get_by_data_filter, "Read"),
    ("PUT", f"{_BOOK}/values/<path:a1>", values.update, "Write"),
    ("POST", f"{_BOOK}/values:batchUpdate", values.batch_update, "Write"),
    ("POST", f"{_BOOK}/values/<path:a1>:append", values.append, "Write"),
    ("POST", f"{_BOOK}/values/<path:a1>:clear", values.clear, "Write"),
    ("POST", f"{_BOOK}/values:batchClear", values.batch_clear, "Write"),
    ("POST", f"{_BOOK}/values:batchUpdateByDataFilter", values.batch_update_by_data_filter, "Write"),
    ("POST", f"{_BOOK}/values:batchClearByDataFilter", values.batch_clear_by_data_filter, "Write"),
    ("POST", "/drive/v3/files", drive.create, "Drive"),
    ("GET", "/drive/v3/files", drive.list_files, "Drive"),
    ("GET", _FILE, drive.get, "Drive"),
    ("PATCH", _FILE, drive.update, "Drive"),
    ("DELETE", _FILE, drive.delete, "Drive"),
    ("POST", f"{_FILE}/copy", drive.copy, "Drive"),
    ("GET", f"{_FILE}/export", export.export, "Drive"),
    ("GET", f"{_FILE}/comments", comments.list_comments, "Drive"),
    ("POST", f"{_FILE}/comments", comments.create, "Drive"),
    ("GET", f"{_FILE}/comments/<comment_id>", comments.get, "Drive"),
    ("DELETE", f"{_FILE}/comments/<comment_id>", comments.delete, "Drive"),
    ("GET", f"{_FILE}/permissions", permissions.list_permissions, "Drive"),
    ("POST", f"{_FILE}/permissions", permissions.create, "Drive"),
    ("GET", f"{_FILE}/permissions/<permission_id>", permissions.get, "Drive"),
    ("PATCH", f"{_FILE}/permissions/<permission_id>", permissions.update, "Drive"),
    ("DELETE", f"{_FILE}/permissions/<permission_id>", permissions.delete, "Drive"),
    ("POST", "/upload/drive/v3/files", upload.create, "Drive"),
    ("PATCH", "/upload/drive/v3/files/<id:file_id>", upload.replace, "Drive"),
    ("PUT", "/upload/drive/v2/files/<id:file_id>", upload.replace_v2, "Drive"),
]
_ROUTES = Map(
    [Rule(path, methods=[verb], endpoint=Method(function, kind)) for verb, path, function, kind in _METHODS],
    converters={"id": _IdConverter},
    strict_slashes=False,
    merge_slashes=False,
)
_NO_CONTENT = {comments.delete, drive.delete, permissions.delete}


def served_methods() -> list[tuple[str, str]]:
    """(verb, path) of each; a path's parameters stand in angle brackets."""
    return [(verb, path) for verb, path, _, _ in _METHODS]


class SheetsApi:
    def __init__(
        self,
        *,
        clock: Clock,
        key: ServiceAccountKey,
        quota: Quota | None = Quota(),  # noqa: B008  (immutable)
        latency: Latency = Latency.none(),  # noqa: B008
        switches: Switches = Switches(),  # noqa: B008
    ) -> None:
        self.store = Store(clock, switches)
        self.accounts = Accounts(clock, switches.check_assertion_times)
        self.accounts.add(key)
        self.quota = QuotaMeter(quota, clock)
        self.latency = latency
        self._clock = clock

    @property
    def version(self) -> int:
        """Raised at each mutation, so that a saver knows when to save."""
        return self.store.version

    def add_account(self, key: ServiceAccountKey) -> None:
        """Another user, with quotas of its own."""
        self.accounts.add(key)

    def welcome(self, email: str, token: str) -> None:
        """A person with quotas of their own, signed in by a token that lasts."""
        self.accounts.welcome(email, token)

    def to_json(self) -> Json:
        """Every spreadsheet and file. Tokens and quota counters are not state: they die with the process."""
        return dump_store(self.store)

    def load_json(self, state: Json) -> None:
        """Take over a state that to_json gave."""
        load_store(self.store, state)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        response = self._token(request) if request.path == "/token" else self._serve(request)
        return response(environ, start_response)

    def _token(self, request: Request) -> Response:
        self._clock.sleep(self.latency.of(0, 0))
        form = request.form
        try:
            with self.store.lock:
                return _json(200, self.accounts.exchange(form.get("grant_type", ""), form.get("assertion", "")))
        except InvalidGrant as refused:
            return _json(400, refused.body)

    def _serve(self, request: Request) -> Response:
        """The state changes first and the time passes afterwards: an answer is as old as its way back."""
        requests = cells = 0
        try:
            method, arguments = _route(request)
            with self.store.lock:
                call = self._admitted(request, method)
                result = method.function(call, **arguments)
                content = pruned(result, call.mask)
            requests, cells = call.requests, call.cells
            response = Response(status=204) if method.function in _NO_CONTENT else _answer(content)
        except ApiError as error:
            drive_call = request.path.startswith(("/drive/", "/upload/"))
            response = _json(error.code, drive_body(error) if drive_call else error.body())
        except Exception:
            log.exception("%s %s", request.method, request.path)
            response = _json(500, ApiError(500, "INTERNAL", "Internal error encountered.").body())
        self._clock.sleep(self.latency.of(requests, cells))
        return response

    def _admitted(self, request: Request, method: Method) -> Call:
        drive, reads = method.metered == "Drive", request.method == "GET" or method.metered == "Read"
        user = self.accounts.user(request.headers.get("Authorization", ""), drive, reads)
        if method.metered != "Drive":
            self.quota.spend(user, method.metered)
        return Call(self.store, request, user)


def _route(request: Request) -> tuple[Method, Json]:
    try:
        method, arguments = _ROUTES.bind_to_environ(request.environ).match()
    except HTTPException:
        if request.path.startswith(("/v4/", "/drive/", "/upload/")):
            raise unimplemented(f"{request.method} {request.path}") from None
        raise ApiError(404, "NOT_FOUND", f"The requested URL {request.path} was not found on this server.") from None
    return method, dict(arguments)


def _answer(content: Json | export.Download) -> Response:
    if not isinstance(content, export.Download):
        return _json(200, content)
    headers = {"Content-Disposition": "attachment"}
    return Response(content.content, headers=headers, content_type=content.mime_type)


def _json(status: int, content: Json) -> Response:
    return Response(written(content), status=status, content_type="application/json; charset=UTF-8")
