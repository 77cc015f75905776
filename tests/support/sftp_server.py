"""A real SFTP server on loopback: paramiko's own, on a folder of the test's, with a dial for trouble."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import paramiko

USER, PASSWORD = "bridge", "sftp-very-secret"


class SftpServer:
    """Up to its `close`. `before_write` is asked at every piece that is written, and may raise to cut the connection;
    `posix_rename`: whether the server has that extension of OpenSSH's."""

    def __init__(self, root: Path, own_key: paramiko.PKey | None = None) -> None:
        self.root, self.own_key = root, own_key
        self.host_key = paramiko.ECDSAKey.generate()
        self.posix_rename = True
        self.before_write: Callable[[int], None] = lambda _: None
        self.logins = 0
        self._transports: list[paramiko.Transport] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def known_as(self) -> str:
        """The host key as a line of known_hosts ends."""
        return f"{self.host_key.get_name()} {self.host_key.get_base64()}"

    def cut(self) -> None:
        """Every connection breaks."""
        for transport in self._transports:
            transport.close()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # else the thread that accepts keeps it open
        self._listener.close()
        self.cut()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(self.host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files, self)
            self._transports.append(transport)
            try:
                transport.start_server(server=_Door(self))
            except (paramiko.SSHException, EOFError, OSError):
                transport.close()


class _Door(paramiko.ServerInterface):
    def __init__(self, server: SftpServer) -> None:
        self.server = server

    def check_auth_password(self, username: str, password: str) -> int:
        return self._let_in((username, password) == (USER, PASSWORD))

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        own = self.server.own_key
        return self._let_in(own is not None and username == USER and key.asbytes() == own.asbytes())

    def _let_in(self, good: bool) -> int:
        self.server.logins += good
        return paramiko.common.AUTH_SUCCESSFUL if good else paramiko.common.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002
        return "password,publickey"

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002
        return paramiko.common.OPEN_SUCCEEDED


class _Files(paramiko.SFTPServerInterface):
    """A folder as the SFTP protocol sees it."""

    def __init__(self, _door: Any, server: SftpServer, *_: Any) -> None:
        super().__init__(_door)
        self.server = server

    def _at(self, path: str) -> Path:
        return self.server.root / path.lstrip("/")

    def _tried(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def _done(self, act: Callable[[], object]) -> int:
        found = self._tried(act)
        return found if isinstance(found, int) else paramiko.SFTP_OK

    def list_folder(self, path: str) -> Sequence[paramiko.SFTPAttributes] | int:  # type: ignore[override]
        return self._tried(  # type: ignore[no-any-return]
            lambda: [paramiko.SFTPAttributes.from_stat(each.stat(), each.name) for each in self._at(path).iterdir()]
        )

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        return self._tried(lambda: paramiko.SFTPAttributes.from_stat(self._at(path).stat()))  # type: ignore[no-any-return]

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:  # noqa: ARG002
        return self._tried(lambda: _Handle(self.server, self._at(path), flags))  # type: ignore[no-any-return]

    def remove(self, path: str) -> int:
        return self._done(lambda: self._at(path).unlink())

    def rename(self, oldpath: str, newpath: str) -> int:
        if self._at(newpath).exists():
            return paramiko.SFTP_FAILURE
        return self._done(lambda: self._at(oldpath).rename(self._at(newpath)))

    def posix_rename(self, oldpath: str, newpath: str) -> int:
        if not self.server.posix_rename:
            return paramiko.SFTP_OP_UNSUPPORTED
        return self._done(lambda: self._at(oldpath).replace(self._at(newpath)))

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:  # noqa: ARG002
        return self._done(lambda: self._at(path).mkdir())


class _Handle(paramiko.SFTPHandle):
    def __init__(self, server: SftpServer, path: Path, flags: int) -> None:
        super().__init__(flags)
        mode = "r+b" if flags & (os.O_WRONLY | os.O_RDWR) else "rb"
        if flags & os.O_CREAT:
            path.touch()
        if flags & os.O_TRUNC:
            path.write_bytes(b"")
        self._server = server
        self.readfile = self.writefile = path.open(mode, buffering=0)  # type: ignore[assignment]
        self._path = path

    def write(self, offset: int, data: bytes) -> int:
        try:
            self._server.before_write(offset)
        except ConnectionError:
            self._server.cut()
            return paramiko.SFTP_FAILURE
        return super().write(offset, data)

    def stat(self) -> paramiko.SFTPAttributes | int:
        return paramiko.SFTPAttributes.from_stat(self._path.stat())
