"""What the flows are told of each connected channel, out of its settings and its capabilities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bridge.channels.port import Channel, CountsStock, KeepsPlaces
from bridge.channels.warehouses import CountsAsOf
from bridge.config import Config
from bridge.domain.maintenance import read_window
from bridge.flows.shop import ChannelFacts, Shop


def channel_names(config: Config) -> Sequence[str]:
    """The connected channels, by the settings alone."""
    return list(config.channels.connected())


def settings_of(config: Config, name: str) -> Any:
    """Those of one channel."""
    return config.channels.connected()[name][1]


def orders_seconds(config: Config, name: str) -> float:
    return float(settings_of(config, name).orders_seconds)


def count_seconds(config: Config, name: str) -> float:
    settings = settings_of(config, name)
    return float(getattr(settings, "fba_seconds", settings.orders_seconds))


def shop_of(config: Config, channels: Sequence[Channel]) -> Shop:
    return Shop(
        {channel.name: _facts(config, channel) for channel in channels},
        config.bridge.language,
        dark=timedelta(minutes=config.bridge.dark_minutes),
        patience=timedelta(minutes=config.bridge.blind_minutes),
        factor=config.bridge.blind_factor,
        zone=ZoneInfo(config.bridge.timezone),
        evening=time.fromisoformat(config.bridge.evening),
    )


def _facts(config: Config, channel: Channel) -> ChannelFacts:
    settings = settings_of(config, channel.name)
    capabilities = channel.capabilities
    kept = channel if isinstance(channel, KeepsPlaces) and channel.places else None
    return ChannelFacts(
        name=channel.name,
        shop=settings.shop,
        locations=tuple(at for each in kept.places.values() for at in each) if kept else tuple(settings.locations),
        places=kept.places if kept else {},
        place_of=kept.place_of if kept else lambda _: "",
        max_quantity=capabilities.max_quantity,
        lag=capabilities.lag,
        look_back=capabilities.look_back,
        keeps_sales=capabilities.write.keeps_sales,
        on_hand=capabilities.on_hand,
        hides=capabilities.hides,
        counts_at=_counts_at(channel),
        windows=tuple(read_window(text, ZoneInfo(config.bridge.timezone)) for text in settings.maintenance),
    )


def _counts_at(channel: Channel) -> str:
    if isinstance(channel, CountsStock):
        return channel.warehouse
    return channel.place if isinstance(channel, CountsAsOf) else ""
