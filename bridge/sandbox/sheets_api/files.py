"""What Drive knows of a spreadsheet or a folder: names, places, and who may do what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from .errors import Json

SPREADSHEET_TYPE = "application/vnd.google-apps.spreadsheet"
FOLDER_TYPE = "application/vnd.google-apps.folder"
WRITERS = ("owner", "writer")
ROLES = ("owner", "writer", "commenter", "reader")
ROOT = "root"
"""My Drive of the owner, whoever that is"""


@dataclass
class File:
    id: str
    name: str
    created: datetime
    modified: datetime
    permissions: list[Json]
    parents: list[str] = field(default_factory=lambda: [ROOT])
    mime_type: str = SPREADSHEET_TYPE
    comments: list[Json] = field(default_factory=list)
    """in Drive's JSON, the oldest first"""

    @property
    def owner(self) -> str | None:
        """None where nobody in particular owns it: everybody with an account may edit it."""
        return next((p["emailAddress"] for p in self.permissions if p["role"] == "owner"), None)

    def role(self, user: str | None) -> str | None:
        """What the user may do; None where the file is not shared with them. Who is in a group is not known here."""
        roles = [p["role"] for p in self.permissions if _means(p, user)]
        return min(roles, key=ROLES.index, default=None)

    def editors(self) -> tuple[str, ...]:
        """The accounts that it is shared with to be edited; those who merely have the link are none."""
        return tuple(p["emailAddress"] for p in self.permissions if p["role"] in WRITERS and "emailAddress" in p)

    def share(self, permission: Json) -> None:
        """Give the grantee the role; one given before is replaced."""
        self.permissions = [*(p for p in self.permissions if p["id"] != permission["id"]), permission]


def _means(permission: Json, user: str | None) -> bool:
    if permission["type"] == "domain":
        return user is not None and user.endswith(f"@{permission['domain']}")
    return permission["type"] == "anyone" or permission.get("emailAddress") == user


def permission(kind: str, role: str, whom: str = "") -> Json:
    """One as it is kept. `kind`: user, group, domain or anyone; `whom`: an address, or a domain's name."""
    made: Json = {"kind": "drive#permission", "id": _grantee_id(kind, whom), "type": kind, "role": role}
    if kind in ("user", "group"):
        made["emailAddress"] = whom
    elif kind == "domain":
        made["domain"] = whom
    return made


def _grantee_id(kind: str, whom: str) -> str:
    """The same for a grantee at every file, as at Google."""
    if kind == "anyone":
        return "anyoneWithLink"
    number = str(int.from_bytes(hashlib.sha256(whom.encode()).digest()[:8]))
    return f"{number}k" if kind == "domain" else number


def root_id(owner: str | None) -> str:
    """The id of somebody's My Drive."""
    return f"0A{hashlib.sha256((owner or '').encode()).hexdigest()[:11]}Uk9PVA"
