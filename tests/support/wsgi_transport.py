"""Real HTTP clients against a WSGI application in this process: the same bytes, no socket."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import httpx
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from bridge.sandbox.faults import ConnectionCut, WsgiApp


class WsgiAdapter(BaseAdapter):
    """Mount it on a requests.Session: `session.mount("https://", WsgiAdapter(app))`. The host is not looked at."""

    def __init__(self, app: WsgiApp) -> None:
        super().__init__()
        self.app = app

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:  # type: ignore[override]
        started: list[Any] = []
        try:
            body = b"".join(self.app(environ_of(request), lambda *args: started.extend(args)))
        except ConnectionCut as cut:
            failure = requests.exceptions.ReadTimeout if cut.timed_out else requests.exceptions.ConnectionError
            raise failure(cut, request=request) from cut
        status, headers, *_rest = started
        response = requests.Response()
        response.status_code, response.reason = int(status[:3]), status[4:]
        response.headers = CaseInsensitiveDict(headers)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.url, response.request = request.url or "", request
        response.raw, response._content = io.BytesIO(body), body
        response._content_consumed = True  # type: ignore[attr-defined]
        return response

    def close(self) -> None:
        """Nothing is open."""


def environ_of(request: requests.PreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url or "")
    body = request.body or b""
    data = body.encode() if isinstance(body, str) else bytes(body)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
    return {
        **headers,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path).decode("latin-1"),
        "QUERY_STRING": url.query,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(data)),
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or 443),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": io.BytesIO(data),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


class WsgiTransport(httpx.WSGITransport):
    """httpx's own WSGI transport, with a cut line told the way httpx tells it, and the path as a server makes it of
    what goes over the wire (httpx' own decodes it twice, and leaves what is not ASCII as it is)."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raw = request.url.raw_path.partition(b"?")[0]
        path = {"PATH_INFO": unquote_to_bytes(raw).decode("latin-1"), "RAW_URI": raw.decode("ascii")}
        app = self.app
        inner = httpx.WSGITransport(app=lambda environ, start: app(environ | path, start))
        try:
            return inner.handle_request(request)
        except ConnectionCut as cut:
            failure = httpx.ReadTimeout if cut.timed_out else httpx.ReadError
            raise failure(str(cut), request=request) from cut
