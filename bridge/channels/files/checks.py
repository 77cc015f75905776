"""`bridge check` for a file channel: its folders are looked into, nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from bridge.channel_settings import Files
from bridge.channels.adapter import line
from bridge.channels.files.folders import Locked
from bridge.channels.files.names import named
from bridge.channels.port import Check
from bridge.errors import Hint, NeedsPerson
from bridge.file_profiles import Profile


def check(profiles: Sequence[Profile], folder: Locked, settings: Files) -> Iterator[Check]:
    """One line for each profile, and what can't be tried. Never raises."""
    for profile in profiles:
        yield line(settings.shop, profile.name, partial(_seen, profile, folder))
    if any(profile.out for profile in profiles):
        yield Check(
            "write",
            True,
            Hint(
                "書き込まずには試せません。フォルダーに書く権限があるか確かめてください。",
                "This can't be tried without writing: see for yourself that the folder may be written.",
            ),
        )


def _seen(profile: Profile, folder: Locked) -> Hint:
    entries = folder.list(profile.folder)
    if entries is None and not profile.out:
        raise NeedsPerson(
            Hint(
                f"{profile.title.ja}: フォルダー「{profile.folder or '.'}」がありません。",
                f"{profile.title.en}: there is no folder {profile.folder or '.'}.",
            )
        )
    names = [entry.name for entry in entries or ()]
    waiting = sum(named(profile, name) is not None for name in names)
    return Hint(
        f"{profile.title.ja}: フォルダーを読めます（該当するファイル {waiting} 件）。",
        f"{profile.title.en}: the folder can be read ({waiting} files of this kind).",
    )
