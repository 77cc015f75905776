"""No key passes the log, whoever logs and whatever goes wrong."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.config import Config, load
from bridge.logs import log_to
from tests.unit.test_config import MINIMAL, write
from tests.unit.test_config import folder as folder  # the fixture


@pytest.fixture
def config(folder: Path) -> Config:
    return load(write(folder, MINIMAL), {})


@pytest.fixture
def written(config: Config) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    level = root.level
    handler = log_to(stream, config)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_secret_is_masked_in_words_arguments_and_tracebacks(written: io.StringIO) -> None:
    log = logging.getLogger("anything")
    log.error("the key is SL-very-secret")
    log.error("%s", {"key": "SP-very-secret"})
    try:
        raise ValueError("shp-very-secret is refused")
    except ValueError:
        log.exception("unexpected")
    text = written.getvalue()
    assert "very-secret" not in text
    assert text.count("•••") >= 4
    assert "ValueError" in text


@pytest.mark.parametrize(
    "token",
    [
        "shpat_0123456789abcdef",
        "shpss_0123456789abcdef",
        "ya29.a0AfH6SMBx-y_z",
        "Atza|IwEBIJ-x/y_z=",
        "Bearer eyJhbGciOi.x",
        "ESA U1AxMjM0",
    ],
)
def test_keys_made_while_running_are_known_by_their_looks(written: io.StringIO, token: str) -> None:
    logging.getLogger("x").error("Authorization: %s, and on", token)
    assert token.split()[-1] not in written.getvalue()
    assert "and on" in written.getvalue()


def test_what_libraries_tell_of_their_requests_stays_out(written: io.StringIO) -> None:
    for name in ("httpx", "urllib3.connectionpool", "google.auth.transport"):
        logging.getLogger(name).info("GET https://x/?license=SL")
    assert written.getvalue() == ""
