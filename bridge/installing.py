"""`bridge service`: the files by which a server keeps the bridge running, for systemd and for a container.

Both are made from the settings: what the bridge writes to stands in them by name, and nothing else may be written. No
key is in them. The unit is for systemd 247 and newer.
"""

from __future__ import annotations

import pwd
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from bridge.config import Config
from bridge.errors import Hint, NeedsPerson, Refused
from bridge.private import write_whole

SOURCE = Path(__file__).parents[1]  # of a checkout: what a container is built from

UNIT = Template("""\
# Made by `bridge service`; make it again when a folder of the settings changes.
[Unit]
Description=bridge: one stock table, every sales channel in step with it
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=0

[Service]
User=$user
WorkingDirectory=$home
ExecStart=$command
Restart=always
RestartSec=10
TimeoutStopSec=90
UMask=0077
# It may write to these folders and nowhere else.
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths=$writable
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
""")

CONTAINER = Template("""\
# Made by `bridge service`. It holds the program; settings, keys and ledger stay in the folders of the server.
FROM python:3.11-slim
WORKDIR /app
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY sheets_templates sheets_templates
COPY bridge bridge
RUN pip install --no-cache-dir --constraint requirements.lock .
USER $uid:$gid
ENTRYPOINT ["bridge"]
""")

GOES_IN = """\
*
!LICENSE
!README.md
!bridge
!pyproject.toml
!requirements.lock
!sheets_templates
"""

COMPOSE = Template("""\
# Made by `bridge service`; make it again when a folder of the settings changes.
services:
  bridge:
    image: bridge
    build:
      context: $source
      dockerfile: $container
    command: ["run", "--config", $settings]
    restart: unless-stopped
    stop_grace_period: 90s
    # Its web edge stays on this server's loopback, and the ledger's home is this server's name.
    network_mode: host
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    volumes:
$volumes
""")


@dataclass(frozen=True)
class Installed:
    """The files that were written."""

    unit: Path
    container: Path
    compose: Path


def write_service(config: Config, settings: Path, folder: Path, user: str) -> Installed:
    """Write them into `folder`, which is made. `settings`: the file that `config` was read from · `user`: who runs the
    bridge. Raises Refused where there is no such user, NeedsPerson where nothing can be written."""
    try:
        person = pwd.getpwnam(user)
    except KeyError:
        raise Refused(
            Hint(
                f"{user} という利用者がいません。sudo useradd --system {user} で作ってください。",
                f"There is no user {user}. Make one: sudo useradd --system {user}",
            )
        ) from None
    settings, folder = settings.resolve(), folder.resolve()
    written = writable(config, settings)
    files = Installed(folder / "bridge.service", folder / "Containerfile", folder / "compose.yaml")
    try:
        for path in (*written, folder):
            path.mkdir(parents=True, exist_ok=True)
        for path, text in (
            (files.unit, _unit(settings, written, user)),
            (files.container, CONTAINER.substitute(uid=person.pw_uid, gid=person.pw_gid)),
            (files.container.with_name("Containerfile.dockerignore"), GOES_IN),
            (files.compose, _compose(config, settings, written, files.container)),
        ):
            write_whole(path, text.encode(), path.with_name(f"{path.name}.new"), mode=0o644)
    except OSError as error:
        raise NeedsPerson(Hint(f"{folder} に書き込めません。", f"{folder} can't be written to.")) from error
    return files


def _unit(settings: Path, written: Sequence[Path], user: str) -> str:
    program = Path(sys.prefix) / "bin" / "bridge"
    return UNIT.substitute(
        user=user,
        home=_escaped(settings.parent),
        command=" ".join(map(_quoted, (program, "run", "--config", settings))),
        writable=" ".join(_quoted(f"-{path}") for path in written),
    )


def _compose(config: Config, settings: Path, written: Sequence[Path], container: Path) -> str:
    mounted = [f"{path}:{path}" for path in written]
    mounted += [f"{path}:{path}:ro" for path in _outermost([config.sheet.service_account.resolve()], written)]
    return COMPOSE.substitute(
        source=_yaml(SOURCE),
        container=_yaml(container),
        settings=_yaml(settings),
        volumes="\n".join(f"      - {_yaml(each)}" for each in mounted),
    )


def writable(config: Config, settings: Path) -> list[Path]:
    """The folders that a running bridge writes to: beside the settings too, where a renewed key is put."""
    bridge, partners = config.bridge, config.channels.files.values()
    wanted = [settings.parent, bridge.ledger.parent, bridge.backups]
    wanted += [folder for folder in (bridge.secrets, *(each.folder for each in partners)) if folder is not None]
    wanted += [each.quarantine for each in partners]
    return _outermost([path.resolve() for path in wanted], [])


def _outermost(paths: Iterable[Path], above: Sequence[Path]) -> list[Path]:
    """Those that lie in no other, nor in one of `above`, the shortest first."""
    found: list[Path] = []
    for path in sorted(set(paths), key=lambda path: (len(path.parts), path)):
        if not any(path.is_relative_to(other) for other in (*above, *found)):
            found.append(path)
    return found


def _quoted(value: object) -> str:
    """One word of a line of systemd's."""
    text = _escaped(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"' if " " in text or '"' in text else text


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


def _yaml(value: object) -> str:
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{text}"'
