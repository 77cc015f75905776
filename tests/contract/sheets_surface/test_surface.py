"""The whole public surface of the installed gspread against `bridge sandbox`, over a socket.

Every public method and property of Client, Spreadsheet, Worksheet and HTTPClient has a case that uses it and says what
Google answers; tests/SHEETS.md is the table of them. What Google answers is taken from its reference, from its
discovery documents, which judge every call here, and from the answers that gspread's own tests recorded at Google.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.sandbox.server import Server
from tests import sheets_surface
from tests.contract.sheets_surface.desk import Desk, start
from tests.contract.sheets_surface.register import CASES, Case, public_members, watched
from tests.support.virtual_clock import VirtualClock


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    server, key_file = start(tmp_path_factory.mktemp("sandbox"), VirtualClock())
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server, key_file
    server.stop()
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def shared(served: tuple[Server, str]) -> Desk:
    return Desk(*served)


@pytest.fixture
def desk(shared: Desk) -> Desk:
    shared.fresh("stock")
    return shared


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_answers_as_google(desk: Desk, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()
    for member in case.members:
        watched(monkeypatch, member, used)
    desk.violations.clear()
    case.work(desk)
    assert used == {*case.members}, "a case that does not use what it is there for"
    assert desk.violations == []


def test_every_public_member_has_a_case() -> None:
    """A newer gspread with a method more fails here until somebody has decided what the sandbox answers to it."""
    assert {member for case in CASES for member in case.members} == {*public_members()}


def test_a_member_has_one_note() -> None:
    noted = Counter(member for case in CASES if case.note for member in case.members)
    assert [member for member, count in noted.items() if count > 1] == []


@pytest.mark.parametrize(("path", "language"), [(path, name) for name, path in sheets_surface.PAGES.items()])
def test_the_pages_show_what_is_generated(path: Path, language: str) -> None:
    assert path.read_text(encoding="utf-8") == sheets_surface.page(language), "run `make sheets-surface`"
