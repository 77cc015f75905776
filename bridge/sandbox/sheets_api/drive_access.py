"""Which of Drive's files a caller may see and change, and how a refusal says so."""

from __future__ import annotations

from collections.abc import Container

from .call import Call
from .errors import DriveError, Json
from .files import WRITERS, File
from .store import Spreadsheet


def answered(call: Call, resource: Json, defaults: tuple[str, ...]) -> Json:
    """Drive gives a handful of members unless `fields` asks for others."""
    return resource if call.masked else {name: resource[name] for name in defaults if name in resource}


def missing(file_id: str) -> DriveError:
    return DriveError(404, "notFound", f"File not found: {file_id}.", "fileId")


def forbidden() -> DriveError:
    return DriveError(
        403, "insufficientFilePermissions", "The user does not have sufficient permissions for this file."
    )


def seen(call: Call, file_id: str) -> File:
    """To Drive, a file that is not shared with the caller does not exist."""
    spreadsheet = call.store.spreadsheets.get(file_id)
    file = spreadsheet.file if spreadsheet else call.store.folders.get(file_id)
    if file is None or file.role(call.user) is None:
        raise missing(file_id)
    return file


def writable(call: Call, file_id: str) -> File:
    return held_as(call, file_id, WRITERS)


def held_as(call: Call, file_id: str, roles: Container[str | None]) -> File:
    """A file that the caller has in one of these roles."""
    file = seen(call, file_id)
    if file.role(call.user) not in roles:
        raise forbidden()
    return file


def spreadsheet(call: Call, file_id: str) -> Spreadsheet:
    """The spreadsheet that the caller may read. A folder has none."""
    return call.store.spreadsheet(seen(call, file_id).id)
