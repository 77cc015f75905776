"""The same over SFTP, against a real server on loopback: nothing half-written, no other server, nothing in shadow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paramiko
import pytest

from bridge.channels.http import ShadowWrite
from bridge.channels.port import Outcome
from bridge.errors import NeedsPerson, TryAgain
from bridge.settings import Secret
from tests.contract.files.files_in import stock
from tests.support.partner import Partner
from tests.support.sftp_server import PASSWORD, USER, SftpServer

DONE, LATER = {Outcome.DONE}, {Outcome.LATER}


@pytest.fixture(scope="module")
def own_key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate()


@pytest.fixture
def server(tmp_path: Path, own_key: paramiko.PKey) -> Iterator[SftpServer]:
    (tmp_path / "share").mkdir()
    server = SftpServer(tmp_path / "share", own_key)
    yield server
    server.close()


def connected(tmp_path: Path, server: SftpServer, *profiles: str, **settings: Any) -> Partner:
    given: dict[str, Any] = {
        "folder": None,
        "sftp_host": "127.0.0.1",
        "sftp_port": server.port,
        "sftp_host_key": server.known_as,
        "sftp_user": USER,
        "sftp_password": Secret(PASSWORD),
    }
    return Partner(tmp_path, *profiles, **(given | settings))


def test_a_number_goes_out_and_is_done_when_its_file_was_taken(tmp_path: Path, server: SftpServer) -> None:
    partner = connected(tmp_path, server, "rakuten_normal_item")
    units = {"tea/t-1": 7}
    assert {each.outcome for each in partner.push_all(units)} == LATER
    [name] = partner.there()
    assert name == "ritem/batch/normal-item.csv"
    assert partner.take().endswith(b"tea,t-1,7\r\n")
    assert {each.outcome for each in partner.push_all(units)} == DONE
    assert server.logins == 1


@pytest.mark.parametrize("posix_rename", [True, False])
def test_one_that_waits_gives_way_to_the_newest(tmp_path: Path, server: SftpServer, posix_rename: bool) -> None:
    server.posix_rename = posix_rename
    partner = connected(tmp_path, server, "aupay_stock")
    partner.push(A=7)
    partner.push(A=3)
    assert b'"A","1","3"' in partner.take()


def test_an_upload_that_is_cut_leaves_nothing_that_anybody_takes(tmp_path: Path, server: SftpServer) -> None:
    partner = connected(tmp_path, server, "rakuten_normal_item")
    many = {f"item/{n:05}": n for n in range(2_500)}

    def cut(offset: int) -> None:
        if offset:
            raise ConnectionError

    server.before_write = cut
    assert {each.outcome for each in partner.push_all(many)} == LATER
    assert [name for name in partner.there() if not name.rpartition("/")[2].startswith(".")] == []
    server.before_write = lambda _: None
    partner.push_all(many)
    assert list(partner.there()) == ["ritem/batch/normal-item.csv"]
    assert partner.take().count(b"\r\n") == 2_501
    assert {each.outcome for each in partner.push_all(many)} == DONE


def test_a_connection_that_broke_is_made_anew(tmp_path: Path, server: SftpServer) -> None:
    partner = connected(tmp_path, server, "aupay_stock")
    partner.push(A=7)
    server.cut()
    with pytest.raises(TryAgain):
        partner.shown("A")
    assert partner.outcomes(A=7) == LATER
    assert server.logins == 2


def test_files_come_in_and_are_put_away(tmp_path: Path, server: SftpServer) -> None:
    partner = connected(tmp_path, server, "3pl_stock", place="外部倉庫")
    partner.put("out/zaiko_20261123100000.csv", stock({"A": 10}, "2026/11/23 10:00:00"))
    partner.put("out/zaiko_20261123095000.csv", b"nonsense")
    assert partner.counted() == {"A": 10}
    assert set(partner.there()) == {"out/done/zaiko_20261123100000.csv", "out/error/zaiko_20261123095000.csv"}
    assert list(partner.sentences()) == ["zaiko_20261123095000.csv"]


def test_in_shadow_nothing_is_written_moved_or_deleted(tmp_path: Path, server: SftpServer) -> None:
    partner = connected(tmp_path, server, "aupay_stock", "3pl_stock", place="外部倉庫")
    partner.live = False
    partner.put("out/zaiko_20261123100000.csv", stock({"A": 10}, "2026/11/23 10:00:00"))
    before = partner.there()
    assert partner.counted() == {"A": 10}
    with pytest.raises(ShadowWrite):
        partner.push(A=7)
    for write in (
        lambda: partner.channel._folder.write("x", b""),
        lambda: partner.channel._folder.move("x", "y"),
        lambda: partner.channel._folder.delete("x"),
    ):
        with pytest.raises(ShadowWrite):
            write()
    assert partner.there() == before


def test_another_server_than_the_settings_name_is_never_spoken_to(tmp_path: Path, server: SftpServer) -> None:
    other = paramiko.ECDSAKey.generate()
    for key in (other, paramiko.RSAKey.generate(2048)):
        line = f"{key.get_name()} {key.get_base64()}"
        partner = connected(tmp_path, server, "aupay_stock", sftp_host_key=line)
        with pytest.raises(NeedsPerson, match="host key"):
            partner.push(A=7)
    assert (server.logins, partner.there()) == (0, {})


def test_a_private_key_is_a_way_in_too(tmp_path: Path, server: SftpServer, own_key: paramiko.PKey) -> None:
    text = io.StringIO()
    own_key.write_private_key(text)
    partner = connected(tmp_path, server, "aupay_stock", sftp_password=None, sftp_key=Secret(text.getvalue().strip()))
    assert partner.outcomes(A=7) == LATER
    wrong = connected(tmp_path, server, "aupay_stock", sftp_password=None, sftp_key=Secret("nonsense"))
    with pytest.raises(NeedsPerson, match="no private key"):
        wrong.push(A=7)


def test_what_check_says(tmp_path: Path, server: SftpServer) -> None:
    partner = connected(tmp_path, server, "aupay_stock", "yahoo_shown")
    assert [(line.name, line.ok) for line in partner.channel.check()] == [
        ("aupay_stock", True), ("yahoo_shown", True), ("write", True),
    ]  # fmt: skip
    wrong = connected(tmp_path, server, "aupay_stock", sftp_password=Secret("another"))
    line = wrong.channel.check()[0]
    assert not line.ok
    assert "refuses user, password or key" in line.hint.en
    assert "another" not in str(line)


def test_a_server_that_is_away_is_tried_again(tmp_path: Path, server: SftpServer) -> None:
    partner = connected(tmp_path, server, "aupay_stock")
    server.close()
    [line, _] = partner.channel.check()
    assert not line.ok
    assert "trying again by itself" in line.hint.en
