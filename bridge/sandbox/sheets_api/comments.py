"""Comments on a file: listed, written, read and deleted. Answers to comments are not served."""

from __future__ import annotations

from .call import Call
from .drive_access import forbidden, held_as, seen
from .errors import DriveError, Json
from .files import File

_MAY_COMMENT = ("owner", "writer", "commenter")


def list_comments(call: Call, file_id: str) -> Json:
    _asked_for(call)
    found = seen(call, file_id).comments
    return {"kind": "drive#commentList", "comments": [_told(call, each) for each in reversed(found)]}


def create(call: Call, file_id: str) -> Json:
    _asked_for(call)
    file = held_as(call, file_id, _MAY_COMMENT)
    content = call.body.get("content")
    if not content:
        raise DriveError(400, "required", "Comment content is required.")
    now = call.store.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made: Json = {
        "kind": "drive#comment",
        "id": f"AAAA{call.store.version:07d}",
        "createdTime": now,
        "modifiedTime": now,
        "author": {"kind": "drive#user", "displayName": call.user},
        "content": content,
        "deleted": False,
        "replies": [],
    }
    if anchor := call.body.get("anchor"):
        made["anchor"] = anchor
    file.comments = [*file.comments, made]
    call.store.touch()
    return _told(call, made)


def _told(call: Call, comment: Json) -> Json:
    author = comment["author"]
    return {**comment, "author": {**author, "me": author["displayName"] == call.user}}


def get(call: Call, file_id: str, comment_id: str) -> Json:
    _asked_for(call)
    return _told(call, _comment(seen(call, file_id), comment_id))


def delete(call: Call, file_id: str, comment_id: str) -> Json:
    file = held_as(call, file_id, _MAY_COMMENT)
    gone = _comment(file, comment_id)
    if gone["author"]["displayName"] != call.user and file.owner != call.user:
        raise forbidden()
    file.comments = [each for each in file.comments if each is not gone]
    call.store.touch()
    return {}


def _asked_for(call: Call) -> None:
    """Drive answers about comments only what `fields` names, and nothing without it."""
    if not call.masked:
        message = "The 'fields' parameter is required for this method."
        raise DriveError(400, "required", message, "fields")


def _comment(file: File, comment_id: str) -> Json:
    for each in file.comments:
        if each["id"] == comment_id:
            return each
    raise DriveError(404, "notFound", f"Comment not found: {comment_id}.", "commentId")
