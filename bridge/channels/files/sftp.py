"""A folder of an SFTP server, by paramiko. Its host key is named in the settings: no other machine is ever spoken to.

A connection is made when it is needed and kept; one that broke is thrown away, and the next call makes another.
"""

from __future__ import annotations

import base64
import io
import logging
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import paramiko

from bridge.channel_settings import Files
from bridge.channels.files import damage, facts
from bridge.channels.files.folders import Entry, temporary
from bridge.errors import Hint, NeedsKey, NeedsPerson, TryAgain

logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # what goes wrong is told by us, in plain words

SECONDS = 30.0  # for the connection, and for each answer
KEYS: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
PIECE = 32 * 1024


class SftpFolder:
    """Paths below `sftp_folder` of one account."""

    def __init__(self, settings: Files) -> None:
        self._settings = settings
        self._client: paramiko.SSHClient | None = None
        self._session: paramiko.SFTPClient | None = None

    def list(self, folder: str) -> Sequence[Entry] | None:
        with self._asking() as session:
            try:
                found = session.listdir_attr(self._path(folder))
            except FileNotFoundError:
                return None
        return [
            Entry(each.filename, each.st_size or 0, float(each.st_mtime or 0))
            for each in sorted(found, key=lambda each: each.filename)
            if stat.S_ISREG(each.st_mode or 0) and not each.filename.startswith(".") and "/" not in each.filename
        ]

    def read(self, path: str) -> bytes:
        with self._asking() as session, session.open(self._path(path), "rb") as file:
            data = bytearray()
            while piece := file.read(PIECE):
                data += piece
                if len(data) > facts.MOST_BYTES:
                    raise damage.too_big()
            return bytes(data)

    def write(self, path: str, data: bytes) -> None:
        """The rename is the moment in which it is there: what broke off before it left nothing that anybody takes."""
        fresh = self._path(temporary(path))
        with self._asking() as session:
            self._make(session, path)
            with session.open(fresh, "wb") as file:
                file.set_pipelined(False)  # every piece is answered: a full disk is heard of
                for start in range(0, len(data), PIECE):
                    file.write(data[start : start + PIECE])
            if session.stat(fresh).st_size != len(data):
                raise OSError("the server has another size than was sent")
            self._rename(session, fresh, self._path(path))

    def move(self, path: str, to: str) -> None:
        with self._asking() as session:
            self._make(session, to)
            self._rename(session, self._path(path), self._path(to))

    def delete(self, path: str) -> None:
        with self._asking() as session, suppress(FileNotFoundError):
            session.remove(self._path(path))

    def close(self) -> None:
        client, self._client, self._session = self._client, None, None
        if client is not None:
            client.close()

    def _path(self, path: str) -> str:
        return "/".join(part for part in (self._settings.sftp_folder.rstrip("/"), path) if part) or "."

    def _make(self, session: paramiko.SFTPClient, path: str) -> None:
        """The folders of a path, where they aren't there."""
        names = path.split("/")[:-1]
        for n in range(1, len(names) + 1):
            folder = self._path("/".join(names[:n]))
            try:
                session.stat(folder)
            except FileNotFoundError:
                session.mkdir(folder)

    def _rename(self, session: paramiko.SFTPClient, path: str, to: str) -> None:
        """In the place of what is there; a server that can't do so in one step does it in two."""
        try:
            session.posix_rename(path, to)
        except FileNotFoundError:
            raise
        except OSError:
            with suppress(FileNotFoundError):
                session.remove(to)
            session.rename(path, to)

    @contextmanager
    def _asking(self) -> Iterator[paramiko.SFTPClient]:
        """Raises TryAgain, NeedsPerson, FileNotFoundError."""
        try:
            yield self._session or self._connect()
        except (FileNotFoundError, NeedsPerson):
            raise
        except paramiko.BadHostKeyException as error:
            self.close()
            raise NeedsPerson(_OTHER_HOST) from error
        except paramiko.AuthenticationException as error:
            self.close()
            raise NeedsKey(_NOT_LET_IN) from error
        except PermissionError as error:
            raise NeedsPerson(_NO_RIGHT) from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            self.close()
            raise TryAgain(_broken(error)) from error

    def _connect(self) -> paramiko.SFTPClient:
        settings, client = self._settings, paramiko.SSHClient()
        self._client = client
        host, port = settings.sftp_host or "", settings.sftp_port
        key = host_key(settings.sftp_host_key or "")
        client.get_host_keys().add(host if port == 22 else f"[{host}]:{port}", key.get_name(), key)
        client.set_missing_host_key_policy(_Unknown())
        password = settings.sftp_password.reveal() if settings.sftp_password else None
        own = private_key(settings.sftp_key.reveal()) if settings.sftp_key else None
        client.connect(
            host, port, settings.sftp_user, password, own, allow_agent=False, look_for_keys=False,
            timeout=SECONDS, banner_timeout=SECONDS, auth_timeout=SECONDS,
        )  # fmt: skip
        self._session = client.open_sftp()
        channel = self._session.get_channel()
        if channel is not None:
            channel.settimeout(SECONDS)
        return self._session


class _Unknown(paramiko.MissingHostKeyPolicy):
    """A server whose key is of a kind that the settings don't name is another server."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        raise NeedsPerson(_OTHER_HOST)


def host_key(line: str) -> paramiko.PKey:
    """Out of `ssh-ed25519 AAAA…`, as a line of known_hosts ends. Raises ValueError."""
    kind, _, text = line.strip().partition(" ")
    try:
        return paramiko.PKey.from_type_string(kind, base64.b64decode(text.split()[0], validate=True))
    except (paramiko.SSHException, IndexError, ValueError, paramiko.pkey.UnknownKeyType) as error:
        raise ValueError("no host key") from error


def private_key(text: str) -> paramiko.PKey:
    """Raises NeedsPerson where it is none."""
    makers: list[Callable[[io.StringIO], paramiko.PKey]] = [kind.from_private_key for kind in KEYS]
    for make in makers:
        with suppress(paramiko.SSHException, ValueError, IndexError):
            return make(io.StringIO(text + "\n"))
    raise NeedsPerson(
        Hint(
            "sftp_key は秘密鍵ではありません（パスフレーズのない OpenSSH か PEM の鍵を書いてください）。",
            "sftp_key is no private key: write one in OpenSSH's or PEM's form, without a passphrase.",
        )
    )


def _broken(error: Exception) -> Hint:
    return Hint(
        f"SFTP サーバーとの通信が切れました（{type(error).__name__}）。自動でやり直します。",
        f"The SFTP server can't be reached or broke off ({type(error).__name__}); trying again by itself.",
    )


_OTHER_HOST = Hint(
    "SFTP サーバーのホスト鍵が設定（sftp_host_key）と違います。別のサーバーかもしれないので、つなぎません。相手に"
    "確かめてから設定を直してください。",
    "The SFTP server's host key is not the one of the settings (sftp_host_key). It may be another server, so nothing is"
    " sent. Ask the partner, then correct the setting.",
)
_NOT_LET_IN = Hint(
    "SFTP のユーザー名・パスワード・鍵が受け付けられません。期限が切れていないか確かめてください。",
    "The SFTP server refuses user, password or key. See whether they have run out.",
)
_NO_RIGHT = Hint(
    "SFTP サーバーのフォルダーに、読むか書く権限がありません。相手に確かめてください。",
    "The SFTP server does not let us read or write in a folder. Ask the partner.",
)
