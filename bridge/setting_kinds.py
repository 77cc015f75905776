"""The kinds of value that settings have: their shape and range, and what is said where one is wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bridge.domain.maintenance import read_window
from bridge.errors import Hint
from bridge.settings import Rule, Secret

SHORTEST_SHARED_SECRET = 24
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def on_this_machine(url: str) -> bool:
    """Whether a request to this address never leaves the machine."""
    return urlsplit(url).hostname in LOOPBACK


def _zone(name: str) -> Hint | None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return Hint("「Asia/Tokyo」のような名前を書いてください。", 'Write a name such as "Asia/Tokyo".')
    return None


def _windows(texts: tuple[str, ...]) -> Hint | None:
    try:
        for text in texts:
            read_window(text, UTC)
    except ValueError:
        return _WINDOW
    return None


def _none_twice(places: Mapping[str, tuple[str, ...]]) -> Hint | None:
    """A column in two of a shop's locations would be counted twice in what the shop shows in all."""
    columns = Counter(column for each in places.values() for column in each)
    twice = [column for column, count in columns.items() if count > 1]
    if not twice:
        return None
    return Hint(
        f"「{twice[0]}」は 1 つのロケーションにだけ書いてください。2 つに書くと、同じ在庫を 2 度売ることになります。",
        f"Write {twice[0]} under one location only: under two the same stock would be sold twice.",
    )


def _one_each(places: Mapping[str, tuple[str, ...]]) -> Hint | None:
    """What lies in a store is one column's, whole."""
    many = [place for place, columns in places.items() if len(columns) != 1]
    if not many:
        return _none_twice(places)
    return Hint(
        f"「{many[0]}」の在庫の列を 1 つだけ書いてください。店の数は、その列の数そのものです。",
        f"Write just one stock column for {many[0]}: the store's number is that column's, as it stands.",
    )


def _date(text: str) -> Hint | None:
    try:
        date.fromisoformat(text)
    except ValueError:
        return Hint("「2026-12-31」のように書いてください。", 'Write it as in "2026-12-31".')
    return None


_WINDOW = Hint(
    '["2026-12-06 02:00 ~ 2026-12-06 08:00"] のように、始まりと終わりを書いてください。',
    'Write beginnings and ends, as in ["2026-12-06 02:00 ~ 2026-12-06 08:00"].',
)


def _service_account(path: Path) -> Hint | None:
    try:
        key = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return Hint(
            f"サービスアカウントの鍵 {path.name} がありません。Google Cloud で作った JSON をここに置いてください。",
            f"The service account's key {path.name} is not there. Put the JSON made in Google Cloud in this place.",
        )
    except ValueError:
        key = None
    needed = ("client_email", "private_key", "token_uri")
    if (
        isinstance(key, dict)
        and key.get("type") == "service_account"
        and all(isinstance(key.get(part), str) and key[part] for part in needed)
    ):
        return None
    return Hint(
        f"{path.name} は鍵ではありません。service_account.example.json と見比べてください。",
        f"{path.name} is not a service account's key; compare it with service_account.example.json.",
    )


def _ip_address(text: str) -> Hint | None:
    try:
        ip_address(text)
    except ValueError:
        return Hint(
            "この機械の IP アドレスを書いてください (ふつうは 127.0.0.1)。",
            "Write an IP address of this machine (127.0.0.1 as a rule).",
        )
    return None


def _address(url: str) -> Hint | None:
    try:
        urlsplit(url).port  # noqa: B018  (raises, as for a host in brackets that is none)
    except ValueError:
        return _WRITE_ADDRESS
    return None


def _safe_way(url: str) -> Hint | None:
    """Keys go with every call: only this machine may be asked without TLS."""
    if wrong := _address(url):
        return wrong
    if urlsplit(url).scheme == "https" or on_this_machine(url):
        return None
    return Hint("鍵を送るので https:// にしてください。", "Make it https://: the keys go with every call.")


def _folder(path: Path) -> Hint | None:
    if path.is_dir():
        return None
    return Hint(f"フォルダー {path} がありません。", f"There is no folder {path}.")


def _long_enough(secret: Secret) -> Hint | None:
    if len(secret.reveal()) >= SHORTEST_SHARED_SECRET:
        return None
    return Hint(
        f"{SHORTEST_SHARED_SECRET} 文字以上のでたらめな文字列にしてください。",
        f"Make it {SHORTEST_SHARED_SECRET} random characters or more.",
    )


def _addresses(urls: tuple[Secret, ...]) -> Hint | None:
    if all(re.match(r"[a-z][a-z0-9+.-]*://\S+$", each.reveal(), re.IGNORECASE) for each in urls):
        return None
    return Hint(
        "「mailto://…」や「slack://…」のような、apprise の宛先の形で書いてください。",
        'Write each as apprise has it, as in "mailto://…" or "slack://…".',
    )


def _pattern(text: str) -> Hint | None:
    try:
        re.compile(text)
    except re.error:
        return Hint("正規表現として読めません。", "It is no regular expression.")
    return None


_ADDRESS = r"https?://[^\s?#]+[^\s?#/]"
_WRITE_ADDRESS = Hint(
    "「https://…」と、最後の「/」なしで書いてください。", 'Write "https://…", without a "/" at the end.'
)

