"""The files of Drive API v3 that Sheets clients call: spreadsheets, and the folders they lie in."""

from __future__ import annotations

from operator import itemgetter

from .call import Call
from .drive_access import answered, forbidden, seen, spreadsheet, writable
from .drive_query import query
from .errors import DriveError, Json, unimplemented
from .files import FOLDER_TYPE, ROLES, ROOT, SPREADSHEET_TYPE, WRITERS, File, root_id
from .permissions import permission_json

FILE_DEFAULTS = ("kind", "id", "name", "mimeType")
_ORDERS = ("name", "createdTime", "modifiedTime")
_LINKS = {
    SPREADSHEET_TYPE: "https://docs.google.com/spreadsheets/d/{}/edit?usp=drivesdk",
    FOLDER_TYPE: "https://drive.google.com/drive/folders/{}",
}


def file_json(call: Call, file: File) -> Json:
    """The file as the caller sees it: a folder that isn't shared with them is not told."""
    parents = [place for each in file.parents if (place := _seen_place(call, file, each))]
    held = [permission_json(each) for each in file.permissions]
    own: Json = {"permissions": held} if file.role(call.user) in WRITERS else {}  # readers aren't told who else reads
    result: Json = {
        "kind": "drive#file",
        "id": file.id,
        "name": file.name,
        "mimeType": file.mime_type,
        "createdTime": _stamp(file.created.isoformat(timespec="milliseconds")),
        "modifiedTime": _stamp(file.modified.isoformat(timespec="milliseconds")),
        "trashed": False,
        "ownedByMe": file.owner == call.user,
        "shared": len(held) > 1,
        "webViewLink": _LINKS[file.mime_type].format(file.id),
    }
    return {**result, **own, **({"parents": parents} if parents else {})}


def _stamp(iso: str) -> str:
    return iso.replace("+00:00", "Z")


def _seen_place(call: Call, file: File, parent: str) -> str | None:
    if parent == ROOT:
        return root_id(file.owner) if file.owner == call.user else None
    folder = call.store.folders.get(parent)
    return parent if folder and folder.role(call.user) else None


def create(call: Call) -> Json:
    kind, name = call.body.get("mimeType"), call.body.get("name") or "Untitled"
    _only(call, "files.create", "name", "mimeType", "parents")
    parents = _wanted_parents(call)
    if kind == FOLDER_TYPE:
        made = call.store.create_folder(name, call.user)
    elif kind == SPREADSHEET_TYPE:
        made = call.store.create(name, owner=call.user).file
    else:
        raise unimplemented(f"files.create of {kind}")
    made.parents = parents
    return answered(call, file_json(call, made), FILE_DEFAULTS)


def _only(call: Call, method: str, *members: str) -> None:
    if others := call.body.keys() - {*members}:
        raise unimplemented(f"{method} of {', '.join(sorted(others))}")


def _wanted_parents(call: Call) -> list[str]:
    parents: list[str] = call.body.get("parents", [ROOT])
    if len(parents) != 1:
        raise DriveError(403, "multipleParentsNotSupported", "A file cannot be added to more than one folder.")
    return [_folder(call, parents[0])]


def _folder(call: Call, folder_id: str) -> str:
    """A folder that the caller may put files into."""
    if folder_id in (ROOT, root_id(call.user)):
        return ROOT
    if writable(call, folder_id).mime_type != FOLDER_TYPE:
        raise DriveError(403, "invalidParent", "The specified parent is not a folder.")
    return folder_id


def get(call: Call, file_id: str) -> Json:
    if file_id in (ROOT, root_id(call.user)):
        raise unimplemented("My Drive as a file of its own")
    if call.query.get("alt") == "media":
        message = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
        raise DriveError(403, "fileNotDownloadable", message, "alt")
    return answered(call, file_json(call, seen(call, file_id)), FILE_DEFAULTS)


