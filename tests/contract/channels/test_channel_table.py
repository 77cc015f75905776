"""The table of channels: both READMEs show what the data says, and the data what the adapters do."""

from __future__ import annotations

import importlib

import pytest

from bridge.channel_settings import FILES
from bridge.channels.port import WriteKind
from tests import channel_table
from tests.contract.channels.conformance import MALLS
from tests.contract.tills.bench import TILLS

CHANNELS = channel_table.channels()
BENCHES = MALLS | TILLS


@pytest.mark.parametrize(("language", "name"), list(enumerate(channel_table.READMES)))
def test_the_readmes_show_what_is_generated(language: int, name: str) -> None:
    text = (channel_table.ROOT / name).read_text(encoding="utf-8")
    assert channel_table.PLACE.search(text)
    assert channel_table.written(text, language) == text, "run `make channels`"


def test_every_channel_has_every_row() -> None:
    assert CHANNELS.keys() == {*(kind.name for kind in BENCHES.values()), FILES}
    for channel in CHANNELS.values():
        assert channel.keys() == {"name", *channel_table.rows()}


@pytest.mark.parametrize("name", [name for name in CHANNELS if name != FILES])
def test_the_table_says_what_the_adapter_does(name: str) -> None:
    mall, told = BENCHES[name](), CHANNELS[name]
    capabilities = mall.channel.capabilities
    assert bool(told["compare_and_set"]) == (capabilities.write is WriteKind.COMPARE_AND_SET)
    assert told["read_back"] == capabilities.read_before_write
    for text in told["push"]:
        assert f"{capabilities.batch:,}" in text
    sends_none = getattr(type(mall.channel), "webhooks", mall) is None
    assert sends_none == (told["webhook"][0] in ("none there", "not built"))
    assert told["sandboxed"] == bool(importlib.import_module(f"bridge.sandbox.malls.{name}"))
    assert told["tried_live"] is False  # nobody has had an account
