"""The people of the sandbox's shop: each an account at Google with a token of its own, beside the service account.

Their tokens last as long as the state does: a person at the browser stays signed in. The owner owns every spreadsheet
that the panel makes; staff may edit it, as the service account may.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Person:
    email: str
    token: str

    @classmethod
    def create(cls, name: str) -> Person:
        return cls(f"{name}@sandbox.example", f"ya29.{name}-{secrets.token_urlsafe(24)}")


@dataclass(frozen=True)
class People:
    owner: Person
    staff: Person

    @classmethod
    def create(cls) -> People:
        return cls(Person.create("owner"), Person.create("staff"))

    @classmethod
    def kept_in(cls, path: Path) -> People:
        """Those of the file, which is written on the first start, for nobody else to read."""
        if path.exists():
            content = json.loads(path.read_text())
            return cls(Person(**content["owner"]), Person(**content["staff"]))
        people = cls.create()
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(people), indent=2) + "\n")
        return people
