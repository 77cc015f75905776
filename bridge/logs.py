"""The log: to stderr, where systemd or Docker keep it. No key passes, whoever logs and whatever goes wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import IO

from bridge.channels.redaction import MASK, Redactor
from bridge.config import Config
from bridge.settings import secrets_in

QUIET = ("httpx", "httpcore", "alembic", "urllib3", "google")  # they tell addresses, and what they send
FORM = "%(asctime)s %(levelname)s %(name)s %(message)s"
TOKENS = re.compile(
    r"\b(shp[a-z]{2,4}_[0-9A-Za-z]{8,}|ya29\.[\w.-]+|Atz[a-z]\|[\w.~+/=|-]+|(?:Bearer|ESA|Basic) [\w.~+/=-]{8,})"
)
"""Keys that are made while running, by their looks: Shopify's, Google's, Amazon's, and what stands in an Authorization
header."""


class RedactingFormatter(logging.Formatter):
    """Masks keys in the finished line, a traceback included."""

    def __init__(self, secrets: Iterator[str]) -> None:
        super().__init__(FORM)
        self._redactor = Redactor(list(secrets))

    def learn(self, secret: str) -> None:
        """Mask this one too from now on."""
        self._redactor.learn(secret)

    def format(self, record: logging.LogRecord) -> str:
        return TOKENS.sub(MASK, self._redactor.clean(super().format(record)))


def hide(secret: str) -> None:
    """A key that came while the process runs passes no more than those of its start."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, RedactingFormatter):
            handler.formatter.learn(secret)


def log_to(stream: IO[str], config: Config) -> logging.Handler:
    """Send every log line of this process to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(secrets_in(config)))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(config.bridge.log_level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