Url = Annotated[str, Rule(shape=_ADDRESS, say=_WRITE_ADDRESS, judge=_address)]
Site = Annotated[str, Rule(shape=_ADDRESS, say=_WRITE_ADDRESS, judge=_safe_way)]
Zone = Annotated[str, Rule(judge=_zone)]
Day = Annotated[str, Rule(judge=_date)]
Folder = Annotated[Path, Rule(judge=_folder)]
KeyFile = Annotated[Path, Rule(judge=_service_account)]
IpAddress = Annotated[str, Rule(judge=_ip_address)]
SharedSecret = Annotated[Secret, Rule(judge=_long_enough)]
Word = Annotated[str, Rule(shape=r"\S+", say=Hint("空白を入れずに書いてください。", "Write it without blanks."))]
SpreadsheetId = Annotated[
    str,
    Rule(
        shape=r"[A-Za-z0-9_-]+",
        say=Hint(
            "スプレッドシートの URL の「/d/」と「/edit」の間の文字だけを書いてください。",
            'Write only the part of the spreadsheet\'s address between "/d/" and "/edit".',
        ),
    ),
]
LocationNumber = Annotated[
    str,
    Rule(
        shape=r"[0-9]+",
        say=Hint(
            "ロケーションの番号 (管理画面の URL の最後の数字) を引用符で囲んで書いてください。",
            "Write the location's number (the digits that end its address in the admin) in quotes.",
        ),
    ),
]
ApiVersion = Annotated[
    str,
    Rule(
        shape=r"20[0-9]{2}-(01|04|07|10)",
        say=Hint(
            "「2026-07」のように、年と 01・04・07・10 の月で書いてください。",
            'Write a year and one of the months 01, 04, 07, 10, as in "2026-07".',
        ),
    ),
]
SellerId = Annotated[
    str,
    Rule(
        shape=r"[a-z0-9_-]{1,128}",
        say=Hint(
            "ストアアカウント (小文字の英数字と「-」「_」) を書いてください。",
            'Write the store account: small letters, digits, "-" and "_".',
        ),
    ),
]
Locations = Annotated[
    tuple[str, ...],
    Rule(
        low=1,
        say=Hint(
            '["本社倉庫", "渋谷店"] のように、1 つ以上の名前を重ならないように書いてください。',
            'Write one or more names, none twice, as in ["本社倉庫", "渋谷店"].',
        ),
    ),
]
Places = Annotated[
    Mapping[str, tuple[str, ...]],
    Rule(
        low=1,
        shape=r"[0-9]+",
        say=Hint(
            '"10000000001" = ["本社倉庫"] のように、ロケーションの番号と、そこから売る在庫の場所を書いてください。',
            'Write a location\'s number and the stock columns that it sells from, as in "10000000001" = ["本社倉庫"].',
        ),
        judge=_none_twice,
    ),
]
TillPlaces = Annotated[
    Mapping[str, tuple[str, ...]],
    Rule(
        low=1,
        shape=r"[0-9A-Za-z]+",
        say=Hint(
            '"1" = ["渋谷店"] のように、店舗の番号と、その店の在庫の列を 1 つ書いてください。',
            'Write a store\'s id and the one stock column that is this store\'s, as in "1" = ["渋谷店"].',
        ),
        judge=_one_each,
    ),
]
FileProfiles = Annotated[
    tuple[str, ...],
    Rule(
        low=1,
        say=Hint(
            '["3pl_stock"] のように、1 つ以上のプロファイルを重ならないように書いてください。',
            'Write one or more profiles, none twice, as in ["3pl_stock"].',
        ),
    ),
]
HostKey = Annotated[
    str,
    Rule(
        shape=r"[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}",
        say=Hint(
            "「ssh-ed25519 AAAA…」のように、known_hosts の行の鍵の部分を書いてください（ssh-keyscan で見られます）。",
            'Write the key as in a line of known_hosts, "ssh-ed25519 AAAA…" (ssh-keyscan shows it).',
        ),
    ),
]
CodeShape = Annotated[str, Rule(judge=_pattern)]
Statuses = Annotated[
    tuple[str, ...],
    Rule(
        say=Hint(
            '["packing"] のように、重ならないように書いてください。', 'Write a list, none twice, as in ["packing"].'
        ),
    ),
]
Maintenance = Annotated[tuple[str, ...], Rule(say=_WINDOW, judge=_windows)]
Addresses = Annotated[
    tuple[Secret, ...],
    Rule(
        say=Hint(
            '["mailto://…"] のように、重ならないように書いてください。',
            'Write a list, none twice, as in ["mailto://…"].',
        ),
        judge=_addresses,
    ),
]
TimeOfDay = Annotated[
    str,
    Rule(
        shape=r"([01][0-9]|2[0-3]):[0-5][0-9]",
        say=Hint("「18:00」のように書いてください。", 'Write it as in "18:00".'),
    ),
]
PerMinute = Annotated[int, Rule(1, 300)]
PollSeconds = Annotated[float, Rule(1, 3600)]
LagSeconds = Annotated[float, Rule(0, 3600)]
