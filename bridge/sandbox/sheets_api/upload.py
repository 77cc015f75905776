"""Drive uploads: a CSV file becomes a spreadsheet, or the first tab of one that exists."""

from __future__ import annotations

import csv
import email.policy
import io
import json
from email.parser import BytesParser

from .batch import Edit
from .call import Call
from .cell_edits import write_values
from .drive import FILE_DEFAULTS, answered, file_json, owned
from .errors import Json, invalid, unimplemented


def create(call: Call) -> Json:
    metadata, text = _content(call)
    made = call.store.create(metadata.get("name") or "Untitled", owner=call.user)
    made.change(lambda edit: _fill(edit, text), call.user)
    return answered(call, file_json(made.file), FILE_DEFAULTS)


def replace(call: Call, file_id: str) -> Json:
    found = owned(call, file_id)
    _, text = _content(call)
    found.change(lambda edit: _fill(edit, text), call.user)
    return answered(call, file_json(found.file), FILE_DEFAULTS)


def _fill(edit: Edit, text: str) -> None:
    """The CSV typed into a first tab that held nothing else; the other tabs go, as in an import."""
    rows = list(csv.reader(io.StringIO(text)))
    del edit.book.sheets[1:]
    sheet = edit.book.sheets[0]
    width = max(map(len, rows), default=1)
    sheet.resize(0, 0)
    sheet.grow(max(len(rows), 1), max(width, 1))
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
