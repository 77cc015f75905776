"""What of a channel's settings only makes sense together: judged where the settings file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import partial
from typing import Any

from bridge.channel_settings import FILES, Channels, Files, kind_of
from bridge.errors import Hint
from bridge.file_profiles import Profile, Tells, WrongProfile, load_profile
from bridge.settings import Judge, Problem, Reader

_NO_NAMES = ("sheet", "hand", "bridge")  # senders and books that are no channel


def read_channels(reader: Reader, tables: Mapping[str, Any]) -> Channels:
    """Every section [channels.<name>], its mistakes told to `reader`."""
    names = [channel.name for channel in fields(Channels)]
    reader.unknown("channels.", tables, names)
    judges: dict[str, Judge] = {"shopify": _one_way_in, "square": _one_way_into_square}
    found = {
        name: reader.section(kind_of(name), f"channels.{name}", tables[name], judges.get(name))
        for name in names
        if name in tables and name != FILES
    }
    if isinstance(tables.get("shopify"), dict):
        _one_way_to_show(reader, tables["shopify"])
    return Channels(**found, files=_files(reader, reader.table(f"channels.{FILES}", tables.get(FILES, {})), names))


def _files(reader: Reader, tables: Mapping[str, Any], taken: Sequence[str]) -> dict[str, Files]:
    """Every partner who is reached by files, under a name of its own."""
    found: dict[str, Files] = {}
    for name, table in tables.items():
        section = f"channels.{FILES}.{name}"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in (*taken, *_NO_NAMES):
            reader.wrong(
                section,
                "小文字の英数字と「_」で、ほかのチャネルと違う名前にしてください。",
                "Give it a name of small letters, digits and _, unlike any other channel's.",
            )
            continue
        settings = reader.section(Files, section, table, partial(_one_way_to_files, section))
        if settings is not None:
            profiles = [each for each in (_profile(reader, section, one) for one in settings.profiles) if each]
            _fit_together(reader, section, settings, profiles)
            own = (str(reader.folder / each) if each.endswith(".toml") else each for each in settings.profiles)
            found[name] = replace(settings, profiles=tuple(own), quarantine=settings.quarantine / name)
    return found


def _profile(reader: Reader, section: str, name: str) -> Profile | None:
    try:
        return load_profile(name, reader.folder)
    except WrongProfile as wrong:
        reader.problems.append(Problem(f"{section}.profiles", wrong.hint))
        return None


def _one_way_to_files(section: str, values: Mapping[str, Any]) -> Problem | None:
    """A folder of this machine, or an SFTP server with the key that it is known by and one way in."""
    sftp = {name for name in values if name.startswith("sftp_") and values[name] is not None}
    ways = sftp & {"sftp_password", "sftp_key"}
    if values.get("folder") is not None and not sftp & {"sftp_host", "sftp_host_key", "sftp_user", *ways}:
        return None
    needed = {"sftp_host", "sftp_host_key", "sftp_user"} <= sftp and len(ways) == 1
    if needed and values.get("folder") is None:
        return None
    hint = Hint(
        "folder だけ、または sftp_host・sftp_host_key・sftp_user と、sftp_password か sftp_key を書いてください。",
        "Give folder alone, or sftp_host, sftp_host_key, sftp_user and either sftp_password or sftp_key.",
    )
    return Problem(f"{section}.folder", hint)


def _fit_together(reader: Reader, section: str, settings: Files, profiles: Sequence[Profile]) -> None:
    if sum(each.out for each in profiles) > 1:
        reader.wrong(
            f"{section}.profiles",
            "送るプロファイルは 1 つのチャネルに 1 つだけにしてください。",
            "One channel sends by one profile only.",
        )
    if any(each.tells is Tells.STOCK for each in profiles) != (settings.place is not None):
        reader.wrong(
            f"{section}.place",
            "在庫ファイルを受け取るチャネルにだけ、そこで数える在庫の場所（在庫表の列の名前）を書いてください。",
            "Write the stock column that it counts where a stock file comes in, and only there.",
        )


def _one_way_in(values: Mapping[str, Any]) -> Problem | None:
    """Shopify wants a token, or an app's id and secret, never both (shopify.md §2.1)."""
    given = {name for name in ("access_token", "client_id", "client_secret") if values.get(name) is not None}
    if given in ({"access_token"}, {"client_id", "client_secret"}):
        return None
    hint = Hint(
        "access_token だけ、または client_id と client_secret の両方を書いてください。",
        "Give either access_token alone, or both client_id and client_secret.",
    )
    return Problem("channels.shopify.access_token", hint)


def _one_way_into_square(values: Mapping[str, Any]) -> Problem | None:
    """A personal access token, or a consent with the application it was given to, never both (pos.md §2.1); and a
    webhook is judged by its key together with its address."""
    consent = {"client_id", "client_secret", "refresh_token"}
    given = {name for name in ("access_token", *consent) if values.get(name) is not None}
    if given not in ({"access_token"}, consent):
        hint = Hint(
            "access_token だけ、または client_id・client_secret・refresh_token の 3 つを書いてください。",
            "Give either access_token alone, or client_id, client_secret and refresh_token.",
        )
        return Problem("channels.square.access_token", hint)
    if (values.get("webhook_key") is None) != (values.get("webhook_url") is None):
        hint = Hint(
            "webhook_key と webhook_url は両方書くか、どちらも書かないでください。署名は URL も含みます。",
            "Give both webhook_key and webhook_url, or neither: the signature covers the address.",
        )
        return Problem("channels.square.webhook_url", hint)
    return None


def _one_way_to_show(reader: Reader, table: Mapping[str, Any]) -> None:
    """Shopify shows all stock at one location, or at each its own."""
    given = {"location", "locations", "places"} & table.keys()
    if given not in ({"location", "locations"}, {"places"}):
        reader.wrong(
            f"channels.shopify.{'locations' if given == {'location'} else 'location'}",
            "location と locations の両方 (在庫を 1 つのロケーションにまとめて出す)、または places だけ"
            " (ロケーションごとに出す) を書いてください。",
            "Give both location and locations (one location shows all stock), or places alone (each location shows its"
            " own).",
        )


def can_judge_webhooks(reader: Reader, channels: Channels) -> None:
    """Where webhooks are asked for, there must be a key to judge them by."""
    shopify = channels.shopify
    if shopify is not None and shopify.webhook_secret is None and shopify.client_secret is None:
        reader.wrong(
            "channels.shopify.webhook_secret",
            "[web] public_url で知らせを頼むには、署名を確かめる鍵 (アプリの API シークレットキー) が必要です。",
            "To ask for webhooks by [web] public_url, the key that they are signed with is needed: the app's API secret"
            " key.",
        )
