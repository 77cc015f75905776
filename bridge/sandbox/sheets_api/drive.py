"""The sliver of Drive API v3 that Sheets clients call: files and their permissions."""

from __future__ import annotations

import re
from collections.abc import Callable

from .call import Call
from .errors import ApiError, Json, invalid, unimplemented
from .store import SPREADSHEET_TYPE, File, Spreadsheet

FILE_DEFAULTS = ("kind", "id", "name", "mimeType")
_PERMISSION_DEFAULTS = ("kind", "id", "type", "role")
_CLAUSE = re.compile(
    r"""\s*(\w+)\s*(=|!=|contains|in)\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(true|false))\s*$"""
)
_ROLES = ("owner", "organizer", "fileOrganizer", "writer", "commenter", "reader")


def file_json(file: File) -> Json:
    return {
        "kind": "drive#file",
        "id": file.id,
        "name": file.name,
        "mimeType": SPREADSHEET_TYPE,
        "createdTime": _stamp(file.created.isoformat(timespec="milliseconds")),
        "modifiedTime": _stamp(file.modified.isoformat(timespec="milliseconds")),
        "parents": file.parents,
        "trashed": False,
        "webViewLink": f"https://docs.google.com/spreadsheets/d/{file.id}/edit?usp=drivesdk",
        "permissions": file.permissions,
    }


def _stamp(iso: str) -> str:
    return iso.replace("+00:00", "Z")


def answered(call: Call, resource: Json, defaults: tuple[str, ...]) -> Json:
    """Drive gives a handful of members unless `fields` asks for others."""
    return resource if call.mask else {name: resource[name] for name in defaults if name in resource}


def missing(file_id: str) -> ApiError:
    return ApiError(404, "NOT_FOUND", f"File not found: {file_id}.")


def _seen(call: Call, file_id: str) -> Spreadsheet:
    """To Drive, a file that is not shared with the caller does not exist."""
    found = call.store.spreadsheets.get(file_id)
    if found is None or found.file.role(call.user) is None:
        raise missing(file_id)
    return found


def owned(call: Call, file_id: str) -> Spreadsheet:
    found = _seen(call, file_id)
    if found.file.role(call.user) not in ("owner", "organizer", "writer"):
        raise ApiError(403, "PERMISSION_DENIED", "The user does not have sufficient permissions for this file.")
    return found


def create(call: Call) -> Json:
    kind = call.body.get("mimeType")
    if kind != SPREADSHEET_TYPE:
        raise unimplemented(f"files.create of {kind}")
    made = call.store.create(call.body.get("name") or "Untitled", owner=call.user)
    made.file.parents = call.body.get("parents", made.file.parents)
    return answered(call, file_json(made.file), FILE_DEFAULTS)


def get(call: Call, file_id: str) -> Json:
    return answered(call, file_json(_seen(call, file_id).file), FILE_DEFAULTS)


def update(call: Call, file_id: str) -> Json:
    found = owned(call, file_id)
    if call.body.keys() - {"name"}:
        raise unimplemented(f"files.update of {', '.join(call.body.keys() - {'name'})}")
    name = call.body.get("name", found.file.name)

    def rename(properties: Json) -> Json:
        return {**properties, "title": name}

    found.change(lambda edit: setattr(edit.book, "properties", rename(edit.book.properties)), call.user)
    return answered(call, file_json(found.file), FILE_DEFAULTS)


def copy(call: Call, file_id: str) -> Json:
    source = _seen(call, file_id)
    name = call.body.get("name") or f"Copy of {source.file.name}"
    book = source.book.copy()
    book.properties = {**book.properties, "title": name}
    for sheet in book.sheets:  # whoever copies a file is the only editor of what is protected in the copy
        sheet.protected_ranges = [_only_for(call.user, held) for held in sheet.protected_ranges]
    made = call.store.adopt(call.store.new_file(name, call.user), book)
    made.file.parents = call.body.get("parents", made.file.parents)
    return answered(call, file_json(made.file), FILE_DEFAULTS)


def _only_for(user: str, protection: Json) -> Json:
    return protection if protection.get("warningOnly") else {**protection, "editors": {"users": [user]}}


def delete(call: Call, file_id: str) -> Json:
    owned(call, file_id)
    call.store.delete(file_id)
    return {}


def list_files(call: Call) -> Json:
    matches = _query(call.request.args.get("q", ""))
    found = [file_json(s.file) for s in call.store.spreadsheets.values() if s.file.role(call.user)]
    found = sorted((item for item in found if matches(item)), key=lambda item: str(item["modifiedTime"]), reverse=True)
    size, start = int(call.request.args.get("pageSize", 100)), int(call.request.args.get("pageToken", 0))
    if not 1 <= size <= 1000:
        raise invalid("Invalid value for pageSize: it must lie between 1 and 1000.")
    page = found[start : start + size]
    wanted = page if call.mask else [{name: item[name] for name in FILE_DEFAULTS} for item in page]
    result: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": wanted}
    if start + size < len(found):
        result["nextPageToken"] = str(start + size)
    return result


def _query(text: str) -> Callable[[Json], bool]:
    """`mimeType="…" and name = "…" and trashed = false`: clauses that must all hold."""
    clauses = [_clause(part) for part in re.split(r"\s+and\s+(?=\w+\s*(?:=|!=|contains)|['\"])", text) if part.strip()]
    return lambda item: all(clause(item) for clause in clauses)


def _clause(text: str) -> Callable[[Json], bool]:
    inside = re.match(r"\s*['\"](.+)['\"]\s+in\s+parents\s*$", text)
    if inside:
        return lambda item: inside[1] in item["parents"]
    match = _CLAUSE.match(text)
    if match is None or match[1] not in ("name", "mimeType", "trashed"):
        raise invalid("Invalid Value")
    member, sign = match[1], match[2]
    quoted = match[3] if match[3] is not None else match[4]
    wanted = (match[5] == "true") if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    if sign == "contains":
        return lambda item: str(wanted).lower() in str(item[member]).lower()
    return lambda item: (item[member] == wanted) == (sign == "=")


def list_permissions(call: Call, file_id: str) -> Json:
    held = _seen(call, file_id).file.permissions
    shown = held if call.mask else [{name: p[name] for name in _PERMISSION_DEFAULTS} for p in held]
    return {"kind": "drive#permissionList", "permissions": shown}


def list_comments(call: Call, file_id: str) -> Json:
    """Nobody can comment here; clients that copy a file look all the same."""
    _seen(call, file_id)
    return {"kind": "drive#commentList", "comments": []}


def create_permission(call: Call, file_id: str) -> Json:
    found = owned(call, file_id)
    kind, role, email = call.body.get("type"), call.body.get("role"), call.body.get("emailAddress")
    if role not in _ROLES or kind not in ("user", "group", "domain", "anyone"):
        raise invalid("The permission type and role fields are required.")
    if kind in ("user", "group") and not email:
        raise invalid("The emailAddress field is required for this permission type.")
    made = call.store.share(found, email, role)
    return answered(call, made, _PERMISSION_DEFAULTS)


def delete_permission(call: Call, file_id: str, permission_id: str) -> Json:
    found = owned(call, file_id)
    kept = [p for p in found.file.permissions if p["id"] != permission_id]
    if len(kept) == len(found.file.permissions):
        raise ApiError(404, "NOT_FOUND", f"Permission not found: {permission_id}.")
    found.file.permissions = kept
    call.store.touch()
    return {}
