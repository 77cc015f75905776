"""Drive uploads: a CSV file becomes a spreadsheet, or takes the place of all that was in one."""

from __future__ import annotations

import csv
import email.policy
import io
import json
from email.parser import BytesParser

from .batch import Edit
from .book import DEFAULT_COLUMNS, DEFAULT_ROWS, new_sheet
from .call import Call
from .cell_edits import write_values
from .drive import FILE_DEFAULTS, file_json
from .drive_access import answered, spreadsheet, writable
from .errors import Json, invalid, unimplemented
from .store import Spreadsheet


def create(call: Call) -> Json:
    metadata, text = _content(call)
    made = call.store.create(metadata.get("name") or "Untitled", owner=call.user)
    made.change(lambda edit: _fill(edit, text), call.user)
    return answered(call, file_json(call, made.file), FILE_DEFAULTS)


def replace(call: Call, file_id: str) -> Json:
    return answered(call, file_json(call, _replaced(call, file_id).file), FILE_DEFAULTS)


def replace_v2(call: Call, file_id: str) -> Json:
    """The same, answered in the words of Drive's API v2, of which all members come unasked."""
    found = _replaced(call, file_id)
    shown = file_json(call, found.file)
    owner = found.file.owner
    return {
        "kind": "drive#file",
        "id": shown["id"],
        "title": shown["name"],
        "mimeType": shown["mimeType"],
        "alternateLink": shown["webViewLink"],
        "createdDate": shown["createdTime"],
        "modifiedDate": shown["modifiedTime"],
        "labels": {"starred": False, "hidden": False, "trashed": False, "restricted": False, "viewed": True},
        "explicitlyTrashed": False,
        "editable": True,
        "shared": shown["shared"],
        "ownerNames": [owner] if owner else [],
        "parents": [{"kind": "drive#parentReference", "id": parent} for parent in shown.get("parents", [])],
    }


def _replaced(call: Call, file_id: str) -> Spreadsheet:
    writable(call, file_id)
    found = spreadsheet(call, file_id)
    _, text = _content(call)
    found.change(lambda edit: _fill(edit, text), call.user)
    return found


def _fill(edit: Edit, text: str) -> None:
    """The CSV typed into one new tab named after the file; the tabs that were there go."""
    rows = list(csv.reader(io.StringIO(text)))
    width = max(map(len, rows), default=0)
    size = max(len(rows), DEFAULT_ROWS), max(width, DEFAULT_COLUMNS)
    sheet = new_sheet(edit.book.new_id(), edit.book.properties["title"], *size)
    edit.book.sheets, edit.book.named_ranges, edit.book.metadata = [sheet], [], []
    if rows:
        write_values(edit, edit.place(sheet, 0, 0, len(rows), width), rows, user_entered=True)


def _content(call: Call) -> tuple[Json, str]:
    """(metadata, CSV) of a media or multipart upload."""
    kind = call.request.args.get("uploadType")
    if kind == "media":
        return {}, _csv_text(call.request.mimetype, call.request.get_data())
    if kind != "multipart":
        raise unimplemented(f"uploadType={kind}")
    head = f"Content-Type: {call.request.headers.get('Content-Type', '')}\r\n\r\n".encode()
    parts = list(BytesParser(policy=email.policy.HTTP).parsebytes(head + call.request.get_data()).iter_parts())
    if len(parts) != 2:
        raise invalid("Malformed multipart body.")
    metadata, media = (bytes(part.get_payload(decode=True) or b"") for part in parts)
    return json.loads(metadata), _csv_text(parts[1].get_content_type(), media)


def _csv_text(mime_type: str, data: bytes) -> str:
    if mime_type not in ("text/csv", "text/plain", "application/octet-stream", ""):
        raise unimplemented(f"uploads of {mime_type}")
    return data.decode("utf-8-sig")
