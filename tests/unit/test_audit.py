"""The audit of the pinned packages: it fails for what it found, and says so where it could not look."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

SPEC = importlib.util.spec_from_file_location("audit", Path(__file__).parents[2] / ".ci" / "audit.py")
assert SPEC is not None
assert SPEC.loader is not None
audit: Any = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(audit)


def service(*bad: str) -> httpx.Client:
    """Knows one vulnerability of each package in `bad`."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)["queries"]
        assert all(query["package"]["ecosystem"] == "PyPI" and query["version"] for query in asked)
        found = [{"vulns": [{"id": "GHSA-x"}]} if query["package"]["name"] in bad else {} for query in asked]
        return httpx.Response(200, json={"results": found})

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_every_pinned_package_is_asked_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(service()) == 0
    lock = (Path(__file__).parents[2] / "requirements.lock").read_text(encoding="utf-8")
    pinned = [line for line in lock.splitlines() if line and line[0] not in " #"]
    assert f"audit: {len(pinned)} packages, no known" in capsys.readouterr().out


def test_a_known_vulnerability_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.main(service("werkzeug")) == 1
    assert "GHSA-x" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("no route"),
        httpx.Response(503),
        httpx.Response(200, text="<html>a proxy's page"),
        httpx.Response(200, json={"results": []}),
        httpx.Response(200, json=[]),
    ],
)
def test_where_it_can_not_look_it_says_so_and_fails_nothing(
    capsys: pytest.CaptureFixture[str], answer: httpx.Response | Exception
) -> None:
    def handle(_request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert audit.main(httpx.Client(transport=httpx.MockTransport(handle))) == 0
    assert "NOT DONE" in capsys.readouterr().out