def update(call: Call, file_id: str) -> Json:
    """A new name, another folder."""
    file = writable(call, file_id)
    _only(call, "files.update", "name")
    if "name" in call.body:
        _rename(call, file, call.body["name"])
    if "addParents" in call.query:
        place = _folder(call, call.query["addParents"])
        if place == file.id or file.id in _above(call, place):
            raise DriveError(403, "invalidParent", "A folder cannot be put into itself.")
        file.parents = [place]
        call.store.touch()
    return answered(call, file_json(call, file), FILE_DEFAULTS)


def _above(call: Call, place: str) -> list[str]:
    """The folders around a folder."""
    if place == ROOT:
        return []
    parents = call.store.folders[place].parents
    return [*parents, *(far for each in parents for far in _above(call, each))]


def _rename(call: Call, file: File, name: str) -> None:
    opened = call.store.spreadsheets.get(file.id)
    if opened is None:
        file.name, file.modified = name, call.store.clock.now()
        call.store.touch()
        return
    titled = {**opened.book.properties, "title": name}
    opened.change(lambda edit: setattr(edit.book, "properties", titled), call.user)


def copy(call: Call, file_id: str) -> Json:
    _only(call, "files.copy", "name", "mimeType", "parents")
    source, parents = spreadsheet(call, file_id), _wanted_parents(call)
    name = call.body.get("name") or f"Copy of {source.file.name}"
    book = source.book.copy()
    book.properties = {**book.properties, "title": name}
    for sheet in book.sheets:  # whoever copies a file is the only editor of what is protected in the copy
        sheet.protected_ranges = [_only_for(call.user, held) for held in sheet.protected_ranges]
    made = call.store.adopt(call.store.new_file(name, call.user), book).file
    made.parents = parents
    return answered(call, file_json(call, made), FILE_DEFAULTS)


def _only_for(user: str, protection: Json) -> Json:
    return protection if protection.get("warningOnly") else {**protection, "editors": {"users": [user]}}


def delete(call: Call, file_id: str) -> Json:
    if seen(call, file_id).owner not in (call.user, None):
        raise forbidden()
    call.store.delete(file_id)
    return {}


def list_files(call: Call) -> Json:
    if drive := call.query.get("driveId"):
        raise DriveError(404, "notFound", f"Shared drive not found: {drive}", "driveId")
    matches = query(call.query.get("q", ""))
    told = [(file, file_json(call, file)) for file in call.store.files() if file.role(call.user)]
    shown = _ordered(call, [each for file, each in told if matches(each | _searched(file, each))])
    size, start = _number(call, "pageSize", 100), _number(call, "pageToken", 0)
    if not 1 <= size <= 1000:
        message = f"Invalid value '{size}'. Values must be within the range: [1, 1000]"
        raise DriveError(400, "invalidParameter", message, "pageSize")
    page = [answered(call, each, FILE_DEFAULTS) for each in shown[start : start + size]]
    result: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": page}
    if start + size < len(shown):
        result["nextPageToken"] = str(start + size)
    return result


def _searched(file: File, shown: Json) -> Json:
    """What a search may ask besides what a file shows. My Drive goes by its id and by its name."""
    parents = shown.get("parents", [])
    roles = {"owners": ("owner",), "writers": WRITERS, "readers": ROLES}
    named = {
        name: [p["emailAddress"] for p in file.permissions if p["role"] in meant and "emailAddress" in p]
        for name, meant in roles.items()
    }
    return {"parents": [*parents, ROOT] if file.parents == [ROOT] and parents else parents, **named}


def _ordered(call: Call, files: list[Json]) -> list[Json]:
    """By `orderBy`; without one the newest first."""
    for key in reversed(call.query.get("orderBy", "modifiedTime desc").split(",")):
        member, _, way = key.strip().partition(" ")
        if member not in _ORDERS or way not in ("", "desc"):
            raise unimplemented(f"the order '{key}'")
        files = sorted(files, key=itemgetter(member), reverse=way == "desc")
    return files


def _number(call: Call, name: str, otherwise: int) -> int:
    text = call.query.get(name) or str(otherwise)
    if not text.isdecimal():
        raise DriveError(400, "invalid", "Invalid Value", name)
    return int(text)
