"""Folders, moves, comments, searches and offers of ownership: what Drive does besides what gspread asks of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.sheets_api.conftest import World

FILES = "/drive/v3/files"
FOLDER, SPREADSHEET = (f"application/vnd.google-apps.{kind}" for kind in ("folder", "spreadsheet"))
STAFF = "staff@b.example"


def made(world: World, name: str, kind: str = FOLDER, **more: Any) -> str:
    return str(world.raw("POST", FILES, json={"name": name, "mimeType": kind, **more}).json()["id"])


def reason(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["errors"][0]["reason"]


def shown(world: World, file_id: str, fields: str) -> Any:
    return world.raw("GET", f"{FILES}/{file_id}", params={"fields": fields}).json()


def test_a_folder_is_found_renamed_and_takes_its_files_along(world: World) -> None:
    folder = made(world, "2026")
    inner = made(world, "12", parents=[folder])
    book = made(world, "december", SPREADSHEET, parents=[inner])
    assert shown(world, book, "parents") == {"parents": [inner]}
    assert world.raw("PATCH", f"{FILES}/{folder}", json={"name": "2027"}).json()["name"] == "2027"
    found = world.raw("GET", FILES, params={"q": f"mimeType = '{FOLDER}'", "orderBy": "name desc"}).json()["files"]
    assert [each["name"] for each in found] == ["2027", "12"]
    world.api.load_json(world.api.to_json())  # a restart
    assert world.raw("DELETE", f"{FILES}/{folder}").status_code == 204
    assert [reason(world.raw("GET", f"{FILES}/{each}")) for each in (folder, inner, book)] == [(404, "notFound")] * 3


def test_my_drive_is_a_place_too(world: World) -> None:
    folder = made(world, "2026")
    (root,) = shown(world, folder, "parents")["parents"]
    assert (root[:2], root[-6:]) == ("0A", "Uk9PVA")
    in_root = world.raw("GET", FILES, params={"q": "'root' in parents"}).json()["files"]
    by_id = world.raw("GET", FILES, params={"q": f"'{root}' in parents"}).json()["files"]
    assert {each["name"] for each in in_root} == {each["name"] for each in by_id} == {"stock", "2026"}
    moved = world.raw("PATCH", f"{FILES}/{world.book.id}", params={"addParents": folder, "fields": "parents"})
    assert moved.json() == {"parents": [folder]}
    two = world.raw("POST", FILES, json={"mimeType": FOLDER, "parents": [folder, root]})
    assert reason(two) == (403, "multipleParentsNotSupported")
    inside_a_file = world.raw("POST", FILES, json={"mimeType": FOLDER, "parents": [world.book.id]})
    assert reason(inside_a_file) == (403, "invalidParent")
    inner = made(world, "12", parents=[folder])
    into_itself = world.raw("PATCH", f"{FILES}/{folder}", params={"addParents": inner})
    assert reason(into_itself) == (403, "invalidParent")


@pytest.mark.parametrize(
    ("verb", "path", "more", "answer"),
    [
        ("GET", "", {"params": {"alt": "media"}}, (403, "fileNotDownloadable")),
        ("GET", "/export", {}, (400, "required")),
        ("GET", "/export", {"params": {"mimeType": "image/png"}}, (400, "badRequest")),
        ("PATCH", "", {"json": {"trashed": True}}, (501, "notImplemented")),
        ("POST", "/comments", {"json": {"content": "a"}}, (400, "required")),
        ("POST", "/comments", {"json": {}, "params": {"fields": "id"}}, (400, "required")),
        ("POST", "/permissions", {"json": {"role": "reader"}}, (400, "required")),
        ("POST", "/permissions", {"json": {"role": "king", "type": "anyone"}}, (400, "invalid")),
        ("POST", "/permissions", {"json": {"role": "reader", "type": "domain"}}, (400, "required")),
    ],
)
def test_refusals(world: World, verb: str, path: str, more: Any, answer: tuple[int, str]) -> None:
    assert reason(world.raw(verb, f"{FILES}/{world.book.id}{path}", **more)) == answer


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ({"pageSize": 0}, (400, "invalidParameter")),
        ({"pageToken": "x"}, (400, "invalid")),
        ({"driveId": "x"}, (404, "notFound")),
        ({"orderBy": "folder"}, (501, "notImplemented")),
        ({"q": "name ~ 'x'"}, (400, "invalid")),
    ],
)
def test_lists_that_are_refused(world: World, query: Any, answer: tuple[int, str]) -> None:
    assert reason(world.raw("GET", FILES, params=query)) == answer


def test_comments_are_written_read_and_deleted(world: World) -> None:
    there, fields = f"{FILES}/{world.book.id}/comments", {"fields": "*"}
    for text in ("one", "two"):
        world.clock.sleep(1)
        comment = world.raw("POST", there, json={"content": text}, params=fields).json()
    assert comment["author"]["me"] is True
    assert world.raw("GET", f"{there}/{comment['id']}", params=fields).json() == comment
    found = world.raw("GET", there, params=fields).json()["comments"]
    assert [each["content"] for each in found] == ["two", "one"]
    assert world.raw("DELETE", f"{there}/{comment['id']}").status_code == 204
    assert reason(world.raw("GET", f"{there}/{comment['id']}", params=fields)) == (404, "notFound")


def test_ownership_can_be_offered_at_once(world: World) -> None:
    body = {"type": "user", "role": "writer", "emailAddress": STAFF, "pendingOwner": True}
    there = f"{FILES}/{world.book.id}/permissions"
    number = world.raw("POST", there, json=body).json()["id"]
    held = world.raw("GET", f"{there}/{number}", params={"fields": "role,pendingOwner"}).json()
    assert held == {"role": "writer", "pendingOwner": True}
    reader = {"role": "reader", "pendingOwner": True}
    assert reason(world.raw("PATCH", f"{there}/{number}", json=reader)) == (403, "pendingOwnerWriterRequired")


def test_a_search_is_a_language(world: World) -> None:
    for name in ("a'b", "c", "d"):
        world.client.create(name)

    def found(query: str) -> set[str]:
        return {each["name"] for each in world.raw("GET", FILES, params={"q": query}).json()["files"]}

    assert found(r"name = 'a\'b'") == {"a'b"}
    assert found("name = 'c' or name = 'd' and trashed = false") == {"c", "d"}
    assert found("not (name = 'c' or name = 'd') and name != 'stock'") == {"a'b"}
    assert found("trashed = true") == set()
    assert found(f"'{world.book.file.owner}' in owners and name contains 'STO'") == {"stock"}
    assert found("modifiedTime > '2026-11-23T01:00:00' or createdTime < '2000-01-01T00:00:00'") == set()
